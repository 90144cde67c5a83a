"""The beat of the daemon: APScheduler in memory, and whoever has news. What is due is computed from facts, never scheduled."""

from __future__ import annotations

import logging
import os
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

log = logging.getLogger(__name__)

Watcher = Callable[[Callable[[], None], threading.Event], None]
"""Runs in a thread of its own: calls the first where there is news, and ends soon after the second is set, or does not
matter any more."""


GRACE = 1.5
"""Seconds in which a run may finish: whoever ends a daemon does not want to wait for a mail server."""


class Beat(Enum):
    RUN = auto()
    END = auto()


Beats = SimpleQueue[Beat]
"""A signal handler may put into it at any moment, which it may not with an Event."""


def repeat(task: Callable[[], None], every: timedelta, watchers: Iterable[Watcher] = ()) -> None:
    """Run ``task`` now, then ever so often, and sooner where a watcher has news, until SIGTERM or SIGINT.

    What calls for a run while one is under way is answered by one more. A run has GRACE seconds to finish after the signal;
    then the process ends within it, as if killed, which has to do no harm.
    """
    beats: Beats = SimpleQueue()
    run, over = partial(beats.put, Beat.RUN), threading.Event()
    handlers = {signal.SIGTERM: _ender(beats), signal.SIGINT: _ender(beats), signal.SIGALRM: _cut_off}
    previous = {number: signal.signal(number, handler) for number, handler in handlers.items()}
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
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in previous.items():
            signal.signal(number, handler)


def _goes_on(beats: Beats) -> bool:
    """Wait for a beat; several are one. False at the end."""
    beat = beats.get()
    while beat is Beat.RUN and not beats.empty():
        beat = beats.get()
    return beat is Beat.RUN


def _ender(beats: Beats) -> Callable[[int, FrameType | None], None]:
    def on_signal(_number: int, _frame: FrameType | None) -> None:
        beats.put(Beat.END)
        signal.setitimer(signal.ITIMER_REAL, GRACE)

    return on_signal


def _cut_off(_number: int, _frame: FrameType | None) -> None:
    log.info("stopped within a pass; the next one takes it up")
    logging.shutdown()
    os._exit(0)
