"""What `followupd doctor` finds: each thing that was looked at, how it stands, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from followupd.core.errors import FollowupdError

SIGN_IN_ENDS_SOON = timedelta(days=2)
"""How long before a sign-in ends by itself it is warned of: from day 5 of the 7 that Google gives a client in status Testing."""


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one thing stands. ``remedy`` is a sentence, "" where all is well."""

    level: Level
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at. ``look`` may raise a FollowupdError, which is a failure."""

    name: str
    look: Callable[[], Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A verdict on one thing, of one account or (None) of the whole. ``error`` is what a failure was raised as."""

    check: str
    account: str | None
    verdict: Verdict
    error: FollowupdError | None = None


def fine(message: str) -> Verdict:
    return Verdict(Level.OK, message)


def warning(message: str, remedy: str) -> Verdict:
    return Verdict(Level.WARN, message, remedy)


def failure(message: str, remedy: str) -> Verdict:
    return Verdict(Level.FAIL, message, remedy)
