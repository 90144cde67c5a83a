"""docs/gmail.md, followed from the top by someone with a server without a browser, against npm's emulate."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
import requests

from tests.contracts.messages import message
from tests.e2e.emulator import EmulatedWorld, encoded, free_port, running
from tests.e2e.newcomer import Newcomer

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
        client = {
            "client_id": "client", "client_secret": "secret", "auth_uri": f"{root}/o/oauth2/v2/auth",
            "token_uri": f"{root}/oauth2/token", "redirect_uris": ["http://localhost"],
        }  # fmt: skip
        yield Newcomer(tmp_path / "home", CONFIG % root, {"installed": client}, ports, allow)


def root_of(newcomer: Newcomer) -> str:
    return str(newcomer.client["installed"]["token_uri"]).removesuffix("/oauth2/token")


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

    world = EmulatedWorld(root_of(newcomer), 0)
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
