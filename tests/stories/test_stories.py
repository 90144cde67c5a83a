"""Every story on a Maildir, and many on each other kind of mailbox: what is judged and drafted is the same everywhere.

A story in which something is done by hand, or in which it matters where a message lies, plays on every kind. Of the others, which
are about what mail says, a sample does, so that the whole set stays quick.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from followupd import bootstrap
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
ROUND = 9
"""Of the stories about what mail says, one in nine plays on each of the three kinds of mailboxes beside the Maildir."""

_BY_HAND = re.compile(r"^(?:do|run|lose_state|dry_run|in|raw|raw_base64) = ", re.MULTILINE)


def stories(turn: int | None = None) -> pytest.MarkDecorator:
    """All stories; or those of one kind of mailbox, whose ``turn`` it is."""
    chosen = [
        path
        for at, path in enumerate(STORIES)
        if turn is None or at % ROUND == turn or _BY_HAND.search(path.read_text(encoding="utf-8"))
    ]
    return pytest.mark.parametrize("path", chosen, ids=[p.stem for p in chosen])


@stories()
def test_on_a_maildir(path: Path, tmp_path: Path) -> None:
    assert Stage(read(path), MaildirWorld(tmp_path / "Maildir"), tmp_path).play() == []


def past(path: Path) -> Path:
    """``path``, unless its story is still to come: a server takes no mail for received tomorrow."""
    if max(m["date"] for m in read(path)["message"] if "date" in m) > bootstrap.clock().now():
        pytest.skip("its mail would have come in the future")
    return path


@pytest.fixture
def imap_world(dovecot: Dovecot) -> Iterator[ImapWorld]:
    world = ImapWorld(dovecot)
    yield world
    world.close()


@stories(0)
@pytest.mark.slow
def test_on_dovecot(path: Path, imap_world: ImapWorld, tmp_path: Path) -> None:
    assert Stage(read(past(path)), imap_world, tmp_path).play() == []


@pytest.fixture
def gmail_world() -> Iterator[GmailWorld]:
    with FakeGmail() as fake:
        yield GmailWorld(fake)
        assert fake.violations == []


@stories(1)
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


@stories(2)
@pytest.mark.slow
def test_on_gmail_over_imap(path: Path, gmail_imap_world: GmailImapWorld, tmp_path: Path) -> None:
    assert Stage(read(past(path)), gmail_imap_world, tmp_path).play() == []
