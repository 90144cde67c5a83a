"""Any octets as a message: every odd mail of the fixtures goes through a whole pass, and none of them stops it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from followupd.core.mail import MailboxRole
from tests.adapters.maildir_world import MaildirWorld

FIXTURES = Path(__file__).resolve().parents[2] / "../shared/data/fixtures"
RECEIVED = datetime(2026, 3, 1, 12, tzinfo=UTC)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FIXTURES.is_dir(), reason="the shared fixtures are not there"),
]


def test_a_pass_over_every_odd_mail(tmp_path: Path) -> None:
    world = MaildirWorld(tmp_path / "Maildir")
    files = sorted(p for p in FIXTURES.rglob("*") if p.is_file())
    for path in files:
        world.deliver(path.read_bytes(), MailboxRole.INBOX, RECEIVED)
    config = tmp_path / "config.toml"
    config.write_text(
        '[me]\nname = "Alex Kim"\nemails = ["alex.kim@example.org"]\ntime_zone = "UTC"\nholidays = ""\n'
        f'[[accounts]]\nname = "odd"\nbackend = "maildir"\npath = "{tmp_path}/Maildir"\n',
        encoding="utf-8",
    )
    config.chmod(0o600)
    command = [sys.executable, "-m", "followupd", "--config", str(config), "once", "--at", "2026-03-12T08:10:00+00:00"]
    env = os.environ | {"XDG_STATE_HOME": str(tmp_path / "state")}  # noqa: TID251 - the child's environment
    done = subprocess.run([*command, "--json"], env=env, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    result = json.loads(done.stdout)
    assert result["accounts"][0]["seen"] == len(files)
    assert result["drafts"] == []
    assert "Traceback" not in done.stderr
