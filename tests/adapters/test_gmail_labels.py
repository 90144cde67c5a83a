"""Labels of conversations, shown and read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from followupd.adapters.gmail import GmailAccount, GmailLabels, auth
from followupd.adapters.gmail.faults import ForbiddenRequestError
from followupd.core.errors import AuthError
from followupd.core.mail import MailboxRole
from tests.adapters.gmail_world import GmailWorld
from tests.contracts.mailbox import NOON
from tests.contracts.messages import draft, message, message_id
from tests.fakes.gmail import FakeGmail

STATES = ("waiting", "draft ready", "your turn", "uncertain")


@pytest.fixture
def world() -> Iterator[GmailWorld]:
    with FakeGmail() as fake:
        yield GmailWorld(fake)
        assert fake.violations == []


def account(world: GmailWorld, *, labels: bool = True) -> GmailAccount:
    token = world.fake.sign_in.token(frozenset(auth.scopes(labels=labels)))
    return GmailAccount(name="personal", secret=lambda: token, api_endpoint=world.fake.root, labels=True)


@pytest.fixture
def labels(world: GmailWorld) -> GmailLabels:
    return account(world).thread_labels()


@pytest.fixture
def thread(world: GmailWorld) -> str:
    """A conversation of two messages and a draft."""
    world.deliver(message("root"), MailboxRole.INBOX, NOON)
    references = {"In_Reply_To": message_id("root"), "References": message_id("root")}
    world.deliver(message("parent", **references), MailboxRole.SENT, NOON + timedelta(days=1))
    found = world.fake.account.by_message_id(message_id("root")).thread
    world.fake.account.create_draft(draft("d"), found)
    return found


def carried(world: GmailWorld, ident: str) -> set[str]:
    kept = world.fake.account
    return {kept.labels[i] for i in kept.by_message_id(message_id(ident)).labels if i.startswith("Label_")}


def test_a_state_is_shown_on_the_newest_message_that_is_no_draft(
    world: GmailWorld, labels: GmailLabels, thread: str
) -> None:
    labels.show(thread, {"waiting"}, among=STATES)
    assert carried(world, "parent") == {"followupd/waiting"}
    assert carried(world, "root") == carried(world, "d") == set()
    assert labels.of_threads() == {thread: {"waiting"}}


def test_another_state_replaces_it_and_the_users_word_stays(
    world: GmailWorld, labels: GmailLabels, thread: str
) -> None:
    labels.show(thread, {"waiting"}, among=STATES)
    world.fake.account.labels["Label_90"] = "Followupd/Snooze 1 week"
    for ident in ("root", "parent"):
        world.fake.account.relabel(world.fake.account.by_message_id(message_id(ident)), add=["Label_90"])
    labels.show(thread, {"draft ready"}, among=STATES)
    assert labels.of_threads() == {thread: {"draft ready", "snooze 1 week"}}
    labels.show(thread, (), among=STATES)
    assert labels.of_threads() == {thread: {"snooze 1 week"}}


def test_showing_it_again_writes_nothing(world: GmailWorld, labels: GmailLabels, thread: str) -> None:
    labels.show(thread, {"waiting"}, among=STATES)
    before = world.fingerprint()
    labels.show(thread, {"waiting"}, among=STATES)
    assert world.fingerprint() == before


def test_labels_of_others_are_not_ours(world: GmailWorld, labels: GmailLabels, thread: str) -> None:
    world.fake.account.labels |= {"Label_1": "Jobs", "Label_2": "followupdated/x", "Label_3": "followupd"}
    for ident in ("Label_1", "Label_2", "Label_3"):
        world.fake.account.relabel(world.fake.account.by_message_id(message_id("root")), add=[ident])
    assert labels.of_threads() == {}
    labels.forget()
    assert carried(world, "root") == {"Jobs", "followupdated/x", "followupd"}


def test_forgetting_leaves_nothing(world: GmailWorld, labels: GmailLabels, thread: str) -> None:
    labels.show(thread, {"waiting", "uncertain"}, among=STATES)
    labels.forget()
    assert carried(world, "parent") == set()
    assert not any(name.startswith("followupd") for name in world.fake.account.labels.values())


def test_a_conversation_that_is_gone(labels: GmailLabels) -> None:
    labels.show("0123456789abcdef", {"waiting"}, among=STATES)


def test_without_the_scope_it_is_told(world: GmailWorld, thread: str) -> None:
    with pytest.raises(AuthError) as raised:
        account(world, labels=False).thread_labels().show(thread, {"waiting"}, among=STATES)
    assert raised.value.remedy


def test_where_labels_are_off_none_can_be_written(world: GmailWorld, thread: str) -> None:
    plain = GmailLabels(world.account.api())
    with pytest.raises(ForbiddenRequestError):
        plain.show(thread, {"waiting"}, among=STATES)
