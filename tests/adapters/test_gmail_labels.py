"""Labels of Gmail's conversations: the contract suite over the fake, and what is Gmail's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from followupd.adapters.gmail import GmailAccount, GmailLabels, auth
from followupd.adapters.gmail.faults import ForbiddenRequestError
from followupd.core.errors import AuthError, FollowupdError
from followupd.core.mail import MailboxRole
from tests.adapters.gmail_world import GmailWorld
from tests.contracts.labels import STATES, LabelsContract
from tests.contracts.mailbox import NOON
from tests.contracts.messages import message, message_id
from tests.fakes.gmail import FakeGmail
from tests.fakes.gmail.server import Fault


@dataclass
class LabelledGmail(GmailWorld):
    scoped: bool = True

    def labels(self) -> GmailLabels:
        return self.labelled().thread_labels()

    def labelled(self) -> GmailAccount:
        token = self.fake.sign_in.token(frozenset(auth.scopes(labels=self.scoped)))
        return GmailAccount(name="personal", secret=lambda: token, api_endpoint=self.fake.root, labels=True)

    def thread_of(self, message_id: str) -> str:
        return self.fake.account.by_message_id(message_id).thread

    def label(self, message_id: str, name: str) -> None:
        kept = self.fake.account
        label = f"Label_{len(kept.labels) + 90}"
        kept.labels[label] = name
        for found in kept.messages.values():
            if found.thread == self.thread_of(message_id) and "DRAFT" not in found.labels:
                kept.relabel(found, add=[label])

    def carried(self, message_id: str) -> set[str]:
        kept = self.fake.account
        return {kept.labels[i] for i in kept.by_message_id(message_id).labels if i.startswith("Label_")}


@pytest.fixture
def world() -> Iterator[LabelledGmail]:
    with FakeGmail() as fake:
        yield LabelledGmail(fake)
        assert fake.violations == []


class TestGmailLabels(LabelsContract):
    @pytest.fixture
    def world(self, world: LabelledGmail) -> LabelledGmail:
        return world


@pytest.fixture
def thread(world: LabelledGmail) -> str:
    world.deliver(message("root"), MailboxRole.INBOX, NOON)
    references = {"In_Reply_To": message_id("root"), "References": message_id("root")}
    world.deliver(message("parent", **references), MailboxRole.SENT, NOON + timedelta(days=1))
    return world.thread_of(message_id("root"))


def test_the_newest_message_carries_it(world: LabelledGmail, thread: str) -> None:
    world.labels().show(thread, {"waiting"}, among=STATES)
    assert (world.carried(message_id("root")), world.carried(message_id("parent"))) == (set(), {"followupd/waiting"})


def test_a_label_that_was_deleted_meanwhile_is_made_again(world: LabelledGmail, thread: str) -> None:
    labels = world.labels()
    labels.show(thread, {"waiting"}, among=STATES)
    world.labels().forget()
    with pytest.raises(FollowupdError):
        labels.show(thread, {"waiting"}, among=STATES)
    labels.show(thread, {"waiting"}, among=STATES)
    assert world.carried(message_id("parent")) == {"followupd/waiting"}


def test_what_is_known_is_looked_at_again_when_something_happened(world: LabelledGmail, thread: str) -> None:
    account = world.labelled()
    labels, drafts = account.thread_labels(), account.drafts()
    drafts.all()
    assert labels.of_threads() == {}
    requests = world.fake.requests
    assert labels.of_threads() == {}
    assert world.fake.requests == requests
    world.label(message_id("root"), "followupd/skip")
    drafts.all()
    assert labels.of_threads() == {thread: {"skip"}}


def test_without_the_scope_it_is_told_by_google(world: LabelledGmail, thread: str) -> None:
    world.scoped = False
    with pytest.raises(AuthError) as raised:
        world.labels().show(thread, {"waiting"}, among=STATES)
    assert raised.value.remedy


def test_without_the_scope_nothing_is_asked_where_the_token_tells(world: LabelledGmail, thread: str) -> None:
    token = world.fake.sign_in.token()[:-1] + ', "scopes": ["https://www.googleapis.com/auth/gmail.readonly"]}'
    account = GmailAccount(name="personal", secret=lambda: token, api_endpoint=world.fake.root, labels=True)
    requests = world.fake.requests
    with pytest.raises(AuthError) as raised:
        account.thread_labels().show(thread, {"waiting"}, among=STATES)
    assert "followupd auth personal" in raised.value.remedy
    assert world.fake.requests == requests


def test_a_sign_in_that_allows_more_is_taken_up(world: LabelledGmail, thread: str) -> None:
    tokens = [world.fake.sign_in.token()[:-1] + ', "scopes": ["https://www.googleapis.com/auth/gmail.readonly"]}']
    account = GmailAccount(name="personal", secret=lambda: tokens[-1], api_endpoint=world.fake.root, labels=True)
    labels = account.thread_labels()
    with pytest.raises(AuthError):
        labels.show(thread, {"waiting"}, among=STATES)
    tokens.append(world.fake.sign_in.token(frozenset(auth.scopes(labels=True))))
    labels.show(thread, {"waiting"}, among=STATES)
    assert world.carried(message_id("parent")) == {"followupd/waiting"}


@pytest.mark.parametrize("port", ["mailbox", "drafts"])
def test_the_other_ports_cannot_write_labels(world: LabelledGmail, thread: str, port: str) -> None:
    api = getattr(world.labelled(), port)().api
    with pytest.raises(ForbiddenRequestError):
        GmailLabels(api).show(thread, {"waiting"}, among=STATES)


def test_a_fault_is_told(world: LabelledGmail, thread: str) -> None:
    world.fake.faults.append(Fault("labels.list", 403, "forbidden"))
    with pytest.raises(FollowupdError):
        world.labels().of_threads()
