"""A small mailbox and its config, for trying commands on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from followupd import cli, demo

AT = "2026-03-17T09:00:00+01:00"
PROCESSES = ("halden", "cedar", "ardoise", "brightwater", "larkfield")

Say = Callable[..., int]
Ask = Callable[..., Any]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the mail of a few processes, its config being the default one and its state empty."""
    config = demo.write(tmp_path, (s for s in demo.hiring() if s.process in PROCESSES))
    monkeypatch.setenv("FOLLOWUPD_CONFIG", str(config))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    return tmp_path


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command with ``--json`` and give its document."""

    def run(*argv: str, status: int = 0) -> Any:
        capsys.readouterr()
        assert cli.run([*argv, "--json"]) == status
        return json.loads(capsys.readouterr().out)

    return run
