"""How the state database is opened: private, whole, of the right version, and by one pass at a time."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from followupd.adapters.store.faults import damaged, translating
from followupd.adapters.store.schema import APPLICATION_ID, REVISION, VERSION, metadata
from followupd.core.errors import StoreError, TransientError

BUSY_SECONDS = 10


def engine_of(path: Path, *, scratch: bool) -> Engine:
    """An engine whose database has this program's schema. Raises StoreError; what is there is never overwritten."""
    with translating(path):
        engine = _engine(_copy_of(path) if scratch else _file(path))
        try:
            _settle(engine, path)
        except BaseException:
            engine.dispose()
            raise
    return engine


def _engine(connect: Callable[[], sqlite3.Connection]) -> Engine:
    """One connection, which threads use in turn. Transactions that write say so as they begin (see ``writing``)."""
    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=1, max_overflow=0)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        immediate = options.get("writing", False)
        if immediate:
            # FULL: a draft's text is journalled before the draft is removed, and must not be lost with the power. What can
            # be had from the server again need not wait for the disk; a later FULL commit flushes it, too.
            connection.exec_driver_sql(f"PRAGMA synchronous = {'NORMAL' if options.get('repeatable') else 'FULL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def writing(engine: Engine, *, repeatable: bool = False) -> Engine:
    """The same engine for transactions that take the write lock at once: none ever fails halfway for want of it.

    Those that are ``repeatable`` may be lost when the power fails, all of the last ones or none; they do not wait for the disk.
    """
    return engine.execution_options(writing=True, repeatable=repeatable)


def _file(path: Path) -> Callable[[], sqlite3.Connection]:
    _make_private(path)

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.execute(
            "PRAGMA wal_autocheckpoint = 4000"
        )  # 16 MB: a first run copies its log a few times, not often
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    return connect


def _make_private(path: Path) -> None:
    """The folder (0700) and the file (0600), before SQLite makes either; its side files take the mode of the file."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    elif path.stat().st_mode & 0o077:
        path.chmod(0o600)


def _copy_of(path: Path) -> Callable[[], sqlite3.Connection]:
    """A copy in memory, so that nothing that a dry run does is kept."""
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    if path.exists():
        # Without a log beside it nobody has it open, and reading it as immutable leaves no side files behind.
        how = "mode=ro" if path.with_name(path.name + "-wal").exists() else "immutable=1"
        with closing(sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, timeout=BUSY_SECONDS)) as source:
            source.backup(copy)
    copy.execute("PRAGMA foreign_keys = ON")
    return lambda: copy


def _settle(engine: Engine, path: Path) -> None:
    """Create or migrate the schema where it is not this program's own."""
    with engine.connect() as connection:
        if _version(connection, path) == VERSION:
            return
    with closing(engine.raw_connection()) as raw:
        raw.cursor().execute("PRAGMA journal_mode = WAL")  # kept in the file; not possible in a transaction
    with writing(engine).begin() as connection:
        version = _version(connection, path)  # another process may have been faster
        if version == 0:
            _create(connection)
        elif version < VERSION:
            _migrate(connection)


def _version(connection: Connection, path: Path) -> int:
    """PRAGMA user_version: 0 where there is nothing yet. Raises StoreError for a stranger's or a newer database."""
    version: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    mark = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    if version > VERSION and mark == APPLICATION_ID:
        raise StoreError(
            f"{path} was written by a newer followupd.", remedy="Install that version again, or a still newer one."
        )
    tables: int = connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one()
    if mark != APPLICATION_ID and (version or tables):
        raise damaged(path)
    return version


def _create(connection: Connection) -> None:
    """The schema at once, marked as migrated; Alembic, which takes longer to import than this to run, is not needed."""
    metadata.create_all(connection)
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (REVISION,))
    _mark(connection)


def _migrate(connection: Connection) -> None:
    """Every migration that is still missing, in the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    command.upgrade(config, "head")
    _mark(connection)


def _mark(connection: Connection) -> None:
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")


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
