"""The Gmail backend against npm's emulate, held to the contracts of the ports."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from tests.contracts.drafts import DraftsContract
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
