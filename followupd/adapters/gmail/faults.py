"""What Google's refusals mean, as errors of followupd's own (https://developers.google.com/workspace/gmail/api/guides/handle-errors)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from followupd.core.errors import AuthError, FollowupdError, PermanentError, TransientError

_RATE = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded", "RATE_LIMIT_EXCEEDED"}
)
_SCOPE = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "PERMISSION_DENIED"})
_NOT_ENABLED = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
_POLICY = frozenset({"domainPolicy", "delegationDenied"})
_WAIT_UNTIL = re.compile(r"Retry after (\d{4}-\d\d-\d\dT[\d:.]+Z)")


class NotFoundError(PermanentError):
    """There is no such message, draft, label or history any more."""


class BusyError(TransientError):
    """The server refused for now and did nothing: asking again is safe, whatever was asked."""


class ForbiddenRequestError(PermanentError):
    """followupd itself refuses to make this request: it is not on the list of what it may do."""


def fault(status: int, headers: Mapping[str, str], body: bytes, *, account: str) -> FollowupdError:
    """The error that an answer with ``status`` of 300 or more stands for. Its text repeats nothing of the request."""
    reasons = _reasons(body)
    if status == 404:
        return NotFoundError(f"Gmail ({account}) has no such entity (404).")
    if status == 401:
        return AuthError(f"Gmail ({account}) no longer accepts the sign-in (401).", remedy=_sign_in(account))
    if status == 429 or (status == 403 and reasons & _RATE):
        return BusyError(f"Gmail ({account}) asks to slow down ({status}).", retry_after=_retry_after(headers, body))
    if status == 403:
        return _denied(reasons, account)
    if (status >= 500 and status != 501) or status == 408:
        return TransientError(f"Gmail ({account}) has a fault ({status}).", retry_after=_retry_after(headers, body))
    return PermanentError(f"Gmail ({account}) refuses the request ({_said(status, reasons)}).")


def _denied(reasons: frozenset[str], account: str) -> FollowupdError:
    if reasons & _NOT_ENABLED:
        return AuthError(
            f"The Gmail API is not switched on for the OAuth client of {account} (403).",
            remedy="Enable the Gmail API in the Google Cloud project of the client, wait a few minutes, and try again.",
        )
    if reasons & _POLICY:
        return AuthError(
            f"The administrator of {account} does not allow this app (403).",
            remedy="Ask the administrator of the Google Workspace to allow the OAuth client, or read the account over IMAP.",
        )
    if reasons & _SCOPE:
        return AuthError(
            f"The sign-in of {account} lacks a permission (403).",
            remedy=_sign_in(account) + " Tick every box on Google's page.",
        )
    return PermanentError(f"Gmail ({account}) refuses the request ({_said(403, reasons)}).")


def revoked(account: str) -> AuthError:
    """The refresh token no longer serves: ``invalid_grant`` (RFC 6749 section 5.2)."""
    return AuthError(
        f"Google no longer accepts the sign-in of {account} (invalid_grant).",
        remedy=_sign_in(account) + " If this happens every 7 days, the OAuth client is in status Testing: publish it.",
    )


def _sign_in(account: str) -> str:
    return f"Run `followupd auth {account}`."


def _said(status: int, reasons: frozenset[str]) -> str:
    return f"{status}{': ' if reasons else ''}{', '.join(sorted(reasons))}"


def _error(body: bytes) -> Mapping[str, Any]:
    try:
        error = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        return {}
    return error if isinstance(error, dict) else {}


def _reasons(body: bytes) -> frozenset[str]:
    """Every reason that Google's error bodies give, old style (``errors``) and new (``details``, ``status``)."""
    error = _error(body)
    listed = [e for key in ("errors", "details") for e in error.get(key) or () if isinstance(e, dict)]
    named = [e.get("reason") for e in listed] + [error.get("status")]
    return frozenset(n for n in named if isinstance(n, str) and re.fullmatch(r"\w{1,60}", n))


def _retry_after(headers: Mapping[str, str], body: bytes) -> timedelta | None:
    """The Retry-After header (RFC 9110 section 10.2.3), or the moment that Gmail names in the text, by the server's clock."""
    header = headers.get("retry-after", "")
    if header.isdigit() and len(header) < 6:
        return timedelta(seconds=int(header))
    now, until = _date(headers.get("date", "")), _date(header) or _named(body)
    return max(until - now, timedelta(0)) if now and until else None


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except (ValueError, TypeError):
        return None


def _named(body: bytes) -> datetime | None:
    found = _WAIT_UNTIL.search(str(_error(body).get("message", "")))
    try:
        return datetime.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
