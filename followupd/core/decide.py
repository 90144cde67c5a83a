"""What is due in one opportunity, when, and why: policy sections 3, 4 and 6 as functions of values and the moment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from followupd.core import entities, route, senders
from followupd.core.course import Outcome, Reason, Stage, Turn
from followupd.core.interviews import InterviewState
from followupd.core.ledger import LIVE, DraftRecord, DraftState, Kind
from followupd.core.mail import Address
from followupd.core.opportunities import Opportunity
from followupd.core.policy import Policy, Rule
from followupd.core.route import NoRoute, Route
from followupd.core.silence import Silence, measure
from followupd.core.steps import A_BUSINESS_DAY, Frame, Step, Surroundings, steps_of


class Hold(StrEnum):
    """Why nothing is drafted. In the order in which they are told: what the user can act on comes first."""

    SKIPPED = "skipped"
    MY_TURN = "my_turn"
    DRAFT_OPEN = "draft_open"
    UNCERTAIN = "uncertain"
    BOUNCED = "bounced"
    NO_ADDRESS = "no_address"
    SNOOZED = "snoozed"
    DECLINED = "declined"
    ON_HOLD = "on_hold"
    INTERVIEW_AHEAD = "interview_ahead"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The judgement on one opportunity at one moment.

    ``steps`` are right now, whether due or not; ``hold`` tells why nothing is drafted at present, and ``doubt`` what is
    uncertain ("" if nothing is).
    """

    opportunity: Opportunity
    policy: Policy
    stage: Stage
    outcome: Outcome | None
    turn: Turn
    steps: tuple[Step, ...]
    hold: Hold | None
    contact: Address | None
    silence: Silence
    drafts: tuple[DraftRecord, ...]
    route: Route | NoRoute
    doubt: str
    reasons: tuple[Reason, ...]

    @property
    def blocked(self) -> bool:
        """Whether no step may be drafted at present."""
        return self.hold in _BLOCKS

    @property
    def waiting_since(self) -> datetime | None:
        """Since when the other side, or the user, owes the next word; None where nobody does."""
        if self.turn is Turn.NOBODY:
            return None
        return self.opportunity.owed.when if self.turn is Turn.MINE and self.opportunity.owed else self.silence.at

    @property
    def next(self) -> Step | None:
        """The step that follows if nothing arrives."""
        doubted = self.hold is Hold.UNCERTAIN and not any(
            i.state is InterviewState.UNCERTAIN for i in self.opportunity.interviews
        )
        if self.hold in _NOTHING_FOLLOWS or doubted:
            return None
        return min(self.steps, key=lambda s: s.due, default=None)


_NOTHING_FOLLOWS = frozenset(Hold) - {Hold.INTERVIEW_AHEAD, Hold.SNOOZED, Hold.UNCERTAIN}
_BLOCKS = frozenset(Hold) - {Hold.INTERVIEW_AHEAD}


def decide(opportunity: Opportunity, general: Policy, around: Surroundings) -> Decision:
    """The judgement on ``opportunity`` at ``around.now``, before what other opportunities have to say."""
    policy, skipped = _policy_for(opportunity, general)
    if skipped:
        opportunity = replace(opportunity, skipped=True)
    silence = measure(opportunity, around.sent(), policy.calendar)
    stage, outcome, turn, reasons = _end(opportunity, silence, policy, around.now)
    path = route.for_nudge(opportunity, policy.me, around.dead)
    ahead = opportunity.ahead(around.now) if stage is Stage.INTERVIEW_SCHEDULED else None
    frame = Frame(opportunity, policy, around, silence, stage, outcome, turn, path, ahead)
    steps = () if opportunity.skipped else tuple(steps_of(frame))
    hold = _hold(frame, steps)
    if hold is Hold.DECLINED:
        steps = tuple(s for s in steps if not _declined(s, frame))
    return Decision(
        opportunity=opportunity,
        policy=policy,
        stage=stage,
        outcome=outcome,
        turn=turn,
        steps=steps,
        hold=hold,
        contact=_contact(opportunity, path.to[0]) if isinstance(path, Route) else None,
        silence=silence,
        drafts=around.drafts,
        route=path,
        doubt=_doubt(frame),
        reasons=(*opportunity.reasons, *reasons),
    )


def _contact(opportunity: Opportunity, address: Address) -> Address:
    """``address`` with the person's name alone: without the firm that a display name adds, in full where they sign in full."""
    named, signed = senders.person_in(address.name), opportunity.signature_of(address)
    if signed and (shown := re.search(rf"[(|]\s*({re.escape(signed)}(?: [^\W\d_][\w'’-]+)+)\s*\)?$", address.name)):
        return replace(address, name=shown[1])  # Acme Recruiting (Maria Lopez)
    short = bool(named and signed and named.startswith(f"{signed} "))
    fuller = signed and not short and (not named or senders.is_collective(address) or signed.startswith(named + " "))
    return replace(address, name=(signed if fuller and signed else named) or address.name)


# ---------------------------------------------------------------- rules


def _policy_for(opportunity: Opportunity, policy: Policy) -> tuple[Policy, bool]:
    """The policy with the user's rules for this opportunity, key by key the first that sets it; and whether one skips it."""
    matching = [r for r in policy.rules if _matches(r, opportunity, policy)]
    for rule in reversed(matching):
        policy = policy.under(rule)
    return policy, next((r.skip for r in matching if r.skip is not None), False)


def _matches(rule: Rule, opportunity: Opportunity, policy: Policy) -> bool:
    people = {a.key for m in opportunity.messages for a in m.others(policy.me)}
    hosts = {p.rpartition("@")[2] for p in people}
    subjects = [m.copy.subject.lower() for m in opportunity.messages]
    ids = {opportunity.id, *(t.id for t in opportunity.threads), *opportunity.message_ids}
    tests = (
        rule.domain is None or any(h == rule.domain.lower() or h.endswith("." + rule.domain.lower()) for h in hosts),
        rule.address is None or rule.address.lower() in people,
        rule.company is None or bool(opportunity.company and entities.same_company(rule.company, opportunity.company)),
        rule.subject is None or any(rule.subject.lower() in s for s in subjects),
        rule.thread is None or rule.thread in ids,
    )
    return all(tests)


# ---------------------------------------------------------------- the end of it


def _end(
    opportunity: Opportunity, silence: Silence, policy: Policy, now: datetime
) -> tuple[Stage, Outcome | None, Turn, tuple[Reason, ...]]:
    """Stage, outcome and turn, with a silence that lasted too long taken for an end; until a promised day there is none."""
    stage, outcome, turn = opportunity.stage, opportunity.outcome, opportunity.turn
    if stage is Stage.CLOSED or opportunity.ahead(now) or opportunity.unsure(now):
        return stage, outcome, turn, ()
    calendar, delays = policy.calendar, policy.delays
    last = opportunity.words[-1].when if opportunity.words else opportunity.messages[-1].when
    if silence.promise:
        last = max(last, calendar.opening(silence.promise.by))
    closing = silence.closing
    if closing and now >= calendar.after(closing.when, delays.after_closing):
        text, message = f"the closing note went unanswered for {delays.after_closing.words}", closing.id
    elif now >= calendar.after(last, delays.give_up):
        text, message = f"silent for {delays.give_up.words}", None
    else:
        return stage, outcome, turn, ()
    return Stage.CLOSED, Outcome.SILENT, Turn.NOBODY, (Reason(text=text, message=message),)


# ---------------------------------------------------------------- holds


def _hold(frame: Frame, steps: Sequence[Step]) -> Hold | None:
    live = any(d.state in LIVE for d in frame.around.drafts) and not _only_thanks_of_one_interview(frame, steps)
    if frame.stage is Stage.CLOSED:
        return Hold.DRAFT_OPEN if live else None
    opportunity, now = frame.opportunity, frame.around.now
    holds = (
        (Hold.SKIPPED, opportunity.skipped),
        (Hold.MY_TURN, frame.turn is Turn.MINE),
        (Hold.DRAFT_OPEN, live or frame.around.own_draft),
        (Hold.UNCERTAIN, bool(_doubt(frame))),
        (Hold.BOUNCED, isinstance(frame.path, NoRoute) and frame.path.bounced),
        (Hold.NO_ADDRESS, isinstance(frame.path, NoRoute)),
        (
            Hold.SNOOZED,
            bool(opportunity.snoozed_until and opportunity.snoozed_until > frame.policy.calendar.local_date(now)),
        ),
        (Hold.DECLINED, any(_declined(s, frame) for s in steps)),
        (Hold.ON_HOLD, frame.stage is Stage.ON_HOLD),
        (Hold.INTERVIEW_AHEAD, frame.stage is Stage.INTERVIEW_SCHEDULED),
        (Hold.LIMIT, not steps),
    )
    return next((hold for hold, applies in holds if applies), None)


def _doubt(frame: Frame) -> str:
    """What is uncertain: a time that cannot be told, words that cannot be read, mail that may belong here; "" if nothing."""
    opportunity, now, calendar = frame.opportunity, frame.around.now, frame.policy.calendar
    last = opportunity.words[-1].when if opportunity.words else opportunity.messages[0].when
    for message in (m for m in opportunity.doubts if m.when >= last):
        return f"{message.id} may belong to this process"
    for interview in (i for i in opportunity.interviews if i.state is InterviewState.UNCERTAIN):
        if now < calendar.after(interview.latest_end, A_BUSINESS_DAY):
            return f"the time of the interview on {interview.start.date().isoformat()} cannot be told for certain"
    if opportunity.unclear:
        foreign = not opportunity.unclear.reading.understood
        why = "is written in a language that followupd cannot read" if foreign else "may be a rejection"
        return f"{opportunity.unclear.id} {why}"
    return ""


def _only_thanks_of_one_interview(frame: Frame, steps: Sequence[Step]) -> bool:
    """Whether all drafts that lie there and some step still to come are thank-yous of one interview: they are one step."""
    live = [d for d in frame.around.drafts if d.state in LIVE]
    missing = {(s.basis, s.recipient) for s in steps if s.kind is Kind.THANK_YOU}
    missing -= {(d.basis, t.lower()) for d in live for t in d.to}
    bases = {d.basis for d in live if d.kind is Kind.THANK_YOU}
    return len(bases) == 1 and all(d.kind is Kind.THANK_YOU for d in live) and any(b in bases for b, _ in missing)


def _declined(step: Step, frame: Frame) -> bool:
    """Whether the user threw this very step away and has said nothing since."""
    told = frame.opportunity.told_at
    return any(
        (d.kind, d.ordinal, d.basis) == (step.kind, step.ordinal, step.basis)
        and d.state is DraftState.DISCARDED
        and not (told and d.ended_at and told > d.ended_at)
        for d in frame.around.drafts
        if step.kind is not Kind.THANK_YOU
    )
