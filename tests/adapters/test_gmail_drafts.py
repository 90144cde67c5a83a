"""What is peculiar to Gmail's drafts: conversations, lost answers, ids that last and ids that do not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stamina

from followupd.core.errors import TransientError
from followupd.core.mail import Envelope, MailboxRole
from followupd.core.ports import StoredDraft
from tests.adapters.gmail_world import GmailWorld
from tests.contracts.mailbox import NOON, View
from tests.contracts.messages import draft, message, message_id
from tests.fakes.gmail import FakeGmail, Fault


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(testing=True, attempts=3, cap=True):
        yield


@pytest.fixture
def world() -> Iterator[GmailWorld]:
    with FakeGmail() as fake:
        yield GmailWorld(fake)
        assert fake.violations == []


def parent(world: GmailWorld, **headers: str) -> Envelope:
    world.deliver(message("parent", **headers), MailboxRole.INBOX, NOON)
    view = View()
    view.sync(world.mailbox())
    return view.copies[view.id("parent")]


def only(world: GmailWorld) -> StoredDraft:
    (found,) = world.drafts().all()
    return found


# --- conversations ---


def test_a_reply_lies_in_the_conversation(world: GmailWorld) -> None:
    above = parent(world)
    world.drafts().create(draft("d"), parent=above)
    assert only(world).email.envelope.thread_hint == above.thread_hint


def test_another_subject_is_another_conversation_and_said_so(
    world: GmailWorld, caplog: pytest.LogCaptureFixture
) -> None:
    above = parent(world, subject="Something else")
    world.drafts().create(draft("d"), parent=above)
    assert only(world).email.envelope.thread_hint != above.thread_hint
    assert "outside the conversation" in caplog.text
    assert "acme" not in caplog.text


def test_a_conversation_that_is_gone_does_not_stop_the_draft(world: GmailWorld) -> None:
    above = parent(world)
    world.delete(message_id("parent"))
    world.drafts().create(draft("d"), parent=above)
    assert only(world).key == "k1"


# --- lost answers ---


@pytest.mark.parametrize("fault", [Fault("drafts.create", drop="after"), Fault("drafts.create", drop="after", times=5)])
def test_a_lost_answer_makes_one_draft(world: GmailWorld, fault: Fault) -> None:
    drafts = world.drafts()
    drafts.create(draft("other", key="k2"), parent=None)  # a kept connection: where httplib2 would ask again by itself
    world.fake.faults.append(fault)
    handle = drafts.create(draft("d"), parent=None)
    assert sorted(str(d.key) for d in drafts.all()) == ["k1", "k2"]
    assert handle == next(d.id for d in drafts.all() if d.key == "k1")
    assert world.fake.calls["drafts.create"] == 2


@pytest.mark.parametrize(
    "fault", [Fault("drafts.create", drop="before"), Fault("drafts.create", 500), Fault("drafts.create", 503)]
)
def test_what_may_have_been_made_is_not_asked_for_again(world: GmailWorld, fault: Fault) -> None:
    world.fake.faults.append(fault)
    with pytest.raises(TransientError):
        world.drafts().create(draft("d"), parent=None)
    assert world.fake.calls["drafts.create"] == 1
    assert list(world.drafts().all()) == []


def test_what_was_refused_is_asked_for_again(world: GmailWorld) -> None:
    world.fake.faults.append(Fault("drafts.create", 429, "rateLimitExceeded", times=2))
    world.drafts().create(draft("d"), parent=None)
    assert only(world).key == "k1"


def test_a_lost_answer_is_found_by_message_id_where_there_is_no_key(world: GmailWorld) -> None:
    world.put_draft(draft("own", key=None))
    world.fake.faults.append(Fault("drafts.create", drop="after"))
    handle = world.drafts().create(draft("d", key=None), parent=None)
    made = next(d for d in world.drafts().all() if d.id == handle)
    assert made.email.envelope.message_id == message_id("d")


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_removal_whose_answer_is_lost(world: GmailWorld, drop: str) -> None:
    world.drafts().create(draft("d"), parent=None)
    ours = only(world)
    world.fake.faults.append(Fault("drafts.delete", drop=drop))
    if drop == "after":
        assert world.drafts().remove(ours) is True
        assert list(world.drafts().all()) == []
    else:
        with pytest.raises(TransientError):
            world.drafts().remove(ours)
        assert only(world).id == ours.id


# --- what may be removed ---


def test_a_wrapper_of_a_sent_message_is_no_draft(world: GmailWorld) -> None:
    world.drafts().create(draft("d"), parent=None)
    ours = only(world)
    world.fake.account.messages[world.fake.account.drafts[str(ours.durable_id)]].labels.add("SENT")
    assert world.drafts().remove(ours) is False
    assert list(world.drafts().all()) == []
    assert world.fake.account.drafts


def test_the_look_before_a_removal_is_fresh(world: GmailWorld) -> None:
    drafts = world.drafts()
    drafts.create(draft("d"), parent=None)
    (ours,) = drafts.all()
    world.edit_draft(message_id("d"), draft("d", body="Mine now.\n"))
    assert drafts.remove(ours) is False
    assert world.fake.calls["drafts.delete"] == 0


def test_an_edit_keeps_the_durable_id(world: GmailWorld) -> None:
    drafts = world.drafts()
    drafts.create(draft("d"), parent=None)
    (before,) = drafts.all()
    world.edit_draft(message_id("d"), draft("d", body="Mine now.\n"))
    (after,) = drafts.all()
    assert after.durable_id == before.durable_id
    assert after.id != before.id


def test_a_handle_is_the_same_in_every_process(world: GmailWorld) -> None:
    handle = world.drafts().create(draft("d"), parent=None)
    assert [d.id for d in world.drafts().all()] == [handle]


# --- what it costs ---


def test_while_nothing_happens_a_look_costs_one_question(world: GmailWorld) -> None:
    for n in range(30):
        world.put_draft(draft(f"own{n}", key=None))
    drafts = world.drafts()
    assert len(drafts.all()) == 30
    requests, units = world.fake.requests, world.fake.units
    assert len(drafts.all()) == 30
    assert (world.fake.requests - requests, world.fake.units - units) == (1, 2)


def test_unchanged_drafts_are_not_fetched_again(world: GmailWorld) -> None:
    for n in range(30):
        world.put_draft(draft(f"own{n}", key=None))
    drafts = world.drafts()
    drafts.all()
    world.put_draft(draft("new", key=None))
    requests, octets = world.fake.requests, world.fake.sent_octets
    assert len(drafts.all()) == 31
    assert world.fake.requests - requests == 5  # history, listing, two batches, the new one
    assert world.fake.sent_octets - octets < 31 * 600


def test_the_users_big_attachments_stay_where_they_are(world: GmailWorld) -> None:
    world.put_draft(message("own", attachment=b"%PDF" * 500_000))
    assert only(world).email.attachments == ("cv.pdf",)
    assert world.fake.sent_octets < 10_000
