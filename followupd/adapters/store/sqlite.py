"""The port Store over one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from followupd.adapters.store import rows
from followupd.adapters.store.faults import translating
from followupd.adapters.store.opening import connect, looking, pass_lock
from followupd.adapters.store.sweep import Sought
from followupd.core.ledger import DraftRecord, Word
from followupd.core.mail import UNREAD_ROLES, Changes, EmailId, Envelope, MessageId, State
from followupd.core.ports import Filed
from followupd.core.reading import Reading

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from followupd.adapters.store.writing import Writer

# What is looked up is written out, so that a command that only looks need not wait for SQLAlchemy, which takes longer to
# import than all else that such a command does. What writes stands in ``writing.py``.
_OF_ACCOUNT = "FROM accounts WHERE name = ?"
_SEEN = "SELECT count(*) FROM emails JOIN accounts ON accounts.key = emails.account WHERE accounts.name = ?"
_UNREAD = """
    SELECT emails.envelope, emails.role
    FROM emails JOIN accounts ON accounts.key = emails.account LEFT JOIN readings ON readings.email = emails.key
    WHERE accounts.name = ? AND emails.candidate = 1 AND emails.present = 1 AND readings.reader IS NOT ?
    ORDER BY emails.received DESC, emails.key DESC
"""
_HEARD = """
    SELECT labels.thread, labels.names FROM labels JOIN accounts ON accounts.key = labels.account WHERE accounts.name = ?
"""
_TRANSFERRED = """
    SELECT coalesce(sum(traffic.octets), 0) FROM traffic JOIN accounts ON accounts.key = traffic.account
    WHERE accounts.name = ? AND traffic.hour >= ?
"""
_DRAFTS = "SELECT record FROM drafts ORDER BY key"
_WORDS = "SELECT word FROM words ORDER BY said, key"

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

_ALL_ACCOUNTS = "SELECT name, state, synced_at FROM accounts ORDER BY name"
_ALL_MAIL = """
    SELECT accounts.name, emails.present, emails.candidate, emails.role, emails.envelope, readings.reader, readings.reading
    FROM emails JOIN accounts ON accounts.key = emails.account LEFT JOIN readings ON readings.email = emails.key
    ORDER BY emails.received, emails.key
"""
_ALL_WORDS = "SELECT word FROM words ORDER BY key"
_ALL_TRAFFIC = """
    SELECT accounts.name, traffic.hour, traffic.octets
    FROM traffic JOIN accounts ON accounts.key = traffic.account ORDER BY accounts.name, traffic.hour
"""
_ALL_LABELS = """
    SELECT accounts.name, labels.thread, labels.names
    FROM labels JOIN accounts ON accounts.key = labels.account ORDER BY labels.thread
"""


_DAY = 24
"""Hours for which it is known how much was transferred."""


def open_store(path: Path, *, scratch: bool = False) -> SqliteStore:
    """The store in the file ``path``, made where it is missing; with ``scratch``, a copy of it that nobody keeps.

    Raises StoreError when the file is damaged, newer than this program, or cannot be written.
    """
    return SqliteStore(connect(path, scratch=scratch), path, scratch=scratch)


class SqliteStore:
    """The port Store. It may be used from several threads, which take turns."""

    def __init__(self, connection: sqlite3.Connection, path: Path, *, scratch: bool = False) -> None:
        self._connection = connection
        self._turn = Lock()
        self._path = path
        self._scratch = scratch

    @cached_property
    def _engine(self) -> Engine:
        from followupd.adapters.store.engine import engine_on

        return engine_on(self._connection)

    def exclusive(self) -> AbstractContextManager[None]:
        """Hold this for a pass: it raises TransientError while another process makes one. A scratch copy needs none."""
        return nullcontext() if self._scratch else pass_lock(self._path)

    @contextmanager
    def _look(self) -> Iterator[sqlite3.Connection]:
        with self._turn, translating(self._path), looking(self._connection) as connection:
            yield connection

    @contextmanager
    def _write(self, *, repeatable: bool = False) -> Iterator[Writer]:
        from followupd.adapters.store.writing import writer

        with self._turn, translating(self._path), writer(self._engine, repeatable=repeatable) as opened:
            yield opened

    # ------------------------------------------------------------------------------------------- accounts

    def cursor(self, account: str) -> State | None:
        state = self._of_account(account, "state")
        return None if state is None else State(state)

    def synced_at(self, account: str) -> datetime | None:
        at = self._of_account(account, "synced_at")
        return None if at is None else datetime.fromisoformat(at)

    def _of_account(self, account: str, column: str) -> str | None:
        with self._look() as c:
            row = c.execute(f"SELECT {column} {_OF_ACCOUNT}", (account,)).fetchone()
        return row[0] if row else None

    def seen(self, account: str) -> int:
        with self._look() as c:
            return int(c.execute(_SEEN, (account,)).fetchone()[0])

    def finish_sync(self, account: str, at: datetime) -> None:
        with self._write() as w:
            w.finish_sync(account, at)

    def reset_cursor(self, account: str) -> None:
        with self._write() as w:
            w.reset_cursor(account)

    def transferred(self, account: str, at: datetime) -> int:
        with self._look() as c:
            return int(c.execute(_TRANSFERRED, (account, _hour(at) - _DAY)).fetchone()[0])

    def transfer(self, account: str, octets: int, at: datetime) -> None:
        with self._write(repeatable=True) as w:
            w.transfer(account, _hour(at), octets, since=_hour(at) - _DAY)

    # ------------------------------------------------------------------------------------------- mail

    def absorb(self, account: str, changes: Changes, candidates: Collection[EmailId]) -> None:
        with self._write(repeatable=True) as w:
            w.absorb(account, changes, candidates)

    def unread(self, account: str, reader: str) -> Sequence[Envelope]:
        with self._look() as c:
            return [rows.envelope(json, role) for json, role in c.execute(_UNREAD, (account, reader))]

    def put_readings(self, account: str, reader: str, readings: Iterable[tuple[EmailId, Reading]]) -> None:
        made = [(id_, rows.encoded(reading)) for id_, reading in readings]  # before the lock: making them takes long
        with self._write(repeatable=True) as w:
            w.put_readings(account, reader, made)

    def promote(
        self, account: str, *, message_ids: Collection[MessageId], people: Collection[str], domains: Collection[str]
    ) -> int:
        sought = Sought.of(message_ids, people, domains)
        with self._write() as w:
            return w.promote(account, sought)

    def filed(self) -> Iterator[Filed]:
        with self._look() as c:
            found = c.execute(_FILED).fetchall()
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
            return [rows.record(json) for (json,) in c.execute(_DRAFTS)]

    def put_drafts(self, records: Iterable[DraftRecord]) -> None:
        values = [{"id": r.id, "record": rows.encoded(r)} for r in records]
        if values:
            with self._write() as w:
                w.put_drafts(values)

    # ------------------------------------------------------------------------------------------- labels

    def in_threads(self, account: str, threads: Collection[str]) -> Mapping[str, Sequence[MessageId]]:
        with self._look() as c:
            rows_ = c.execute(_IN_THREADS, (account, rows.encoded(sorted(threads)).decode())).fetchall()
        found: dict[str, list[MessageId]] = {}
        for thread, links, role in rows_:
            if role not in UNREAD_ROLES:
                found.setdefault(thread, []).append(MessageId(links.partition("\n")[0]))
        return found

    def heard(self, account: str) -> Mapping[str, frozenset[str]]:
        with self._look() as c:
            return {thread: frozenset(names.split("\n")) for thread, names in c.execute(_HEARD, (account,))}

    def hear(self, account: str, seen: Mapping[str, Collection[str]], said: Iterable[Word]) -> None:
        with self._write() as w:
            w.hear(account, seen)
            for word in said:
                w.put_word(word)

    def words(self) -> Sequence[Word]:
        with self._look() as c:
            return [rows.word(json) for (json,) in c.execute(_WORDS)]

    def put_word(self, word: Word) -> None:
        with self._write() as w:
            w.put_word(word)

    # ------------------------------------------------------------------------------------------- the whole

    def forget(self, message_ids: Collection[MessageId] | None) -> None:
        with self._write() as w:
            w.forget(message_ids)
        with self._turn, translating(self._path):  # outside of any transaction
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def export(self) -> dict[str, Any]:
        with self._look() as c:
            return {
                "accounts": _named(c, _ALL_ACCOUNTS),
                "emails": [_exported(row) for row in _named(c, _ALL_MAIL)],
                "drafts": [rows.plain(json) for (json,) in c.execute(_DRAFTS)],
                "words": [rows.plain(json) for (json,) in c.execute(_ALL_WORDS)],
                "labels": _named(c, _ALL_LABELS),
                "traffic": _named(c, _ALL_TRAFFIC),
            }

    def close(self) -> None:
        with self._turn:
            self._connection.close()


def _hour(at: datetime) -> int:
    return int(at.timestamp() // 3600)


def _named(connection: sqlite3.Connection, question: str) -> list[dict[str, Any]]:
    """The rows, by the names of their columns."""
    found = connection.execute(question)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def _exported(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "account": row["name"],
        "present": bool(row["present"]),
        "candidate": bool(row["candidate"]),
        "envelope": rows.plain(row["envelope"]) | {"role": row["role"]},
        "reader": row["reader"],
        "reading": row["reading"] and rows.plain(row["reading"]),
    }
