"""The content of messages: their structure first, then only the parts that are read, never an attachment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from imapclient.response_types import BodyData

from followupd.adapters.imap import rows
from followupd.adapters.imap.mailboxes import Box
from followupd.adapters.imap.session import Session
from followupd.adapters.imap.state import email_id
from followupd.adapters.imap.uidset import UidSet
from followupd.adapters.imap.wire import Pieces, parsed
from followupd.core import rfc5322
from followupd.core.mail import Email
from followupd.core.rfc5322 import Part

BATCH = 50
"""Messages at once."""
_TEXT = 1 << 16
"""Octets of a text part: more than any letter, and enough of a newsletter."""
_STUB = 900
"""Octets, as transferred, below which a plain text may only say that there is a better one in HTML."""
_CALENDAR = 1 << 18
"""Octets of a calendar part: cut off, it would say nothing."""
_WHOLE = 1 << 18
"""Octets of a message whose structure says nothing."""
_TEXTS = 20
"""Text parts of one message that are read."""

_CALENDARS = frozenset({"text/calendar", "application/ics", "text/x-vcalendar", "application/calendar"})
_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED = frozenset({"text/rfc822-headers", "message/global-headers"})
_NESTED = frozenset({"message/rfc822", "message/global"})
_DEFAULT_CHARSET = ("charset", "us-ascii")
"""What servers say where the message says nothing (RFC 2045 section 5.2); the text itself knows better."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf part of a structure (RFC 9051 section 7.5.2): its section number, its MIME header made up again,
    and whether it is one of several forms of the same text (multipart/alternative).
    """

    section: str
    kind: str
    name: str
    attached: bool
    size: int
    header: bytes
    alternative: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A leaf and what is asked for of it: ``item`` is empty for what is not transferred."""

    leaf: Leaf
    item: str = ""
    limit: int = 0

    @property
    def cut(self) -> bool:
        return bool(self.item) and not self.item.endswith("HEADER") and self.leaf.size > self.limit


def emails(session: Session, box: Box, validity: int, uids: UidSet, *, every_form: bool = False) -> list[Email]:
    """These messages of a mailbox; those that are gone are left out.

    Of a text in several forms the plain one is enough, if it is more than a stub; with ``every_form`` all are brought.
    """
    if not session.open(box.name, validity):
        return []
    known, shapes = _heads(session, uids)
    plans = {uid: pieces(shapes[uid], every_form=every_form) for uid in uids if uid in known and uid in shapes}
    plans = {uid: plan for uid, plan in plans.items() if any(piece.leaf.size for piece in plan)}
    texts = _texts(session, plans)
    found = [_email(box, validity, known[uid], plan, texts.get(uid)) for uid, plan in plans.items()]
    odd = [uid for uid in uids if uid not in plans]
    return [*(email for email in found if email), *_whole(session, box, validity, odd)]


def _heads(session: Session, uids: UidSet) -> tuple[dict[int, rows.Row], dict[int, BodyData]]:
    """Headers and structures, in one round trip; a server may mix the answers to two questions that it got at once."""
    asked = (rows.items(session), b"UID BODYSTRUCTURE")
    replies = session.ask(*(b"UID FETCH %s (%s)" % (str(uids).encode(), items) for items in asked))
    heads: list[Pieces] = []
    bodies: list[Pieces] = []
    for answer in (pieces for reply in replies for pieces in reply.responses):
        (bodies if b"BODYSTRUCTURE" in answer[0][:100].upper() else heads).append(answer)
    structures = {uid: items.get(b"BODYSTRUCTURE") for uid, items in parsed(bodies).items()}
    return rows.rows(heads), {uid: found for uid, found in structures.items() if isinstance(found, BodyData)}


def pieces(structure: BodyData, *, every_form: bool = False) -> tuple[Piece, ...]:
    """What to fetch of a message of this structure: text, calendars, and what a report returns."""
    leaves = tuple(_leaves(structure, ""))
    report = _subtype(structure) == "report" or any(leaf.kind in _STATUS for leaf in leaves)
    found: list[Piece] = []
    texts, returned, plain = 0, False, False
    for leaf in leaves:
        needless = plain and leaf.alternative and leaf.kind == "text/html" and not every_form
        piece = Piece(leaf) if needless else _piece(leaf, texts=texts, report=report and not returned)
        plain = plain or (leaf.alternative and leaf.kind == "text/plain" and leaf.size >= _STUB)
        texts += leaf.kind.startswith("text/") and bool(piece.item)
        returned = returned or (bool(piece.item) and leaf.kind in _NESTED | _RETURNED)
        found.append(piece)
    return tuple(found)


def _piece(leaf: Leaf, *, texts: int, report: bool) -> Piece:
    if leaf.kind in _CALENDARS or leaf.name.lower().endswith(".ics"):
        return Piece(leaf, leaf.section, _CALENDAR)
    if leaf.kind in _STATUS or (report and leaf.kind in _RETURNED | {"message/disposition-notification"}):
        return Piece(leaf, leaf.section, _TEXT)
    if report and leaf.kind in _NESTED:
        return Piece(leaf, f"{leaf.section}.HEADER", _TEXT)
    if leaf.kind in ("text/plain", "text/html") and not leaf.attached and not (leaf.name and texts) and texts < _TEXTS:
        return Piece(leaf, leaf.section, _TEXT)
    return Piece(leaf)


# --- structure -----------------------------------------------------------------------------------------------------


def _leaves(structure: BodyData, number: str, *, alternative: bool = False) -> Iterator[Leaf]:
    if structure.is_multipart:
        within = alternative or _subtype(structure) == "alternative"
        for i, part in enumerate(structure[0], 1):
            yield from _leaves(part, f"{number}.{i}" if number else str(i), alternative=within)
    else:
        yield replace(_leaf(structure, number or "1"), alternative=alternative)


def _leaf(part: Sequence[Any], section: str) -> Leaf:
    kind = f"{_string(part[0])}/{_string(part[1])}".lower()
    disposition = _disposition(part, kind)
    parameters = tuple(p for p in _pairs(part[2]) if (p[0], p[1].lower()) != _DEFAULT_CHARSET)
    names = (*_pairs(disposition[1] if len(disposition) > 1 else None), *parameters)
    how = _string(disposition[0]).lower() if disposition else ""
    lines = [
        _field("Content-Type", kind, parameters),
        _field("Content-Transfer-Encoding", _string(part[5]) if kind not in _NESTED else "7bit", ()),
    ]
    if how:
        lines.append(_field("Content-Disposition", how, _pairs(disposition[1] if len(disposition) > 1 else None)))
    name = next((value for key, value in names if key.partition("*")[0] in ("filename", "name")), "")
    size = part[6] if isinstance(part[6], int) else 0
    return Leaf(section, kind, name, how == "attachment", size, "\r\n".join(lines).encode("utf-8", "surrogateescape"))


def _disposition(part: Sequence[Any], kind: str) -> tuple[Any, ...]:
    """It stands after the MD5, which stands after the basic fields; how many these are depends on the type."""
    basic = 10 if kind in _NESTED else 8 if kind.startswith("text/") else 7
    found = part[basic + 1] if len(part) > basic + 1 else None
    return found if isinstance(found, tuple) else ()


def _subtype(structure: BodyData) -> str:
    return _string(structure[1]).lower() if structure.is_multipart and len(structure) > 1 else ""


def _pairs(flat: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(flat, tuple):
        return ()
    return tuple((_string(k).lower(), _string(v)) for k, v in zip(flat[::2], flat[1::2], strict=False))


def _field(name: str, value: str, parameters: Sequence[tuple[str, str]]) -> str:
    quoted = (f'; {k}="{v.replace(chr(92), chr(92) * 2).replace(chr(34), chr(92) + chr(34))}"' for k, v in parameters)
    return f"{name}: {value}{''.join(quoted)}"


def _string(value: object) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else "" if value is None else str(value)


# --- fetching ------------------------------------------------------------------------------------------------------


def _texts(session: Session, plans: dict[int, tuple[Piece, ...]]) -> dict[int, dict[bytes, Any]]:
    """The parts of all messages; those of one shape are asked for together."""
    shapes: dict[tuple[str, ...], list[int]] = {}
    for uid, plan in plans.items():
        items = tuple(f"BODY.PEEK[{piece.item}]<0.{piece.limit}>" for piece in plan if piece.item)
        if items:
            shapes.setdefault(items, []).append(uid)
    commands = (f"UID FETCH {UidSet.of(uids)} (UID {' '.join(items)})".encode() for items, uids in shapes.items())
    found: dict[int, dict[bytes, Any]] = {}
    for command in commands:
        (reply,) = session.ask(command)
        found |= parsed(reply.responses)
    return found


def _email(
    box: Box, validity: int, row: rows.Row, plan: tuple[Piece, ...], texts: dict[bytes, Any] | None
) -> Email | None:
    """None if the message has gone since its structure was asked for."""
    wanted = [piece for piece in plan if piece.item]
    if wanted and texts is None:
        return None
    parts = [Part(piece.leaf.header, _body(texts or {}, piece)) for piece in plan]
    envelope = row.envelope(box.name, validity, box.role)
    return rfc5322.assemble(envelope, parts, truncated=any(piece.cut for piece in wanted))


def _body(texts: dict[bytes, Any], piece: Piece) -> bytes:
    body = texts.get(f"BODY[{piece.item}]<0>".encode()) if piece.item else None
    return body if isinstance(body, bytes) else b""


def _whole(session: Session, box: Box, validity: int, uids: Sequence[int]) -> Iterator[Email]:
    """Messages whose structure the server cannot make out, and so shows none of their text: taken apart here."""
    for uid in uids:
        (reply,) = session.ask(f"UID FETCH {uid} (UID INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.{_WHOLE}>)".encode())
        items = parsed(reply.responses).get(uid, {})
        raw, received = items.get(b"BODY[]<0>"), items.get(b"INTERNALDATE")
        if isinstance(raw, bytes) and received is not None:
            email = rfc5322.parse(raw, id=email_id(box.name, validity, uid), role=box.role, received_at=received)
            yield replace(email, truncated=len(raw) >= _WHOLE)
