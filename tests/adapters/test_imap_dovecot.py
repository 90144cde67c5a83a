"""What is peculiar to IMAP, tried on a real Dovecot."""

from __future__ import annotations

import imaplib
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from followupd.adapters.imap import idle
from followupd.core import rfc5322
from followupd.core.errors import AuthError, TransientError, UnreachableError
from followupd.core.mail import Email, MailboxRole
from followupd.core.text import visible
from tests.adapters.imap_world import ImapWorld
from tests.conftest import need_dovecot
from tests.contracts.mailbox import LONG_AGO, NOON, View
from tests.contracts.messages import draft, message, message_id
from tests.fakes.imap_faults import Line, Rule, faulty
from tests.servers import dovecot as servers
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.slow

FIXTURES = Path(__file__).resolve().parents[2] / "../shared/data/fixtures"


# --- passes --------------------------------------------------------------------------------------------------------


def test_a_pass_without_change_is_a_round_trip_and_less_than_a_kilobyte() -> None:
    need_dovecot()
    with (
        servers.running(servers.Options(mailboxes={"Sent": r"\Sent"})) as server,
        faulty(server.host, server.port) as line,
    ):
        world = ImapWorld(server, port=line.port)
        world.deliver(message("a"), MailboxRole.INBOX, NOON)
        world.deliver(message("b"), MailboxRole.SENT, NOON)
        mailbox, view = world.mailbox(), View()
        view.sync(mailbox)
        octets, commands = line.up + line.down, len(line.commands)
        assert view.sync(mailbox) == []
        assert line.commands[commands:] == [b'EXAMINE "INBOX"', b'EXAMINE "Sent"']
        assert 0 < line.up + line.down - octets < 1024
        world.close()


def test_nothing_before_the_window_is_touched(world: ImapWorld, line: Line) -> None:
    """Also near its border, whatever the time zone in which the server counts its days."""
    border = NOON - timedelta(days=120)
    for hours in range(-60, 60, 4):
        world.deliver(message(f"m{hours}"), MailboxRole.INBOX, border + timedelta(hours=hours))
    view = View()
    found = view.sync(world.mailbox(), after=border)
    assert found == [f"m{hours}" for hours in range(0, 60, 4)]
    fetched = [c for c in line.commands if b"HEADER.FIELDS" in c]
    assert len(fetched) == 1
    assert fetched[0].startswith(b"UID FETCH 16:30 ")


def test_a_longer_window_brings_the_older_mail(world: ImapWorld) -> None:
    for days in range(5):
        world.deliver(message(f"m{days}"), MailboxRole.INBOX, NOON - timedelta(days=days))
    view = View()
    assert sorted(view.sync(world.mailbox(), after=NOON - timedelta(days=1))) == ["m0", "m1"]
    assert sorted(view.sync(world.mailbox(), after=NOON - timedelta(days=3))) == ["m2", "m3"]
    assert view.sync(world.mailbox(), after=NOON - timedelta(days=1)) == []
    assert len(view.roles) == 4


def test_old_mail_that_comes_late_is_left_alone(world: ImapWorld) -> None:
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    view = View()
    after = NOON - timedelta(days=1)
    view.sync(world.mailbox(), after=after)
    world.deliver(message("old"), MailboxRole.INBOX, NOON - timedelta(days=30))
    assert view.sync(world.mailbox(), after=after) == []
    world.deliver(message("b"), MailboxRole.INBOX, NOON)
    assert view.sync(world.mailbox(), after=after) == ["b"]


def test_what_goes_and_what_comes_between_two_passes(world: ImapWorld) -> None:
    """The numbers alone would not show it: one went, one came."""
    for ident in ("a", "b"):
        world.deliver(message(ident), MailboxRole.INBOX, NOON)
    view = View()
    view.sync(world.mailbox())
    world.delete(message_id("a"))
    world.deliver(message("c"), MailboxRole.INBOX, NOON)
    assert view.sync(world.mailbox()) == ["c"]
    assert view.present().keys() == {"b", "c"}


def test_a_new_mailbox_is_read_and_a_deleted_one_is_gone(world: ImapWorld) -> None:
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    world.hand.create('"Jobs &- more"')
    world.append("Jobs &- more", message("b"), NOON)
    view = View()
    assert sorted(view.sync(world.mailbox())) == ["a", "b"]
    assert view.roles[view.id("b")] is MailboxRole.OTHER
    assert [e.envelope.message_id for e in world.mailbox().fetch([view.id("b")])] == [message_id("b")]
    world.hand.delete('"Jobs &- more"')
    assert view.sync(world.mailbox()) == []
    assert view.present().keys() == {"a"}


def test_an_inbox_cleared_into_the_archive_is_no_alarm(world: ImapWorld) -> None:
    for ident in ("a", "b"):
        world.deliver(message(ident), MailboxRole.INBOX, NOON)
    view = View()
    view.sync(world.mailbox())
    for ident in ("a", "b"):
        world.move(message_id(ident), MailboxRole.ARCHIVE)
    assert sorted(view.sync(world.mailbox())) == ["a", "b"]
    assert view.present() == {"a": {MailboxRole.ARCHIVE}, "b": {MailboxRole.ARCHIVE}}


def test_a_mailbox_of_all_mail_is_read_without_its_drafts() -> None:
    need_dovecot()
    with servers.running(servers.Options(views={"All": (r"\All", "*\n  all\n")})) as server:
        world = ImapWorld(server)
        world.deliver(message("a"), MailboxRole.INBOX, NOON)
        world.put_draft(draft("d"))
        view = View()
        assert set(view.sync(world.mailbox())) == {"a"}
        assert view.present()["a"] == {MailboxRole.INBOX, MailboxRole.ALL}
        world.deliver(message("b"), MailboxRole.INBOX, NOON)
        assert set(view.sync(world.mailbox())) == {"b"}
        world.close()


def test_news_end_the_waiting(world: ImapWorld) -> None:
    push = world.account().push()
    assert push.wait(0.2) is False
    timer = threading.Timer(0.3, lambda: world.deliver(message("a"), MailboxRole.INBOX, NOON))
    timer.start()
    assert push.wait(10) is True
    timer.join()
    push.session.drop()


def test_news_that_came_while_nobody_listened_are_no_less_news(world: ImapWorld) -> None:
    push = world.account().push()
    assert push.wait(0.2) is False
    push.session.drop()
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    assert push.wait(10) is True
    assert push.wait(0.2) is False
    push.session.drop()


def test_idle_is_renewed(world: ImapWorld, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle, "_RENEW", 0.2)
    push = world.account(port=line.port).push()
    assert push.wait(0.9) is False
    assert sum(c == b"IDLE" for c in line.commands) >= 3
    assert idle._RENEW < 9 * 60
    push.session.drop()


def test_a_server_that_falls_silent_while_idle_is_given_up(world: ImapWorld, line: Line) -> None:
    line.rules.append(Rule(on=b"IDLE", hang=True))
    push = world.account(port=line.port, timeout=0.5).push()
    began = time.monotonic()
    with pytest.raises(TransientError):
        push.wait(0.5)
    assert time.monotonic() - began < 5
    assert push.wait(0.2) is False
    push.session.drop()


def test_waiting_ends_when_it_is_ended(world: ImapWorld) -> None:
    push = world.account().push()
    assert push.wait(0.1) is False
    timer = threading.Timer(0.3, push.close)
    timer.start()
    began = time.monotonic()
    with pytest.raises(TransientError):
        push.wait(60)
    assert time.monotonic() - began < 5
    timer.join()


# --- content -------------------------------------------------------------------------------------------------------


def test_an_attachment_is_not_transferred(world: ImapWorld, line: Line) -> None:
    world.deliver(message("a", attachment=b"%PDF" * 100_000), MailboxRole.INBOX, NOON)
    mailbox, view = world.mailbox(), View()
    view.sync(mailbox)
    octets = line.down
    (email,) = mailbox.fetch([view.id("a")])
    assert email.attachments == ("cv.pdf",)
    assert line.down - octets < 4096


def test_a_long_text_is_cut_and_says_so(world: ImapWorld) -> None:
    world.deliver(message("a", body="Hello Dana\n" * 20_000), MailboxRole.INBOX, NOON)
    mailbox, view = world.mailbox(), View()
    view.sync(mailbox)
    (email,) = mailbox.fetch([view.id("a")])
    assert email.truncated
    assert len(email.plain or "") > 60_000


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the shared messages are not here")
def test_strange_messages_read_as_from_a_file(world: ImapWorld) -> None:
    """Of a thousand odd ones all come, and all but a few with a broken structure say what the whole message says."""
    raws = _deliver_fixtures(world)
    view = View()
    mailbox = world.mailbox()
    view.sync(mailbox)
    emails = list(mailbox.fetch(list(view.roles)))
    assert len(emails) == len(raws) > 1000
    unlike = [e.envelope.id for e in emails if not e.truncated and _gist(e) != _gist(_whole(raws, e))]
    assert len(unlike) <= len(emails) * 0.03


def _deliver_fixtures(world: ImapWorld) -> dict[str, bytes]:
    raws = {}
    for path in sorted(FIXTURES.rglob("*")):
        if not path.is_file() or path.suffix in {".ics", ".json", ".md", ".txt", ".html", ".xml"}:
            continue
        raw = path.read_bytes().replace(b"\0", b"")
        if raw.strip() and len(raw) < 2_000_000:
            _, answer = world.hand.append("INBOX", "", imaplib.Time2Internaldate(NOON), raw)
            uid = answer[0].decode().partition("]")[0].split()[-1]
            raws[uid] = imaplib.MapCRLF.sub(b"\r\n", raw)
    return raws


def _whole(raws: dict[str, bytes], email: Email) -> Email:
    envelope = email.envelope
    raw = raws[envelope.id.split("/")[1]]
    return rfc5322.parse(raw, id=envelope.id, role=envelope.role, received_at=envelope.received_at)


def _gist(email: Email) -> tuple[object, ...]:
    """What is read of it. Its HTML is not, and need not come, where it says in plain text what it says."""
    texts = (visible(email).text, email.report, email.returned)
    return (email.envelope.subject, email.calendars, *((text or "").strip() for text in texts))


# --- drafts --------------------------------------------------------------------------------------------------------


def test_what_the_user_has_marked_deleted_stays_the_users(world: ImapWorld) -> None:
    drafts = world.drafts()
    world.put_draft(draft("own", key=None))
    world.hand.select("Drafts")
    world.hand.uid("store", "1", "+FLAGS", r"(\Deleted)")
    drafts.create(draft("d"), parent=None)
    (ours,) = drafts.all()
    assert drafts.remove(ours) is True
    assert _uids(world, "ALL") == "1"


def test_without_uidplus_nothing_is_expunged() -> None:
    need_dovecot()
    with servers.running(servers.Options(hide=("UIDPLUS",))) as server:
        world = ImapWorld(server)
        drafts = world.drafts()
        handle = drafts.create(draft("d"), parent=None)
        assert handle.endswith("/1/Drafts")
        assert drafts.remove(drafts.all()[0]) is True
        assert drafts.all() == ()
        assert (_uids(world, "ALL"), _uids(world, "DELETED")) == ("1", "1")
        world.close()


def _uids(world: ImapWorld, criterion: str) -> str:
    world.hand.select("Drafts", readonly=True)
    return str(world.hand.uid("search", None, criterion)[1][0].decode())


def test_a_draft_bears_its_own_date(world: ImapWorld) -> None:
    drafts = world.drafts()
    drafts.create(draft("d"), parent=None)
    assert drafts.all()[0].email.envelope.received_at == datetime(2026, 3, 2, 16, 15, tzinfo=UTC)


def test_a_missing_drafts_mailbox_is_made(world: ImapWorld) -> None:
    world.hand.delete("Drafts")
    drafts = world.drafts()
    assert drafts.all() == ()
    drafts.create(draft("d"), parent=None)
    assert [d.key for d in drafts.all()] == ["k1"]
    assert "Drafts" in world.names()


def test_one_connection_serves_mailbox_and_drafts(world: ImapWorld, line: Line) -> None:
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    account = world.account()
    mailbox, drafts, view = account.mailbox(), account.drafts(), View()
    for batch in mailbox.changes(None, after=LONG_AGO):
        drafts.create(draft("d"), parent=batch.added[0])
        view.take([batch])
    assert len(drafts.all()) == 1
    assert view.sync(mailbox) == []
    assert line.connections == 1


# --- sign-in and TLS -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tls_dovecot() -> Iterator[Dovecot]:
    need_dovecot()
    with servers.running(servers.Options(tls=True)) as server:
        yield server


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_tls_with_a_trusted_certificate(tls_dovecot: Dovecot, tls: str) -> None:
    world = ImapWorld(tls_dovecot)
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    port = tls_dovecot.tls_port if tls == "implicit" else tls_dovecot.port
    trust = ssl.create_default_context(cafile=str(tls_dovecot.certificate))
    account = world.account(tls=tls, port=port, host="localhost", trust=trust)
    assert View().sync(account.mailbox()) == ["a"]
    world.close()


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_tls_with_a_certificate_that_nobody_vouches_for(tls_dovecot: Dovecot, tls: str) -> None:
    world = ImapWorld(tls_dovecot)
    port = tls_dovecot.tls_port if tls == "implicit" else tls_dovecot.port
    with pytest.raises(UnreachableError) as raised:
        View().sync(world.account(tls=tls, port=port, host="localhost").mailbox())
    assert "certificate" in raised.value.remedy
    world.close()


def test_a_password_beyond_ascii(world: ImapWorld) -> None:
    with pytest.raises(AuthError) as raised:
        View().sync(world.account(secret=lambda: "pässwörd").mailbox())
    assert "pässwörd" not in str(raised.value)


def test_a_server_that_takes_no_tokens(world: ImapWorld) -> None:
    with pytest.raises(AuthError) as raised:
        View().sync(world.account(auth="xoauth2").mailbox())
    assert "followupd auth test" in raised.value.remedy
