"""The shared stories, played through the command and a real Dovecot, twice each: the second time over what the first left."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import need_dovecot
from tests.servers import dovecot as servers

STORIES = Path(__file__).resolve().parents[2] / "../shared/scenarios"
FILES = sorted(STORIES.glob("*.toml"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FILES, reason="the shared scenarios are not there"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[servers.Dovecot]:
    need_dovecot()
    with servers.running() as server:
        yield server


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_story_on_dovecot(path: Path, server: servers.Dovecot) -> None:
    account = f"{server.host}:{server.port}:{server.user}:{server.password}"
    followupd = f"{sys.executable} -m followupd"
    command = [
        sys.executable,
        str(STORIES / "run.py"),
        "--backend",
        "imap",
        "--imap",
        account,
        "--followupd",
        followupd,
    ]
    done = subprocess.run([*command, str(path), str(path)], check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
