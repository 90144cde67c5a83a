"""Push: a server's word that there is news makes the next pass come sooner. The poll stays the truth."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Event

from followupd.core.errors import FollowupdError, TransientError
from followupd.core.ports import Push

log = logging.getLogger(__name__)

_AT_A_TIME = 15 * 60.0
_SETTLE = 5.0
"""Seconds after news, in which more may come that one pass is enough for."""
_AGAIN = timedelta(minutes=1)
_MUCH_LATER = timedelta(hours=1)
"""After what waiting does not mend: the passes tell of it."""


def watch(account: str, push: Push, stir: Callable[[], None], over: Event) -> None:
    """Call ``stir`` whenever the server has news, until ``over`` is set or the server turns out to have no push."""
    while not over.is_set():
        try:
            news = push.wait(_AT_A_TIME)
        except FollowupdError as error:
            if not over.is_set():
                log.info("%s: no push for a while: %s", account, error)
            over.wait(_patience(error).total_seconds())
            continue
        if news is None:
            return
        if news:
            over.wait(_SETTLE)
            stir()


def _patience(error: FollowupdError) -> timedelta:
    return (error.retry_after or _AGAIN) if isinstance(error, TransientError) else _MUCH_LATER
