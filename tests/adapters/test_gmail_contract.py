"""The fake Gmail behind the ports Mailbox and Drafts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from followupd.adapters.gmail import mailbox
from tests.adapters.gmail_world import GmailWorld
from tests.contracts.drafts import DraftsContract
from tests.contracts.history import hold
from tests.contracts.mailbox import MailboxContract
from tests.fakes.gmail import FakeGmail


@pytest.fixture
def world() -> Iterator[GmailWorld]:
    with FakeGmail() as fake:
        yield GmailWorld(fake)
        assert fake.violations == []


def test_any_history_ends_with_the_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "STEP", 3)
    monkeypatch.setattr(mailbox, "_PAGE", 4)
    with ExitStack() as stack:
        worlds: list[GmailWorld] = []

        def make() -> GmailWorld:
            worlds.append(GmailWorld(stack.enter_context(FakeGmail())))
            return worlds[-1]

        hold(make, examples=15, steps=15)
        assert [w.fake.violations for w in worlds if w.fake.violations] == []


class TestGmailMailbox(MailboxContract):
    many = 103

    @pytest.fixture
    def world(self, world: GmailWorld, monkeypatch: pytest.MonkeyPatch) -> GmailWorld:
        monkeypatch.setattr(mailbox, "STEP", 50)
        return world


class TestGmailDrafts(DraftsContract):
    @pytest.fixture
    def world(self, world: GmailWorld) -> GmailWorld:
        return world
