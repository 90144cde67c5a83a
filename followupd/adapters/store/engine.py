"""SQLAlchemy on the store's connection, and the schema made or migrated with it; imported where something is to be written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from followupd.adapters.store.opening import version
from followupd.adapters.store.schema import metadata
from followupd.adapters.store.version import APPLICATION_ID, REVISION, VERSION


def engine_on(connection: sqlite3.Connection) -> Engine:
    """An engine with this one connection. Transactions that write say so as they begin (see ``writing``)."""
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        # FULL: a draft's text is journalled before the draft is removed, and must not be lost with the power. What can
        # be had from the server again need not wait for the disk; a later FULL commit flushes it, too.
        connection.exec_driver_sql(f"PRAGMA synchronous = {'NORMAL' if options.get('repeatable') else 'FULL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@contextmanager
def writing(engine: Engine, *, repeatable: bool = False) -> Iterator[Connection]:
    """A transaction that takes the write lock at once: none ever fails halfway for want of it. Raises what SQLite does.

    One that is ``repeatable`` may be lost when the power fails, all of the last ones or none; it does not wait for the disk.
    """
    try:
        with engine.execution_options(repeatable=repeatable).begin() as connection:
            yield connection
    except DBAPIError as e:
        raise (e.orig or e) from e


def settle(connection: sqlite3.Connection, path: Path) -> None:
    """Create or migrate the schema where it is not this program's own."""
    connection.execute("PRAGMA journal_mode = WAL")  # kept in the file; not possible in a transaction
    with writing(engine_on(connection)) as transaction:
        found = version(connection, path)  # another process may have been faster
        if found == 0:
            _create(transaction)
        elif found < VERSION:
            _migrate(transaction)


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
