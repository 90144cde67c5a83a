"""What to do about all opportunities together: which drafts to make and which to take back (policy sections 4 and 6).

Decisions are made one by one; here they meet: one nudge to a person at a time, a few drafts a day, nothing outside the daily
window. The plan is derived anew at each pass from the decisions and the ledger; nothing of it is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import product

from followupd.core.decide import Decision, Hold
from followupd.core.interviews import InterviewState
from followupd.core.ledger import LIVE, DraftId, DraftRecord, DraftState, Kind
from followupd.core.messages import Message
from followupd.core.policy import Policy
from followupd.core.steps import A_BUSINESS_DAY, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A draft to be made: the step it is, in the opportunity it is for."""

    id: DraftId
    decision: Decision
    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``decisions`` with their final due times, what to ``create`` now, what to ``withdraw``, and edited drafts that are
    ``outdated``. ``held_back`` counts drafts that the daily limit moved to another day.
    """

    decisions: tuple[Decision, ...]
    create: tuple[Order, ...]
    withdraw: tuple[DraftRecord, ...]
    outdated: tuple[DraftRecord, ...]
    held_back: int = 0


def draft_id(step: Step, drafts: Iterable[DraftRecord]) -> DraftId:
    """The id of a step's draft: the same for the same step, whenever it is planned.

    A step that the user threw away and then asked for again is a new draft: how often that happened is part of the id.
    """
    same = [d for d in drafts if (d.kind, d.ordinal, d.basis) == (step.kind, step.ordinal, step.basis)]
    thrown_away = sum(d.state is DraftState.DISCARDED and step.recipient in {t.lower() for t in d.to} for d in same)
    return _id_of(step.kind, step.ordinal, step.basis, step.recipient, thrown_away)


def _id_of(kind: Kind, ordinal: int, basis: str, recipient: str, thrown_away: int) -> DraftId:
    what = "\n".join((kind, str(ordinal), basis, recipient, str(thrown_away)))
    return DraftId("d-" + blake2b(what.encode(), digest_size=6).hexdigest())


def purpose(ident: str, bases: Iterable[str], recipient: str) -> tuple[Kind, int, str] | None:
    """What a draft with this id is for: its kind, ordinal and basis, if the basis is one of ``bases``.

    So a draft that lies there is known again after the ledger is lost: its id can only have been made in one way.
    """
    for basis, kind, ordinal, thrown_away in product(bases, Kind, range(1, _MOST + 1), range(3)):
        if _id_of(kind, ordinal, basis, recipient, thrown_away) == ident:
            return kind, ordinal, basis
    return None


_MOST = 9
"""Check-ins on one silence that ``purpose`` looks through: more than anybody sends."""


def plan(decisions: Sequence[Decision], policy: Policy, now: datetime) -> Plan:
    """The plan for ``now``. Drafts appear only while the window is open; withdrawing needs no window."""
    decisions, held_back = _spread(decisions, policy, now)
    orders = [o for d in decisions for o in _orders(d, now)] if policy.calendar.is_open(now) else []
    wrong = [r for d in decisions for r in _wrong(d, now)]
    return Plan(
        decisions=tuple(decisions),
        create=tuple(orders),
        withdraw=tuple(r for r in wrong if r.state is DraftState.OPEN) if policy.withdraw else (),
        outdated=tuple(r for r in wrong if r.state is DraftState.EDITED),
        held_back=held_back,
    )


def _orders(decision: Decision, now: datetime) -> Iterator[Order]:
    if decision.blocked:
        return
    live = {d.id for d in decision.drafts if d.state in LIVE}
    for step in decision.steps:
        ident = draft_id(step, decision.drafts)
        if step.due <= now and not (step.until and now > step.until) and ident not in live:
            yield Order(id=ident, decision=decision, step=step)


def _wrong(decision: Decision, now: datetime) -> Iterator[DraftRecord]:
    """Drafts lying there for a step that is not right any more."""
    right = {draft_id(s, decision.drafts) for s in decision.steps if _may_lie(s, now)}
    waiting = decision.hold is Hold.MY_TURN and decision.outcome is None
    for record in decision.drafts:
        thanks_stand = waiting and record.kind is Kind.THANK_YOU and not _thanks_over(decision, record, now)
        if record.state in LIVE and record.id not in right and not thanks_stand:
            yield record


def _may_lie(step: Step, now: datetime) -> bool:
    """Whether a draft of this step may lie there now: a thank-you not before it is due (its interview was moved), nor long after."""
    early = step.kind is Kind.THANK_YOU and step.due > now
    return not early and not (step.keep_until and now >= step.keep_until)


def _thanks_over(decision: Decision, record: DraftRecord, now: datetime) -> bool:
    """Whether the interview of a thank-you was called off, or the time for thanks is past."""
    calendar, delays = decision.policy.calendar, decision.policy.delays
    for interview in decision.opportunity.interviews:
        if interview.key == record.basis:
            over = calendar.after(interview.end + delays.thank_you_until.span(), A_BUSINESS_DAY)
            return interview.state is not InterviewState.HELD or now >= over
    return True


# ---------------------------------------------------------------- across opportunities


@dataclass(frozen=True, slots=True)
class _Contact:
    """A follow-up that reached, or is about to reach, a person."""

    opportunity: str
    person: str
    at: datetime


def _spread(decisions: Sequence[Decision], policy: Policy, now: datetime) -> tuple[list[Decision], int]:
    """Move the nudges that would come too close to another one to the same person, or be too many for today."""
    contacts = [c for d in decisions for c in _contacts(d, now)]
    room = policy.limits.drafts_per_day - _made_today(decisions, policy, now)
    tomorrow = policy.calendar.opening(policy.calendar.local_date(now) + timedelta(days=1))
    held_back, moved = 0, {}
    for decision in sorted(decisions, key=_basis, reverse=True):
        step = _nudge(decision)
        if step is None or decision.blocked:
            continue
        step = _after_gap(step, decision, contacts, now)
        if step.due <= now and room <= 0:
            step, held_back = (
                replace(step, due=tomorrow, reason=f"{step.reason}; enough drafts for today"),
                held_back + 1,
            )
        elif step.due <= now:
            room -= 1
            contacts.append(_Contact(decision.opportunity.id, step.recipient, now))
        moved[decision.opportunity.id] = step
    return [_with(d, moved.get(d.opportunity.id), policy) for d in decisions], held_back


def _nudge(decision: Decision) -> Step | None:
    return next((s for s in decision.steps if s.kind is not Kind.THANK_YOU), None)


def _basis(decision: Decision) -> tuple[datetime, str]:
    step = _nudge(decision)
    return (step.counted_from if step else decision.opportunity.messages[0].when, decision.opportunity.id)


def _with(decision: Decision, nudge: Step | None, policy: Policy) -> Decision:
    snoozed = decision.opportunity.snoozed_until
    steps = tuple(nudge if nudge and s.kind is nudge.kind else s for s in decision.steps)
    if decision.hold is Hold.SNOOZED and snoozed:
        wake = policy.calendar.opening(snoozed)
        steps = tuple(replace(s, due=max(s.due, wake)) for s in steps)
    return replace(decision, steps=steps)


def _contacts(decision: Decision, now: datetime) -> Iterator[_Contact]:
    """What this opportunity's people got already: follow-ups sent by draft or by hand, and drafts still lying there."""
    opportunity = decision.opportunity
    for record in decision.drafts:
        if record.state is DraftState.SENT and record.ended_at:
            yield from (_Contact(opportunity.id, t.lower(), record.ended_at) for t in record.to)
        elif record.state in LIVE and record.kind is not Kind.THANK_YOU:
            yield from (_Contact(opportunity.id, t.lower(), now) for t in record.to)
    by_hand: tuple[Message, ...] = decision.silence.check_ins
    for message in (*by_hand, *filter(None, (decision.silence.closing,))):
        yield from (_Contact(opportunity.id, a.key, message.when) for a in message.copy.to)


def _after_gap(step: Step, decision: Decision, contacts: Iterable[_Contact], now: datetime) -> Step:
    calendar, gap = decision.policy.calendar, decision.policy.limits.contact_gap
    others = [c.at for c in contacts if c.person == step.recipient and c.opportunity != decision.opportunity.id]
    earliest = calendar.after(max(others), gap) if others else None
    if earliest is None or earliest <= step.due or earliest <= now:
        return step
    return replace(step, due=earliest, reason=f"{step.reason}; another follow-up went to the same person")


def _made_today(decisions: Iterable[Decision], policy: Policy, now: datetime) -> int:
    today = policy.calendar.local_date(now)
    made = (
        r for d in decisions for r in d.drafts if r.kind is not Kind.THANK_YOU and r.state is not DraftState.PLANNED
    )
    return sum(policy.calendar.local_date(r.planned_at) == today for r in made)


def belongs(record: DraftRecord, ids: frozenset[str]) -> bool:
    """Whether a draft is of the opportunity with these message ids and interview keys, however it was grouped before."""
    return record.basis in ids or (record.parent is not None and record.parent in ids) or record.sent_as in ids


__all__ = ["Order", "Plan", "belongs", "draft_id", "plan", "purpose"]
