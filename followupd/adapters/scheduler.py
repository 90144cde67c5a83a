"""The ticker of the daemon: APScheduler in memory. What is due is computed from facts at each tick, never scheduled."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler


def repeat(task: Callable[[], None], every: timedelta) -> None:
    """Run ``task`` now and then ``every`` so often, in one thread, until SIGTERM or SIGINT; a run under way is finished.

    A tick that comes late or while the task still runs is not made up for: the next one does the same work.
    """
    stop = threading.Event()
    previous = {s: signal.signal(s, _stopper(stop)) for s in (signal.SIGTERM, signal.SIGINT)}
    scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(1)}, timezone="UTC")
    scheduler.add_job(
        task, "interval", seconds=every.total_seconds(), coalesce=True, max_instances=1, misfire_grace_time=None
    )
    try:
        task()
        scheduler.start()
        stop.wait()
        scheduler.shutdown(wait=True)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _stopper(stop: threading.Event) -> Callable[[int, FrameType | None], None]:
    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    return on_signal
