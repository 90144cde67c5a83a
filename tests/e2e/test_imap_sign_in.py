"""Google's IMAP by XOAUTH2, from the sign-in to the first pass: a fake of Google's sign-in, and a Dovecot that believes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from followupd.adapters.gmail import auth
from followupd.core.mail import MailboxRole
from tests.adapters.imap_world import ImapWorld
from tests.conftest import need_dovecot
from tests.contracts.messages import message
from tests.e2e.emulator import free_port
from tests.e2e.newcomer import Newcomer
from tests.fakes.gmail import FakeGmail
from tests.servers import dovecot as servers

pytestmark = pytest.mark.slow

CONFIG = """
[me]
name = "Dana Reyes"
emails = ["dana.reyes@example.org"]
time_zone = "America/Chicago"

[[accounts]]
name = "personal"
backend = "imap"
host = "127.0.0.1"
port = {port}
tls = "none"
username = "dana"
auth = "xoauth2"
client_secrets = "client_secret.json"
token = {{file = "personal-token.json"}}
"""
AT = "2026-03-03T12:00:00-06:00"


@pytest.fixture
def google() -> Iterator[FakeGmail]:
    with FakeGmail() as fake:
        yield fake


@pytest.fixture
def server(google: FakeGmail) -> Iterator[servers.Dovecot]:
    need_dovecot()
    with servers.running(servers.Options(introspection=f"{google.root}/introspect")) as server:
        yield server


@pytest.fixture
def newcomer(google: FakeGmail, server: servers.Dovecot, tmp_path: Path) -> Newcomer:
    ports = [free_port(), free_port()]
    config = CONFIG.format(port=server.port)
    return Newcomer(
        tmp_path / "home", config, google.sign_in.client_secrets, ports, lambda url: requests.get(url, timeout=5)
    )


def test_from_nothing_to_the_first_pass(newcomer: Newcomer, google: FakeGmail, server: servers.Dovecot) -> None:
    status, _, err = newcomer.run("once", "--dry-run")
    assert status == 77, err
    assert "followupd auth personal" in err

    status, out, err = newcomer.sign_in()
    assert status == 0, err
    assert "could also send" in out
    kept = json.loads(newcomer.token.read_text())
    assert kept["scopes"] == [auth.EVERYTHING]
    assert newcomer.token.stat().st_mode & 0o077 == 0

    world = ImapWorld(server, user="dana")
    world.deliver(message("a"), MailboxRole.INBOX, datetime(2026, 3, 2, 12, tzinfo=UTC))
    world.close()
    status, out, err = newcomer.run("once", "--dry-run", "--json", "--at", AT)
    assert status == 0, err
    (account,) = json.loads(out)["accounts"]
    assert (account["ok"], account["seen"]) == (True, 1)
    assert google.sign_in.introspected

    status, out, err = newcomer.run("doctor", "--json")
    found = {c["check"]: c["status"] for c in json.loads(out)["checks"] if c["account"]}
    assert found == {"secret": "ok", "sign_in": "ok", "folders": "ok", "token_age": "ok"}, err


def test_a_token_that_has_expired_is_renewed_and_kept(newcomer: Newcomer, google: FakeGmail) -> None:
    assert newcomer.sign_in()[0] == 0
    old = json.loads(newcomer.token.read_text())
    google.sign_in.expire()
    newcomer.write("personal-token.json", json.dumps(old | {"expiry": "2026-01-01T00:00:00+00:00"}))
    status, _, err = newcomer.run("once", "--dry-run")
    assert status == 0, err
    kept = json.loads(newcomer.token.read_text())
    assert kept["token"] != old["token"]
    assert kept["refresh_token"] == old["refresh_token"]


def test_a_sign_in_that_was_taken_back(newcomer: Newcomer, google: FakeGmail) -> None:
    assert newcomer.sign_in()[0] == 0
    google.sign_in.revoke()
    kept = json.loads(newcomer.token.read_text())
    newcomer.write("personal-token.json", json.dumps(kept | {"expiry": "2026-01-01T00:00:00+00:00"}))
    status, _, err = newcomer.run("once", "--dry-run")
    assert status == 77
    assert "invalid_grant" in err
    assert "followupd auth personal" in err


def test_a_token_for_less_than_everything_is_refused(newcomer: Newcomer, google: FakeGmail) -> None:
    newcomer.write("personal-token.json", google.sign_in.token())
    status, _, err = newcomer.run("once", "--dry-run")
    assert status == 77
    assert "followupd auth personal" in err
