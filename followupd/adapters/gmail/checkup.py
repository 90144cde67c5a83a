"""What can be wrong with a Gmail account, and the proof that it cannot send."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from followupd.adapters.gmail import auth
from followupd.adapters.gmail.api import Api
from followupd.adapters.gmail.faults import ForbiddenRequestError, fault
from followupd.adapters.gmail.guard import GOOGLE, ID, Guard
from followupd.adapters.gmail.transport import SignIn, Transport
from followupd.core.errors import AuthError
from followupd.core.health import SIGN_IN_ENDS_SOON, Check, Verdict, failure, fine, warning

_SKEW = timedelta(minutes=1)
_READS = frozenset({auth.READ, auth.MODIFY, auth.EVERYTHING})
_DRAFTS = frozenset({auth.COMPOSE, auth.MODIFY, auth.EVERYTHING})
_SENDING = (
    "/gmail/v1/users/me/messages/send",
    "/upload/gmail/v1/users/me/messages/send",
    "/gmail/v1/users/me/drafts/send",
)


@dataclass(slots=True)
class Checkup:
    """Read-only. ``labels`` tells whether the user wants labels written."""

    api: Api
    now: datetime
    labels: bool
    _date: str = field(default="", init=False)

    def checks(self) -> Iterator[Check]:
        with closing(self.api):
            yield Check("secret", self._secret)
            yield Check("scopes", self._scopes)
            yield Check("token_age", self._age)
            yield Check("sign_in", self._sign_in)
            yield Check("clock", self._clock)

    @property
    def _account(self) -> str:
        return self.api.account

    def _secret(self) -> Verdict:
        self.api.transport.sign_in.credentials()
        return fine("the sign-in is there")

    def _scopes(self) -> Verdict:
        lacks, again = self.api.transport.sign_in.lacks, f"Run `followupd auth {self._account}`"
        if missing := [n for n, s in (("reading mail", _READS), ("making drafts", _DRAFTS)) if lacks(s)]:
            return failure(f"the sign-in does not allow {' and '.join(missing)}", f"{again} and tick every box.")
        if self.labels and lacks(auth.WRITES_LABELS):
            return warning(
                "the sign-in does not allow labels to be written (gmail.modify)",
                f"{again}, or set labels = false in [drafts].",
            )
        granted = self.api.transport.sign_in.granted
        return fine(scopes_told(granted) if granted else "the stored sign-in does not tell its scopes")

    def _age(self) -> Verdict:
        return age(self.api.transport.sign_in, self.now)

    def _sign_in(self) -> Verdict:
        """One question, by hand, as the library hides the server's clock."""
        root = self.api.transport.guard.root.rstrip("/")
        answer, body = self.api.transport.request(f"{root}/gmail/v1/users/me/labels", headers={"accept": "*/*"})
        if answer.status >= 300:
            raise fault(answer.status, answer, body, account=self._account)
        self._date = str(answer.get("date", ""))
        return fine("Gmail lets followupd in")

    def _clock(self) -> Verdict:
        try:
            theirs = parsedate_to_datetime(self._date)
        except ValueError:
            return fine("the server tells no time")
        skew = abs(self.now - theirs)
        if skew <= _SKEW:
            return fine(f"within {_SKEW.seconds} seconds of Google's")
        text = f"this machine's clock is {skew.total_seconds():,.0f} seconds away from Google's"
        return warning(text, "Let the system keep the time: timedatectl set-ntp true.")


def age(sign_in: SignIn, now: datetime) -> Verdict:
    """How old a sign-in is, and whether it ends by itself before long."""
    sign_in.credentials()
    since, ends = sign_in.moment("granted_at"), sign_in.ends_at
    if ends and now >= ends - SIGN_IN_ENDS_SOON:
        over = "ended" if now >= ends else "ends"
        text = f"the sign-in {over} by itself on {ends:%Y-%m-%d %H:%M} UTC: the OAuth client is in status Testing"
        remedy = f"Publish the client (docs/gmail.md, step 1.5) and run `followupd auth {sign_in.account}`."
        return failure(text, remedy) if now >= ends else warning(text, remedy)
    if since is None:
        return fine("the stored sign-in does not tell its age")
    return fine(f"signed in {(now - since).days} days ago" + (f", until {ends:%Y-%m-%d}" if ends else ""))


def scopes_told(scopes: frozenset[str]) -> str:
    return ", ".join(sorted(s.rpartition("/")[2] or s for s in scopes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What may be asked of Gmail at all, what was tried, whether each was refused, and how many requests left the machine."""

    allowed: tuple[tuple[str, str], ...]
    tried: tuple[str, ...]
    refused: bool
    requests_made: int


def prove(*, labels: bool) -> Proof:
    """Try to send, through the very transport that every request takes. It holds no sign-in, so nothing could come of it."""
    guard = Guard(GOOGLE, labels)
    transport = Transport(SignIn("nobody", _no_secret), guard)
    try:
        refused = [_is_refused(transport, GOOGLE + path) for path in _SENDING]
    finally:
        transport.close()
    return Proof(
        allowed=tuple((method, path.replace(ID, "{id}")) for method, path in guard.allowed()),
        tried=tuple(f"POST {path}" for path in _SENDING),
        refused=all(refused),
        requests_made=transport.requests_made,
    )


def _no_secret() -> str:
    raise AuthError("there is no sign-in here")


def _is_refused(transport: Transport, url: str) -> bool:
    try:
        transport.request(url, "POST", body=b"{}", headers={"content-type": "application/json"})
    except ForbiddenRequestError:
        return True
    except AuthError:
        return False
    return False
