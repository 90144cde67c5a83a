"""Any history, on the servers that take longer: whatever users and crashes do in between, a pass ends with the truth."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.adapters.imap_world import ImapWorld
from tests.contracts.history import hold
from tests.servers import dovecot as servers

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dovecot")]


def hold_on(server: servers.Dovecot) -> None:
    with ExitStack() as stack:

        def make() -> ImapWorld:
            world = ImapWorld(server)
            stack.callback(world.close)
            return world

        hold(make, examples=15, steps=12)


def test_over_imap(dovecot: servers.Dovecot) -> None:
    hold_on(dovecot)


def test_over_imap_without_extensions(dovecot: servers.Dovecot) -> None:
    del dovecot  # it says whether there is one at all
    hidden = ("CONDSTORE", "QRESYNC", "ESEARCH", "UIDPLUS", "MOVE", "SPECIAL-USE")
    plain = servers.Options(hide=hidden, mailboxes=dict.fromkeys(servers.SPECIAL_USE, ""))
    with servers.running(plain) as server:
        hold_on(server)
