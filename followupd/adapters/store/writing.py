"""What writes in the state database: SQLAlchemy Core, imported where something is to be written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from followupd.adapters.store import rows
from followupd.adapters.store.engine import writing
from followupd.adapters.store.schema import accounts, drafts, emails, labels, readings, traffic, words
from followupd.adapters.store.sweep import Sought
from followupd.core.ledger import DraftRecord, Word
from followupd.core.mail import Changes, EmailId, MessageId

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


@contextmanager
def writer(engine: Engine, *, repeatable: bool = False) -> Iterator[Writer]:
    """See ``engine.writing``."""
    with writing(engine, repeatable=repeatable) as connection:
        yield Writer(connection)


class Writer:
    """What is written, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def finish_sync(self, account: str, at: datetime) -> None:
        c = self._connection
        _set(c, _key(c, account), synced_at=at.isoformat())

    def reset_cursor(self, account: str) -> None:
        c = self._connection
        key = _key(c, account)
        _set(c, key, state=None)
        c.execute(update(emails).where(emails.c.account == key).values(present=0))

    def absorb(self, account: str, changes: Changes, candidates: Collection[EmailId]) -> None:
        c = self._connection
        key = _key(c, account)
        _many(c, _REMOVE, [(key, gone) for gone in changes.removed])
        _many(c, _MOVE, [(role.value, key, moved) for moved, role in changes.moved.items()])
        _many(c, _ABSORB, rows.email_rows(key, changes.added, candidates))
        _set(c, key, state=changes.state)

    def put_readings(self, account: str, reader: str, made: Iterable[tuple[EmailId, bytes]]) -> None:
        c = self._connection
        key = _key(c, account)
        _many(c, _READ, [(reader, json, key, id_) for id_, json in made])

    def promote(self, account: str, sought: Sought) -> int:
        c = self._connection
        chosen = _sweep(c, _key(c, account), sought)
        _many(c, _PROMOTE, [(email,) for email in chosen])
        return len(chosen)

    def put_drafts(self, values: list[dict[str, Any]]) -> None:
        put = upsert(drafts)
        put = put.on_conflict_do_update(index_elements=[drafts.c.id], set_={"record": put.excluded.record})
        self._connection.execute(put, values)

    def hear(self, account: str, seen: Mapping[str, Collection[str]]) -> None:
        c = self._connection
        key = _key(c, account)
        c.execute(delete(labels).where(labels.c.account == key, labels.c.thread.in_(seen)))
        carried = [{"account": key, "thread": t, "names": "\n".join(sorted(n))} for t, n in seen.items() if n]
        if carried:
            c.execute(insert(labels), carried)

    def transfer(self, account: str, hour: int, octets: int, *, since: int) -> None:
        c = self._connection
        key = _key(c, account)
        c.execute(delete(traffic).where(traffic.c.account == key, traffic.c.hour < since))
        put = upsert(traffic).values(account=key, hour=hour, octets=octets)
        more = {"octets": traffic.c.octets + put.excluded.octets}
        c.execute(put.on_conflict_do_update(index_elements=[traffic.c.account, traffic.c.hour], set_=more))

    def put_word(self, word: Word) -> None:
        self._connection.execute(insert(words).values(said=word.said_at.timestamp(), word=rows.encoded(word)))

    def forget(self, message_ids: Collection[MessageId] | None) -> None:
        if message_ids is None:
            for table in (accounts, drafts, words):
                self._connection.execute(delete(table))
        else:
            _forget(self._connection, frozenset(message_ids))


def _key(connection: Connection, account: str) -> int:
    """The account's key, made where it has none yet."""
    found: int | None = connection.execute(select(accounts.c.key).where(accounts.c.name == account)).scalar()
    if found is None:
        made = connection.execute(insert(accounts).values(name=account).returning(accounts.c.key))
        return int(made.scalar_one())
    return found


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
