"""docs/gmail.md, followed from the top by someone with a server without a browser, against npm's emulate."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest
import requests

from followupd.core.mail import MailboxRole
from tests.contracts.messages import message
from tests.e2e.emulator import EmulatedWorld, encoded, free_port, running
from tests.e2e.newcomer import Newcomer

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("emulate")]

ME = "dana0@example.org"
CONFIG = """
[me]
name = "Dana Reyes"
emails = ["%s"]
time_zone = "America/Chicago"

[[accounts]]
name = "personal"
backend = "gmail"
client_secrets = "client_secret.json"
token = {file = "personal-token.json"}
api_endpoint = "%s"
"""


def allow(url: str) -> None:
    """Open the page and press the button of one's own account, as a browser does."""
    page = requests.get(url, timeout=10).text
    forms = re.finditer(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', page, re.DOTALL)
    form = next((f for f in forms if f'value="{ME}"' in f[2]), None)
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
        yield Newcomer(tmp_path / "home", CONFIG % (ME, root), {"installed": client}, ports, allow)


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


def test_the_first_draft_its_labels_and_the_end(newcomer: Newcomer) -> None:
    assert newcomer.sign_in()[0] == 0
    world = EmulatedWorld(root_of(newcomer), 0)
    applied = message(
        "a1", subject="Application for Diver at Tidepool", From=f"Dana Reyes <{ME}>", To="leif@tidepool.example",
        body="Dear Leif, I am applying for the Diver position at Tidepool. Kind regards, Dana\n",
        Date="Mon, 06 Apr 2026 09:00:00 -0500",
    )  # fmt: skip
    world.deliver(applied, MailboxRole.SENT, datetime.fromisoformat("2026-04-06T09:00:00-05:00"))
    due = ("--at", "2026-04-20T09:00:00-05:00")
    assert newcomer.run("once", "--dry-run", *due)[0] == 0
    assert world.ask("GET", "drafts").get("drafts", []) == []

    for _ in range(2):
        status, _, err = newcomer.run("once", *due)
        assert status == 0, err
        (made,) = world.ask("GET", "drafts")["drafts"]
        lying = world.ask("GET", f"messages/{made['message']['id']}", format="minimal")
        assert (lying["labelIds"], lying["threadId"]) == (
            ["DRAFT"],
            world.ask("GET", "messages")["messages"][0]["threadId"],
        )
        assert labels_of(world) == {"followupd/draft ready"}

    assert newcomer.run("forget", "--yes")[0] == 0
    assert labels_of(world) == set()
    assert len(world.ask("GET", "drafts")["drafts"]) == 1
    status, out, _ = newcomer.run("doctor", "--prove-no-send")
    assert (status, "followupd cannot send." in out) == (0, True)


def labels_of(world: EmulatedWorld) -> set[str]:
    return {label["name"] for label in world.ask("GET", "labels")["labels"] if label.get("type") == "user"}


def test_a_sign_in_that_was_taken_back(newcomer: Newcomer) -> None:
    assert newcomer.sign_in()[0] == 0
    kept = json.loads(newcomer.token.read_text()) | {"refresh_token": "revoked", "token": None}
    newcomer.write("personal-token.json", json.dumps(kept))
    status, _, err = newcomer.run("once", "--dry-run")
    assert status == 77
    assert "followupd auth personal" in err
    assert newcomer.sign_in()[0] == 0
    assert newcomer.run("once", "--dry-run")[0] == 0
