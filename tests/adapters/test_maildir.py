"""The Maildir adapter: the contract suites, and what is peculiar to Maildirs."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from followupd.adapters.mailbox_names import role_of
from followupd.adapters.maildir import MaildirAccount, mailbox
from followupd.adapters.maildir.mailbox import Known
from followupd.core.errors import PermanentError, SuddenlyEmptyError, TransientError, UnreachableError
from followupd.core.mail import EmailId, MailboxRole
from tests.adapters.maildir_world import MaildirWorld
from tests.contracts.drafts import DraftsContract, only
from tests.contracts.history import hold
from tests.contracts.mailbox import LONG_AGO, NOON, MailboxContract, View
from tests.contracts.messages import draft, message, message_id


def _reads_closed_files() -> bool:
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).chmod(0)
        return os.access(file.name, os.R_OK)


closed_means_closed = pytest.mark.skipif(_reads_closed_files(), reason="root may read everything")


@pytest.fixture
def world(tmp_path: Path) -> MaildirWorld:
    return MaildirWorld(tmp_path / "Maildir")


class TestMailbox(MailboxContract):
    many = 123

    @pytest.fixture
    def world(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MaildirWorld:
        monkeypatch.setattr(mailbox, "BATCH", 50)
        return MaildirWorld(tmp_path / "Maildir")


class TestDrafts(DraftsContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> MaildirWorld:
        return MaildirWorld(tmp_path / "Maildir")


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Sent", MailboxRole.SENT),
        ("Sent Messages", MailboxRole.SENT),
        ("Gesendet", MailboxRole.SENT),
        ("INBOX.Sent", MailboxRole.SENT),
        ("[Gmail].Sent Mail", MailboxRole.SENT),
        ("Gel&APY-scht", MailboxRole.TRASH),
        ("Entw&APw-rfe", MailboxRole.DRAFTS),
        ("Entwürfe", MailboxRole.DRAFTS),
        ("&V4NXPpCuTvY-", MailboxRole.JUNK),
        ("Trash.2024", MailboxRole.TRASH),
        ("spam", MailboxRole.JUNK),
        ("Archive.2024.Jobs", MailboxRole.ARCHIVE),
        ("[Google Mail].Alle Nachrichten", MailboxRole.ALL),
        ("Jobs.Drafts", MailboxRole.OTHER),
        ("R&-D", MailboxRole.OTHER),
        ("&!!-", MailboxRole.OTHER),
    ],
)
def test_a_name_tells_the_role(name: str, role: MailboxRole) -> None:
    assert role_of(name, separator=".") is role


def test_a_folder_of_any_name_is_read(world: MaildirWorld, view: View) -> None:
    world.deliver(message("a"), MailboxRole.OTHER, NOON)
    view.sync(world.mailbox())
    assert view.present() == {"a": {MailboxRole.OTHER}}


@pytest.fixture
def view() -> View:
    return View()


def test_no_maildir_is_unreachable(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(UnreachableError) as raised:
            list(MaildirAccount(name="archive", path=path).mailbox().changes(None, after=LONG_AGO))
        assert str(path) in str(raised.value)
        assert raised.value.remedy


@closed_means_closed
def test_a_folder_that_may_not_be_read_stops_the_account(world: MaildirWorld) -> None:
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    folder = world.root / ".Sent" / "cur"
    folder.chmod(0)
    try:
        with pytest.raises(PermanentError) as raised:
            list(world.mailbox().changes(None, after=LONG_AGO))
    finally:
        folder.chmod(0o700)
    assert ".Sent" in str(raised.value)


@closed_means_closed
def test_a_file_that_may_not_be_read_stops_only_itself(world: MaildirWorld, view: View) -> None:
    world.deliver(message("closed"), MailboxRole.INBOX, NOON)
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    closed = world.find(message_id("closed"))
    closed.chmod(0)
    assert view.sync(world.mailbox()) == ["a"]
    closed.chmod(0o600)
    assert view.sync(world.mailbox()) == ["closed"]


def test_what_is_no_plain_file_is_no_message(world: MaildirWorld, view: View, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(message("secret"))
    (world.root / "cur" / "1.link:2,S").symlink_to(tmp_path / "elsewhere")
    (world.root / "cur" / "1.dangling:2,S").symlink_to(tmp_path / "nothing")
    os.mkfifo(world.root / "new" / "1.pipe")
    (world.root / "cur" / "1.folder:2,S").mkdir()
    (world.root / "cur" / ".nfs0001").write_bytes(message("leftover"))
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    assert view.sync(world.mailbox()) == ["a"]


def test_a_mailbox_folder_may_be_a_link(world: MaildirWorld, view: View, tmp_path: Path) -> None:
    world.deliver(message("a"), MailboxRole.OTHER, NOON)
    (world.root / ".Jobs").rename(tmp_path / "jobs")
    (world.root / ".Jobs").symlink_to(tmp_path / "jobs")
    world.root.rename(tmp_path / "moved")
    world.root.symlink_to(tmp_path / "moved")
    assert view.sync(world.mailbox()) == ["a"]


def test_the_trashed_flag_means_gone(world: MaildirWorld, view: View) -> None:
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    world.deliver(message("b"), MailboxRole.INBOX, NOON)
    view.sync(world.mailbox())
    path = world.find(message_id("a"))
    path.rename(world.root / "cur" / f"{path.name}:2,ST")
    view.sync(world.mailbox())
    assert view.present().keys() == {"b"}


def test_a_draft_that_a_synchroniser_put_elsewhere_is_no_mail(world: MaildirWorld, view: View) -> None:
    (world.root / ".Archive" / "cur" / "1.d:2,DS").write_bytes(draft("d"))
    (world.root / ".Sent" / "cur" / "1.s:2,DS").write_bytes(message("sent"))
    assert view.sync(world.mailbox()) == ["sent"]


def test_a_name_that_is_no_utf8_is_a_message(world: MaildirWorld, view: View) -> None:
    name = os.fsencode(world.root / "cur") + b"/1.caf\xe9:2,S"
    Path(os.fsdecode(name)).write_bytes(message("a"))
    assert view.sync(world.mailbox()) == ["a"]
    view.id("a").encode()
    assert view.sync(world.mailbox()) == []
    assert len(list(world.mailbox().fetch([view.id("a")]))) == 1


def test_a_time_beyond_the_calendar_stops_nothing(world: MaildirWorld, view: View) -> None:
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    os.utime(world.find(message_id("a")), (2**40, 2**40))
    assert view.sync(world.mailbox()) == ["a"]


def test_a_longer_lookback_finds_older_mail(world: MaildirWorld, view: View) -> None:
    world.deliver(message("old"), MailboxRole.INBOX, NOON - timedelta(days=100))
    world.deliver(message("new"), MailboxRole.INBOX, NOON)
    assert view.sync(world.mailbox(), after=NOON - timedelta(days=2)) == ["new"]
    assert view.sync(world.mailbox(), after=LONG_AGO) == ["old"]


def test_a_tree_made_anew_under_other_names_is_taken_as_it_is(world: MaildirWorld, view: View) -> None:
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    view.sync(world.mailbox())
    path = world.find(message_id("a"))
    path.rename(path.with_name("2.other:2,S"))
    assert view.sync(world.mailbox()) == ["a"]
    assert view.present() == {"a": {MailboxRole.INBOX}}


def test_an_emptied_folder_is_no_emptied_account(world: MaildirWorld, view: View) -> None:
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    world.deliver(message("b"), MailboxRole.SENT, NOON)
    view.sync(world.mailbox())
    world.delete(message_id("a"))
    view.sync(world.mailbox())
    world.delete(message_id("b"))
    with pytest.raises(SuddenlyEmptyError):
        view.sync(world.mailbox())
    world.deliver(message("c"), MailboxRole.INBOX, NOON)
    assert view.sync(world.mailbox()) == ["c"]
    assert view.present().keys() == {"c"}


def test_many_batches_make_a_short_state() -> None:
    known = Known()
    for number in range(1000):
        known.add([EmailId(f"/17{number:08}.M1P1.host")])
    assert len(known.packs) <= Known.MAX_PACKS
    assert Known.of(known.state).ids == known.ids
    known.drop(list(known.ids))
    assert Known.of(known.state).ids == set()


def test_tells_that_a_tree_was_copied_without_its_times(
    world: MaildirWorld, view: View, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(mailbox.ENOUGH):  # all of them written on 2 March
        world.deliver(message(f"m{number}"), MailboxRole.INBOX, NOON + timedelta(days=30))
    view.sync(world.mailbox())
    assert "CopyArrivalDate" in caplog.text
    caplog.clear()
    for number in range(mailbox.ENOUGH):
        world.deliver(message(f"n{number}"), MailboxRole.INBOX, NOON + timedelta(days=number // 15))
    view.sync(world.mailbox())
    assert caplog.text == ""


def test_makes_the_drafts_folder_where_there_is_none(tmp_path: Path) -> None:
    for sub in ("cur", "new", "tmp"):
        (tmp_path / sub).mkdir()
    drafts = MaildirAccount(name="archive", path=tmp_path).drafts()
    assert list(drafts.all()) == []
    handle = drafts.create(draft("d"), parent=None)
    assert only(drafts).id == handle
    assert (tmp_path / ".Drafts" / "maildirfolder").is_file()


def test_uses_the_drafts_folder_that_there_is(tmp_path: Path) -> None:
    for name in ("", ".Entw&APw-rfe", ".Drafts.Old"):
        for sub in ("cur", "new", "tmp"):
            (tmp_path / name / sub).mkdir(parents=True)
    MaildirAccount(name="archive", path=tmp_path).drafts().create(draft("d"), parent=None)
    (made,) = (p for p in tmp_path.rglob("*") if p.is_file())
    assert made.parent == tmp_path / ".Entw&APw-rfe" / "cur"


def test_a_draft_appears_whole_seen_private_and_with_plain_line_ends(world: MaildirWorld) -> None:
    world.drafts().create(draft("d"), parent=None)
    (path,) = world.files()
    assert path.parent == world.root / ".Drafts" / "cur"
    assert path.name.endswith(":2,DS")
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"\r" not in path.read_bytes()
    assert list((world.root / ".Drafts" / "tmp").iterdir()) == []


def test_a_draft_edited_in_place_is_another_version(world: MaildirWorld) -> None:
    drafts = world.drafts()
    drafts.create(draft("d"), parent=None)
    ours = only(drafts)
    path = world.find(message_id("d"))
    path.write_bytes(path.read_bytes() + b"\nPS\n")
    assert drafts.remove(ours) is False
    assert path.exists()


def test_a_flagged_draft_is_the_same_version(world: MaildirWorld) -> None:
    drafts = world.drafts()
    drafts.create(draft("d"), parent=None)
    ours = only(drafts)
    path = world.find(message_id("d"))
    path.rename(path.with_name(path.name.replace(":2,DS", ":2,DFS")))
    assert only(drafts).id == ours.id
    assert drafts.remove(ours) is True


def test_a_refused_write_is_an_error_with_a_remedy(world: MaildirWorld) -> None:
    (world.root / ".Drafts" / "tmp").rmdir()
    (world.root / ".Drafts" / "tmp").write_text("in the way")
    with pytest.raises(TransientError) as raised:
        world.drafts().create(draft("d"), parent=None)
    assert raised.value.remedy
    assert str(world.root) in str(raised.value)


def test_a_folder_that_cannot_be_listed_stops_the_account(world: MaildirWorld) -> None:
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    (world.root / ".Sent" / "new").rmdir()
    (world.root / ".Sent" / "new").write_text("in the way")
    with pytest.raises(TransientError) as raised:
        list(world.mailbox().changes(None, after=LONG_AGO))
    assert ".Sent" in str(raised.value)
    assert raised.value.remedy


def test_receipt_is_in_utc(world: MaildirWorld, view: View) -> None:
    world.deliver(message("a"), MailboxRole.INBOX, datetime.fromisoformat("2026-07-01T00:30:00+02:00"))
    view.sync(world.mailbox())
    assert view.copies[view.id("a")].received_at == datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert view.copies[view.id("a")].received_at.tzinfo is UTC


def test_any_history_ends_with_the_truth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "BATCH", 3)
    monkeypatch.setattr(Known, "MAX_PACKS", 2)
    number = count()

    hold(lambda: MaildirWorld(tmp_path / str(next(number))), examples=15, steps=15)
