"""The user's settings as far as judgement needs them. ``config.py`` makes these from the TOML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from followupd.core.mail import Identities
from followupd.core.worktime import Delay, Unit, WorkCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """``[delays]``: how long each silence may last."""

    thank_you: Delay = Delay(3, Unit.HOURS)
    thank_you_until: Delay = Delay(24, Unit.HOURS)
    applied: Delay = Delay(10, Unit.BUSINESS_DAYS)
    scheduling: Delay = Delay(3, Unit.BUSINESS_DAYS)
    assignment: Delay = Delay(5, Unit.BUSINESS_DAYS)
    interviewed: Delay = Delay(5, Unit.BUSINESS_DAYS)
    repeat: Delay = Delay(5, Unit.BUSINESS_DAYS)
    closing_note: Delay = Delay(7, Unit.BUSINESS_DAYS)
    after_closing: Delay = Delay(10, Unit.BUSINESS_DAYS)
    feedback_request: Delay = Delay(2, Unit.BUSINESS_DAYS)
    after_promise: Delay = Delay(2, Unit.BUSINESS_DAYS)
    after_return: Delay = Delay(1, Unit.BUSINESS_DAYS)
    give_up: Delay = Delay(60, Unit.DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """``[limits]``: how much is too much."""

    check_ins: int = 2
    applied_check_ins: int = 1
    closing_note: bool = True
    feedback_request: bool = False
    contact_gap: Delay = Delay(3, Unit.BUSINESS_DAYS)
    drafts_per_day: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelNames:
    """``[labels]``: what labels of conversations are called, each nested under ``prefix``.

    The first four are shown by followupd; the last three are the user's word, ``snooze`` followed by a time.
    """

    prefix: str = "followupd"
    waiting: str = "waiting"
    draft_ready: str = "draft ready"
    your_turn: str = "your turn"
    uncertain: str = "uncertain"
    skip: str = "skip"
    track: str = "track"
    snooze: str = "snooze"

    @property
    def shown(self) -> tuple[str, ...]:
        return (self.waiting, self.draft_ready, self.your_turn, self.uncertain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One ``[[rules]]`` entry: for what it matches, and what it sets there. Keys that are None or absent set nothing.

    ``domain``, ``company``, ``address``, ``subject`` match without regard to case; ``domain`` also its subdomains,
    ``subject`` as a part; ``thread`` is any id that the contract allows.
    """

    domain: str | None = None
    company: str | None = None
    address: str | None = None
    subject: str | None = None
    thread: str | None = None
    skip: bool | None = None
    language: str | None = None
    delays: Mapping[str, Delay] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything of the config that judgement depends on. ``address`` is the first of the user's own."""

    name: str
    me: Identities
    address: str
    calendar: WorkCalendar
    signature: str = ""
    country: str = ""
    delays: Delays = field(default_factory=Delays)
    limits: Limits = field(default_factory=Limits)
    rules: tuple[Rule, ...] = ()
    language: str = "auto"
    withdraw: bool = True
    labels: bool = True
    label_names: LabelNames = field(default_factory=LabelNames)

    def under(self, rule: Rule) -> Policy:
        """This policy with one rule's delays and limits on top."""
        return replace(
            self,
            delays=replace(self.delays, **rule.delays),
            limits=replace(self.limits, **rule.limits),
        )
