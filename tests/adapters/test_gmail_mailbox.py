"""What is peculiar to reading Gmail: labels, history, and bodies that come in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from followupd.adapters.gmail import mailbox
from followupd.core.errors import StateExpiredError
from followupd.core.mail import Email, EmailId, MailboxRole
from tests.adapters.gmail_world import GmailWorld
from tests.contracts.mailbox import LONG_AGO, NOON, View
from tests.contracts.messages import draft, message, message_id
from tests.fakes.gmail import FakeGmail


@pytest.fixture
def world() -> Iterator[GmailWorld]:
    with FakeGmail() as fake:
        yield GmailWorld(fake)
        assert fake.violations == []


def read(world: GmailWorld, raw: bytes) -> Email:
    kept = world.fake.account.deliver(raw, {"INBOX"}, NOON)
    (email,) = world.mailbox().fetch([EmailId(kept.id)])
    return email


# --- labels ---


@pytest.mark.parametrize(
    ("labels", "role"),
    [
        ({"INBOX", "UNREAD"}, MailboxRole.INBOX),
        ({"INBOX", "SENT"}, MailboxRole.SENT),
        ({"SENT"}, MailboxRole.SENT),
        ({"SENT", "DRAFT"}, MailboxRole.SENT),
        (set(), MailboxRole.ARCHIVE),
        ({"STARRED", "CATEGORY_PERSONAL"}, MailboxRole.ARCHIVE),
        ({"INBOX", "SPAM"}, None),
        ({"SENT", "TRASH"}, None),
        ({"CHAT"}, None),
        ({"DRAFT"}, None),
    ],
)
def test_labels_are_a_role(world: GmailWorld, labels: set[str], role: MailboxRole | None) -> None:
    world.fake.account.deliver(message("a"), labels, NOON)
    view = View()
    view.sync(world.mailbox())
    assert set(view.roles.values()) == ({role} if role else set())


def test_what_leaves_spam_or_trash_is_new(world: GmailWorld) -> None:
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    world.deliver(message("b"), MailboxRole.JUNK, NOON)
    world.deliver(message("c"), MailboxRole.TRASH, NOON)
    view = View()
    assert view.sync(world.mailbox()) == ["a"]
    world.move(message_id("b"), MailboxRole.INBOX)
    world.move(message_id("c"), MailboxRole.ARCHIVE)
    assert sorted(view.sync(world.mailbox())) == ["b", "c"]


def test_a_draft_that_was_sent_comes_once(world: GmailWorld) -> None:
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    view = View()
    view.sync(world.mailbox())
    world.put_draft(draft("d"))
    world.edit_draft(message_id("d"), draft("d", body="Better.\n"))
    assert view.sync(world.mailbox()) == []
    world.send_draft(message_id("d"))
    assert view.sync(world.mailbox()) == ["d"]
    assert view.present()["d"] == {MailboxRole.SENT}


def test_the_users_own_labels_are_no_news(world: GmailWorld) -> None:
    world.fake.account.labels["Label_1"] = "Jobs"
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    view = View()
    view.sync(world.mailbox())
    world.fake.account.relabel(world.fake.account.by_message_id(message_id("a")), add=["Label_1"])
    before = world.fake.calls["messages.get"]
    assert view.sync(world.mailbox()) == []
    assert world.fake.calls["messages.get"] == before


# --- the state ---


def test_old_mail_that_moves_stays_untouched(world: GmailWorld) -> None:
    world.deliver(message("old"), MailboxRole.INBOX, NOON - timedelta(days=90))
    world.deliver(message("new"), MailboxRole.INBOX, NOON)
    view = View()
    view.sync(world.mailbox(), after=NOON - timedelta(days=100))
    world.move(message_id("old"), MailboxRole.ARCHIVE)
    view.sync(world.mailbox(), after=NOON - timedelta(days=60))
    assert view.present().keys() == {"old", "new"}
    assert view.batches[-1].removed == ()


def test_the_state_moves_on_though_nothing_is_new(world: GmailWorld) -> None:
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    view = View()
    view.sync(world.mailbox())
    before = view.state
    world.mark_read(message_id("a"))
    assert view.sync(world.mailbox()) == []
    assert view.state != before


def test_a_longer_lookback_reads_again(world: GmailWorld) -> None:
    world.deliver(message("old"), MailboxRole.INBOX, NOON - timedelta(days=90))
    view = View()
    assert view.sync(world.mailbox(), after=NOON - timedelta(days=60)) == []
    world.deliver(message("new"), MailboxRole.INBOX, NOON)
    assert view.sync(world.mailbox(), after=NOON - timedelta(days=60)) == ["new"]
    with pytest.raises(StateExpiredError):
        view.sync(world.mailbox(), after=NOON - timedelta(days=120))
    assert sorted(View().sync(world.mailbox(), after=NOON - timedelta(days=120))) == ["new", "old"]


def test_history_ids_beyond_64_bits_are_kept(world: GmailWorld) -> None:
    world.fake.account.history_id = 2**70
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    view = View()
    view.sync(world.mailbox())
    world.deliver(message("b"), MailboxRole.INBOX, NOON)
    assert view.sync(world.mailbox()) == ["b"]
    assert str(2**70 + 14) in str(view.state)


def test_a_long_history_comes_in_pages_each_of_which_can_be_the_last(
    world: GmailWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "_PAGE", 50)
    world.deliver(message("a"), MailboxRole.INBOX, NOON)
    view = View()
    view.sync(world.mailbox())
    for n in range(60):
        world.deliver(message(f"m{n}"), MailboxRole.INBOX, NOON)
    view.take([next(iter(world.mailbox().changes(view.state, after=LONG_AGO)))])
    assert len(view.roles) == 51
    assert len(view.sync(world.mailbox())) == 10


def test_what_comes_while_scanning_is_not_lost(world: GmailWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "STEP", 10)
    for n in range(30):
        world.deliver(message(f"m{n}"), MailboxRole.INBOX, NOON)
    view = View()
    batches = world.mailbox().changes(None, after=LONG_AGO)
    view.take([next(batches)])
    world.deliver(message("late"), MailboxRole.INBOX, NOON)
    world.delete(message_id("m0"))
    view.take(batches)
    view.sync(world.mailbox())
    assert view.present().keys() == {"late", *(f"m{n}" for n in range(1, 30))}


# --- identities ---


def test_aliases_are_the_verified_send_as_addresses(world: GmailWorld) -> None:
    world.fake.account.aliases = ("dana@reyes.example",)
    mailbox = world.mailbox()
    assert list(mailbox.identities()) == ["dana.reyes@example.org", "dana@reyes.example"]
    assert list(mailbox.identities()) == ["dana.reyes@example.org", "dana@reyes.example"]
    assert world.fake.calls["settings.sendAs.list"] == 1


# --- content ---

INVITE = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:u1\r\nSUMMARY:Gespräch\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def test_an_invite_is_read_inline_and_attached(world: GmailWorld) -> None:
    mail = MIMEMultipart("mixed")
    for name, value in (("From", "maria@acme.example"), ("Subject", "Interview"), ("Message-ID", message_id("i"))):
        mail[name] = value
    both = MIMEMultipart("alternative")
    both.attach(MIMEText("Join us", "plain"))
    inline = MIMEText(INVITE, "calendar", "utf-8")
    inline.set_param("method", "REQUEST")
    both.attach(inline)
    mail.attach(both)
    attached = MIMEText(INVITE, "calendar", "utf-8")
    attached.replace_header("Content-Type", 'application/ics; name="invite.ics"')
    attached["Content-Disposition"] = 'attachment; filename="invite.ics"'
    mail.attach(attached)
    email = read(world, mail.as_bytes())
    assert (email.plain or "").strip() == "Join us"
    assert [("REQUEST", "SUMMARY:Gespräch" in c.text) for c in email.calendars] == [("REQUEST", True)] * len(
        email.calendars
    )
    assert email.calendars


BOUNCE = b"""From: mailer-daemon@example.org
Subject: Failure
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Not delivered
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; maria@acme.example
Action: failed
Status: 5.1.1
--b
Content-Type: message/rfc822

To: maria@acme.example
Message-ID: <mine@contract.example>

My application
--b--
"""


def test_a_bounce_is_read_with_what_it_returns(world: GmailWorld) -> None:
    email = read(world, BOUNCE)
    assert "Status: 5.1.1" in (email.report or "")
    assert message_id("mine") in (email.returned or "")
    assert "My application" not in (email.plain or "")


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-8", "windows-1252"])
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_text_in_any_charset(world: GmailWorld, charset: str, kind: str) -> None:
    mail = MIMEText("Grüße aus Köln", kind, charset)
    mail["From"] = "maria@acme.example"
    email = read(world, mail.as_bytes())
    assert ((email.plain if kind == "plain" else email.html) or "").strip() == "Grüße aus Köln"


def test_attachments_stay_where_they_are(world: GmailWorld) -> None:
    raw = message("a", attachment=b"%PDF" * 500_000)
    email = read(world, raw)
    assert email.attachments == ("cv.pdf",)
    assert world.fake.sent_octets < 10_000
    assert world.fake.calls["messages.attachments.get"] == 0


def test_an_enclosed_message_does_not_speak(world: GmailWorld) -> None:
    mail = MIMEMultipart("mixed")
    mail["From"] = "maria@acme.example"
    mail.attach(MIMEText("See below", "plain"))
    enclosed = EmailMessage()
    enclosed["Subject"] = "Old"
    enclosed.set_content("We regret to inform you")
    mail.attach(MIMEMessage(enclosed))
    assert (read(world, mail.as_bytes()).plain or "").strip() == "See below"


def test_encoded_words_and_names(world: GmailWorld) -> None:
    raw = message("a", From="=?utf-8?q?Mar=C3=ADa_L=C3=B3pez?= <maria@acme.example>", subject="Gespräch am Montag")
    world.deliver(raw, MailboxRole.INBOX, NOON)
    view = View()
    view.sync(world.mailbox())
    (envelope,) = view.copies.values()
    assert [(a.name, a.email) for a in envelope.from_] == [("María López", "maria@acme.example")]
    assert envelope.subject == "Gespräch am Montag"
    assert envelope.thread_hint == world.fake.account.by_message_id(message_id("a")).thread
