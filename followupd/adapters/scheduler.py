"""The beat of the daemon: APScheduler in memory, and whoever has news. What is due is computed from facts, never scheduled."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from enum import Enum, auto
from functools import partial
from queue import SimpleQueue
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

Watcher = Callable[[Callable[[], None], threading.Event], None]
"""Runs in a thread of its own: calls the first where there is news, and ends soon after the second is set, or does not
matter any more."""


class Beat(Enum):
    RUN = auto()
    END = auto()


Beats = SimpleQueue[Beat]
"""A signal handler may put into it at any moment, which it may not with an Event."""


def repeat(task: Callable[[], None], every: timedelta, watchers: Iterable[Watcher] = ()) -> None:
    """Run ``task`` now, then ever so often, and sooner where a watcher has news, until SIGTERM or SIGINT.

    A run under way is finished, unless a second signal comes. What calls for one meanwhile is answered by one more.
    """
    beats: Beats = SimpleQueue()
    run, over = partial(beats.put, Beat.RUN), threading.Event()
    previous = {s: signal.signal(s, _ender(beats)) for s in (signal.SIGTERM, signal.SIGINT)}
    ticker = BackgroundScheduler(executors={"default": ThreadPoolExecutor(1)}, timezone="UTC")
    ticker.add_job(run, "interval", seconds=every.total_seconds(), misfire_grace_time=None)
    try:
        run()
        ticker.start()
        for watcher in watchers:
            threading.Thread(target=watcher, args=(run, over), daemon=True).start()
        while _goes_on(beats):
            task()
    finally:
        over.set()
        ticker.shutdown(wait=False)
        for number, handler in previous.items():
            signal.signal(number, handler)


def _goes_on(beats: Beats) -> bool:
    """Wait for a beat; several are one. False at the end."""
    beat = beats.get()
    while beat is Beat.RUN and not beats.empty():
        beat = beats.get()
    return beat is Beat.RUN


def _ender(beats: Beats) -> Callable[[int, FrameType | None], None]:
    def on_signal(number: int, _frame: FrameType | None) -> None:
        beats.put(Beat.END)
        signal.signal(number, signal.SIG_DFL)

    return on_signal
