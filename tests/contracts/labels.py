"""The contract of the port Labels: each adapter's tests make a subclass of this suite with a ``world`` of its own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Protocol

import pytest

from followupd.core.mail import MailboxRole
from followupd.core.ports import Labels
from tests.contracts.mailbox import NOON
from tests.contracts.messages import draft, message, message_id
from tests.contracts.world import World

STATES = ("waiting", "Draft ready", "your turn")


class LabelledWorld(World, Protocol):
    """One account of a backend that has labels."""

    def labels(self) -> Labels: ...

    def thread_of(self, message_id: str) -> str:
        """The server's id of the conversation."""
        ...

    def label(self, message_id: str, name: str) -> None:
        """The user labels the whole conversation: the full name, in their own spelling."""
        ...

    def carried(self, message_id: str) -> Collection[str]:
        """The full names of the labels on this one message that are no server's own."""
        ...


class LabelsContract:
    @pytest.fixture
    def world(self) -> LabelledWorld:
        raise NotImplementedError

    @pytest.fixture
    def thread(self, world: LabelledWorld) -> str:
        """A conversation of two messages and a draft."""
        world.deliver(message("root"), MailboxRole.INBOX, NOON)
        references = {"In_Reply_To": message_id("root"), "References": message_id("root")}
        world.deliver(message("parent", **references), MailboxRole.SENT, NOON + timedelta(days=1))
        world.put_draft(draft("d"))
        return world.thread_of(message_id("root"))

    @pytest.mark.usefixtures("thread")
    def test_there_are_none_at_first(self, world: LabelledWorld) -> None:
        assert world.labels().of_threads() == {}

    def test_what_is_shown_is_seen_and_on_no_draft(self, world: LabelledWorld, thread: str) -> None:
        world.labels().show(thread, {"Draft ready"}, among=STATES)
        assert world.labels().of_threads() == {thread: {"draft ready"}}
        assert set(world.carried(message_id("root"))) | set(world.carried(message_id("parent"))) == {
            "followupd/Draft ready"
        }
        assert set(world.carried(message_id("d"))) == set()

    def test_another_takes_its_place_and_the_users_word_stays(self, world: LabelledWorld, thread: str) -> None:
        labels = world.labels()
        labels.show(thread, {"waiting"}, among=STATES)
        world.label(message_id("root"), "Followupd/Snooze 1 week")
        labels.show(thread, {"Draft ready"}, among=STATES)
        assert world.labels().of_threads() == {thread: {"draft ready", "snooze 1 week"}}
        labels.show(thread, (), among=STATES)
        assert world.labels().of_threads() == {thread: {"snooze 1 week"}}

    def test_showing_it_again_writes_nothing(self, world: LabelledWorld, thread: str) -> None:
        labels = world.labels()
        labels.show(thread, {"waiting"}, among=STATES)
        before = world.fingerprint()
        labels.show(thread, {"waiting"}, among=STATES)
        assert labels.of_threads() == {thread: {"waiting"}}
        assert world.fingerprint() == before

    @pytest.mark.usefixtures("thread")
    def test_labels_of_others_are_not_ours(self, world: LabelledWorld) -> None:
        for name in ("Jobs", "followupdated/x", "followupd", "Jobs/followupd/skip"):
            world.label(message_id("root"), name)
        assert world.labels().of_threads() == {}
        world.labels().forget()
        assert len(set(world.carried(message_id("root")))) == 4

    @pytest.mark.usefixtures("thread")
    @pytest.mark.parametrize("role", [MailboxRole.TRASH, MailboxRole.JUNK])
    def test_what_lies_in_the_trash_does_not_count(self, world: LabelledWorld, role: MailboxRole) -> None:
        world.label(message_id("root"), "followupd/skip")
        for ident in ("root", "parent"):
            world.move(message_id(ident), role)
        assert world.labels().of_threads() == {}

    def test_forgetting_leaves_nothing(self, world: LabelledWorld, thread: str) -> None:
        world.labels().show(thread, {"waiting"}, among=STATES)
        world.label(message_id("root"), "followupd/skip")
        world.labels().forget()
        assert set(world.carried(message_id("root"))) | set(world.carried(message_id("parent"))) == set()
        assert world.labels().of_threads() == {}

    def test_a_conversation_that_is_gone_is_left(self, world: LabelledWorld) -> None:
        before = world.fingerprint()
        world.labels().show("0123456789abcdef", {"waiting"}, among=STATES)
        assert world.fingerprint() == before
