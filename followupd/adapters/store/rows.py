"""Values as rows and back: JSON of the dataclass, and the columns beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

import msgspec

from followupd.core.ledger import DraftRecord, Word
from followupd.core.mail import Address, EmailId, Envelope, MailboxRole
from followupd.core.reading import Reading

_NOBODY = Address(email="")
_encoder = msgspec.json.Encoder()
_envelopes = msgspec.json.Decoder(Envelope)
_readings = msgspec.json.Decoder(Reading)
_records = msgspec.json.Decoder(DraftRecord)
_words = msgspec.json.Decoder(Word)

EmailRow = tuple[int, str, int, float, str, str, str, bytes]
"""account, id, candidate, received, role, links, people, envelope: plain types, which SQLite binds without asking."""


def encoded(value: object) -> bytes:
    """``value`` as JSON. Lone surrogates, which a broken header may leave, become question marks."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return _encoder.encode(_clean(msgspec.to_builtins(value)))


def _clean(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case dict():
            return {_clean(k): _clean(v) for k, v in value.items()}
        case list() | tuple():
            return [_clean(v) for v in value]
    return value


def email_rows(account: int, added: Iterable[Envelope], candidates: Collection[EmailId]) -> list[EmailRow]:
    chosen = frozenset(candidates)
    return [_email_row(account, e, candidate=e.id in chosen) for e in added]


def _email_row(account: int, e: Envelope, *, candidate: bool) -> EmailRow:
    try:
        json = _encoder.encode(e)
    except UnicodeEncodeError:
        json = encoded(e)
        e = _envelopes.decode(json)
    links = "\n".join([e.message_id, *e.in_reply_to, *e.references])
    # the sender stands first, as an empty line where there is none
    people = "\n".join([a.email for a in (*(e.from_ or (_NOBODY,)), *e.to, *e.cc)]).lower()
    return account, e.id, int(candidate), e.received_at.timestamp(), e.role.value, links, people, json


def envelope(json: bytes, role: str) -> Envelope:
    """The envelope, in the mailbox where it lies by now."""
    found = _envelopes.decode(json)
    return found if found.role == role else replace(found, role=MailboxRole(role))


def reading(json: bytes) -> Reading:
    return _readings.decode(json)


def record(json: bytes) -> DraftRecord:
    return _records.decode(json)


def word(json: bytes) -> Word:
    return _words.decode(json)


def plain(json: bytes) -> Any:
    """The JSON as it stands, for an export."""
    return msgspec.json.decode(json)
