"""How the state database is opened: private, whole, of the right version, and by one pass at a time."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from followupd.adapters.store.faults import damaged, translating
from followupd.adapters.store.version import APPLICATION_ID, VERSION
from followupd.core.errors import StoreError, TransientError

BUSY_SECONDS = 10


def connect(path: Path, *, scratch: bool) -> sqlite3.Connection:
    """A connection whose database has this program's schema. Raises StoreError; what is there is never overwritten.

    It begins and ends no transaction by itself.
    """
    with translating(path):
        connection = _copy_of(path) if scratch else _file(path)
        try:
            with looking(connection):
                found = version(connection, path)
            if found != VERSION:
                from followupd.adapters.store.engine import settle

                settle(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def looking(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """A transaction that changes nothing: all in it is seen as of one moment."""
    connection.execute("BEGIN")
    try:
        yield connection
    finally:
        connection.rollback()


def _file(path: Path) -> sqlite3.Connection:
    _make_private(path)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA wal_autocheckpoint = 4000")  # 16 MB: a first run copies its log a few times, not often
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _make_private(path: Path) -> None:
    """The folder (0700) and the file (0600), before SQLite makes either; its side files take the mode of the file."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    elif path.stat().st_mode & 0o077:
        path.chmod(0o600)


def _copy_of(path: Path) -> sqlite3.Connection:
    """A copy in memory, so that nothing that a dry run does is kept."""
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    if path.exists():
        # Without a log beside it nobody has it open, and reading it as immutable leaves no side files behind.
        how = "mode=ro" if path.with_name(path.name + "-wal").exists() else "immutable=1"
        with closing(sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, timeout=BUSY_SECONDS)) as source:
            source.backup(copy)
    copy.execute("PRAGMA foreign_keys = ON")
    return copy


def version(connection: sqlite3.Connection, path: Path) -> int:
    """PRAGMA user_version: 0 where there is nothing yet. Raises StoreError for a stranger's or a newer database."""
    found = _number(connection, "PRAGMA user_version")
    mark = _number(connection, "PRAGMA application_id")
    if found > VERSION and mark == APPLICATION_ID:
        raise StoreError(
            f"{path} was written by a newer followupd.", remedy="Install that version again, or a still newer one."
        )
    tables = _number(connection, "SELECT count(*) FROM sqlite_schema")
    if mark != APPLICATION_ID and (found or tables):
        raise damaged(path)
    return found


def _number(connection: sqlite3.Connection, question: str) -> int:
    return int(connection.execute(question).fetchone()[0])


@contextmanager
def pass_lock(path: Path) -> Iterator[None]:
    """Hold the right to make a pass over this database. Raises TransientError at once if another process has it.

    The kernel lets go of it when the process ends, however it ends (flock(2)).
    """
    with translating(path):
        handle = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as e:
        os.close(handle)
        raise TransientError(
            f"Another followupd is making a pass over {path}.",
            remedy="Let it end and try again, or stop the service: systemctl --user stop followupd.",
        ) from e
    try:
        yield
    finally:
        os.close(handle)
