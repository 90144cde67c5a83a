"""The port Store over one SQLite file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from followupd.adapters.store import rows
from followupd.adapters.store.faults import translating
from followupd.adapters.store.opening import engine_of, pass_lock, writing
from followupd.adapters.store.schema import accounts, drafts, emails, labels, readings, words
from followupd.adapters.store.sweep import Sought
from followupd.core.ledger import DraftRecord, Word
from followupd.core.mail import UNREAD_ROLES, Changes, EmailId, Envelope, MessageId, State
from followupd.core.ports import Filed
from followupd.core.reading import Reading

# The statements that run once a message are written out: a bound executemany costs what sqlite3 itself does.
_REMOVE = "UPDATE emails SET present = 0 WHERE account = ? AND id = ?"
_MOVE = "UPDATE emails SET role = ? WHERE account = ? AND id = ?"
_ABSORB = """
    INSERT INTO emails (account, id, present, candidate, received, role, links, people, envelope)
    VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account, id) DO UPDATE SET
        present = 1, candidate = max(candidate, excluded.candidate), received = excluded.received,
        role = excluded.role, links = excluded.links, people = excluded.people, envelope = excluded.envelope
"""
_READ = """
    INSERT INTO readings (email, reader, reading) SELECT key, ?, ? FROM emails WHERE account = ? AND id = ?
    ON CONFLICT (email) DO UPDATE SET reader = excluded.reader, reading = excluded.reading
"""
_PROMOTE = "UPDATE emails SET candidate = 1 WHERE key = ?"

# CROSS JOIN is SQLite's word for "in this order": readings are few, and left to itself it walks through all mail.
_FILED = """
    SELECT accounts.name, emails.role, emails.present, emails.envelope, readings.reading
    FROM readings CROSS JOIN emails ON emails.key = readings.email JOIN accounts ON accounts.key = emails.account
    ORDER BY emails.received, emails.key
"""


_IN_THREADS = """
    SELECT json_extract(CAST(emails.envelope AS TEXT), '$.thread_hint') AS thread, emails.links, emails.role
    FROM emails JOIN accounts ON accounts.key = emails.account
    WHERE accounts.name = ? AND emails.present = 1 AND thread IN (SELECT value FROM json_each(?))
    ORDER BY emails.received, emails.key
"""


def open_store(path: Path, *, scratch: bool = False) -> SqliteStore:
    """The store in the file ``path``, made where it is missing; with ``scratch``, a copy of it that nobody keeps.

    Raises StoreError when the file is damaged, newer than this program, or cannot be written.
    """
    return SqliteStore(engine_of(path, scratch=scratch), path, scratch=scratch)


class SqliteStore:
    """The port Store. It may be used from several threads, which take turns."""

    def __init__(self, engine: Engine, path: Path, *, scratch: bool = False) -> None:
        self._engine = engine
        self._writing = writing(engine)
        self._repeatable = writing(engine, repeatable=True)
        self._path = path
        self._scratch = scratch

    def exclusive(self) -> AbstractContextManager[None]:
        """Hold this for a pass: it raises TransientError while another process makes one. A scratch copy needs none."""
        return nullcontext() if self._scratch else pass_lock(self._path)

    @contextmanager
    def _look(self) -> Iterator[Connection]:
        with translating(self._path), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _write(self, *, repeatable: bool = False) -> Iterator[Connection]:
        engine = self._repeatable if repeatable else self._writing
        with translating(self._path), engine.begin() as connection:
            yield connection

    # ------------------------------------------------------------------------------------------- accounts

    def cursor(self, account: str) -> State | None:
        state = self._of_account(account, accounts.c.state)
        return None if state is None else State(state)

    def synced_at(self, account: str) -> datetime | None:
        at = self._of_account(account, accounts.c.synced_at)
        return None if at is None else datetime.fromisoformat(at)

    def _of_account(self, account: str, column: Any) -> Any:
        with self._look() as c:
            return c.execute(select(column).where(accounts.c.name == account)).scalar()

    def seen(self, account: str) -> int:
        known = select(func.count()).select_from(emails.join(accounts)).where(accounts.c.name == account)
        with self._look() as c:
            return c.execute(known).scalar_one()

    def finish_sync(self, account: str, at: datetime) -> None:
        with self._write() as c:
            _set(c, _key(c, account), synced_at=at.isoformat())

    def reset_cursor(self, account: str) -> None:
        with self._write() as c:
            key = _key(c, account)
            _set(c, key, state=None)
            c.execute(update(emails).where(emails.c.account == key).values(present=0))

    # ------------------------------------------------------------------------------------------- mail

    def absorb(self, account: str, changes: Changes, candidates: Collection[EmailId]) -> None:
        with self._write(repeatable=True) as c:
            key = _key(c, account)
            _many(c, _REMOVE, [(key, gone) for gone in changes.removed])
            _many(c, _MOVE, [(role.value, key, moved) for moved, role in changes.moved.items()])
            _many(c, _ABSORB, rows.email_rows(key, changes.added, candidates))
            _set(c, key, state=changes.state)

    def unread(self, account: str, reader: str) -> Sequence[Envelope]:
        wanted = (
            select(emails.c.envelope, emails.c.role)
            .select_from(emails.join(accounts).outerjoin(readings))
            .where(accounts.c.name == account, emails.c.candidate == 1, emails.c.present == 1)
            .where(readings.c.reader.is_distinct_from(reader))
            .order_by(emails.c.received.desc(), emails.c.key.desc())
        )
        with self._look() as c:
            return [rows.envelope(json, role) for json, role in c.execute(wanted)]

    def put_readings(self, account: str, reader: str, readings: Iterable[tuple[EmailId, Reading]]) -> None:
        made = [(id_, rows.encoded(reading)) for id_, reading in readings]  # before the lock: making them takes long
        with self._write(repeatable=True) as c:
            key = _key(c, account)
            _many(c, _READ, [(reader, json, key, id_) for id_, json in made])

    def promote(
        self, account: str, *, message_ids: Collection[MessageId], people: Collection[str], domains: Collection[str]
    ) -> int:
        sought = Sought.of(message_ids, people, domains)
        with self._write() as c:
            key = _key(c, account)
            chosen = _sweep(c, key, sought)
            _many(c, _PROMOTE, [(email,) for email in chosen])
        return len(chosen)

    def filed(self) -> Iterator[Filed]:
        with self._look() as c:
            found = c.exec_driver_sql(_FILED).all()
        with translating(self._path):
            for account, role, present, envelope, reading in found:
                yield Filed(
                    account=account,
                    envelope=rows.envelope(envelope, role),
                    reading=rows.reading(reading),
                    present=bool(present),
                )

    # ------------------------------------------------------------------------------------------- ledger

    def drafts(self) -> Sequence[DraftRecord]:
        with self._look() as c:
            return [rows.record(json) for json in c.scalars(select(drafts.c.record).order_by(drafts.c.key))]

    def put_drafts(self, records: Iterable[DraftRecord]) -> None:
        put = upsert(drafts)
        put = put.on_conflict_do_update(index_elements=[drafts.c.id], set_={"record": put.excluded.record})
        values = [{"id": r.id, "record": rows.encoded(r)} for r in records]
        if values:
            with self._write() as c:
                c.execute(put, values)

    # ------------------------------------------------------------------------------------------- labels

    def in_threads(self, account: str, threads: Collection[str]) -> Mapping[str, Sequence[MessageId]]:
        with self._look() as c:
            rows_ = c.exec_driver_sql(_IN_THREADS, (account, rows.encoded(sorted(threads)).decode())).all()
        found: dict[str, list[MessageId]] = {}
        for thread, links, role in rows_:
            if role not in UNREAD_ROLES:
                found.setdefault(thread, []).append(MessageId(links.partition("\n")[0]))
        return found

    def heard(self, account: str) -> Mapping[str, frozenset[str]]:
        known = select(labels.c.thread, labels.c.names).select_from(labels.join(accounts))
        with self._look() as c:
            found = c.execute(known.where(accounts.c.name == account)).all()
        return {thread: frozenset(names.split("\n")) for thread, names in found}

    def hear(self, account: str, seen: Mapping[str, Collection[str]], said: Iterable[Word]) -> None:
        with self._write() as c:
            key = _key(c, account)
            c.execute(delete(labels).where(labels.c.account == key, labels.c.thread.in_(seen)))
            carried = [{"account": key, "thread": t, "names": "\n".join(sorted(n))} for t, n in seen.items() if n]
            if carried:
                c.execute(insert(labels), carried)
            for word in said:
                _say(c, word)

    def words(self) -> Sequence[Word]:
        with self._look() as c:
            return [rows.word(json) for json in c.scalars(select(words.c.word).order_by(words.c.said, words.c.key))]

    def put_word(self, word: Word) -> None:
        with self._write() as c:
            _say(c, word)

    # ------------------------------------------------------------------------------------------- the whole

    def forget(self, message_ids: Collection[MessageId] | None) -> None:
        with self._write() as c:
            if message_ids is None:
                for table in (accounts, drafts, words):
                    c.execute(delete(table))
            else:
                _forget(c, frozenset(message_ids))
        with translating(self._path), closing(self._engine.raw_connection()) as raw:  # outside of any transaction
            raw.cursor().execute("VACUUM")
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def export(self) -> dict[str, Any]:
        mail = (
            select(accounts.c.name, emails.c.present, emails.c.candidate, emails.c.role, emails.c.envelope)
            .add_columns(readings.c.reader, readings.c.reading)
            .select_from(emails.join(accounts).outerjoin(readings))
            .order_by(emails.c.received, emails.c.key)
        )
        with self._look() as c:
            seen = select(accounts.c.name, labels.c.thread, labels.c.names).select_from(labels.join(accounts))
            synced = select(accounts.c.name, accounts.c.state, accounts.c.synced_at).order_by(accounts.c.name)
            return {
                "accounts": [dict(row) for row in c.execute(synced).mappings()],
                "emails": [_exported(row) for row in c.execute(mail).mappings()],
                "drafts": [rows.plain(json) for json in c.scalars(select(drafts.c.record).order_by(drafts.c.key))],
                "words": [rows.plain(json) for json in c.scalars(select(words.c.word).order_by(words.c.key))],
                "labels": [dict(row) for row in c.execute(seen.order_by(labels.c.thread)).mappings()],
            }

    def close(self) -> None:
        self._engine.dispose()


def _key(connection: Connection, account: str) -> int:
    """The account's key, made where it has none yet."""
    found: int | None = connection.execute(select(accounts.c.key).where(accounts.c.name == account)).scalar()
    if found is None:
        made = connection.execute(insert(accounts).values(name=account).returning(accounts.c.key))
        return int(made.scalar_one())
    return found


def _say(connection: Connection, word: Word) -> None:
    connection.execute(insert(words).values(said=word.said_at.timestamp(), word=rows.encoded(word)))


def _many(connection: Connection, statement: str, values: list[Any]) -> None:
    if values:
        connection.exec_driver_sql(statement, values)


def _set(connection: Connection, key: int, **values: Any) -> None:
    connection.execute(update(accounts).where(accounts.c.key == key).values(**values))


def _sweep(connection: Connection, account: int, sought: Sought) -> list[int]:
    """Ordinary mail that holds what is sought: in new mail all of it, in mail swept before only what is newly sought."""
    swept_to, swept_for = connection.execute(
        select(accounts.c.swept_to, accounts.c.swept_for).where(accounts.c.key == account)
    ).one()
    last = connection.execute(select(func.max(emails.c.key))).scalar() or 0
    ordinary = (
        select(emails.c.key, emails.c.links, emails.c.people)
        .where(emails.c.account == account, emails.c.candidate == 0)
        .order_by(emails.c.key)
    )
    chosen = sought.among(connection.execute(ordinary.where(emails.c.key > swept_to)))
    before = Sought.decode(swept_for)
    if fresh := sought.without(before):
        chosen += fresh.among(connection.execute(ordinary.where(emails.c.key <= swept_to)))
    if (swept_to, before) != (last, sought):
        _set(connection, account, swept_to=last, swept_for=rows.encoded(sought))
    return chosen


def _forget(connection: Connection, ids: frozenset[MessageId]) -> None:
    """Delete the messages, the drafts that are about them, and the words said of them."""
    invites = _forget_mail(connection, ids)
    for key, json in connection.execute(select(drafts.c.key, drafts.c.record)).all():
        record = rows.record(json)
        if record.basis in invites or not ids.isdisjoint(_about(record)):
            connection.execute(delete(drafts).where(drafts.c.key == key))
    for key, json in connection.execute(select(words.c.key, words.c.word)).all():
        if not ids.isdisjoint(rows.word(json).about):
            connection.execute(delete(words).where(words.c.key == key))


def _forget_mail(connection: Connection, ids: frozenset[MessageId]) -> set[str]:
    """Delete the messages. Returns the UIDs of the invites in them, from which a draft may count."""
    all_links = connection.execute(select(emails.c.key, emails.c.links))
    keys = [key for key, links in all_links if links.partition("\n")[0] in ids]
    uids: set[str] = set()
    for key in keys:
        json = connection.execute(select(readings.c.reading).where(readings.c.email == key)).scalar()
        if json:
            uids.update(invite.uid for invite in rows.reading(json).invites)
        thread = "SELECT json_extract(CAST(envelope AS TEXT), '$.thread_hint') FROM emails WHERE key = ?"
        connection.exec_driver_sql(f"DELETE FROM labels WHERE thread = ({thread})", (key,))  # noqa: S608 - a constant
        connection.execute(delete(emails).where(emails.c.key == key))
    connection.execute(update(accounts).values(swept_to=0, swept_for=None))  # keys of what is gone are given anew
    return uids


def _about(record: DraftRecord) -> set[str | None]:
    """Every Message-ID by which a draft is tied to mail."""
    return {record.message_id, record.sent_as, record.parent, record.basis, *record.references}


def _exported(row: Any) -> dict[str, Any]:
    return {
        "account": row["name"],
        "present": bool(row["present"]),
        "candidate": bool(row["candidate"]),
        "envelope": rows.plain(row["envelope"]) | {"role": row["role"]},
        "reader": row["reader"],
        "reading": row["reading"] and rows.plain(row["reading"]),
    }
