"""The fake Gmail behind the ports Mailbox and Drafts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.gmail_world import GmailWorld
from tests.contracts.drafts import DraftsContract
from tests.contracts.mailbox import MailboxContract
from tests.fakes.gmail import FakeGmail


@pytest.fixture
def world() -> Iterator[GmailWorld]:
    with FakeGmail() as fake:
        yield GmailWorld(fake)
        assert fake.violations == []


class TestGmailMailbox(MailboxContract):
    many = 303

    @pytest.fixture
    def world(self, world: GmailWorld) -> GmailWorld:
        return world


class TestGmailDrafts(DraftsContract):
    @pytest.fixture
    def world(self, world: GmailWorld) -> GmailWorld:
        return world
