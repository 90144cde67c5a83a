"""Commands as people call them: what they say, what they refuse, and their exit statuses."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from followupd import bootstrap, cli
from followupd.cli import screens
from followupd.core.errors import AuthError, TransientError
from tests.cli.conftest import AT, Ask

HALDEN = "<halden.1@haldenrobotics.example>"


def _opportunity(document: Any, company: str) -> Any:
    return next(o for o in document["opportunities"] if o["company"] == company)


# ---------------------------------------------------------------- the user's word


def test_skip_and_track(known: Path, ask: Ask) -> None:
    assert cli.run(["skip", HALDEN, "--at", AT]) == 0
    assert _opportunity(ask("status", "--at", AT), "Halden Robotics")["hold"] == "skipped"
    assert cli.run(["track", HALDEN, "--at", AT]) == 0
    assert _opportunity(ask("status", "--at", AT), "Halden Robotics")["hold"] is None


def test_snooze(known: Path, ask: Ask) -> None:
    assert cli.run(["snooze", HALDEN, "2026-05-04", "--at", AT]) == 0
    held = _opportunity(ask("status", "--at", AT), "Halden Robotics")
    assert held["hold"] == "snoozed"
    assert held["next"]["due"].startswith("2026-05-04")


def test_outcome(known: Path, ask: Ask) -> None:
    assert cli.run(["outcome", HALDEN, "withdrawn", "--at", AT]) == 0
    ended = _opportunity(ask("status", "--at", AT), "Halden Robotics")
    assert (ended["stage"], ended["outcome"], ended["turn"]) == ("closed", "withdrawn", "nobody")


def test_a_note_is_in_the_next_letter(home: Path, ask: Ask) -> None:
    ask("once", "--at", "2026-03-12T09:00:00+01:00")
    assert cli.run(["note", HALDEN, "I have finished the course on ladder safety.", "--at", AT]) == 0
    ask("once", "--at", "2026-03-16T09:00:00+01:00")
    drafts = [
        p.read_text("utf-8") for p in (home / "Maildir" / ".Drafts").glob("*/*") if "Whitfield" in p.read_text("utf-8")
    ]
    assert ["ladder safety" in d for d in drafts] == [True]


def test_restore(home: Path, ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    ask("once", "--at", "2026-03-16T08:30:00+01:00")
    ask("once", "--at", AT)
    assert cli.run(["restore", HALDEN, "--at", AT]) == 0
    assert "Technical Writer" in capsys.readouterr().out
    states = {d["to"][0]: d["state"] for d in ask("once", "--at", AT)["drafts"]}
    assert states["tom.whitfield@haldenrobotics.example"] == "edited"


def test_export_is_the_users_alone(known: Path, tmp_path: Path) -> None:
    output = tmp_path / "all.json"
    output.touch(mode=0o644)
    assert cli.run(["export", "-o", str(output)]) == 0
    assert output.stat().st_mode & 0o077 == 0
    assert json.loads(output.read_text("utf-8"))


def test_no_body_is_in_the_export(known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["export"]) == 0
    assert "robots that people stand next to" not in capsys.readouterr().out


def test_forget_one_process(known: Path, ask: Ask) -> None:
    assert cli.run(["forget", HALDEN, "--at", AT, "--yes"]) == 0
    companies = {o["company"] for o in ask("status", "--at", AT)["opportunities"]}
    assert "Halden Robotics" not in companies
    assert "Ardoise" in companies


# ---------------------------------------------------------------- exit statuses


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["status", "--at", "2026-03-17T09:00:00"], "2026-03-17T09:00:00-05:00"),
        (["status", "--at", "yesterday"], "ISO 8601"),
        (["status", "--bogus"], "--bogus"),
        (["nosuch"], "nosuch"),
        (["skip"], "ID"),
        (["skip", "o-none", "--at", AT], "followupd status"),
        (["explain", "o-none", "--at", AT], "followupd status"),
        (["restore", "o-none", "--at", AT], "followupd status"),
        (["forget", "o-none", "--yes", "--at", AT], "followupd status"),
        (["snooze", HALDEN, "tomorrow"], "%Y-%m-%d"),
        (["outcome", HALDEN, "won"], "accepted"),
        (["export", "-o", "/nowhere/all.json"], "/nowhere/all.json"),
        (["auth", "other"], "sample"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_usage(known: Path, capsys: pytest.CaptureFixture[str], argv: list[str], words: str) -> None:
    capsys.readouterr()
    assert cli.run(argv) == 64
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err


def test_no_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FOLLOWUPD_CONFIG", str(tmp_path / "none.toml"))
    assert cli.run(["once"]) == 78
    assert "none.toml" in capsys.readouterr().err


WRONG = """
[me]
name = "Dana"
emails = "dana@example.org"
time_zone = "America/Chicag"
[[accounts]]
name = "a"
backend = "imapp"
[delays]
thank_you = "3 hours"
aplied = "10bd"
"""


def test_check_tells_every_problem_with_its_line(tmp_path: Path, ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text(WRONG, encoding="utf-8")
    assert cli.run(["--config", str(path), "check"]) == 78
    err = capsys.readouterr().err
    for line in ("line 4: me.emails", "line 5: me.time_zone", "line 8: accounts[0].backend", "line 10:", "line 11:"):
        assert line in err
    told = ask("--config", str(path), "check", status=78)
    assert told["ok"] is False
    assert len(told["problems"]) == 5
    assert all(p["remedy"] and p["line"] for p in told["problems"])


def test_check_of_a_good_config(home: Path, ask: Ask) -> None:
    told = ask("check")
    assert (told["ok"], told["accounts"], told["problems"]) == (True, ["sample"], [])


def test_a_missing_mailbox_is_unreachable_and_is_told_as_json_too(home: Path, ask: Ask) -> None:
    (home / "Maildir").rename(home / "elsewhere")
    (account,) = ask("once", "--at", AT, status=69)["accounts"]
    assert account["ok"] is False
    assert account["error"]
    assert account["remedy"]


def test_a_failed_account_is_told_once_to_people(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "Maildir").rename(home / "elsewhere")
    assert cli.run(["once", "--at", AT]) == 69
    out, err = capsys.readouterr()
    assert (out + err).count("There is no Maildir") == 1


def test_two_passes_at_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with bootstrap.service(bootstrap.settings(None)) as service, service.store.exclusive():
        assert cli.run(["once", "--at", AT]) == 75
    assert "Traceback" not in capsys.readouterr().err


def test_statuses_by_remedy() -> None:
    assert cli.status_of(AuthError("no", remedy="sign in")) == 77
    assert cli.status_of(TransientError("later")) == 75


def test_a_bug_says_where_but_not_with_what(capsys: pytest.CaptureFixture[str]) -> None:
    def fall() -> None:
        raise ValueError("maria@acme.example")

    with pytest.raises(ValueError, match="maria") as caught:
        fall()
    assert cli._bug(caught.value) == 70
    err = capsys.readouterr().err
    assert "ValueError in test_commands.py" in err
    assert "maria" not in err


def test_help_of_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--help"]) == 0
    names = re.findall(r"^  (\w+)  ", capsys.readouterr().out.partition("Commands:")[2], re.MULTILINE)
    assert {"check", "once", "status", "explain", "demo", "run"} <= set(names)
    for name in names:
        assert cli.run([name, "--help"]) == 0
        assert "Usage: followupd" in capsys.readouterr().out


# ---------------------------------------------------------------- screens


@pytest.mark.parametrize("width", [80, 100, 120])
def test_screens_fit_their_terminal(known: Path, width: int) -> None:
    settings = bootstrap.settings(None)
    out = Console(width=width, file=io.StringIO(), highlight=False)
    with bootstrap.service(settings) as service:
        screens.show_pass(out, service.status(datetime.fromisoformat(AT)), settings.policy)
    assert isinstance(out.file, io.StringIO)
    lines = out.file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert any("Halden Robotics" in line for line in lines)


def test_no_colour_where_nobody_sees_it(known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["status", "--at", AT]) == 0
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.slow
def test_a_reader_that_stops_reading_ends_it_quietly(known: Path) -> None:
    command = [sys.executable, "-m", "followupd", "status", "--at", AT]
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr) == (0, "")
