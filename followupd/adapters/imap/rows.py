"""The one large FETCH: header fields of many messages, read by a lean reader with imapclient's parser behind it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from followupd.adapters.imap.search import Finder
from followupd.adapters.imap.session import GMAIL, Session
from followupd.adapters.imap.state import email_id
from followupd.adapters.imap.uidset import UidSet
from followupd.adapters.imap.wire import Pieces, parsed
from followupd.core import rfc5322
from followupd.core.errors import TransientError
from followupd.core.mail import EVIDENCE_HEADERS, Envelope, MailboxRole

log = logging.getLogger(__name__)

T = TypeVar("T")

_ADDRESSED = ("date", "from", "to", "cc", "reply-to", "subject", "message-id", "in-reply-to", "references")

HEADER_ITEM = b"BODY.PEEK[HEADER.FIELDS (%s)]" % " ".join((*_ADDRESSED, *EVIDENCE_HEADERS)).upper().encode()
_USUAL = re.compile(rb"\d+ FETCH \(UID (\d+) INTERNALDATE \"([^\"]*)\" RFC822\.SIZE (\d+) BODY\[HEADER\.FIELDS \([^()]")
_USUAL_END = b")] {"
"""How most servers answer: our items in our order, then nothing but the long list of fields and the literal. Anything else
goes through imapclient's parser.
"""


class Row(NamedTuple):
    """What one FETCH response tells. ``labels`` are Gmail's, in lower case; ``header`` is the header block."""

    uid: int
    received_at: datetime
    size: int
    header: bytes
    thread: int | None = None
    labels: frozenset[str] = frozenset()

    def envelope(self, mailbox: str, validity: int, role: MailboxRole) -> Envelope:
        return rfc5322.envelope(
            self.header,
            id=email_id(mailbox, validity, self.uid),
            role=role_of(self.labels) if role is MailboxRole.ALL and self.thread is not None else role,
            received_at=self.received_at,
            size=self.size,
            thread_hint=None if self.thread is None else f"{self.thread:x}",
        )


def items(session: Session) -> bytes:
    """What to ask for of each message; at Gmail also its thread and its labels."""
    extra = b"X-GM-THRID X-GM-LABELS " if session.has(GMAIL) else b""
    return b"UID INTERNALDATE RFC822.SIZE %s%s" % (extra, HEADER_ITEM)


def fetch(session: Session, uids: UidSet, make: Callable[[Row], T], then: UidSet | None = None) -> dict[int, T]:
    """What ``make`` makes of the rows of ``uids`` in the open mailbox; of those gone in the meantime there is none.

    Each is made while the server writes the next, and the server begins with ``then``, which will be wanted next, as soon as
    this is done. What it leaves out although it is there is asked for again, each message by itself: so one that the
    server cannot read costs no other. Raises TransientError if it leaves one out without even saying so.
    """
    wanted = items(session)
    made: dict[int, T] = {}
    odd: list[Pieces] = []

    def take(pieces: Pieces) -> None:
        if row := _usual(pieces):
            made[row.uid] = make(row)
        else:
            odd.append(pieces)

    session.ask(_command(uids, wanted), each=take)
    if then:
        session.ask_ahead(_command(then, wanted))
    found = _odd_rows(odd)
    if missing := UidSet.of(uid for uid in uids if uid not in made and uid not in found):
        found |= _second_look(session, missing, wanted)
    return made | {uid: make(row) for uid, row in found.items()}


def _command(uids: UidSet | int, wanted: bytes) -> bytes:
    return b"UID FETCH %s (%s)" % (str(uids).encode(), wanted)


def _second_look(session: Session, missing: UidSet, wanted: bytes) -> dict[int, Row]:
    present = Finder(session, len(missing)).present(missing)
    replies = session.ask(*(_command(uid, wanted) for uid in present))
    found = rows([pieces for reply in replies for pieces in reply.responses])
    for uid, reply in zip(present, replies, strict=True):
        if uid in found:
            continue
        if reply.status == "OK":
            raise TransientError("the server names a message and does not give it; the next pass asks again")
        log.warning("the server cannot give message %d of a mailbox; it is left out", uid)
    return found


def rows(responses: list[Pieces]) -> dict[int, Row]:
    """The rows among the responses by UID; unasked-for ones (flags, EXISTS …) are left out."""
    found: dict[int, Row] = {}
    odd: list[Pieces] = []
    for pieces in responses:
        if row := _usual(pieces):
            found[row.uid] = row
        else:
            odd.append(pieces)
    return found | _odd_rows(odd)


def _usual(pieces: Pieces) -> Row | None:
    head = _USUAL.match(pieces[0])
    if head and len(pieces) == 3 and pieces[2] == b")" and _ends_as_usual(pieces[0], head.end()):
        return Row(int(head[1]), internal_date(head[2]), int(head[3]), pieces[1])
    return None


def parsed_row(uid: int, items: dict[bytes, Any]) -> Row | None:
    """A row from imapclient's reading of a response; None if it lacks what was asked for."""
    header = next((value for name, value in items.items() if name.startswith(b"BODY[HEADER.FIELDS")), None)
    received = items.get(b"INTERNALDATE")
    if received is None or b"RFC822.SIZE" not in items or not isinstance(header, bytes | None):
        return None
    received = received.astimezone(timezone(received.utcoffset()))  # imapclient's time zones are of its own making
    return Row(uid, received, items[b"RFC822.SIZE"], header or b"", items.get(b"X-GM-THRID"), labels(items))


def _ends_as_usual(text: bytes, start: int) -> bool:
    end = text.find(_USUAL_END, start)
    return end > 0 and text[end + len(_USUAL_END) : -3].isdigit()


def _odd_rows(responses: list[Pieces]) -> dict[int, Row]:
    return {uid: found for uid, items in parsed(responses).items() if (found := parsed_row(uid, items))}


def labels(items: dict[bytes, Any]) -> frozenset[str]:
    """Gmail's labels in imapclient's reading of a response, in lower case and in the encoding of mailbox names."""
    told = items.get(b"X-GM-LABELS") or ()
    return frozenset(str(label, "utf-8", "replace").lower() for label in told if isinstance(label, bytes))


def role_of(labels: frozenset[str]) -> MailboxRole:
    """Where a message of All Mail lies by its labels."""
    if "\\sent" in labels:
        return MailboxRole.SENT
    return MailboxRole.INBOX if "\\inbox" in labels else MailboxRole.ARCHIVE


def roles_changed(session: Session, known: UidSet, modseq: int) -> dict[int, MailboxRole]:
    """Where those of ``known`` lie that have changed since ``modseq`` (RFC 7162 section 3.1.4.1), in Gmail's open All Mail."""
    command = f"UID FETCH {known.first}:{known.last} (UID X-GM-LABELS) (CHANGEDSINCE {modseq})"
    (reply,) = session.exchange(command.encode())
    changed = parsed(reply.responses)
    return {uid: role_of(labels(changed[uid])) for uid in known.common(UidSet.of(changed))}


# --- INTERNALDATE (RFC 9051 section 9, date-time) ------------------------------------------------------------------

_MONTHS = {m: i for i, m in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def internal_date(text: bytes) -> datetime:
    """`` 1-Jul-1996 02:44:25 -0700`` as an aware moment; the beginning of 1970 if it is none."""
    try:
        year, month, day = _day(text[:11])
        return datetime(year, month, day, int(text[12:14]), int(text[15:17]), int(text[18:20]), tzinfo=_zone(text[21:]))
    except (ValueError, KeyError):
        return _EPOCH


@lru_cache(maxsize=512)
def _day(text: bytes) -> tuple[int, int, int]:
    day, month, year = text.split(b"-")
    return int(year), _MONTHS[month.lower()], int(day)


@lru_cache(maxsize=128)
def _zone(text: bytes) -> timezone:
    minutes = int(text[1:3]) * 60 + int(text[3:5])
    return timezone(timedelta(minutes=-minutes if text[:1] == b"-" else minutes))
