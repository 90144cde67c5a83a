"""A mail server in memory, with the user's hands on it: the ports Mailbox and Drafts, held to their contract suites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from followupd.core import rfc5322
from followupd.core.errors import StateExpiredError, SuddenlyEmptyError
from followupd.core.mail import UNREAD_ROLES, Changes, Email, EmailId, Envelope, MailboxRole, State
from followupd.core.ports import StoredDraft

_FORMAT = "fake-1:"


@dataclass(slots=True)
class Copy:
    """One stored message: where it lay from which moment of the server on (None: nowhere)."""

    email: Email
    raw: bytes
    durable: str
    history: list[tuple[int, MailboxRole | None]] = field(default_factory=list)

    def role_at(self, serial: int) -> MailboxRole | None:
        return next((role for moment, role in reversed(self.history) if moment <= serial), None)

    @property
    def role(self) -> MailboxRole | None:
        return self.history[-1][1]


@dataclass
class FakeServer:
    """One account. With ``durable`` its drafts have an id that survives edits, as Gmail's have."""

    durable: bool = False
    batch: int = 3
    aliases: tuple[str, ...] = ()
    serial: int = 0
    copies: dict[EmailId, Copy] = field(default_factory=dict)

    def mailbox(self) -> FakeMailbox:
        return FakeMailbox(self)

    def drafts(self) -> FakeDrafts:
        return FakeDrafts(self)

    # ------------------------------------------------------------------------------------------- the user's hands

    def deliver(self, raw: bytes, role: MailboxRole, received_at: datetime) -> None:
        self.add(raw, role, received_at)

    def add(self, raw: bytes, role: MailboxRole, received_at: datetime, *, durable: str | None = None) -> EmailId:
        self.serial += 1
        id_ = EmailId(f"e{self.serial}")
        email = rfc5322.parse(raw, id=id_, role=role, received_at=received_at)
        self.copies[id_] = Copy(email, raw, durable or f"r{self.serial}", [(self.serial, role)])
        return id_

    def find(self, message_id: str) -> EmailId:
        """The copy that is there of this message."""
        return next(i for i, c in self.copies.items() if c.role and c.email.envelope.message_id == message_id)

    def put(self, id_: EmailId, role: MailboxRole | None) -> None:
        self.serial += 1
        self.copies[id_].history.append((self.serial, role))

    def delete(self, message_id: str) -> None:
        self.put(self.find(message_id), None)

    def move(self, message_id: str, role: MailboxRole) -> None:
        self.put(self.find(message_id), role)

    def mark_read(self, message_id: str) -> None:
        self.find(message_id)

    def put_draft(self, raw: bytes) -> None:
        self.add(raw, MailboxRole.DRAFTS, datetime(2026, 3, 2, 12, tzinfo=UTC))

    def edit_draft(self, message_id: str, raw: bytes) -> None:
        """Save it anew, as an autosave does: another copy, and the old one is gone."""
        old = self.find(message_id)
        self.put(old, None)
        copy = self.copies[old]
        self.add(raw, MailboxRole.DRAFTS, copy.email.envelope.received_at, durable=copy.durable)

    def send_draft(self, message_id: str) -> None:
        old = self.find(message_id)
        self.put(old, None)
        copy = self.copies[old]
        self.add(copy.raw, MailboxRole.SENT, copy.email.envelope.received_at)

    def fingerprint(self) -> object:
        return [(id_, copy.raw, tuple(copy.history)) for id_, copy in self.copies.items()]


def _counts(role: MailboxRole | None) -> bool:
    return role is not None and role not in UNREAD_ROLES


@dataclass(frozen=True, slots=True)
class FakeMailbox:
    """The port Mailbox. A State is the server's serial number."""

    server: FakeServer

    def identities(self) -> Sequence[str]:
        return self.server.aliases

    def changes(self, since: State | None, *, after: datetime) -> Iterator[Changes]:
        known = _serial(since)
        copies = self.server.copies.values()
        if any(_counts(c.role_at(known)) for c in copies) and not any(_counts(c.role) for c in copies):
            raise SuddenlyEmptyError("The fake is suddenly empty.", remedy="Look at the test.")
        moments = sorted({m for c in copies for m, _ in c.history if m > known})
        for start in range(0, len(moments), self.server.batch):
            until = moments[start : start + self.server.batch][-1]
            changes = self._changes(known, until, after)
            if changes.added or changes.removed or changes.moved:
                yield changes
            known = until

    def _changes(self, known: int, until: int, after: datetime) -> Changes:
        """What the moments after ``known`` brought, as it was at ``until``."""
        added, removed, moved = [], [], {}
        for id_, copy in self.server.copies.items():
            was, role, envelope = copy.role_at(known), copy.role_at(until), copy.email.envelope
            if role is None or not _counts(role):
                removed += [id_] if _counts(was) else []
            elif not _counts(was):
                added += [replace(envelope, role=role)] if envelope.received_at >= after else []
            elif was is not role:
                moved[id_] = role
        state = State(f"{_FORMAT}{until}")
        return Changes(added=tuple(added), removed=tuple(removed), moved=moved, state=state)

    def fetch(self, ids: Sequence[EmailId]) -> Iterator[Email]:
        for copy in (self.server.copies[id_] for id_ in ids if id_ in self.server.copies):
            if copy.role:
                yield replace(copy.email, envelope=replace(copy.email.envelope, role=copy.role))

    def close(self) -> None:
        """Nothing is open."""


def _serial(state: State | None) -> int:
    if state is None:
        return 0
    if not state.startswith(_FORMAT):
        raise StateExpiredError("The fake does not know this state.")
    return int(state.removeprefix(_FORMAT))


@dataclass(frozen=True, slots=True)
class FakeDrafts:
    """The port Drafts."""

    server: FakeServer

    def all(self) -> Sequence[StoredDraft]:
        return [self._stored(i, c) for i, c in self.server.copies.items() if c.role is MailboxRole.DRAFTS]

    def _stored(self, id_: EmailId, copy: Copy) -> StoredDraft:
        evidence = copy.email.envelope.evidence
        return StoredDraft(
            id=id_,
            email=copy.email,
            key=evidence.get("x-followupd-key"),
            digest=evidence.get("x-followupd-digest"),
            durable_id=copy.durable if self.server.durable else None,
        )

    def create(self, raw: bytes, *, parent: Envelope | None) -> str:
        received = parent.received_at if parent else datetime(2026, 3, 2, 12, tzinfo=UTC)
        return self.server.add(raw, MailboxRole.DRAFTS, received)

    def remove(self, draft: StoredDraft) -> bool:
        id_ = EmailId(draft.id)
        if self.server.copies[id_].role is not MailboxRole.DRAFTS:
            return False
        self.server.put(id_, None)
        return True
