"""Gmail over IMAP: the contract suites, labels among them, and what only Gmail does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from followupd import bootstrap
from followupd.adapters.imap.labels import ImapLabels
from followupd.config import Settings
from followupd.core.errors import TransientError
from followupd.core.health import Level
from followupd.core.ledger import DraftState
from followupd.core.mail import MailboxRole
from followupd.daemon.labels import forget
from followupd.daemon.report import PassReport
from tests.adapters.gmail_imap_world import GmailImapWorld
from tests.conftest import need_dovecot
from tests.contracts.drafts import DraftsContract
from tests.contracts.labels import LabelsContract
from tests.contracts.mailbox import NOON, MailboxContract, View
from tests.contracts.messages import draft, message, message_id
from tests.fakes.gmail_imap import ALL, OPTIONS, TRASH, GmailImap, gmail_before
from tests.fakes.imap_faults import Rule, faulty
from tests.servers import dovecot as servers

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def gmail() -> Iterator[GmailImap]:
    need_dovecot()
    with servers.running(OPTIONS) as server, gmail_before(server) as gmail:
        yield gmail


@pytest.fixture
def world(gmail: GmailImap) -> Iterator[GmailImapWorld]:
    world = GmailImapWorld(gmail)
    yield world
    world.close()
    assert gmail.violations == []


class TestMailbox(MailboxContract):
    many = 103

    @pytest.fixture
    def world(self, world: GmailImapWorld) -> GmailImapWorld:
        return world


class TestDrafts(DraftsContract):
    @pytest.fixture
    def world(self, world: GmailImapWorld) -> GmailImapWorld:
        return world


class TestLabels(LabelsContract):
    @pytest.fixture
    def world(self, world: GmailImapWorld) -> GmailImapWorld:
        return world


def told(gmail: GmailImap, verb: bytes) -> list[bytes]:
    return [c for c in gmail.commands if verb in c]


def test_every_message_comes_once_with_its_thread_and_place(world: GmailImapWorld) -> None:
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    world.deliver(message("b", In_Reply_To=message_id("a"), References=message_id("a")), MailboxRole.SENT, NOON)
    world.deliver(message("c", subject="Else"), MailboxRole.ARCHIVE, NOON)
    world.put_draft(draft("d"))
    view = View()
    assert sorted(view.sync(world.mailbox())) == ["a", "b", "c"]
    assert view.present() == {"a": {MailboxRole.INBOX}, "b": {MailboxRole.SENT}, "c": {MailboxRole.ARCHIVE}}
    threads = {e.message_id: e.thread_hint for e in view.copies.values()}
    assert threads[message_id("a")] == threads[message_id("b")] == world.thread_of(message_id("a"))
    assert threads[message_id("c")] == world.thread_of(message_id("c"))
    emails = list(world.mailbox().fetch(list(view.roles)))
    assert {(e.envelope.role, e.envelope.thread_hint) for e in emails} == {
        (e.role, e.thread_hint) for e in view.copies.values()
    }


def test_the_first_pass_searches_as_gmail_does_and_to_the_second(world: GmailImapWorld) -> None:
    world.deliver(message("old"), MailboxRole.INBOX, NOON - timedelta(seconds=90))
    world.deliver(message("new"), MailboxRole.INBOX, NOON)
    world.gmail.commands.clear()
    assert View().sync(world.mailbox(), after=NOON - timedelta(seconds=60)) == ["new"]
    (asked,) = told(world.gmail, b"X-GM-RAW")
    assert f"after:{int(NOON.timestamp()) - 61} ".encode() in asked
    assert not told(world.gmail, b"SINCE")


def test_where_gmails_search_is_refused_dates_serve(gmail: GmailImap, world: GmailImapWorld) -> None:
    world.deliver(message("old"), MailboxRole.INBOX, NOON - timedelta(days=9))
    world.deliver(message("new"), MailboxRole.INBOX, NOON)
    with faulty("127.0.0.1", gmail.port, Rule(on=b"X-GM-RAW", refuse=b"BAD Could not parse command")) as line:
        account = world.account(port=line.port)
        assert View().sync(account.mailbox(), after=NOON - timedelta(days=2)) == ["new"]


def test_an_autosaved_draft_is_another_message_and_known_by_its_key(world: GmailImapWorld) -> None:
    drafts = world.drafts()
    drafts.create(draft("d"), parent=None)
    before = drafts.all()[0]
    world.edit_draft(message_id("d"), draft("other", body="Hello Maria,\n\nI changed my mind.\n\nDana\n"))
    (after,) = drafts.all()
    assert (after.key, after.email.envelope.message_id) == (before.key, message_id("other"))
    assert after.id != before.id


def test_a_draft_that_is_taken_back_lies_in_the_trash_and_nowhere_else(world: GmailImapWorld) -> None:
    drafts = world.drafts()
    drafts.create(draft("d"), parent=None)
    assert drafts.remove(drafts.all()[0]) is True
    assert [name for name, _ in world._copies(message_id("d"))] == [f'"{TRASH}"']
    view = View()
    assert view.sync(world.mailbox()) == []


def test_a_quiet_pass_looks_at_labels_once(world: GmailImapWorld) -> None:
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    world.label(message_id("a"), "followupd/skip")
    labels = world.labels()
    first = labels.of_threads()
    world.gmail.commands.clear()
    assert labels.of_threads() == first == {world.thread_of(message_id("a")): {"skip"}}
    assert not told(world.gmail, b"X-GM-LABELS")


def test_mailboxes_that_are_hidden_are_told(gmail: GmailImap, world: GmailImapWorld) -> None:
    def hidden(line: bytes) -> bytes:
        return b"" if ALL.encode() in line or TRASH.encode() in line else line

    hide = Rule(on=b"LIST", answer=hidden, times=9)
    with faulty("127.0.0.1", gmail.port, hide) as line:
        (told,) = [c.look() for c in world.account(port=line.port).checks() if c.name == "folders"]
    assert told.level is Level.WARN
    assert "All Mail and Trash" in told.message
    assert told.remedy


def test_labels_beyond_ascii(world: GmailImapWorld) -> None:
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    labels = ImapLabels(world.account()._session, "Jöb")
    thread = world.thread_of(message_id("a"))
    labels.show(thread, {"läuft"}, among=("läuft", "fertig"))
    assert labels.of_threads() == {thread: {"läuft"}}
    world.gmail.commands.clear()
    labels.show(thread, {"läuft"}, among=("läuft", "fertig"))
    assert not told(world.gmail, b"STORE")
    labels.show(thread, {"fertig"}, among=("läuft", "fertig"))
    assert labels.of_threads() == {thread: {"fertig"}}
    labels.forget()
    assert labels.of_threads() == {}


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        (b"NO [THROTTLED] Rate limit hit. (Failure)", timedelta(minutes=15)),
        (b"NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)", timedelta(hours=1)),
        (b"NO Account exceeded bandwidth limits. (Failure)", timedelta(minutes=5)),
    ],
)
def test_gmail_that_slows_down_is_obeyed(gmail: GmailImap, world: GmailImapWorld, text: bytes, wait: timedelta) -> None:
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    with faulty("127.0.0.1", gmail.port, Rule(on=b"HEADER.FIELDS", refuse=text)) as line:
        account, view = world.account(port=line.port), View()
        with pytest.raises(TransientError) as raised:
            view.sync(account.mailbox())
        assert raised.value.retry_after == wait
        assert view.sync(account.mailbox()) == ["a"]


CONFIG = """
[me]
name = "Alex Kim"
emails = ["alex.kim@example.org"]
time_zone = "America/Chicago"
[[accounts]]
name = "personal"
backend = "imap"
host = "127.0.0.1"
port = {port}
tls = "none"
username = "{user}"
password = {{command = ["echo", "secret"]}}
daily_traffic = "1MB"
"""
APPLIED = message(
    "a1",
    subject="Application for Diver at Tidepool",
    body="Dear Leif, I am applying for the Diver position at Tidepool. Kind regards, Alex Kim\n",
    From="Alex Kim <alex.kim@example.org>",
    To="Leif Osgood <leif.osgood@tidepool.example>",
    Date="Mon, 06 Apr 2026 09:00:00 -0500",
)
APPLIED_AT = datetime.fromisoformat("2026-04-06T09:00:00-05:00")
EARLY = APPLIED_AT + timedelta(days=2)
DUE = APPLIED_AT + timedelta(days=14)


@pytest.fixture
def settings(world: GmailImapWorld, tmp_path: Path) -> Callable[[int], Settings]:
    def made(port: int) -> Settings:
        path = tmp_path / "config.toml"
        path.write_text(CONFIG.format(port=port, user=world.user))
        return bootstrap.settings(str(path), {"XDG_STATE_HOME": str(tmp_path / "state"), "HOME": str(tmp_path)})

    return made


def once(settings: Settings, at: datetime) -> PassReport:
    with bootstrap.service(settings) as service:
        return service.once(at)


def test_labels_are_the_users_hand_over_imap_too(world: GmailImapWorld, settings: Callable[[int], Settings]) -> None:
    config, ident = settings(world.port), message_id("a1")
    world.deliver(APPLIED, MailboxRole.SENT, APPLIED_AT)
    once(config, EARLY)
    assert world.carried(ident) == {"followupd/waiting"}
    once(config, DUE)
    assert world.carried(ident) == {"followupd/draft ready"}
    (made,) = world.drafts().all()
    assert made.email.envelope.thread_hint == world.thread_of(ident)
    assert world.carried(made.email.envelope.message_id) == set()
    world.label(ident, "followupd/skip")
    (decision,) = once(config, DUE).decisions
    assert decision.opportunity.skipped
    assert world.carried(ident) == {"followupd/skip"}
    assert list(world.drafts().all()) == []
    with bootstrap.service(config) as service:
        forget(service.accounts, service.store, service.policy, None)
    assert world.carried(ident) == set()


def test_a_draft_that_gmail_saves_anew_is_the_same_draft(
    world: GmailImapWorld, settings: Callable[[int], Settings]
) -> None:
    """Another UID, another Message-ID, and none of the private headers: what was written is what tells."""
    config = settings(world.port)
    world.deliver(APPLIED, MailboxRole.SENT, APPLIED_AT)
    once(config, DUE)
    (made,) = world.drafts().all()
    ((name, uid),) = world._copies(made.email.envelope.message_id)
    world.hand.select(name)
    saved = message_from_bytes(world.hand.uid("fetch", uid, "(BODY.PEEK[])")[1][0][1])
    for name in ("Message-ID", "X-Followupd-Key", "X-Followupd-Digest"):
        del saved[name]
    saved["Message-ID"] = "<CAF7Tvx@mail.gmail.com>"
    world.edit_draft(made.email.envelope.message_id, saved.as_bytes().replace(b"Best regards", b"Warm regards"))
    for days in (1, 8):
        report = once(config, DUE + timedelta(days=days))
        assert [d.record.state for d in report.drafts] == [DraftState.EDITED]
        (left,) = world.drafts().all()
        assert left.email.envelope.message_id == "<CAF7Tvx@mail.gmail.com>"


def test_a_throttled_account_is_left_alone_by_the_daemon(
    world: GmailImapWorld, settings: Callable[[int], Settings]
) -> None:
    world.deliver(APPLIED, MailboxRole.SENT, APPLIED_AT)
    slow = Rule(on=b"HEADER.FIELDS", refuse=b"NO [THROTTLED] Rate limit hit. (Failure)")
    with (
        faulty("127.0.0.1", world.port, slow) as line,
        bootstrap.service(settings(line.port)) as service,
    ):
        (told,) = [n for n in service.once(EARLY).notices if n.code == "account"]
        assert "THROTTLED" in told.message
        said = len(line.commands)
        assert [n.message for n in service.once(EARLY + timedelta(minutes=14)).notices] == [told.message]
        assert len(line.commands) == said
        assert len(service.once(EARLY + timedelta(minutes=16)).decisions) == 1


def test_the_budget_is_kept_across_restarts(world: GmailImapWorld, settings: Callable[[int], Settings]) -> None:
    world.deliver(APPLIED, MailboxRole.SENT, APPLIED_AT)
    config = settings(world.port)
    once(config, EARLY)
    with bootstrap.service(config) as service:
        spent = service.store.transferred("personal", bootstrap.clock().now())
        assert 1_000 < spent < 100_000
        service.store.transfer("personal", 1_000_000, bootstrap.clock().now())
    (account,) = once(config, EARLY).accounts
    assert "daily_traffic" in str(account.error)
    assert "2.5 GB" in (account.error.remedy if account.error else "")
