"""Signing in: the loopback flow from address to token, and what is kept of it."""

from __future__ import annotations

import io
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta

import pytest
import requests

from followupd.adapters.gmail import GmailAccount, auth
from followupd.core.errors import AuthError, TransientError, UnreachableError
from tests.fakes.gmail import FakeGmail

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGmail]:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # Google's own address is https
    with FakeGmail() as fake:
        yield fake


class Visitor(io.StringIO):
    """Reads what is printed, as the user does, and opens the address in it."""

    def __init__(self, visit: Callable[[str], None]) -> None:
        super().__init__()
        self.visit = visit

    def write(self, text: str) -> int:
        for url in re.findall(r"https?://\S+", text):
            threading.Thread(target=self.visit, args=(url,), daemon=True).start()
        return super().write(text)


def allow(url: str) -> None:
    requests.get(url, timeout=5)


LEAST = auth.scopes(labels=False)


def sign_in(
    fake: FakeGmail, visit: Callable[[str], None] = allow, wanted: tuple[str, ...] = LEAST, port: int = 0
) -> str:
    patience = timedelta(seconds=5)
    with redirect_stdout(Visitor(visit)):
        return auth.sign_in(
            fake.sign_in.client_secrets, now=lambda: NOW, wanted=wanted, browser=False, wait=patience, port=port
        )


def test_a_sign_in_ends_with_a_token_that_serves(fake: FakeGmail) -> None:
    token = sign_in(fake)
    info = json.loads(token)
    assert info["type"] == "authorized_user"
    assert info["token_uri"] == f"{fake.root}/token"
    assert auth.moment(info, "granted_at") == NOW
    assert auth.moment(info, "refresh_token_expires_at") is None
    assert set(info["scopes"]) == set(auth.scopes(labels=False))
    account = GmailAccount(name="personal", secret=lambda: token, api_endpoint=fake.root)
    assert list(account.drafts().all()) == []
    fake.sign_in.expire()
    assert list(account.drafts().all()) == []


def test_the_scopes_are_the_least(fake: FakeGmail) -> None:
    seen: list[str] = []

    def visit(url: str) -> None:
        seen.append(url)
        allow(url)

    sign_in(fake, visit)
    sign_in(fake, visit, wanted=auth.scopes(labels=True))
    asked = [re.findall(r"gmail\.(\w+)", url) for url in seen]
    assert asked == [["readonly", "compose"], ["modify", "compose"]]
    assert all("code_challenge_method=S256" in url for url in seen)


def test_a_fixed_port_serves_a_tunnel(fake: FakeGmail) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    seen: list[str] = []

    def visit(url: str) -> None:
        seen.append(url)
        allow(url)

    sign_in(fake, visit, port=port)
    assert f"127.0.0.1%3A{port}" in seen[0]


def test_a_client_in_testing_has_an_end(fake: FakeGmail) -> None:
    fake.sign_in.testing = True
    info = json.loads(sign_in(fake))
    assert auth.moment(info, "refresh_token_expires_at") == NOW + timedelta(seconds=604_799)


def test_a_box_left_unticked_is_told(fake: FakeGmail) -> None:
    fake.sign_in.withheld = frozenset({auth.COMPOSE})
    with pytest.raises(AuthError) as raised:
        sign_in(fake)
    assert raised.value.remedy


def test_a_refusal_is_told_without_the_code(fake: FakeGmail) -> None:
    def refuse(url: str) -> None:
        back = requests.utils.unquote(re.findall(r"redirect_uri=([^&]+)", url)[0])
        state = re.findall(r"state=([^&]+)", url)[0]
        requests.get(f"{back}?error=access_denied&state={state}", timeout=5)

    with pytest.raises(AuthError) as raised:
        sign_in(fake, refuse)
    assert "access_denied" in str(raised.value)


def test_a_forged_redirect_is_refused(fake: FakeGmail) -> None:
    def forge(url: str) -> None:
        back = requests.utils.unquote(re.findall(r"redirect_uri=([^&]+)", url)[0])
        requests.get(f"{back}?code=stolen&state=forged", timeout=5)

    with pytest.raises(AuthError) as raised:
        sign_in(fake, forge)
    assert "stolen" not in str(raised.value)


def test_nobody_comes(fake: FakeGmail) -> None:
    with pytest.raises(AuthError), redirect_stdout(io.StringIO()):
        auth.sign_in(
            fake.sign_in.client_secrets, now=lambda: NOW, wanted=LEAST, browser=False, wait=timedelta(seconds=0.1)
        )


def test_google_cannot_be_reached(fake: FakeGmail) -> None:
    secrets = fake.sign_in.client_secrets
    secrets["installed"]["token_uri"] = "http://127.0.0.1:9/token"
    with pytest.raises(UnreachableError), redirect_stdout(Visitor(allow)):
        auth.sign_in(secrets, now=lambda: NOW, wanted=LEAST, browser=False, wait=timedelta(seconds=5))


def test_a_port_that_is_taken(fake: FakeGmail) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(TransientError) as raised:
            sign_in(fake, port=taken.getsockname()[1])
    assert "--port" in raised.value.remedy


@pytest.mark.parametrize("secrets", [{}, {"service_account": {}}, {"installed": {}}])
def test_client_secrets_of_something_else(secrets: dict[str, object]) -> None:
    with pytest.raises(AuthError) as raised:
        auth.sign_in(secrets, now=lambda: NOW, wanted=LEAST, browser=False)
    assert "desktop" in raised.value.remedy
