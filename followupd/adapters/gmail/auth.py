"""Signing in to Google: the loopback flow with PKCE (RFC 8252, RFC 7636), and tokens as JSON of the kind ``authorized_user``."""

from __future__ import annotations

import errno
import json
import socket
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from google.auth import exceptions
from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import InstalledAppFlow, WSGITimeoutError
from oauthlib.oauth2 import OAuth2Error

from followupd.core.errors import AuthError, TransientError, UnreachableError

GOOGLE_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
READ = "https://www.googleapis.com/auth/gmail.readonly"
COMPOSE = "https://www.googleapis.com/auth/gmail.compose"
MODIFY = "https://www.googleapis.com/auth/gmail.modify"
EVERYTHING = "https://mail.google.com/"
WRITES_LABELS = frozenset({MODIFY, EVERYTHING})
WAIT = timedelta(minutes=5)
"""How long a sign-in in the browser may take."""

_PROMPT = "Open this address in a browser and allow access:\n\n{{url}}\n"
_TUNNEL = (
    "If that browser is on another machine, first let it reach this one:\n\n"
    "    ssh -N -L {port}:127.0.0.1:{port} THIS-MACHINE\n\n"
)
_NEEDED = ("client_id", "client_secret", "refresh_token")


class _Flow(InstalledAppFlow):  # type: ignore[misc]  # the library is not typed
    """Names the client in the body too, as some servers read it there only."""

    def fetch_token(self, **kwargs: Any) -> Any:
        return super().fetch_token(include_client_id=True, **kwargs)


FOR_IMAP = (EVERYTHING,)
"""Google has one permission for IMAP, and it is for everything, sending included."""


def scopes(*, labels: bool) -> tuple[str, ...]:
    """The least that serves over the API: reading, and making drafts; with labels, changing labels of threads (includes reading)."""
    return (MODIFY, COMPOSE) if labels else (READ, COMPOSE)


def sign_in(
    client_secrets: Mapping[str, Any],
    *,
    now: Callable[[], datetime],
    wanted: Sequence[str],
    browser: bool = True,
    port: int = 0,
    login_hint: str | None = None,
    wait: timedelta = WAIT,
) -> str:
    """Let the user sign in, and return the token as JSON for the account's secret store.

    ``client_secrets`` is the parsed client_secret.json of a desktop client, ``wanted`` the scopes. The address to open is printed on stdout,
    and opened where there is a browser; Google redirects to ``port`` of this machine (0: any free one). For a server, pass
    ``browser=False``: how to forward the port through SSH is printed too. Raises AuthError or UnreachableError.
    """
    try:
        flow = _Flow.from_client_config(client_secrets, scopes=list(wanted))
        options = {"access_type": "offline", "prompt": "consent"} | ({"login_hint": login_hint} if login_hint else {})
        credentials = _run(
            flow, browser=browser and _has_browser(), port=port or _free_port(), wait=wait, options=options
        )
    except (
        OAuth2Error,
        WSGITimeoutError,
        ValueError,
        exceptions.GoogleAuthError,
        Warning,
    ) as e:  # a Warning: fewer scopes
        raise AuthError(
            f"The sign-in was not completed: {_said(e)}.",
            remedy="Run `followupd auth` again and allow access on Google's page; client_secrets must be of a desktop app.",
        ) from e
    except OSError as e:  # requests' errors among them
        if e.errno == errno.EADDRINUSE:
            raise TransientError(
                f"Port {port} of this machine is in use.", remedy="Wait a minute, or choose another with --port."
            ) from e
        raise UnreachableError("Google could not be reached to complete the sign-in.", remedy="Try again later.") from e
    return _issued(credentials, flow, wanted=wanted, at=now())


def _said(e: Exception) -> str:
    """What went wrong, without the redirect's address, which holds the code."""
    return getattr(e, "error", "") or (
        "nobody answered in time" if isinstance(e, WSGITimeoutError) else type(e).__name__
    )


def _has_browser() -> bool:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _run(flow: _Flow, *, browser: bool, port: int, wait: timedelta, options: Mapping[str, str]) -> Credentials:
    made: Credentials = flow.run_local_server(
        host="127.0.0.1",
        port=port,
        open_browser=browser,
        authorization_prompt_message=("" if browser else _TUNNEL).format(port=port) + _PROMPT.format(),
        success_message="Signed in. You can close this page.",
        timeout_seconds=wait.total_seconds(),
        **options,
    )
    return made


def _issued(credentials: Credentials, flow: _Flow, *, wanted: Sequence[str], at: datetime) -> str:
    token = flow.oauth2session.token
    granted = token.get("scope") or list(wanted)
    granted = granted.split() if isinstance(granted, str) else list(granted)
    missing = sorted(s.rpartition("/")[2] for s in set(wanted) - set(granted))
    if missing:
        raise AuthError(
            f"Google granted less than followupd needs: {', '.join(missing)} is missing.",
            remedy="Run `followupd auth` again and tick every box on Google's page.",
        )
    if not credentials.refresh_token:
        raise AuthError(
            "Google gave no refresh token.",
            remedy="Remove followupd's access in your Google account, then sign in again.",
        )
    info: dict[str, Any] = {
        "type": "authorized_user",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "token_uri": credentials.token_uri,
        "scopes": granted,
        "granted_at": at.astimezone(UTC).isoformat(),
    }
    lifetime = token.get("refresh_token_expires_in")  # told for clients in status Testing
    if isinstance(lifetime, int):
        info["refresh_token_expires_at"] = (at + timedelta(seconds=lifetime)).astimezone(UTC).isoformat()
    return updated(json.dumps(info), credentials)


def credentials(secret: str, *, account: str) -> Credentials:
    """Credentials from the JSON that ``sign_in`` made, or any of the kind ``authorized_user``; ``token_uri`` as it stands.

    Raises AuthError when it is none.
    """
    info = info_of(secret)
    renewable = all(isinstance(info.get(name), str) and info[name] for name in _NEEDED)
    if not renewable and not info.get("token"):
        raise AuthError(f"The stored sign-in of {account} cannot be read.", remedy=f"Run `followupd auth {account}`.")
    expiry = moment(info, "expiry")
    return Credentials(  # type: ignore[no-untyped-call]
        token=info.get("token"),
        refresh_token=info.get("refresh_token"),
        token_uri=info.get("token_uri") or GOOGLE_TOKEN_URI,
        client_id=info.get("client_id"),
        client_secret=info.get("client_secret"),
        expiry=expiry.astimezone(UTC).replace(tzinfo=None) if expiry else None,
    )


def info_of(secret: str) -> dict[str, Any]:
    """The JSON object in ``secret``; an empty one if it is none."""
    try:
        info = json.loads(secret)
    except ValueError:
        return {}
    return info if isinstance(info, dict) else {}


def granted(secret: str) -> frozenset[str] | None:
    """The scopes that Google granted, as the token's JSON tells; None where it does not."""
    told = info_of(secret).get("scopes", info_of(secret).get("scope"))
    scopes_ = told.split() if isinstance(told, str) else told
    return frozenset(map(str, scopes_)) if isinstance(scopes_, list) else None


def updated(secret: str, credentials: Credentials) -> str:
    """The JSON in ``secret`` with what a refresh has changed."""
    info = info_of(secret)
    info["token"] = credentials.token
    info["refresh_token"] = credentials.refresh_token
    if credentials.expiry:
        info["expiry"] = credentials.expiry.replace(tzinfo=UTC).isoformat()
    return json.dumps(info)


def moment(info: Mapping[str, Any], name: str) -> datetime | None:
    """An aware moment out of a token's JSON: ``granted_at``, ``expiry`` or ``refresh_token_expires_at``."""
    try:
        at = datetime.fromisoformat(info[name])
    except (KeyError, TypeError, ValueError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
