"""How far an account has been read: the adapter's side of the opaque State."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from followupd.adapters.imap.uidset import UidSet
from followupd.core.errors import StateExpiredError
from followupd.core.mail import EmailId, State

_VERSION = "imap-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far one mailbox has been read.

    ``next``: every UID below it has been looked at. ``exists``: how many messages lay below it then, None while the
    mailbox is only read in part. ``floor``: the start of the window that was read, in seconds since 1970. ``known``: the
    UIDs that were handed out and are not known to have gone. ``modseq`` is 0 where the server has none (RFC 7162).
    """

    validity: int
    next: int = 1
    exists: int | None = None
    modseq: int = 0
    floor: float = 0.0
    known: UidSet = field(default_factory=UidSet)


Marks = Mapping[str, Mark]


def dump(marks: Marks) -> State:
    boxes = {name: (*_FIELDS(mark), str(mark.known)) for name, mark in marks.items()}
    return State(json.dumps({_VERSION: boxes}, separators=(",", ":"), ensure_ascii=False))


def load(state: State | None) -> dict[str, Mark]:
    """Raises StateExpiredError on a State that this version did not write."""
    if state is None:
        return {}
    try:
        found = json.loads(state)
        return {name: _mark(values) for name, values in found[_VERSION].items()}
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise StateExpiredError("the stored position in the mailbox is of no use; it is read again") from error


_FIELDS = attrgetter("validity", "next", "exists", "modseq", "floor")


def _mark(values: Sequence[Any]) -> Mark:
    validity, following, exists, modseq, floor, known = values
    return Mark(validity=validity, next=following, exists=exists, modseq=modseq, floor=floor, known=UidSet.parse(known))


def email_id(mailbox: str, validity: int, uid: int) -> EmailId:
    """The id of a copy: it holds as long as the mailbox keeps its UIDVALIDITY (RFC 9051 section 2.3.1.1)."""
    return EmailId(f"{validity}/{uid}/{mailbox}")


def place(id_: str) -> tuple[str, int, int] | None:
    """Mailbox, UIDVALIDITY and UID of an id; None if it is none of ours."""
    validity, _, rest = id_.partition("/")
    uid, _, mailbox = rest.partition("/")
    return (mailbox, int(validity), int(uid)) if validity.isdecimal() and uid.isdecimal() and mailbox else None
