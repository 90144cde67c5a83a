"""An IMAP server behind a line that can be cut, for whatever test asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.imap_world import ImapWorld
from tests.fakes.imap_faults import Line, faulty
from tests.servers.dovecot import Dovecot


@pytest.fixture
def line(dovecot: Dovecot) -> Iterator[Line]:
    with faulty(dovecot.host, dovecot.port) as line:
        yield line


@pytest.fixture
def world(dovecot: Dovecot, line: Line) -> Iterator[ImapWorld]:
    world = ImapWorld(dovecot, port=line.port)
    yield world
    world.close()
