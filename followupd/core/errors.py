"""One tree of errors, sorted by what the caller should do about them.

Adapters translate their library's exceptions into these at their own border (``raise … from``),
so nothing above an adapter ever names a vendor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


class FollowupdError(Exception):
    """Anything that followupd foresees. ``remedy`` tells the user what to do, in one sentence."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with the config: where it stands and what to write instead.

    ``key`` is the dotted path (``accounts[0].port``); ``line`` counts from 1, None where the key is missing.
    """

    key: str
    line: int | None
    message: str
    remedy: str


class ConfigError(FollowupdError):
    """The config cannot be used. Carries every problem found, not the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{p.key}: {p.message}" for p in problems))
        self.problems = tuple(problems)


class AuthError(FollowupdError):
    """The server refused the sign-in, or the secret is missing: the account stops until the user acts."""


class TransientError(FollowupdError):
    """It may work later: a dropped line, a busy server. ``retry_after`` is the server's own wish, if it gave one."""

    def __init__(self, message: str, *, remedy: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.retry_after = retry_after


class UnreachableError(TransientError):
    """No connection to the server could be made at all."""


class PermanentError(FollowupdError):
    """The same request will fail again: a refused command, a missing mailbox, a server that breaks its protocol."""


class StateExpiredError(FollowupdError):
    """The server no longer knows the State that was handed in: read again from nothing."""


class SuddenlyEmptyError(PermanentError):
    """A mailbox that held mail now shows none. Taken for a fault of the server; nothing is forgotten."""


class StoreError(FollowupdError):
    """The state database cannot be used: corrupt, newer than this program, disk full."""


class TemplateError(FollowupdError):
    """A letter template is broken or asks for a fact that there is not."""
