"""A small mailbox and its config, for trying commands on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from followupd import bootstrap, cli, demo

AT = "2026-03-17T09:00:00+01:00"
PROCESSES = ("halden", "cedar", "ardoise", "brightwater", "larkfield")

Say = Callable[..., int]
Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mail of a few processes, their config, and no state."""
    home = tmp_path_factory.mktemp("written")
    demo.write(home, (s for s in demo.hiring() if s.process in PROCESSES))
    return home


@pytest.fixture(scope="session")
def passed(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after one pass."""
    home = tmp_path_factory.mktemp("passed") / "home"
    shutil.copytree(written, home)
    settings = bootstrap.settings(str(home / "config.toml"), {"XDG_STATE_HOME": str(home / "state")})
    with bootstrap.service(settings) as service:
        service.once(datetime.fromisoformat(AT))
    return home


@pytest.fixture
def home(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of ``written``, whose config is the default one."""
    return _settle(written, tmp_path / "home", monkeypatch)


@pytest.fixture
def known(passed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of ``passed``, whose config is the default one."""
    return _settle(passed, tmp_path / "home", monkeypatch)


def _settle(template: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(template, home)
    monkeypatch.setenv("FOLLOWUPD_CONFIG", str(home / "config.toml"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    return home


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command with ``--json`` and give its document."""

    def run(*argv: str, status: int = 0) -> Any:
        capsys.readouterr()
        assert cli.run([*argv, "--json"]) == status
        return json.loads(capsys.readouterr().out)

    return run
