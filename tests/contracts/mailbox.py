"""The contract of the port Mailbox: each adapter's tests make a subclass of this suite with a ``world`` of its own.

class TestMaildirMailbox(MailboxContract):
    @pytest.fixture
    def world(self, tmp_path): return MaildirWorld(tmp_path)
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from followupd.core.errors import StateExpiredError, SuddenlyEmptyError
from followupd.core.mail import Changes, EmailId, Envelope, MailboxRole, State
from followupd.core.ports import Mailbox
from tests.contracts.messages import draft, message, message_id
from tests.contracts.world import World

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


class View:
    """What someone knows who takes in every batch: the copies that are there, and how far was read."""

    def __init__(self) -> None:
        self.copies: dict[EmailId, Envelope] = {}
        self.roles: dict[EmailId, MailboxRole] = {}
        self.state: State | None = None
        self.batches: list[Changes] = []

    def take(self, batches: Iterable[Changes]) -> list[Envelope]:
        """Take in ``batches``; what they added."""
        added: list[Envelope] = []
        for batch in batches:
            self.batches.append(batch)
            for gone in batch.removed:
                self.roles.pop(gone, None)
            self.copies.update({e.id: e for e in batch.added})
            self.roles.update({e.id: e.role for e in batch.added})
            self.roles.update(batch.moved)
            self.state = batch.state
            added += batch.added
        return added

    def sync(self, mailbox: Mailbox, after: datetime = LONG_AGO) -> list[str]:
        """One pass; the Message-IDs that it brought, without their brackets and domain."""
        return [e.message_id[1:].partition("@")[0] for e in self.take(mailbox.changes(self.state, after=after))]

    def present(self) -> dict[str, set[MailboxRole]]:
        found: dict[str, set[MailboxRole]] = {}
        for id_, role in self.roles.items():
            found.setdefault(self.copies[id_].message_id[1:].partition("@")[0], set()).add(role)
        return found

    def id(self, ident: str) -> EmailId:
        return next(i for i in self.roles if self.copies[i].message_id == message_id(ident))


class MailboxContract:
    many = 1203
    """How many messages the suite takes for many: more than one batch, if the adapter's batches are smaller."""

    @pytest.fixture
    def world(self) -> World:
        raise NotImplementedError

    @pytest.fixture
    def view(self) -> View:
        return View()

    def test_brings_every_message_at_first(self, world: World, view: View) -> None:
        world.deliver(message("a"), MailboxRole.INBOX, NOON)
        world.deliver(message("b"), MailboxRole.SENT, NOON)
        world.deliver(message("c"), MailboxRole.ARCHIVE, NOON)
        assert sorted(view.sync(world.mailbox())) == ["a", "b", "c"]
        assert view.roles[view.id("a")] is MailboxRole.INBOX
        assert view.roles[view.id("b")] is MailboxRole.SENT
        assert view.roles[view.id("c")] in (MailboxRole.ARCHIVE, MailboxRole.ALL)

    def test_an_envelope_says_what_the_header_says(self, world: World, view: View) -> None:
        raw = message(
            "a", subject="Grüße", Reply_To="reply@acme.example", Cc="Bo <bo@acme.example>", In_Reply_To=message_id("p"),
            References=f"{message_id('r')} {message_id('p')}", Auto_Submitted="auto-replied",
        )  # fmt: skip
        world.deliver(raw, MailboxRole.INBOX, NOON)
        view.sync(world.mailbox())
        envelope = view.copies[view.id("a")]
        assert envelope.subject == "Grüße"
        assert envelope.sent_at == datetime.fromisoformat("2026-03-02T10:15:00-06:00")
        assert [(a.name, a.email) for a in envelope.from_] == [("Maria Lopez", "maria@acme.example")]
        assert [a.email for a in envelope.to] == ["dana.reyes@example.org"]
        assert [(a.name, a.email) for a in envelope.cc] == [("Bo", "bo@acme.example")]
        assert [a.email for a in envelope.reply_to] == ["reply@acme.example"]
        assert list(envelope.in_reply_to) == [message_id("p")]
        assert list(envelope.references) == [message_id("r"), message_id("p")]
        assert envelope.evidence["auto-submitted"] == "auto-replied"
        assert envelope.size > 0

    def test_receipt_is_an_aware_instant(self, world: World, view: View) -> None:
        received = datetime.fromisoformat("2026-03-08T01:59:30-06:00")  # a minute before the clocks change
        world.deliver(message("a"), MailboxRole.INBOX, received)
        view.sync(world.mailbox())
        assert view.copies[view.id("a")].received_at == received

    def test_brings_nothing_twice(self, world: World, view: View) -> None:
        world.deliver(message("a"), MailboxRole.INBOX, NOON)
        assert view.sync(world.mailbox()) == ["a"]
        assert list(world.mailbox().changes(view.state, after=LONG_AGO)) == []

    def test_an_empty_mailbox_has_nothing_new(self, world: World, view: View) -> None:
        assert view.sync(world.mailbox()) == []
        world.deliver(message("a"), MailboxRole.INBOX, NOON)
        assert view.sync(world.mailbox()) == ["a"]

    def test_brings_what_came_since(self, world: World, view: View) -> None:
        world.deliver(message("a"), MailboxRole.INBOX, NOON)
        view.sync(world.mailbox())
        world.deliver(message("b"), MailboxRole.SENT, NOON + timedelta(hours=1))
        world.deliver(message("c"), MailboxRole.INBOX, NOON - timedelta(days=3))  # late in the door, early in its date
        assert sorted(view.sync(world.mailbox())) == ["b", "c"]

    def test_one_connection_serves_many_passes(self, world: World, view: View) -> None:
        mailbox = world.mailbox()
        assert view.sync(mailbox) == []
        world.deliver(message("a"), MailboxRole.INBOX, NOON)
        assert view.sync(mailbox) == ["a"]
        world.deliver(message("b"), MailboxRole.INBOX, NOON)
        assert view.sync(mailbox) == ["b"]
        assert [e.envelope.id for e in mailbox.fetch([view.id("b")])] == [view.id("b")]
        mailbox.close()

    def test_leaves_out_old_mail(self, world: World, view: View) -> None:
        world.deliver(message("old"), MailboxRole.INBOX, NOON - timedelta(days=10))
        world.deliver(message("new"), MailboxRole.INBOX, NOON)
        assert view.sync(world.mailbox(), after=NOON - timedelta(days=2)) == ["new"]
        assert view.sync(world.mailbox(), after=NOON - timedelta(days=2)) == []

    def test_leaves_out_junk_trash_and_drafts(self, world: World, view: View) -> None:
        world.deliver(message("junk"), MailboxRole.JUNK, NOON)
        world.deliver(message("trash"), MailboxRole.TRASH, NOON)
        world.put_draft(draft("draft"))
        world.drafts().create(draft("ours"), parent=None)
        world.deliver(message("a"), MailboxRole.INBOX, NOON)
        assert view.sync(world.mailbox()) == ["a"]

    def test_tells_what_is_gone(self, world: World, view: View) -> None:
        world.deliver(message("a"), MailboxRole.INBOX, NOON)
        world.deliver(message("b"), MailboxRole.INBOX, NOON)
        view.sync(world.mailbox())
        world.delete(message_id("a"))
        assert view.sync(world.mailbox()) == []
        assert view.present().keys() == {"b"}
        assert list(world.mailbox().changes(view.state, after=LONG_AGO)) == []

    def test_tells_what_moved(self, world: World, view: View) -> None:
        world.deliver(message("a"), MailboxRole.INBOX, NOON)
        world.deliver(message("b"), MailboxRole.INBOX, NOON)
        view.sync(world.mailbox())
        world.move(message_id("a"), MailboxRole.ARCHIVE)
        view.sync(world.mailbox())
        assert view.present()["a"] <= {MailboxRole.ARCHIVE, MailboxRole.ALL}
        assert view.present()["b"] == {MailboxRole.INBOX}
        assert list(world.mailbox().changes(view.state, after=LONG_AGO)) == []
        world.move(message_id("a"), MailboxRole.INBOX)
        view.sync(world.mailbox())
        assert view.present() == {"a": {MailboxRole.INBOX}, "b": {MailboxRole.INBOX}}

    def test_what_is_moved_to_the_trash_is_gone(self, world: World, view: View) -> None:
        world.deliver(message("a"), MailboxRole.INBOX, NOON)
        world.deliver(message("b"), MailboxRole.INBOX, NOON)
        view.sync(world.mailbox())
        world.move(message_id("a"), MailboxRole.TRASH)
        view.sync(world.mailbox())
        assert "a" not in view.present() or view.present()["a"] == {MailboxRole.TRASH}

    def test_reading_a_message_elsewhere_is_no_news(self, world: World, view: View) -> None:
        world.deliver(message("a"), MailboxRole.INBOX, NOON)
        view.sync(world.mailbox())
        world.mark_read(message_id("a"))
        assert view.sync(world.mailbox()) == []
        assert view.present() == {"a": {MailboxRole.INBOX}}
        assert [e.envelope.id for e in world.mailbox().fetch([view.id("a")])] == [view.id("a")]

    def test_all_gone_at_once_is_an_error(self, world: World, view: View) -> None:
        for ident in ("a", "b", "c"):
            world.deliver(message(ident), MailboxRole.INBOX, NOON)
        view.sync(world.mailbox())
        for ident in ("a", "b", "c"):
            world.delete(message_id(ident))
        with pytest.raises(SuddenlyEmptyError) as raised:
            view.sync(world.mailbox())
        assert raised.value.remedy
        assert view.present().keys() == {"a", "b", "c"}

    def test_a_state_of_another_making_has_expired(self, world: World) -> None:
        world.deliver(message("a"), MailboxRole.INBOX, NOON)
        with pytest.raises(StateExpiredError):
            list(world.mailbox().changes(State('{"of": "another kind of account"}'), after=LONG_AGO))

    def test_each_batch_can_be_the_last(self, world: World) -> None:
        for number in range(self.many):
            world.deliver(message(f"m{number}"), MailboxRole.INBOX, NOON + timedelta(seconds=number))
        whole = View()
        assert sorted(whole.sync(world.mailbox())) == sorted(f"m{n}" for n in range(self.many))
        cut = View()
        cut.take([next(iter(world.mailbox().changes(None, after=LONG_AGO)))])
        first = {e.message_id for e in cut.copies.values()}
        rest = {message_id(ident) for ident in cut.sync(world.mailbox())}
        assert first | rest == {message_id(f"m{n}") for n in range(self.many)}
        assert not first & rest
        assert cut.sync(world.mailbox()) == []

    def test_a_broken_message_stops_only_itself(self, world: World, view: View) -> None:
        world.deliver(b"no header at all \xff\xfe\r\n", MailboxRole.INBOX, NOON)
        world.deliver(b"Subject: =?nope?Q?=ZZ?=\r\nDate: yesterday\r\n\r\n\xff", MailboxRole.INBOX, NOON)
        world.deliver(message("a"), MailboxRole.INBOX, NOON)
        assert "a" in view.sync(world.mailbox())
        emails = list(world.mailbox().fetch(list(view.roles)))
        assert message_id("a") in {e.envelope.message_id for e in emails}

    def test_fetch_brings_the_text_and_no_attachment(self, world: World, view: View) -> None:
        world.deliver(message("a", body="Grüße aus Köln\n", attachment=b"%PDF" * 9000), MailboxRole.INBOX, NOON)
        view.sync(world.mailbox())
        (email,) = world.mailbox().fetch([view.id("a")])
        assert (email.plain or "").strip() == "Grüße aus Köln"
        assert email.attachments == ("cv.pdf",)
        assert email.envelope == view.copies[view.id("a")]

    def test_fetch_leaves_out_what_is_gone(self, world: World, view: View) -> None:
        world.deliver(message("a"), MailboxRole.INBOX, NOON)
        world.deliver(message("b"), MailboxRole.INBOX, NOON)
        mailbox = world.mailbox()
        view.sync(mailbox)
        world.delete(message_id("a"))
        emails = mailbox.fetch([view.id("a"), view.id("b")])
        assert [e.envelope.message_id for e in emails] == [message_id("b")]
        assert list(mailbox.fetch([])) == []

    def test_leaves_no_trace(self, world: World, view: View) -> None:
        world.deliver(message("a"), MailboxRole.INBOX, NOON)
        world.deliver(message("b"), MailboxRole.SENT, NOON)
        before = world.fingerprint()
        mailbox = world.mailbox()
        view.sync(mailbox)
        assert len(list(mailbox.fetch(list(view.roles)))) == 2
        mailbox.close()
        assert world.fingerprint() == before
