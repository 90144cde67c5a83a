"""The daemon in the foreground: it drafts what is due, sees what arrives, and stops cleanly when told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

import pytest

from followupd.core.mail import MailboxRole
from tests.adapters.maildir_world import MaildirWorld

ME, THEM = "Alex Kim <alex.kim@example.org>", "Nina Falk <nina.falk@hollowpine.example>"
NOW = datetime.now(UTC)  # noqa: TID251 - the daemon's clock is the real one

pytestmark = pytest.mark.slow


def _mail(ident: str, sender: str, to: str, body: str, at: datetime) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, to
    message["Subject"] = "Application for Research Assistant at Hollow Pine"
    message["Date"], message["Message-ID"] = format_datetime(at), f"<{ident}@run.example>"
    if ident != "a1":
        message["In-Reply-To"] = message["References"] = "<a1@run.example>"
    message.set_content(body)
    return message.as_bytes()


@pytest.fixture
def world(tmp_path: Path) -> MaildirWorld:
    world = MaildirWorld(tmp_path / "Maildir")
    applied = NOW - timedelta(days=30)
    body = "Dear Nina Falk,\n\nI would like to apply for the Research Assistant position at Hollow Pine.\n\nAlex Kim\n"
    world.deliver(_mail("a1", ME, THEM, body, applied), MailboxRole.SENT, applied)
    return world


@pytest.fixture
def daemon(world: MaildirWorld, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    config = tmp_path / "config.toml"
    config.write_text(
        '[me]\nname = "Alex Kim"\nemails = ["alex.kim@example.org"]\ntime_zone = "UTC"\nholidays = ""\n'
        f'[[accounts]]\nname = "a"\nbackend = "maildir"\npath = "{world.root}"\n'
        '[watch]\npoll = "1m"\n[drafts]\nwindow = "00:00-23:59"\n',
        encoding="utf-8",
    )
    config.chmod(0o600)
    env = os.environ | {"XDG_STATE_HOME": str(tmp_path / "state")}  # noqa: TID251 - the child's environment
    command = [sys.executable, "-m", "followupd", "--config", str(config), "run"]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def _until(holds: object, seconds: float = 45) -> None:
    assert callable(holds)
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


def test_it_drafts_what_is_due_and_stops_when_told(daemon: subprocess.Popen[str], world: MaildirWorld) -> None:
    _until(lambda: len(world.drafts().all()) == 1)
    (draft,) = world.drafts().all()
    assert draft.email.envelope.to[0].email == "nina.falk@hollowpine.example"
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(timeout=20) == 0
    assert daemon.stderr is not None
    told = daemon.stderr.read()
    assert "1 made" in told
    assert "nina.falk" not in told, "logs hold no address"
