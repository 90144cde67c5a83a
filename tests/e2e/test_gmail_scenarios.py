"""The shared stories, played through the command and the Gmail backend: over the fake, over npm's emulate, and over
Gmail's IMAP.

What a story must bring is the same for every backend, so that Gmail gives what a Maildir gives.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.adapters.gmail_imap_world import GmailImapWorld
from tests.adapters.gmail_world import GmailWorld
from tests.conftest import need_dovecot
from tests.e2e.emulator import EmulatedWorld, running
from tests.e2e.gmail_boxes import EmulatedHands, FakeHands, GmailBox, GmailImapBox, TokenFiles
from tests.fakes.gmail import FakeGmail
from tests.fakes.gmail_imap import OPTIONS, GmailImap, gmail_before
from tests.servers import dovecot as servers

STORIES = Path(__file__).resolve().parents[2] / "../shared/scenarios"
FILES = sorted(STORIES.glob("*.toml"))

Play = Callable[[Path, GmailBox | GmailImapBox], list[str]]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("emulate"),
    pytest.mark.skipif(not FILES, reason="the shared scenarios are not there"),
]


@pytest.fixture(scope="module")
def runner() -> ModuleType:
    spec = importlib.util.spec_from_file_location("scenario_runner", STORIES / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def emulator(pytestconfig: pytest.Config) -> Iterator[str]:
    with running(pytestconfig.cache.mkdir("emulate")) as root:
        yield root


@pytest.fixture
def play(runner: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Play:
    def run(path: Path, box: GmailBox | GmailImapBox) -> list[str]:
        monkeypatch.setattr(runner, "ImapBox", lambda _: box)
        followupd = f"{sys.executable} -m followupd"
        _, problems, _ = runner.run_scenario(
            path, argparse.Namespace(backend="imap", imap="h:1:u:p", followupd=followupd)
        )
        return problems

    return run


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_over_the_fake(path: Path, play: Play, tmp_path: Path) -> None:
    with FakeGmail() as fake:
        world = GmailWorld(fake)
        account = TokenFiles(tmp_path).account(fake.root, fake.sign_in.token())
        assert play(path, GmailBox(world, FakeHands(world), account)) == []
        assert fake.violations == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_over_the_emulator(path: Path, play: Play, tmp_path: Path, emulator: str) -> None:
    world = EmulatedWorld(emulator, FILES.index(path))
    account = TokenFiles(tmp_path).account(emulator, world.token())
    assert play(path, GmailBox(world, EmulatedHands(world), account)) == []


@pytest.fixture(scope="module")
def gmail_imap() -> Iterator[GmailImap]:
    need_dovecot()
    with servers.running(OPTIONS) as server, gmail_before(server) as gmail:
        yield gmail


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_over_imap(path: Path, play: Play, gmail_imap: GmailImap) -> None:
    assert play(path, GmailImapBox(GmailImapWorld(gmail_imap))) == []
    assert gmail_imap.violations == []
