"""News of an account while nothing else is to be done (IDLE, RFC 2177): a hint only, the poll is the truth."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from followupd.adapters.imap.mailboxes import to_read
from followupd.adapters.imap.refusals import LineDroppedError
from followupd.adapters.imap.session import GMAIL, Selected, Session
from followupd.core.errors import FollowupdError

_RENEW = 8.5 * 60
"""Seconds after which IDLE begins anew: lines without traffic die unnoticed, some after ten minutes."""
_NEWS = frozenset({b"EXISTS", b"EXPUNGE", b"RECENT", b"VANISHED"})


@dataclass(slots=True)
class ImapPush:
    """The Push port on a session of its own, which watches the inbox, or at Gmail all mail."""

    session: Session
    _seen: tuple[int, int, int] | None = field(default=None, init=False)

    def wait(self, seconds: float) -> bool | None:
        with self.session.talking() as client:
            if not client.has_capability("IDLE"):
                return None
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self._has_changed() or self._idle(min(left, _RENEW)):
                return True
        return False

    def _has_changed(self) -> bool:
        """Whether something came or went while nobody listened; opens the mailbox."""
        box = to_read(self.session.boxes(), gmail=self.session.has(GMAIL))[0]
        opened = self.session.examine(box.name)[0]
        if isinstance(opened, FollowupdError):
            raise opened
        before, self._seen = self._seen, _extent(opened)
        return before is not None and before != self._seen

    def _idle(self, seconds: float) -> bool:
        with self.session.talking() as client:
            client.idle()
            began = time.monotonic()
            news = client.idle_check(seconds)
            if not news and time.monotonic() - began < seconds / 2:
                raise LineDroppedError("the connection closed while waiting for news")
            _, rest = client.idle_done()
            return any(word in _NEWS for answer in (*news, *rest) for word in answer[:2])

    def close(self) -> None:
        self.session.cut_off()


def _extent(opened: Selected) -> tuple[int, int, int]:
    return opened.validity, opened.next, opened.exists
