"""From what imapclient, the socket and the server say to the errors of followupd, sorted by what to do about them."""

from __future__ import annotations

import imaplib
import re
import ssl
from datetime import timedelta

from imapclient.exceptions import LoginError

from followupd.core.errors import AuthError, FollowupdError, PermanentError, TransientError, UnreachableError


class LineDroppedError(TransientError):
    """The connection broke or fell silent: a new one may do at once what this one did not."""


NONSENSE = (ValueError, TypeError, LookupError, AssertionError, RecursionError)
"""What imapclient's parsers raise, besides its own errors, on answers that break the protocol."""

_CODE = re.compile(r"\[([A-Z][A-Z0-9-]*)", re.IGNORECASE)
_RETRY = {
    "THROTTLED": timedelta(minutes=15),
    "OVERQUOTA": timedelta(hours=1),
    "LIMIT": timedelta(minutes=15),
    "UNAVAILABLE": timedelta(minutes=5),
    "INUSE": timedelta(minutes=1),
    "SERVERBUG": timedelta(minutes=5),
}
"""Response codes of RFC 5530 (and Gmail's THROTTLED) that pass, with the wait that suits them."""
_BUSY = re.compile(r"too many|bandwidth limit|try again|temporar|unavailable|rate.?limit|throttl", re.IGNORECASE)
_SIGN_IN = frozenset({"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED"})
_ADDRESS = re.compile(r"[^\s<>()\[\]\"']+@[^\s<>()\[\]\"']+")
_GMAIL = (
    "Gmail takes no account password here: make an app password at https://myaccount.google.com/apppasswords "
    '(or set auth = "xoauth2"), then run `followupd auth {account}`.'
)
_LOGIN = "Check username and password (some providers want an app password), then run `followupd auth {account}`."
_BEARER = "The token has expired or was withdrawn: run `followupd auth {account}`."
_ADDRESSING = "Check host, port and tls of this account, and that the server can be reached from here."
_CERTIFICATE = (
    "The server's certificate is not trusted for this host name: check host, or let the system trust its issuer."
)


def code(text: str) -> str:
    """The response code at the beginning of a server's text (RFC 9051 section 7.1), in upper case; "" if none."""
    found = _CODE.search(text)
    return found[1].upper() if found else ""


def said(text: str) -> str:
    """A server's text, fit for an error message: no address in it, and short."""
    return _ADDRESS.sub("…", " ".join(text.removeprefix("b'").rstrip("'").split()))[:200]


def refused(text: str) -> FollowupdError:
    """The error for a command that the server answered with NO or BAD and ``text``."""
    name = code(text)
    if name in _RETRY:
        return TransientError(f"the server puts us off: {said(text)}", retry_after=_RETRY[name])
    if name in _SIGN_IN:
        return AuthError(f"the server refuses: {said(text)}", remedy="Sign in again: run `followupd auth`.")
    if _BUSY.search(text):
        return TransientError(f"the server puts us off: {said(text)}", retry_after=_RETRY["UNAVAILABLE"])
    return PermanentError(f"the server refuses: {said(text)}", remedy="Run `followupd doctor` to see what it can do.")


def broken(error: BaseException) -> FollowupdError:
    """The error for an exception while talking over an open connection."""
    if isinstance(error, imaplib.IMAP4.abort):
        return _aborted(str(error))
    if isinstance(error, OSError):
        return LineDroppedError(f"the connection broke: {said(str(error))}")
    if isinstance(error, imaplib.IMAP4.error):
        return refused(str(error))
    return PermanentError(
        f"the server breaks the IMAP protocol ({type(error).__name__})",
        remedy="Try again; if it stays so, report it together with the server's name and version.",
    )


def unreachable(error: Exception) -> FollowupdError:
    """The error for an exception while connecting, before any sign-in."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return UnreachableError(f"TLS failed: {error.verify_message}", remedy=_CERTIFICATE)
    if isinstance(error, imaplib.IMAP4.error) and _BUSY.search(str(error)):
        return TransientError(f"the server puts us off: {said(str(error))}", retry_after=_RETRY["UNAVAILABLE"])
    return UnreachableError(f"no connection: {said(str(error)) or type(error).__name__}", remedy=_ADDRESSING)


def sign_in(error: Exception, *, account: str, host: str, token: bool) -> FollowupdError:
    """The error for a sign-in that failed: only a plain refusal is the user's to mend."""
    cause = error.__context__ if isinstance(error, LoginError) else error
    if isinstance(cause, (OSError, imaplib.IMAP4.abort)):
        return broken(cause)
    text = str(error)
    if code(text) in _RETRY or _BUSY.search(text):
        return refused(text)
    if isinstance(error, NONSENSE):
        return broken(error)
    return AuthError(f"sign-in refused: {said(text)}", remedy=_remedy(host, token=token).format(account=account))


def _remedy(host: str, *, token: bool) -> str:
    if token:
        return _BEARER
    return _GMAIL if host.endswith(("gmail.com", "googlemail.com")) else _LOGIN


def _aborted(text: str) -> FollowupdError:
    if code(text) in _RETRY:
        return refused(text)
    if "unexpected" in text:
        return PermanentError(
            f"the server breaks the IMAP protocol: {said(text)}",
            remedy="Try again; if it stays so, report it together with the server's name and version.",
        )
    return LineDroppedError(f"the connection broke: {said(text)}")
