"""Pull what changed in one account, read what may matter, and commit readings and cursor together.

Two stages: envelopes of everything in the window, then the text of candidates only. When a message turns out to belong to a
hiring process, ordinary mail of the same thread, people or employer is read after all, until nothing new turns up.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from followupd.core import domains, senders
from followupd.core.errors import StateExpiredError, TransientError
from followupd.core.mail import Email, EmailId, Envelope, Identities, MessageId, State
from followupd.core.ports import Store
from followupd.core.reader import Reader
from followupd.core.reading import Origin, Reading, Says
from followupd.core.triage import is_candidate
from followupd.daemon.account import Account, Progress

log = logging.getLogger(__name__)

READ_AT_ONCE = 200
"""Messages fetched, read and committed together."""

_FORGETFUL = timedelta(hours=6)
"""Until everything is read again on a server that has forgotten it twice in one pass."""

_ROUNDS = 4
"""How often related mail is looked for: thread, then its people, then theirs."""

_OF_HIRING = frozenset(Says) - {
    Says.ASKS,
    Says.THANKS,
    Says.AWAY,
    Says.NO_CONTACT,
    Says.CONDUCTS,
    Says.OTHER_KIND,
    Says.REFERS,
}


@dataclass(slots=True)
class _Known:
    """Whom and what the user's processes are known to involve."""

    me: Identities
    ids: set[MessageId] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)

    def learn(self, envelope: Envelope, reading: Reading) -> None:
        if reading.origin in (Origin.BULK, Origin.BOUNCE) or not any(f.says in _OF_HIRING for f in reading.findings):
            return
        self.ids |= {envelope.message_id, *envelope.in_reply_to, *envelope.references}
        for address in (a for a in (*envelope.from_, *envelope.to, *envelope.cc) if not self.me.has(a.email)):
            if not senders.is_robot(address):
                self.people.add(address.key)
            if domain := domains.employer_domain(address.email):
                self.domains.add(domain)


def sync(
    account: Account,
    store: Store,
    reader: Reader,
    *,
    after: datetime,
    at: datetime,
    progress: Progress = lambda *_: None,
) -> list[MessageId]:
    """Bring ``account`` up to date with its mailbox, leaving alone what was received before ``after``.

    Returns the ids of messages that could not be read. Raises the errors of the Mailbox port and StoreError; what was
    committed before stays.
    """
    run = _Sync(account, store, reader, _Known(reader.policy.me), progress)
    for item in store.filed():
        run.known.learn(item.envelope, item.reading)
    try:
        new = run.pull(after)
    except StateExpiredError as error:
        run.read(new=True)
        raise TransientError(
            f"{account.name}: the server forgets at once what was read: {error}",
            remedy="followupd reads everything again later, and not at every pass.",
            retry_after=_FORGETFUL,
        ) from error
    unreadable = run.read(new=new)
    store.finish_sync(account.name, at)
    return unreadable


@dataclass(frozen=True, slots=True)
class _Sync:
    account: Account
    store: Store
    reader: Reader
    known: _Known
    progress: Progress

    def pull(self, after: datetime) -> bool:
        """Take in what changed; whether anything did. Raises StateExpiredError if what was just read is forgotten again."""
        try:
            return self._absorb(self.store.cursor(self.account.name), after)
        except StateExpiredError:
            log.warning("%s: the server forgot how far it was read; reading the window again", self.account.name)
            self.store.reset_cursor(self.account.name)
            return self._absorb(None, after)

    def _absorb(self, state: State | None, after: datetime) -> bool:
        done, known, me = 0, self.known, self.reader.policy.me
        for batch in self.account.mailbox.changes(state, after=after):
            wanted = [e.id for e in batch.added if is_candidate(e, me=me, people=known.people, threads=known.ids)]
            self.store.absorb(self.account.name, batch, wanted)
            done += len(batch.added)
            self.progress(f"{self.account.name}: headers", done, batch.total)
        return done > 0

    def read(self, *, new: bool) -> list[MessageId]:
        """Read what waits, and what turns out to be related; with nothing new nothing is looked for."""
        unreadable: list[MessageId] = []
        tried: set[EmailId] = set()
        for _ in range(_ROUNDS):
            waiting = [e for e in self.store.unread(self.account.name, self.reader.fingerprint) if e.id not in tried]
            total = len(tried) + len(waiting)
            for chunk in _chunks(waiting):
                tried.update(e.id for e in chunk)
                unreadable += self._read_chunk(chunk)
                self.progress(f"{self.account.name}: texts", len(tried), total)
            known = self.known
            if not (waiting or new) or not self.store.promote(
                self.account.name, message_ids=known.ids, people=known.people, domains=known.domains
            ):
                break
        return unreadable

    def _read_chunk(self, chunk: Sequence[Envelope]) -> list[MessageId]:
        readings, unreadable = [], []
        for email in self.account.mailbox.fetch([e.id for e in chunk]):
            reading = _read_one(self.reader, email)
            if reading is None:
                unreadable.append(email.envelope.message_id)
                reading = Reading(origin=Origin.AUTOMATED, origin_rule="unreadable", understood=False)
            readings.append((email.envelope.id, reading))
            self.known.learn(email.envelope, reading)
        self.store.put_readings(self.account.name, self.reader.fingerprint, readings)
        return unreadable


def _read_one(reader: Reader, email: Email) -> Reading | None:
    """The reading, or None where reading itself failed: one bad message must not stop the others."""
    try:
        return reader.read(email)
    except Exception:
        log.exception("a message could not be read; it is left out")
        return None


def _chunks(items: Sequence[Envelope]) -> Iterator[list[Envelope]]:
    rest = iter(items)
    while chunk := list(islice(rest, READ_AT_ONCE)):
        yield chunk
