"""What followupd has done and what the user has said: the only facts that cannot be read from the mail again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from followupd.core.mail import MessageId

DraftId = NewType("DraftId", str)
OpportunityId = NewType("OpportunityId", str)


class Kind(StrEnum):
    """The kinds of follow-up."""

    THANK_YOU = "thank_you"
    CHECK_IN = "check_in"
    CLOSING_NOTE = "closing_note"
    FEEDBACK_REQUEST = "feedback_request"


class DraftState(StrEnum):
    """The life of a draft. ``planned`` is an outbox row whose draft may or may not have reached the mailbox."""

    PLANNED = "planned"
    OPEN = "open"
    EDITED = "edited"
    SENT = "sent"
    DISCARDED = "discarded"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


LIVE = frozenset({DraftState.OPEN, DraftState.EDITED})
"""States in which a draft lies in the Drafts mailbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRecord:
    """One follow-up draft, from plan to end.

    ``id`` is made from what the draft is for, so planning the same follow-up twice gives the same row. ``basis`` is the
    Message-ID or invite UID from which its delay counted. ``body`` is followupd's own text, kept for ``restore`` and for
    knowing the message again once it was sent; ``digest`` is its fingerprint. ``handle`` is the adapter's id of the copy
    last seen in Drafts, ``names`` the display names of its recipients, ``durable_id`` the server's own lasting id. ``ended_at`` is when it left Drafts.
    """

    id: DraftId
    opportunity: OpportunityId
    account: str
    kind: Kind
    ordinal: int
    basis: str
    state: DraftState
    planned_at: datetime
    parent: MessageId | None
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    subject: str
    message_id: MessageId
    references: tuple[MessageId, ...] = ()
    body: str
    digest: str
    reason: str = ""
    handle: str | None = None
    durable_id: str | None = None
    ended_at: datetime | None = None
    sent_as: MessageId | None = None


class Command(StrEnum):
    """What the user can say of an opportunity; it outranks every inference."""

    SKIP = "skip"
    TRACK = "track"
    SNOOZE = "snooze"
    NOTE = "note"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """The user's word. ``about`` are the Message-IDs of the opportunity or thread when it was said: mail stays, ids of
    opportunities may be regrouped. ``value`` is the snooze date (ISO), the note, or the outcome; "" otherwise.
    """

    command: Command
    about: tuple[MessageId, ...]
    said_at: datetime
    value: str = ""
