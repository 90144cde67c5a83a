"""The SQLite store: the contract suite, and the file that it keeps."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followupd.adapters.store import SqliteStore, engine, open_store, opening, rows
from followupd.adapters.store.version import REVISION, VERSION
from followupd.core.errors import StoreError, TransientError
from followupd.core.ledger import Command, DraftRecord, Word
from followupd.core.mail import EmailId, Envelope
from followupd.core.reading import Reading
from tests.contracts.store import HUMAN, StoreContract, batch, envelope, ids, record, word


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "followupd.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    found = open_store(path)
    yield found
    found.close()


class TestInAFile(StoreContract):
    @pytest.fixture
    def store(self, path: Path) -> Iterator[SqliteStore]:
        found = open_store(path)
        yield found
        found.close()


class TestScratch(StoreContract):
    @pytest.fixture
    def store(self, path: Path) -> Iterator[SqliteStore]:
        found = open_store(path, scratch=True)
        yield found
        found.close()
        assert not path.parent.exists()


# ------------------------------------------------------------------------------------------------ values

st.register_type_strategy(Mapping, lambda kind: st.dictionaries(*(st.from_type(t) for t in get_args(kind)), max_size=3))
values = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@values
@given(st.from_type(Envelope))
def test_an_envelope_comes_back_equal(value: Envelope) -> None:
    assert rows.envelope(rows.encoded(value), value.role) == value


@values
@given(st.from_type(Reading))
def test_a_reading_comes_back_equal(value: Reading) -> None:
    assert rows.reading(rows.encoded(value)) == value


@values
@given(st.from_type(DraftRecord))
def test_a_record_comes_back_equal(value: DraftRecord) -> None:
    assert rows.record(rows.encoded(value)) == value


@values
@given(st.from_type(Word))
def test_a_word_comes_back_equal(value: Word) -> None:
    assert rows.word(rows.encoded(value)) == value


def test_lone_surrogates_stop_nothing(store: SqliteStore) -> None:
    broken = replace(envelope("a", sender="m\udce4@acme.example"), subject="caf\udce9", evidence={"sender": "\udcff"})
    store.absorb("work", batch(broken, envelope("b")), ids(broken))
    (found,) = store.unread("work", "r1")
    assert (found.subject, found.id) == ("caf?", broken.id)


# ------------------------------------------------------------------------------------------------ the file


def test_outlives_the_process(path: Path) -> None:
    with closing(open_store(path)) as store:
        a = envelope("a")
        store.absorb("work", batch(a, state="s9"), ids(a))
        store.put_readings("work", "r1", [(a.id, HUMAN)])
        store.put_drafts([record("d1")])
        store.put_word(word(Command.SKIP, "a"))
        before = store.export()
    with closing(open_store(path)) as store:
        assert store.cursor("work") == "s9"
        assert store.export() == before


def test_the_state_is_private(path: Path) -> None:
    with closing(open_store(path)) as store, store.exclusive():
        store.put_drafts([record("d1")])
        assert path.parent.stat().st_mode & 0o777 == 0o700
        modes = {p.name: p.stat().st_mode & 0o777 for p in path.parent.iterdir()}
    assert modes == {
        "followupd.db": 0o600,
        "followupd.db-wal": 0o600,
        "followupd.db-shm": 0o600,
        "followupd.db.lock": 0o600,
    }


def test_a_file_that_others_can_read_is_closed_to_them(path: Path) -> None:
    open_store(path).close()
    path.chmod(0o644)
    open_store(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_body_text_is_stored(store: SqliteStore, path: Path) -> None:
    with closing(sqlite3.connect(path)) as c:
        columns = [row[1] for (t,) in c.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
                   for row in c.execute(f"PRAGMA table_info({t})")]  # fmt: skip
    assert not {"body", "text", "plain", "html", "raw"} & set(columns)
    assert not {"plain", "html", "calendars", "report", "returned"} & set(Envelope.__slots__ + Reading.__slots__)


def test_a_commit_reaches_the_disk(store: SqliteStore) -> None:
    with store._look() as c:
        assert c.execute("PRAGMA synchronous").fetchone() == (2,)
        assert c.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert c.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_batch_is_taken_in_whole_or_not_at_all(store: SqliteStore) -> None:
    store.absorb("work", batch(envelope("a"), state="s1"), set())
    nameless = replace(envelope("c"), id=None)  # type: ignore[arg-type]
    with pytest.raises(StoreError):
        store.absorb("work", batch(envelope("b"), nameless, state="s2", removed=("a",)), set())
    assert store.cursor("work") == "s1"
    assert store.seen("work") == 1
    assert store.export()["emails"][0]["present"] is True


def test_forgotten_mail_leaves_no_trace_in_the_file(path: Path) -> None:
    with closing(open_store(path)) as store:
        store.absorb("work", batch(*(replace(envelope(f"m{n}"), subject=f"Secret {n}") for n in range(200))), set())
        store.put_drafts([record("d1")])
        store.forget(None)
        assert b"Secret" not in b"".join(p.read_bytes() for p in path.parent.iterdir())
        assert b"any news" not in b"".join(p.read_bytes() for p in path.parent.iterdir())


def test_threads_take_turns(store: SqliteStore) -> None:
    def work(name: str) -> None:
        for n in range(20):
            store.absorb(name, batch(envelope(f"m{n}"), state=f"s{n}"), {EmailId(f"id-m{n}")})
            store.put_readings(name, "r1", [(EmailId(f"id-m{n}"), HUMAN)])

    threads = [threading.Thread(target=work, args=(name,)) for name in ("work", "home", "old")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(store.filed())) == 60


def test_reading_on_while_filed_mail_is_walked_through(store: SqliteStore) -> None:
    a, b = envelope("a"), envelope("b")
    store.absorb("work", batch(a, b), ids(a, b))
    store.put_readings("work", "r1", [(a.id, HUMAN), (b.id, HUMAN)])
    for filed in store.filed():
        store.put_readings("work", "r2", [(filed.envelope.id, HUMAN)])
    assert store.unread("work", "r2") == []


# ------------------------------------------------------------------------------------------------ a dry run


def test_a_scratch_copy_sees_the_state_and_keeps_nothing(store: SqliteStore, path: Path) -> None:
    a = envelope("a")
    store.absorb("work", batch(a), ids(a))
    before = {p.name: p.read_bytes() for p in path.parent.iterdir()}
    with closing(open_store(path, scratch=True)) as scratch:
        assert list(scratch.unread("work", "r1")) == [a]
        scratch.absorb("work", batch(envelope("b"), state="s2"), set())
        scratch.put_drafts([record("d1")])
        with scratch.exclusive():
            assert scratch.cursor("work") == "s2"
    assert store.cursor("work") == "s1"
    assert list(store.drafts()) == []
    after = {p.name: p.read_bytes() for p in path.parent.iterdir()}
    assert after["followupd.db"] == before["followupd.db"]
    assert after["followupd.db-wal"] == before["followupd.db-wal"]
    assert after.keys() == before.keys()


def test_a_scratch_copy_of_a_closed_state_leaves_no_file(path: Path) -> None:
    open_store(path).close()
    before = sorted(p.name for p in path.parent.iterdir())
    open_store(path, scratch=True).close()
    assert sorted(p.name for p in path.parent.iterdir()) == before


# ------------------------------------------------------------------------------------------------ one pass at a time


def test_one_pass_at_a_time(path: Path) -> None:
    with closing(open_store(path)) as one, closing(open_store(path)) as other:
        with one.exclusive(), pytest.raises(TransientError) as raised, other.exclusive():
            pass
        assert raised.value.remedy
        with other.exclusive():
            pass


def test_a_killed_pass_leaves_the_way_free(path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from followupd.adapters.store import open_store\n"
        "store = open_store(Path(sys.argv[1]))\n"
        "with store.exclusive(): print('held', flush=True); sys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child, closing(open_store(path)) as store:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(TransientError), store.exclusive():
            pass
        assert store.drafts() == []  # looking is free
        child.kill()
        child.wait()
        with store.exclusive():
            pass


@pytest.mark.slow
def test_a_kill_in_the_middle_loses_no_half_batch(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from followupd.adapters.store import open_store\n"
        "from tests.contracts.store import batch, envelope\n"
        "store = open_store(Path(sys.argv[1]))\n"
        "for n in range(10**6):\n"
        "    store.absorb('work', batch(*(envelope(f'{n}-{m}') for m in range(50)), state=str(n)), ())\n"
        "    print(n, flush=True)\n"
    )
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True)
        with child:
            assert child.stdout is not None
            told = [child.stdout.readline() for _ in range(4)][-1]
            child.kill()
        with closing(open_store(path)) as store:
            last = store.cursor("work")
            assert last is not None
            assert int(last) >= int(told)
            assert store.seen("work") % 50 == 0
            assert store.seen("work") >= (int(told) + 1) * 50


def test_a_busy_file_is_worth_another_try(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_store(path).close()
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.05)
    with closing(open_store(path)) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert store.cursor("work") is None
        with pytest.raises(TransientError) as raised:
            store.put_drafts([record("d1")])
        assert raised.value.remedy


# ------------------------------------------------------------------------------------------------ what goes wrong


def refused(path: Path, **options: bool) -> StoreError:
    before = path.read_bytes()
    with pytest.raises(StoreError) as raised:
        open_store(path, **options)
    assert path.read_bytes() == before
    assert raised.value.remedy
    assert str(path) in str(raised.value)
    return raised.value


@pytest.mark.parametrize("scratch", [False, True])
@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4080])
def test_a_damaged_file_is_never_overwritten(path: Path, content: bytes, *, scratch: bool) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    refused(path, scratch=scratch)


@pytest.mark.parametrize("scratch", [False, True])
def test_a_strangers_database_is_refused(path: Path, *, scratch: bool) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as c:
        c.execute("CREATE TABLE recipes (title)")
        c.execute(f"PRAGMA user_version = {VERSION}")
    refused(path, scratch=scratch)


@pytest.mark.parametrize("scratch", [False, True])
def test_a_newer_database_is_refused(path: Path, *, scratch: bool) -> None:
    open_store(path).close()
    with closing(sqlite3.connect(path)) as c:
        c.execute(f"PRAGMA user_version = {VERSION + 1}")
    assert "newer" in str(refused(path, scratch=scratch))


def test_damage_found_later_is_told(path: Path) -> None:
    with closing(open_store(path)) as store:
        store.absorb("work", batch(*(envelope(f"m{n}") for n in range(500))), set())
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xa5" * (path.stat().st_size - 8192))
    with closing(open_store(path)) as store, pytest.raises(StoreError) as raised:
        store.export()
    assert raised.value.remedy


def test_a_value_that_cannot_be_read_is_told(store: SqliteStore, path: Path) -> None:
    store.put_drafts([record("d1")])
    with closing(sqlite3.connect(path)) as c, c:
        c.execute("UPDATE drafts SET record = ?", (b'{"id": 7}',))
    with pytest.raises(StoreError) as raised:
        store.drafts()
    assert raised.value.remedy


def test_a_full_disk_is_told_and_changes_nothing(store: SqliteStore) -> None:
    store.absorb("work", batch(envelope("a"), state="s1"), set())
    with store._look() as c:
        c.execute("PRAGMA max_page_count = 20")
    with pytest.raises(StoreError) as raised:
        store.absorb("work", batch(*(envelope(f"m{n}") for n in range(500)), state="s2"), set())
    assert "room" in raised.value.remedy
    assert store.cursor("work") == "s1"
    assert store.seen("work") == 1


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError) as raised:
        open_store(tmp_path / "file" / "followupd.db")
    assert raised.value.remedy
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(StoreError) as raised:
        open_store(tmp_path / "folder.db")
    assert raised.value.remedy


# ------------------------------------------------------------------------------------------------ versions


def schema(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as c:
        found: list[tuple[object, ...]] = []
        for (table,) in c.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall():
            found += [(table, *row) for row in c.execute(f"PRAGMA table_info({table})")]
            found += [(table, *row) for row in c.execute(f"PRAGMA foreign_key_list({table})")]
            indices = c.execute(f"SELECT name, [unique], partial FROM pragma_index_list('{table}') ORDER BY name")
            found += [
                (table, *row, *c.execute(f"PRAGMA index_info({row[0]})").fetchall()) for row in indices.fetchall()
            ]
        for question in ("PRAGMA user_version", "PRAGMA application_id", "SELECT version_num FROM alembic_version"):
            found += c.execute(question).fetchall()
    return found


def test_migrating_and_creating_end_alike(tmp_path: Path) -> None:
    open_store(tmp_path / "created.db").close()
    with (
        closing(opening._file(tmp_path / "migrated.db")) as connection,
        engine.writing(engine.engine_on(connection)) as transaction,
    ):
        engine._migrate(transaction)
    assert schema(tmp_path / "migrated.db") == schema(tmp_path / "created.db")
    assert (f"{VERSION:04}", VERSION) == (REVISION, VERSION)
    with closing(open_store(tmp_path / "migrated.db")) as store:
        store.put_drafts([record("d1")])


def test_a_database_of_the_first_schema_is_carried_over(path: Path) -> None:
    with closing(open_store(path)) as store:
        store.put_drafts([record("d1")])
    with closing(sqlite3.connect(path, isolation_level=None)) as c:
        c.execute("DROP TABLE labels")
        c.execute("DROP TABLE traffic")
        c.execute("UPDATE alembic_version SET version_num = '0001'")
        c.execute("PRAGMA user_version = 1")
    with closing(open_store(path)) as store:
        assert list(store.drafts()) == [record("d1")]
        assert store.heard("work") == {}
        assert store.export()["traffic"] == []


def test_an_up_to_date_database_needs_no_alembic(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from followupd.adapters.store import open_store\n"
        "for _ in range(2): open_store(Path(sys.argv[1])).close()\n"
        "print([m for m in ('alembic', 'keyring', 'pydantic', 'holidays') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


def test_who_only_looks_does_not_wait_for_sqlalchemy(path: Path) -> None:
    with closing(open_store(path)) as store:
        store.put_drafts([record("d1")])
        store.put_word(word(Command.SKIP, "a"))
    code = (
        "import sys; from pathlib import Path; from followupd.adapters.store import open_store\n"
        "store = open_store(Path(sys.argv[1]))\n"
        "found = [*store.filed(), *store.drafts(), *store.words(), store.seen('work'), store.synced_at('work')]\n"
        "store.close(); print(len(found), 'sqlalchemy' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert told.stdout == "4 False\n"


def test_two_processes_may_create_it_at_once(path: Path) -> None:
    code = "import sys; from pathlib import Path; from followupd.adapters.store import open_store; open_store(Path(sys.argv[1]))"
    children = [subprocess.Popen([sys.executable, "-c", code, str(path)]) for _ in range(3)]
    assert [child.wait() for child in children] == [0, 0, 0]
