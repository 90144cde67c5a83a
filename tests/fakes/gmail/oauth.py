"""Google's sign-in as the fake has it: code flow with PKCE, refresh, scopes, expiry and revocation."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.fakes.gmail.api import ApiError

CLIENT = ("client-1.apps.example", "client-secret")
SCOPES = frozenset({"https://www.googleapis.com/auth/gmail.readonly", "https://www.googleapis.com/auth/gmail.compose"})

Served = tuple[int, str, bytes, Mapping[str, str]]


@dataclass
class FakeSignIn:
    root: str
    refresh_tokens: dict[str, frozenset[str]] = field(default_factory=dict)
    access_tokens: dict[str, frozenset[str]] = field(default_factory=dict)
    codes: dict[str, tuple[str, str, frozenset[str]]] = field(default_factory=dict)
    grants: int = 0
    status: int = 200
    withheld: frozenset[str] = frozenset()
    testing: bool = False
    user: str = "dana"
    introspected: int = 0

    def token(self, scopes: frozenset[str] = SCOPES) -> str:
        """An authorized-user JSON, as `followupd auth` leaves it; the access token has to be fetched first."""
        refresh = f"refresh-{len(self.refresh_tokens)}"
        self.refresh_tokens[refresh] = scopes
        return json.dumps(
            {
                "type": "authorized_user", "client_id": CLIENT[0], "client_secret": CLIENT[1], "refresh_token": refresh,
                "token_uri": f"{self.root}/token",
            }
        )  # fmt: skip

    @property
    def client_secrets(self) -> dict[str, Any]:
        return {
            "installed": {
                "client_id": CLIENT[0], "client_secret": CLIENT[1], "auth_uri": f"{self.root}/auth",
                "token_uri": f"{self.root}/token", "redirect_uris": ["http://localhost"],
            }
        }  # fmt: skip

    def expire(self) -> None:
        self.access_tokens.clear()

    def revoke(self) -> None:
        self.access_tokens.clear()
        self.refresh_tokens.clear()

    def check(self, header: str, wanted: frozenset[str]) -> None:
        granted = self.access_tokens.get(header.removeprefix("Bearer "))
        if granted is None:
            raise ApiError(401, "authError", "Invalid Credentials")
        if not granted & wanted:
            raise ApiError(403, "insufficientPermissions", "Request had insufficient authentication scopes.")

    def serve(self, verb: str, target: str, body: bytes) -> Served:
        if urlsplit(target).path == "/auth":
            return self._consent({k: v[0] for k, v in parse_qs(urlsplit(target).query).items()})
        if self.status != 200:
            return self.status, "application/json", b'{"error": "internal_failure"}', {}
        form = {k: v[0] for k, v in parse_qs(body.decode()).items()}
        if urlsplit(target).path == "/introspect":
            return self._introspect(form.get("token", ""))
        if verb != "POST" or (form.get("client_id"), form.get("client_secret")) != CLIENT:
            return _refusal("invalid_client")
        return self._exchange(form) if form.get("grant_type") == "authorization_code" else self._renew(form)

    def _introspect(self, token: str) -> Served:
        """RFC 7662, for a mail server: Google lets a token into IMAP that grants everything, and no other."""
        self.introspected += 1
        scopes = self.access_tokens.get(token, frozenset())
        told = {"active": "https://mail.google.com/" in scopes, "username": self.user, "scope": " ".join(scopes)}
        return 200, "application/json", json.dumps(told).encode(), {}

    def _consent(self, query: Mapping[str, str]) -> Served:
        """The user's yes: straight back to the redirect address with a code."""
        if query.get("code_challenge_method") != "S256" or query.get("access_type") != "offline":
            return _refusal("invalid_request")
        scopes = frozenset(query["scope"].split()) - self.withheld
        self.codes["code-1"] = (query["code_challenge"], query["redirect_uri"], scopes)
        back = urlencode({"state": query["state"], "code": "code-1", "scope": " ".join(scopes)})
        return 302, "text/plain", b"", {"location": f"{query['redirect_uri']}?{back}"}

    def _exchange(self, form: Mapping[str, str]) -> Served:
        challenge, redirect, scopes = self.codes.pop(form.get("code", ""), ("", "", frozenset()))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != challenge or form.get("redirect_uri") != redirect:
            return _refusal("invalid_grant")
        refresh = f"refresh-{len(self.refresh_tokens)}"
        self.refresh_tokens[refresh] = scopes
        more = {"refresh_token_expires_in": 604_799} if self.testing else {}
        return self._granted(scopes, refresh_token=refresh, scope=" ".join(sorted(scopes)), **more)

    def _renew(self, form: Mapping[str, str]) -> Served:
        scopes = self.refresh_tokens.get(form.get("refresh_token", ""))
        return _refusal("invalid_grant") if scopes is None else self._granted(scopes)

    def _granted(self, scopes: frozenset[str], **more: Any) -> Served:
        self.grants += 1
        token = f"access-{self.grants}"
        self.access_tokens[token] = scopes
        made = {"access_token": token, "expires_in": 3599, "token_type": "Bearer", **more}
        return 200, "application/json", json.dumps(made).encode(), {}


def _refusal(error: str) -> Served:
    return 400, "application/json", json.dumps({"error": error, "error_description": "no"}).encode(), {}
