"""Every story, through every kind of mailbox: what is judged and drafted is the same everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.gmail_imap_world import GmailImapWorld
from tests.adapters.gmail_world import GmailWorld
from tests.adapters.imap_world import ImapWorld
from tests.adapters.maildir_world import MaildirWorld
from tests.conftest import need_dovecot
from tests.fakes.gmail import FakeGmail
from tests.fakes.gmail_imap import OPTIONS, GmailImap, gmail_before
from tests.servers import dovecot as servers
from tests.servers.dovecot import Dovecot
from tests.stories.telling import Stage, read

STORIES = sorted((Path(__file__).parent / "told").glob("*.toml"))
story = pytest.mark.parametrize("path", STORIES, ids=[p.stem for p in STORIES])


@story
def test_on_a_maildir(path: Path, tmp_path: Path) -> None:
    assert Stage(read(path), MaildirWorld(tmp_path / "Maildir"), tmp_path).play() == []


@pytest.fixture
def imap_world(dovecot: Dovecot) -> Iterator[ImapWorld]:
    world = ImapWorld(dovecot)
    yield world
    world.close()


@story
@pytest.mark.slow
def test_on_dovecot(path: Path, imap_world: ImapWorld, tmp_path: Path) -> None:
    assert Stage(read(path), imap_world, tmp_path).play() == []


@pytest.fixture
def gmail_world() -> Iterator[GmailWorld]:
    with FakeGmail() as fake:
        yield GmailWorld(fake)
        assert fake.violations == []


@story
@pytest.mark.slow
def test_on_gmail(path: Path, gmail_world: GmailWorld, tmp_path: Path) -> None:
    assert Stage(read(path), gmail_world, tmp_path).play() == []


@pytest.fixture(scope="module")
def gmail_imap() -> Iterator[GmailImap]:
    need_dovecot()
    with servers.running(OPTIONS) as server, gmail_before(server) as gmail:
        yield gmail


@pytest.fixture
def gmail_imap_world(gmail_imap: GmailImap) -> Iterator[GmailImapWorld]:
    world = GmailImapWorld(gmail_imap)
    yield world
    world.close()
    assert gmail_imap.violations == []


@story
@pytest.mark.slow
def test_on_gmail_over_imap(path: Path, gmail_imap_world: GmailImapWorld, tmp_path: Path) -> None:
    assert Stage(read(path), gmail_imap_world, tmp_path).play() == []
