"""The Gmail backend against npm's emulate, held to the contracts of the ports."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from followupd.adapters.gmail import mailbox
from tests.contracts.drafts import DraftsContract
from tests.contracts.history import hold
from tests.contracts.mailbox import MailboxContract
from tests.e2e.emulator import EmulatedWorld, running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("emulate")]

_users = count()


@pytest.fixture(scope="module")
def emulator(pytestconfig: pytest.Config) -> Iterator[str]:
    with running(pytestconfig.cache.mkdir("emulate")) as root:
        yield root


@pytest.fixture
def world(emulator: str) -> EmulatedWorld:
    return EmulatedWorld(emulator, next(_users))


class TestEmulatedMailbox(MailboxContract):
    many = 303

    @pytest.fixture
    def world(self, world: EmulatedWorld) -> EmulatedWorld:
        return world


class TestEmulatedDrafts(DraftsContract):
    @pytest.fixture
    def world(self, world: EmulatedWorld) -> EmulatedWorld:
        return world


def test_any_history_ends_with_the_truth(emulator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "STEP", 3)
    monkeypatch.setattr(mailbox, "_PAGE", 4)
    hold(lambda: EmulatedWorld(emulator, next(_users)), examples=15, steps=15)
