"""What a look or a pass tells: values for the command line to print, and the warnings that come with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from followupd.core.course import Stage
from followupd.core.decide import Decision, Hold
from followupd.core.errors import FollowupdError
from followupd.core.health import SIGN_IN_ENDS_SOON
from followupd.core.ledger import DraftRecord
from followupd.core.mail import MessageId
from followupd.core.plan import Plan
from followupd.core.route import NoRoute, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReport:
    """How one account fared in a pass. ``error`` is None where all went well."""

    name: str
    error: FollowupdError | None
    seen: int
    synced_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something the user should know: ``code`` is the contract's, ``message`` a sentence, ``opportunity`` its id."""

    code: str
    message: str
    opportunity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftReport:
    """A draft and what this pass did about it: ``created``, ``withdrawn``, ``kept``, ``would_create``, ``would_withdraw``,
    or ``none``.
    """

    record: DraftRecord
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassReport:
    """Everything that one look shows. ``quotes`` are words of messages, re-read from the mailbox, by Message-ID."""

    at: datetime
    accounts: tuple[AccountReport, ...]
    decisions: tuple[Decision, ...]
    drafts: tuple[DraftReport, ...]
    notices: tuple[Notice, ...]
    quotes: Mapping[MessageId, str] = field(default_factory=dict)


def notices_of(plan: Plan) -> Iterator[Notice]:
    """What the judgement itself warns of."""
    for decision in plan.decisions:
        yield from _of_decision(decision)
    for record in plan.outdated:
        text = f"your edited draft “{record.subject}” is no longer due; it was left as it is"
        yield Notice(code="edited_draft_outdated", message=text, opportunity=record.opportunity)
    if plan.held_back:
        more = "one more draft is" if plan.held_back == 1 else f"{plan.held_back} more drafts are"
        text = f"{more} due; limits.drafts_per_day leaves that to the next days"
        yield Notice(code="limit", message=text)


def _of_decision(decision: Decision) -> Iterator[Notice]:
    ident, opportunity = decision.opportunity.id, decision.opportunity
    route = decision.route
    dead = sorted({b for m in opportunity.messages for b in m.reading.bounced})
    if decision.stage is not Stage.CLOSED and (dead or (isinstance(route, NoRoute) and route.bounced)):
        text = f"mail to {', '.join(dead)} came back" if dead else "the only address is one whose mail came back"
        yield Notice(code="bounce", message=text, opportunity=ident)
    if decision.stage is not Stage.CLOSED and isinstance(route, Route) and route.mismatch:
        text = f"answers to {route.to[0].email} were to go to {route.mismatch.email}, another domain; that was not followed"
        yield Notice(code="reply_to_mismatch", message=text, opportunity=ident)
    if decision.hold is Hold.UNCERTAIN:
        yield Notice(code="uncertain", message=f"{decision.doubt}; say `track`, `skip` or `outcome`", opportunity=ident)


def of_accounts(errors: Mapping[str, FollowupdError]) -> Iterator[Notice]:
    for name, error in errors.items():
        yield Notice(code="account", message=f"{name}: {error} {error.remedy}".rstrip())


def of_sign_ins(ends: Mapping[str, datetime | None], now: datetime) -> Iterator[Notice]:
    """Sign-ins that end soon by themselves."""
    for name, at in ends.items():
        if at and now >= at - SIGN_IN_ENDS_SOON:
            text = f"{name}: the sign-in ends by itself on {at:%Y-%m-%d}, as the OAuth client is in status Testing: publish it"
            yield Notice(code="token_age", message=f"{text} (docs/gmail.md), then run `followupd auth {name}`")


def of_unreadable(ids: Iterable[MessageId]) -> Iterator[Notice]:
    for ident in dict.fromkeys(ids):
        yield Notice(code="unreadable", message=f"{ident} could not be read and was left out")
