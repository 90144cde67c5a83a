"""docs/gmail.md, followed from the top by someone with a server without a browser, against npm's emulate."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
import requests

from tests.contracts.messages import message
from tests.e2e.emulator import EmulatedWorld, encoded, free_port, running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("emulate")]

CONFIG = """
[me]
name = "Dana Reyes"
emails = ["dana0@example.org"]
time_zone = "America/Chicago"

[[accounts]]
name = "personal"
backend = "gmail"
client_secrets = "client_secret.json"
token = {file = "personal-token.json"}
api_endpoint = "%s"
"""


@dataclass
class Newcomer:
    """A home folder with the config of the page, and a terminal in it."""

    home: Path
    root: str
    ports: list[int]

    def __post_init__(self) -> None:
        self.home.mkdir()
        self.write("config.toml", CONFIG % self.root)
        client = {
            "client_id": "client", "client_secret": "secret", "auth_uri": f"{self.root}/o/oauth2/v2/auth",
            "token_uri": f"{self.root}/oauth2/token", "redirect_uris": ["http://localhost"],
        }  # fmt: skip
        self.write("client_secret.json", json.dumps({"installed": client}))

    def write(self, name: str, text: str) -> None:
        (self.home / name).write_text(text)
        (self.home / name).chmod(0o600)

    @property
    def token(self) -> Path:
        return self.home / "personal-token.json"

    def start(self, *command: str) -> subprocess.Popen[str]:
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG")}  # noqa: TID251 - what a shell hands on
        env = kept | {
            "HOME": str(self.home), "XDG_STATE_HOME": str(self.home / "state"), "PYTHONUNBUFFERED": "1",
            "OAUTHLIB_INSECURE_TRANSPORT": "1",  # Google's own addresses are https
        }  # fmt: skip
        line = [sys.executable, "-m", "followupd", "--config", str(self.home / "config.toml"), *command]
        return subprocess.Popen(line, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *command: str) -> tuple[int, str, str]:
        process = self.start(*command)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def sign_in(self) -> tuple[int, str, str]:
        process = self.start("auth", "personal", "--no-browser", "--port", str(self.ports.pop()))
        assert process.stdout is not None
        told = ""
        while not (found := re.search(r"https?://\S+/o/oauth2/\S+", told)):
            line = process.stdout.readline()
            if not line:
                break
            told += line
        if found:
            allow(found[0])
        out, err = process.communicate(timeout=30)
        return process.returncode, told + out, err


def allow(url: str) -> None:
    """Open the page and press its first button, as a browser does."""
    page = requests.get(url, timeout=10).text
    form = re.search(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form is not None, page[:500]
    fields = {unescape(n): unescape(v) for n, v in re.findall(r'name="([^"]+)"\s+value="([^"]*)"', form[2])}
    action = unescape(form[1])
    target = action if action.startswith("http") else f"{url[: url.index('/', 8)]}{action}"
    requests.post(target, data=fields, timeout=10)


@pytest.fixture
def newcomer(pytestconfig: pytest.Config, tmp_path: Path) -> Iterator[Newcomer]:
    ports = [free_port(), free_port()]
    with running(pytestconfig.cache.mkdir("emulate"), back=ports) as root:
        yield Newcomer(tmp_path / "home", root, ports)


def test_from_nothing_to_the_first_pass(newcomer: Newcomer) -> None:
    status, _, err = newcomer.run("once", "--dry-run")
    assert status == 77, err  # not signed in yet
    assert "followupd auth" in err

    port = newcomer.ports[-1]
    status, out, err = newcomer.sign_in()
    assert status == 0, err
    assert f"ssh -N -L {port}:127.0.0.1:{port}" in out
    assert newcomer.token.stat().st_mode & 0o077 == 0
    kept = json.loads(newcomer.token.read_text())
    assert kept["refresh_token"] not in out + err

    world = EmulatedWorld(newcomer.root, 0)
    world.ask("POST", "messages", {"raw": encoded(message("a")), "labelIds": ["INBOX"]})
    status, out, err = newcomer.run("once", "--dry-run", "--json", "--at", "2026-03-03T12:00:00-06:00")
    assert status == 0, err
    (account,) = json.loads(out)["accounts"]
    assert (account["name"], account["ok"], account["error"]) == ("personal", True, None)


def test_a_sign_in_that_was_taken_back(newcomer: Newcomer) -> None:
    assert newcomer.sign_in()[0] == 0
    kept = json.loads(newcomer.token.read_text()) | {"refresh_token": "revoked", "token": None}
    newcomer.write("personal-token.json", json.dumps(kept))
    status, _, err = newcomer.run("once", "--dry-run")
    assert status == 77
    assert "followupd auth personal" in err
    assert newcomer.sign_in()[0] == 0
    assert newcomer.run("once", "--dry-run")[0] == 0
