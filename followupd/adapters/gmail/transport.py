"""HTTP for google-api-python-client: checked by the guard, signed with the account's token, and never repeated in secret.

httplib2, the library's own, silently repeats a POST when a kept connection closes without an answer, which makes two drafts
of one; requests does not.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httplib2
import requests
from google.auth import exceptions
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials

from followupd.adapters.gmail import auth, faults
from followupd.adapters.gmail.guard import GOOGLE, Guard
from followupd.core.errors import AuthError, FollowupdError, TransientError, UnreachableError

log = logging.getLogger(__name__)

TIMEOUT = (10.0, 60.0)
"""Seconds to connect, and to wait for the next octets."""


_PART_UNSIGNED = re.compile(rb"^HTTP/1\.\d 401\b", re.MULTILINE)


@dataclass(slots=True)
class SignIn:
    """One account's token. ``secret`` brings the stored JSON, ``save`` puts back what a refresh has changed."""

    account: str
    secret: Callable[[], str]
    save: Callable[[str], None] | None = None
    _credentials: Credentials | None = None
    _stored: str = ""

    def credentials(self) -> Credentials:
        if self._credentials is None:
            self._stored = self._fetched()
            self._credentials = auth.credentials(self._stored, account=self.account)
        return self._credentials

    @property
    def granted(self) -> frozenset[str] | None:
        """The scopes of the stored sign-in; None where it does not tell."""
        self.credentials()
        return auth.granted(self._stored)

    def lacks(self, scopes: Collection[str]) -> bool:
        """Whether the stored sign-in is known to grant none of ``scopes``."""
        return self.granted is not None and self.granted.isdisjoint(scopes)

    def moment(self, name: str) -> datetime | None:
        """A moment that the sign-in tells, once it was fetched: see ``auth.moment``."""
        return auth.moment(auth.info_of(self._stored), name)

    @property
    def ends_at(self) -> datetime | None:
        """When the sign-in that is kept now ends by itself, where Google told: in status Testing, after a week."""
        try:
            kept = self._fetched()
        except AuthError:
            return None
        return auth.moment(auth.info_of(kept), "refresh_token_expires_at")

    def forget(self) -> None:
        """Fetch the secret anew when it is next needed: the user may have signed in again meanwhile."""
        self._credentials = None

    def _fetched(self) -> str:
        try:
            return self.secret()
        except AuthError as e:
            raise AuthError(
                str(e), remedy=f"Sign in with `followupd auth {self.account}`, if you have not yet. {e.remedy}".strip()
            ) from e

    def keep(self) -> None:
        """Write the token back if it is another than was stored."""
        text = auth.updated(self._stored, self.credentials())
        if self.save is not None and auth.info_of(text) != auth.info_of(self._stored):
            self._save(self.save, text)
        self._stored = text

    def _save(self, save: Callable[[str], None], text: str) -> None:
        """Where the token cannot be put back it still serves, and is renewed again the next time."""
        try:
            save(text)
        except FollowupdError as e:
            log.warning("account %s: the renewed sign-in could not be stored: %s %s", self.account, e, e.remedy)


@dataclass(slots=True)
class Transport:
    """What google-api-python-client takes for an ``httplib2.Http``."""

    sign_in: SignIn
    guard: Guard
    requests_made: int = 0
    _session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self._session.auth = _as_it_is  # or a .netrc would replace the token
        self._session.trust_env = self.guard.root == GOOGLE  # no proxy stands before a loopback address

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> tuple[httplib2.Response, bytes]:
        """One request, one answer. Raises ForbiddenRequestError before, and AuthError, UnreachableError or TransientError."""
        octets = body.encode() if isinstance(body, str) else body
        plain = {k: v for k, v in (headers or {}).items() if k.lower() != "accept-encoding"}
        self.guard.check(method, uri, plain, octets)
        answer = self._signed(method, uri, octets, plain)
        if _is_unsigned(answer):  # revoked or expired early: a 401 has done nothing, so that once more is safe
            self._refresh()
            answer = self._signed(method, uri, octets, plain)
            if _is_unsigned(answer):
                raise faults.fault(401, {}, b"", account=self.sign_in.account)
        info = {k.lower(): v for k, v in answer.headers.items()} | {"status": str(answer.status_code)}
        return httplib2.Response(info), answer.content

    def access_token(self) -> str:
        """One that serves now, renewed where it has to be. Raises AuthError or UnreachableError."""
        credentials = self.sign_in.credentials()
        if not credentials.valid:
            self._refresh()
        return str(credentials.token)

    def _signed(self, method: str, uri: str, body: bytes | None, headers: Mapping[str, str]) -> requests.Response:
        return self._once(method, uri, body, {**headers, "authorization": f"Bearer {self.access_token()}"})

    def _once(self, method: str, uri: str, body: bytes | None, headers: Mapping[str, str]) -> requests.Response:
        self.requests_made += 1
        try:
            return self._session.request(
                method, uri, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
            )
        except requests.exceptions.ConnectTimeout as e:
            raise self._unreachable() from e
        except requests.exceptions.ConnectionError as e:
            if _never_left(e):
                raise self._unreachable() from e
            raise TransientError(f"The connection to Gmail ({self.sign_in.account}) broke off.") from e
        except requests.RequestException as e:
            raise TransientError(f"Gmail ({self.sign_in.account}) gave no whole answer.") from e

    def _unreachable(self) -> UnreachableError:
        return UnreachableError(
            f"Gmail ({self.sign_in.account}) cannot be reached.", remedy="Check the network connection."
        )

    def _refresh(self) -> None:
        """A new access token (RFC 6749 section 6), written back by the account's ``save``."""
        try:
            self.sign_in.credentials().refresh(self._token_request)  # type: ignore[no-untyped-call]
        except exceptions.RefreshError as e:
            if getattr(e, "retryable", False):
                raise UnreachableError(  # the library has asked three times already
                    f"Google's sign-in server has a fault ({self.sign_in.account}).", remedy="Try again later."
                ) from e
            self.sign_in.forget()
            raise faults.revoked(self.sign_in.account) from e
        except exceptions.TransportError as e:
            raise self._unreachable() from e
        self.sign_in.keep()

    def _token_request(self, url: str, method: str = "GET", **rest: Any) -> Any:
        self.guard.check_token(method, url)
        self.requests_made += 1
        return Request(self._session)(url=url, method=method, **rest)

    def close(self) -> None:
        self._session.close()


def access_token(sign_in: SignIn) -> str:
    """An access token of Google's for another server than the API's."""
    transport = Transport(sign_in, Guard())
    try:
        return transport.access_token()
    finally:
        transport.close()


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _is_unsigned(answer: requests.Response) -> bool:
    """Whether the token was refused: for the whole, or in a batch for a part of it."""
    batch = answer.headers.get("content-type", "").startswith("multipart/mixed")
    return answer.status_code == 401 or bool(batch and _PART_UNSIGNED.search(answer.content))


def _never_left(error: requests.RequestException) -> bool:
    """Whether no connection was made at all, so that nothing was asked."""
    reason = getattr(error.args[0], "reason", error.args[0]) if error.args else None
    unmade = type(reason).__name__ in {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError"}
    return unmade or isinstance(error, requests.exceptions.ProxyError) or "CERTIFICATE_VERIFY_FAILED" in str(error)
