"""The contract suites on a real Dovecot: as it is, and without the extensions that many servers lack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.imap_world import ImapWorld
from tests.conftest import need_dovecot
from tests.contracts.drafts import DraftsContract
from tests.contracts.mailbox import MailboxContract
from tests.servers import dovecot as servers

pytestmark = pytest.mark.slow

PLAIN = (
    "ESEARCH",
    "QRESYNC",
    "CONDSTORE",
    "UIDPLUS",
    "SPECIAL-USE",
    "LIST-EXTENDED",
    "NAMESPACE",
    "LITERAL+",
    "ENABLE",
)


@pytest.fixture(scope="module")
def plain_dovecot() -> Iterator[servers.Dovecot]:
    """A server that tells of none of the extensions, calls its mailboxes by usual names and keeps them in the inbox."""
    need_dovecot()
    with servers.running(servers.Options(hide=PLAIN, mailboxes=dict.fromkeys(servers.SPECIAL_USE, ""))) as server:
        yield server


@pytest.fixture
def world(dovecot: servers.Dovecot) -> Iterator[ImapWorld]:
    world = ImapWorld(dovecot)
    yield world
    world.close()


@pytest.fixture
def plain_world(plain_dovecot: servers.Dovecot) -> Iterator[ImapWorld]:
    world = ImapWorld(plain_dovecot)
    yield world
    world.close()


class TestMailbox(MailboxContract):
    @pytest.fixture
    def world(self, world: ImapWorld) -> ImapWorld:
        return world


class TestDrafts(DraftsContract):
    @pytest.fixture
    def world(self, world: ImapWorld) -> ImapWorld:
        return world


class TestMailboxOnAPlainServer(MailboxContract):
    @pytest.fixture
    def world(self, plain_world: ImapWorld) -> ImapWorld:
        return plain_world


class TestDraftsOnAPlainServer(DraftsContract):
    @pytest.fixture
    def world(self, plain_world: ImapWorld) -> ImapWorld:
        return plain_world
