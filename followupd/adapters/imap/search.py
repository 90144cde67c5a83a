"""Which UIDs of the open mailbox are there, are new, fall into a window of time, or have gone."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from followupd.adapters.imap.session import GMAIL, Session
from followupd.adapters.imap.uidset import UidSet
from followupd.adapters.imap.wire import Pieces, parsed
from followupd.core.errors import PermanentError

log = logging.getLogger(__name__)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ALL = re.compile(r"\bALL ([\d:,]+)")
_PLAIN_LIMIT = 50_000
"""Messages that a plain SEARCH goes over at once: imaplib refuses lines of a megabyte."""
_RANGES = 300
"""Ranges in one command: servers take lines of 8,000 octets (RFC 7162 section 4)."""
_DATES = 1000


@dataclass(frozen=True, slots=True)
class Finder:
    """Searches in the mailbox that ``session`` has open and that holds ``exists`` messages."""

    session: Session
    exists: int

    def count(self, low: int, high: int) -> int:
        """How many messages have a UID from ``low`` to ``high``."""
        if low > high or not self.exists:
            return 0
        return self.exists if low == 1 else len(self._among(low, high))

    def gone(self, known: UidSet, modseq: int) -> UidSet:
        """Which of ``known`` are no longer there; ``modseq`` is from when they all were, 0 if that is not known."""
        if modseq and self.session.has("QRESYNC"):
            span = f"{known.first}:{known.last}"
            command = f"UID FETCH {span} (UID) (CHANGEDSINCE {modseq} VANISHED)"
            (reply,) = self.session.exchange(command.encode())
            return known.common(_vanished(reply.responses))
        return known.minus(self._among(known.first, known.last)) if self.exists else known

    def present(self, uids: UidSet) -> UidSet:
        """Which of ``uids`` are there."""
        found = UidSet()
        for some in uids.pieces(_RANGES):
            found = found.plus(self._search(f"UID {some}").common(some))
        return found

    def undeleted(self) -> UidSet:
        return self._search("UNDELETED") if self.exists else UidSet()

    def of_thread(self, thread: int) -> UidSet:
        """The messages of one of Gmail's conversations, without its drafts."""
        return self._search(f"X-GM-THRID {thread} UNDRAFT") if self.exists else UidSet()

    def labelled(self, label: str) -> UidSet:
        """Those that carry one of Gmail's labels, given as it stands in a command."""
        return self._search(f"X-GM-LABELS {label}") if self.exists else UidSet()

    def with_header(self, name: str, value: str) -> UidSet:
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        return self._search(f'HEADER {name} "{quoted}"') if self.exists else UidSet()

    def window(self, low: int, high: int, after: datetime, *, drafts_too: bool) -> UidSet:
        """Those from ``low`` to ``high`` that were received at ``after`` or later.

        SEARCH knows days only, and in a time zone that the server keeps to itself. So for a first reading the dates of
        those that came near the border are looked at, if some mail lies beyond it; among a few new ones the reader of the
        headers does that. Gmail's own search knows seconds.
        """
        if low > high or not self.exists:
            return UidSet()
        drafts = "" if drafts_too else " UNDRAFT"
        if low == 1 and self.session.has(GMAIL):
            try:
                return self._search(f'X-GM-RAW "after:{int(after.timestamp()) - 1} -in:chats"{drafts}').within(
                    low, high
                )
            except PermanentError as error:
                log.warning("Gmail's own search does not serve, dates do: %s", error)
        found = self._search(f"UID {low}:{high} SINCE {_day(after - timedelta(hours=12))}{drafts}").within(low, high)
        if len(found) > self.exists:
            raise PermanentError(
                "the server names more messages than there are", remedy="Try again; if it stays so, report it."
            )
        border_inside = low == 1 and len(found) < self.exists
        return found.minus(self._too_old(found, after)) if border_inside else found

    def _too_old(self, found: UidSet, after: datetime) -> UidSet:
        before = _day(after + timedelta(hours=14, days=1))
        near = UidSet()
        for some in found.pieces(_RANGES):
            near = near.plus(self._search(f"UID {some} BEFORE {before}").common(some))
        old: list[int] = []
        for some in near.chunks(_DATES):
            (reply,) = self.session.exchange(f"UID FETCH {some} (UID INTERNALDATE)".encode())
            dates = {uid: items.get(b"INTERNALDATE") for uid, items in parsed(reply.responses).items()}
            old += [uid for uid, received in dates.items() if received is not None and received < after]
        return UidSet.of(old)

    def _among(self, low: int, high: int) -> UidSet:
        return self._search(f"UID {low}:{high}").within(low, high)

    def _search(self, criteria: str) -> UidSet:
        """In the short form of RFC 4731 where the server has it, else in portions by sequence number.

        Gmail tells of its own criteria in the plain form only.
        """
        if self.session.has("ESEARCH") and "X-GM-" not in criteria:
            (reply,) = self.session.exchange(f"UID SEARCH RETURN (ALL) {criteria}".encode())
            return UidSet.parse(",".join(_extended(reply.responses)))
        firsts = range(1, self.exists + 1, _PLAIN_LIMIT)
        portions = [f"{a}:{min(a + _PLAIN_LIMIT - 1, self.exists)} " for a in firsts] if len(firsts) > 1 else [""]
        replies = self.session.exchange(*(f"UID SEARCH {portion}{criteria}".encode() for portion in portions))
        return UidSet.of(uid for reply in replies for uid in _plain(reply.responses))


def _extended(responses: list[Pieces]) -> Iterator[str]:
    for pieces in responses:
        line = pieces[0].decode("ascii", "replace").upper()
        if line.startswith("ESEARCH") and (found := _ALL.search(line)):
            yield found[1]


def _plain(responses: list[Pieces]) -> Iterator[int]:
    for pieces in responses:
        if pieces[0][:6].upper() == b"SEARCH":
            yield from map(int, pieces[0][6:].partition(b"(")[0].split())


def _vanished(responses: list[Pieces]) -> UidSet:
    """``* VANISHED (EARLIER) 41,43:116`` (RFC 7162 section 3.2.10)."""
    lines = (p[0].decode("ascii", "replace").upper().split() for p in responses)
    return UidSet.parse(",".join(words[-1] for words in lines if words[:1] == ["VANISHED"] and len(words) > 1))


def _day(moment: datetime) -> str:
    day: date = moment.astimezone(UTC).date()
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"
