"""The contract of the port Drafts: each adapter's tests make a subclass of this suite with a ``world`` of its own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from followupd.core.mail import MailboxRole
from followupd.core.ports import Drafts, StoredDraft
from tests.contracts.mailbox import LONG_AGO, View
from tests.contracts.messages import draft, message, message_id
from tests.contracts.world import World

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def only(drafts: Drafts) -> StoredDraft:
    (found,) = drafts.all()
    return found


class DraftsContract:
    @pytest.fixture
    def world(self) -> World:
        raise NotImplementedError

    def test_there_are_none_at_first(self, world: World) -> None:
        assert list(world.drafts().all()) == []

    def test_a_new_draft_lies_there_as_it_was_made(self, world: World) -> None:
        handle = world.drafts().create(draft("d", key="o-1/check_in/1"), parent=None)
        found = only(world.drafts())
        assert found.id == handle
        assert (found.key, found.digest) == ("o-1/check_in/1", "d1")
        envelope = found.email.envelope
        assert envelope.role is MailboxRole.DRAFTS
        assert envelope.subject == "Re: Data Engineer interview"
        assert [a.email for a in envelope.to] == ["maria@acme.example"]
        assert list(envelope.in_reply_to) == [message_id("parent")]
        assert list(envelope.references) == [message_id("root"), message_id("parent")]
        assert (found.email.plain or "").strip() == "Hello Maria,\n\nis there any news? Grüße\n\nDana"

    def test_a_reply_is_made_beside_its_parent(self, world: World) -> None:
        world.deliver(message("parent", subject="Data Engineer interview"), MailboxRole.INBOX, NOON)
        view = View()
        view.sync(world.mailbox())
        handle = world.drafts().create(draft("d"), parent=view.copies[view.id("parent")])
        assert only(world.drafts()).id == handle

    def test_the_users_own_drafts_are_listed_without_key(self, world: World) -> None:
        world.put_draft(draft("own", key=None))
        found = only(world.drafts())
        assert (found.key, found.digest) == (None, None)
        assert found.email.envelope.message_id == message_id("own")

    def test_removes_exactly_one(self, world: World) -> None:
        drafts = world.drafts()
        world.put_draft(draft("own", key=None))
        drafts.create(draft("d1", key="k1"), parent=None)
        drafts.create(draft("d2", key="k2"), parent=None)
        ours = next(d for d in drafts.all() if d.key == "k1")
        assert drafts.remove(ours) is True
        assert sorted(str(d.key) for d in drafts.all()) == ["None", "k2"]

    def test_a_draft_can_go_only_once(self, world: World) -> None:
        drafts = world.drafts()
        drafts.create(draft("d"), parent=None)
        ours = only(drafts)
        assert drafts.remove(ours) is True
        assert drafts.remove(ours) is False

    def test_a_handle_from_an_earlier_session_serves(self, world: World) -> None:
        world.drafts().create(draft("d"), parent=None)
        assert world.drafts().remove(only(world.drafts())) is True
        assert list(world.drafts().all()) == []

    def test_an_edited_draft_stays(self, world: World) -> None:
        drafts = world.drafts()
        drafts.create(draft("d"), parent=None)
        ours = only(drafts)
        world.edit_draft(message_id("d"), draft("d", body="Hello Maria,\n\nI changed my mind.\n\nDana\n"))
        assert drafts.remove(ours) is False
        assert "changed my mind" in (only(drafts).email.plain or "")
        assert only(drafts).id != ours.id

    def test_a_draft_that_the_user_deleted_is_not_there(self, world: World) -> None:
        drafts = world.drafts()
        drafts.create(draft("d"), parent=None)
        ours = only(drafts)
        world.delete(message_id("d"))
        assert list(drafts.all()) == []
        assert drafts.remove(ours) is False

    def test_a_sent_draft_is_never_removed(self, world: World) -> None:
        drafts = world.drafts()
        drafts.create(draft("d"), parent=None)
        ours = only(drafts)
        world.send_draft(message_id("d"))
        assert list(drafts.all()) == []
        assert drafts.remove(ours) is False
        view = View()
        view.take(world.mailbox().changes(None, after=LONG_AGO))
        assert set().union(*view.present().values()) == {MailboxRole.SENT}

    def test_looking_leaves_no_trace(self, world: World) -> None:
        world.put_draft(draft("own", key=None))
        world.drafts().create(draft("d"), parent=None)
        before = world.fingerprint()
        assert len(world.drafts().all()) == 2
        assert world.fingerprint() == before
