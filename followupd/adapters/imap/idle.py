"""News of the inbox while nothing else is to be done (IDLE, RFC 2177): a hint only, the poll is the truth."""

from __future__ import annotations

import time

from followupd.adapters.imap.refusals import LineDroppedError
from followupd.adapters.imap.session import Session

_RENEW = 8.5 * 60
"""Seconds after which IDLE begins anew: lines without traffic die unnoticed, some after ten minutes."""
_NEWS = frozenset({b"EXISTS", b"EXPUNGE", b"RECENT", b"VANISHED"})


def wait_for_news(session: Session, timeout: float) -> bool:
    """Up to ``timeout`` seconds; False, at once, where the server has no IDLE. Raises TransientError on a dead line."""
    with session.talking() as client:
        if not client.has_capability("IDLE"):
            return False
    inbox = session.boxes()[0].name
    end = time.monotonic() + timeout
    while (left := end - time.monotonic()) > 0:
        if _idle(session, inbox, min(left, _RENEW)):
            return True
    return False


def _idle(session: Session, inbox: str, seconds: float) -> bool:
    session.examine(inbox)
    with session.talking() as client:
        client.idle()
        began = time.monotonic()
        news = client.idle_check(seconds)
        if not news and time.monotonic() - began < seconds / 2:
            raise LineDroppedError("the connection closed while waiting for news")
        _, rest = client.idle_done()
        return any(word in _NEWS for answer in (*news, *rest) for word in answer[:2])
