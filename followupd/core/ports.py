"""What the inside asks of the outside. Each Protocol has one contract suite in ``tests/contracts``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from followupd.core.ledger import DraftRecord, Word
from followupd.core.mail import Changes, Email, EmailId, Envelope, MessageId, State
from followupd.core.reading import Reading


class Mailbox(Protocol):
    """One account's mail, read-only: nothing in it is ever marked, moved or changed.

    All methods raise AuthError, UnreachableError, TransientError or PermanentError.
    """

    def identities(self) -> Sequence[str]:
        """Addresses that the server itself knows to be the user's (Gmail's send-as aliases); may be empty."""
        ...

    def changes(self, since: State | None, *, after: datetime) -> Iterator[Changes]:
        """What came, went or moved since ``since`` (None: everything), in batches, oldest state first.

        Mail received before ``after`` is left out, and not touched. Every mailbox is read but junk and trash; drafts are
        left out too (they have a port of their own). One message that lies in several mailboxes (All Mail and
        Inbox, say) comes once for each copy, or once in all where the server itself knows them as one. With nothing new
        there is no batch. Raises StateExpiredError when the server no longer knows ``since``; SuddenlyEmptyError when all mail
        known to ``since`` has gone at once.
        """
        ...

    def fetch(self, ids: Sequence[EmailId]) -> Iterator[Email]:
        """The content of these emails, in any order; those that are gone are left out. No attachment is transferred."""
        ...

    def close(self) -> None: ...


class Push(Protocol):
    """News of one account's mail, over a connection of its own, for a thread of its own. Same errors as Mailbox."""

    def wait(self, seconds: float) -> bool | None:
        """Wait that long for news; True if there may be some, None if the server does not tell of any. Only a hint."""
        ...

    def close(self) -> None:
        """End the connection, whatever it is waiting for: from any thread."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDraft:
    """A message in the Drafts mailbox as it lies there now.

    ``id`` is the adapter's handle for this very version (opaque). ``key`` and ``digest`` are the values of the private
    headers X-Followupd-Key and X-Followupd-Digest, None on drafts that have none (the user's own, or one whose client
    dropped them). ``durable_id`` is an id that survives the user's edits, where the server has such (Gmail).
    """

    id: str
    email: Email
    key: str | None = None
    digest: str | None = None
    durable_id: str | None = None


class Drafts(Protocol):
    """The Drafts mailbox of one account: the only place in the world that followupd writes to. Same errors as Mailbox."""

    def all(self) -> Sequence[StoredDraft]:
        """Every draft there now, with its text."""
        ...

    def create(self, raw: bytes, *, parent: Envelope | None) -> str:
        """Store ``raw`` (RFC 5322, CRLF) as a draft and return its handle; ``parent`` is the copy that it replies to.

        Not idempotent: look for the key in ``all()`` first, and read back afterwards.
        """
        ...

    def remove(self, draft: StoredDraft) -> bool:
        """Remove exactly this version. False, and nothing done, when it is no longer there as it was."""
        ...


class Labels(Protocol):
    """Labels of one account's conversations, under a prefix of followupd's own; no other label is seen or touched.

    Conversations are named by the server's own id (``Envelope.thread_hint``), labels without the prefix and in lower
    case. Same errors as Mailbox.
    """

    def of_threads(self) -> Mapping[str, frozenset[str]]:
        """The labels of every conversation that carries one; what lies in junk and trash does not count."""
        ...

    def show(self, thread: str, wanted: Collection[str], *, among: Collection[str]) -> None:
        """Let the conversation carry, of the labels ``among``, exactly ``wanted``; its others stay.

        Nothing is written where nothing changes, and nothing on a draft. A conversation that is gone is left.
        """
        ...

    def forget(self) -> None:
        """Remove every label under the prefix, and so from every conversation."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A message that was read, and where a copy of it lies. ``present`` is False once that copy has left the mailbox."""

    account: str
    envelope: Envelope
    reading: Reading
    present: bool = True


class Store(Protocol):
    """What outlives a pass, in one SQLite file. Every method is one transaction; all raise StoreError.

    ``reader`` is a fingerprint of the reader and of the settings that reading depends on: a reading made under another
    fingerprint counts as not made.
    """

    def exclusive(self) -> AbstractContextManager[None]:
        """Held for a pass or a change: raises TransientError while another process holds it."""
        ...

    def cursor(self, account: str) -> State | None: ...

    def synced_at(self, account: str) -> datetime | None: ...

    def seen(self, account: str) -> int:
        """How many messages of the account are known."""
        ...

    def absorb(self, account: str, changes: Changes, candidates: Collection[EmailId]) -> None:
        """Take in a batch and move the cursor, together. ``candidates`` are those of ``changes.added`` worth reading.

        Removed ids stay on file as not present (what was read stays known); an id that comes again is present again.
        """
        ...

    def finish_sync(self, account: str, at: datetime) -> None: ...

    def transfer(self, account: str, octets: int, at: datetime) -> None:
        """Note that so much has just gone to or come from the account's server. What is older than a day is forgotten."""
        ...

    def transferred(self, account: str, at: datetime) -> int:
        """Octets in the 24 hours before ``at``, rounded up to whole hours."""
        ...

    def reset_cursor(self, account: str) -> None:
        """Forget how far the account was read (not what was read): every copy counts as not present until seen again."""
        ...

    def unread(self, account: str, reader: str) -> Sequence[Envelope]:
        """Candidates that are present and have no reading by ``reader``, newest first."""
        ...

    def put_readings(self, account: str, reader: str, readings: Iterable[tuple[EmailId, Reading]]) -> None: ...

    def promote(
        self, account: str, *, message_ids: Collection[MessageId], people: Collection[str], domains: Collection[str]
    ) -> int:
        """Make candidates of ordinary messages that have or refer to one of ``message_ids``, or come from or go to one of
        ``people`` (lower-case addresses), or come from one of ``domains``. Returns how many became one.
        """
        ...

    def filed(self) -> Iterator[Filed]:
        """Every message with a reading, of all accounts, oldest receipt first."""
        ...

    def drafts(self) -> Sequence[DraftRecord]:
        """The whole ledger, in order of planning."""
        ...

    def put_drafts(self, records: Iterable[DraftRecord]) -> None:
        """Insert or replace by id."""
        ...

    def in_threads(self, account: str, threads: Collection[str]) -> Mapping[str, Sequence[MessageId]]:
        """The messages that lie in these conversations of the server (``Envelope.thread_hint``), oldest first.

        Known by their envelopes, read or not; junk, trash and drafts are left out, and conversations with nothing else.
        """
        ...

    def heard(self, account: str) -> Mapping[str, frozenset[str]]:
        """The labels of the user that were last seen on conversations."""
        ...

    def hear(self, account: str, seen: Mapping[str, Collection[str]], said: Iterable[Word]) -> None:
        """Keep what these conversations carry now (nothing: they are dropped), and the words that follow from it."""
        ...

    def words(self) -> Sequence[Word]:
        """What the user said, oldest first."""
        ...

    def put_word(self, word: Word) -> None: ...

    def forget(self, message_ids: Collection[MessageId] | None) -> None:
        """Delete everything that is stored about these messages and their drafts, or (None) everything."""
        ...

    def export(self) -> dict[str, Any]:
        """All that is stored, as JSON-ready values."""
        ...

    def close(self) -> None: ...


class Clock(Protocol):
    def now(self) -> datetime: ...


class Secrets(Protocol):
    def get(self, account: str) -> str:
        """The account's secret. Raises AuthError with the remedy when it cannot be had."""
        ...


class Templates(Protocol):
    def render(self, name: str, language: str, facts: object) -> str:
        """The text of the letter ``name`` in ``language``. Raises TemplateError."""
        ...

    def languages(self) -> Collection[str]: ...
