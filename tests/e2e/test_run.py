"""The daemon in the foreground: it drafts what is due, sees what arrives, and stops cleanly when told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

import pytest

from followupd.core.mail import MailboxRole
from tests.adapters.imap_world import ImapWorld
from tests.adapters.maildir_world import MaildirWorld
from tests.contracts.world import World
from tests.fakes.imap_faults import Rule, faulty
from tests.servers.dovecot import Dovecot

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


def _apply(world: World) -> None:
    applied = NOW - timedelta(days=30)
    body = "Dear Nina Falk,\n\nI would like to apply for the Research Assistant position at Hollow Pine.\n\nAlex Kim\n"
    world.deliver(_mail("a1", ME, THEM, body, applied), MailboxRole.SENT, applied)


@pytest.fixture
def world(tmp_path: Path) -> MaildirWorld:
    world = MaildirWorld(tmp_path / "Maildir")
    _apply(world)
    return world


@pytest.fixture
def daemon(world: MaildirWorld, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with _running(tmp_path, f'backend = "maildir"\npath = "{world.root}"', poll="1m") as process:
        yield process


@contextmanager
def _running(tmp_path: Path, account: str, *, poll: str) -> Iterator[subprocess.Popen[str]]:
    config = tmp_path / "config.toml"
    config.write_text(
        '[me]\nname = "Alex Kim"\nemails = ["alex.kim@example.org"]\ntime_zone = "UTC"\nholidays = ""\n'
        f'[[accounts]]\nname = "a"\n{account}\n'
        f'[watch]\npoll = "{poll}"\n[drafts]\nwindow = "00:00-23:59"\n',
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


def _imap(world: ImapWorld) -> str:
    return (
        f'backend = "imap"\nhost = "127.0.0.1"\nport = {world.port}\ntls = "none"\nusername = "{world.user}"\n'
        f'password = {{command = ["echo", "{world.server.password}"]}}'
    )


def test_news_by_push_need_no_poll(dovecot: Dovecot, tmp_path: Path) -> None:
    world = ImapWorld(dovecot)
    _apply(world)
    with _running(tmp_path, _imap(world), poll="1d") as process:
        _until(lambda: len(world.drafts().all()) == 1)
        time.sleep(1)  # the watching begins with the first pass
        no = "Dear Alex,\n\nunfortunately we have decided to move forward with other candidates.\n\nNina Falk\n"
        world.deliver(_mail("b1", THEM, ME, no, NOW), MailboxRole.INBOX, NOW)
        _until(lambda: not world.drafts().all())
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=2) == 0
    world.close()


def test_a_dead_push_blocks_neither_a_pass_nor_the_end(dovecot: Dovecot, tmp_path: Path) -> None:
    with faulty(dovecot.host, dovecot.port, Rule(on=b"IDLE", hang=True, times=99)) as line:
        world = ImapWorld(dovecot, port=line.port)
        _apply(world)
        with _running(tmp_path, _imap(world), poll="1d") as process:
            _until(lambda: b"IDLE" in line.commands)
            _until(lambda: len(world.drafts().all()) == 1)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=2) == 0
        world.close()


def test_a_pass_that_hangs_does_not_hold_up_the_end(dovecot: Dovecot, tmp_path: Path) -> None:
    with faulty(dovecot.host, dovecot.port, Rule(on=b"HEADER.FIELDS", hang=True, times=99)) as line:
        world = ImapWorld(dovecot, port=line.port)
        _apply(world)
        with _running(tmp_path, _imap(world), poll="1d") as process:
            _until(lambda: any(b"HEADER.FIELDS" in c for c in line.commands))
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=3) == 0
        world.close()
