"""What is due in one opportunity, when, and why: policy sections 3, 4 and 6 as functions of values and the moment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from followupd.core import entities, route
from followupd.core.course import Outcome, Reason, Stage, Turn
from followupd.core.interviews import Interview, InterviewState
from followupd.core.ledger import LIVE, DraftRecord, DraftState, Kind
from followupd.core.mail import Address, MessageId
from followupd.core.messages import Message
from followupd.core.opportunities import Opportunity
from followupd.core.policy import Policy, Rule
from followupd.core.reading import Origin, Promise, Says
from followupd.core.route import NoRoute, Route
from followupd.core.silence import Silence, measure
from followupd.core.worktime import Delay, Unit


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
class Step:
    """One follow-up that is, or will be, right if nothing else arrives.

    ``basis`` names the message or interview from which it counts, at ``counted_from``. It appears from ``due`` on and not
    after ``until``; an untouched draft of it may lie until ``keep_until``.
    """

    kind: Kind
    ordinal: int
    basis: str
    counted_from: datetime
    due: datetime
    route: Route
    reason: str
    until: datetime | None = None
    keep_until: datetime | None = None
    variant: int = 0
    promised: date | None = None
    interview: Interview | None = None

    @property
    def recipient(self) -> str:
        return self.route.to[0].key


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The judgement on one opportunity at one moment.

    ``steps`` are right now, whether due or not; ``blocked`` tells that none may be drafted at present, ``hold``
    why, and ``doubt`` what is uncertain ("" if nothing is).
    """

    opportunity: Opportunity
    policy: Policy
    stage: Stage
    outcome: Outcome | None
    turn: Turn
    steps: tuple[Step, ...]
    hold: Hold | None
    blocked: bool
    contact: Address | None
    silence: Silence
    drafts: tuple[DraftRecord, ...]
    route: Route | NoRoute
    ahead: Interview | None
    doubt: str
    reasons: tuple[Reason, ...]

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


_A_BUSINESS_DAY = Delay(1, Unit.BUSINESS_DAYS)
_NOTHING_FOLLOWS = frozenset(Hold) - {Hold.INTERVIEW_AHEAD, Hold.SNOOZED, Hold.UNCERTAIN}
_BLOCKS = frozenset(Hold) - {Hold.INTERVIEW_AHEAD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a decision needs to know beside its opportunity: its own drafts, the user's drafts, dead addresses, the moment."""

    now: datetime
    drafts: tuple[DraftRecord, ...] = ()
    own_draft: bool = False
    dead: frozenset[str] = frozenset()

    def sent(self) -> Mapping[MessageId, DraftRecord]:
        return {d.sent_as: d for d in self.drafts if d.state is DraftState.SENT and d.sent_as}


def decide(opportunity: Opportunity, general: Policy, around: Surroundings) -> Decision:
    """The judgement on ``opportunity`` at ``around.now``, before what other opportunities have to say."""
    policy, skipped = _policy_for(opportunity, general)
    if skipped:
        opportunity = replace(opportunity, skipped=True)
    silence = measure(opportunity, around.sent(), policy.calendar)
    stage, outcome, turn, reasons = _end(opportunity, silence, policy, around.now)
    path = route.for_nudge(opportunity, policy.me, around.dead)
    ahead = opportunity.ahead(around.now) if stage is Stage.INTERVIEW_SCHEDULED else None
    frame = _Frame(opportunity, policy, around, silence, stage, outcome, turn, path, ahead)
    steps = () if opportunity.skipped else tuple(_steps(frame))
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
        blocked=hold in _BLOCKS,
        contact=path.to[0] if isinstance(path, Route) else None,
        silence=silence,
        drafts=around.drafts,
        route=path,
        ahead=ahead,
        doubt=_doubt(frame),
        reasons=(*opportunity.reasons, *reasons),
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    opportunity: Opportunity
    policy: Policy
    around: Surroundings
    silence: Silence
    stage: Stage
    outcome: Outcome | None
    turn: Turn
    path: Route | NoRoute
    ahead: Interview | None


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
        text, message = f"the closing note went unanswered for {delays.after_closing}", closing.id
    elif now >= calendar.after(last, delays.give_up):
        text, message = f"silent for {delays.give_up}", None
    else:
        return stage, outcome, turn, ()
    return Stage.CLOSED, Outcome.SILENT, Turn.NOBODY, (Reason(text=text, message=message),)


# ---------------------------------------------------------------- steps


def _steps(frame: _Frame) -> Iterator[Step]:
    if frame.stage is Stage.CLOSED:
        yield from _feedback(frame)
    elif frame.stage is not Stage.ON_HOLD and frame.turn is not Turn.MINE:
        yield from _thanks(frame)
        if frame.turn is Turn.THEIRS or frame.opportunity.unsure(frame.around.now):
            yield from _nudge(frame)


def _thanks(frame: _Frame) -> Iterator[Step]:
    """A thank-you for each interviewer of each interview held, and of the next one ahead, not yet thanked in writing."""
    for interview in frame.opportunity.interviews:
        ahead = interview is frame.ahead
        if interview.all_day or not (interview.state is InterviewState.HELD or ahead):
            continue
        calendar, delays = frame.policy.calendar, frame.policy.delays
        until = interview.end + delays.thank_you_until.span()
        keep_until = calendar.after(until, _A_BUSINESS_DAY)
        due = calendar.after(interview.end, delays.thank_you)
        if frame.around.now >= keep_until or due > until:
            continue
        over = frame.around.now > until
        for variant, person in enumerate(route.interviewers(frame.opportunity, interview, frame.around.dead)):
            if not _thanked(person, interview, frame) and (not over or _drafted(person, interview, frame, LIVE)):
                yield Step(
                    kind=Kind.THANK_YOU,
                    ordinal=1,
                    basis=interview.key,
                    counted_from=interview.end,
                    due=due,
                    until=until,
                    keep_until=keep_until,
                    route=route.for_thanks(frame.opportunity, person, frame.policy.me),
                    reason=f"the interview ended {_clock(frame, interview.end)}; a thank-you is due {delays.thank_you} later",
                    variant=variant,
                    interview=interview,
                )


def _thanked(person: Address, interview: Interview, frame: _Frame) -> bool:
    """Whether I thanked them in writing after it, or threw the draft away."""
    sent = frame.around.sent()
    for message in frame.opportunity.messages:
        thanks = message.says(Says.THANKS) or (message.id in sent and sent[message.id].kind is Kind.THANK_YOU)
        if (
            message.mine
            and message.human
            and message.when >= interview.end
            and thanks
            and message.reaches(person.email)
        ):
            return True
    return _drafted(person, interview, frame, _DONE)


_DONE = frozenset({DraftState.SENT, DraftState.DISCARDED})


def _drafted(person: Address, interview: Interview, frame: _Frame, states: Collection[DraftState]) -> bool:
    """Whether there is a thank-you draft to them for it in one of ``states``."""
    return any(
        d.kind is Kind.THANK_YOU
        and d.basis == interview.key
        and d.state in states
        and person.key in {t.lower() for t in d.to}
        for d in frame.around.drafts
    )


def _nudge(frame: _Frame) -> Iterator[Step]:
    """The next check-in, or the closing note."""
    silence, policy, path = frame.silence, frame.policy, frame.path
    if isinstance(path, NoRoute) or silence.closing or _unwanted(frame.opportunity):
        return
    applied = frame.stage is Stage.APPLIED
    done, limit = len(silence.check_ins), policy.limits.applied_check_ins if applied else policy.limits.check_ins
    if done < limit:
        kind, ordinal = Kind.CHECK_IN, done + 1
        delay = policy.delays.repeat if done else _stage_delay(frame)
    elif done and policy.limits.closing_note and not applied:
        kind, ordinal, delay = Kind.CLOSING_NOTE, 1, policy.delays.closing_note
    else:
        return
    promise = silence.promise if not done else None
    due, why = _due(frame, path, delay, promise)
    yield Step(
        kind=kind,
        ordinal=ordinal,
        basis=silence.basis,
        counted_from=silence.at,
        due=due,
        route=path,
        reason=why,
        promised=promise.by if promise else None,
    )


def _unwanted(opportunity: Opportunity) -> bool:
    """Whether their last word asks not to be written to."""
    theirs = [m for m in opportunity.messages if m.human and not m.mine]
    return bool(theirs and theirs[-1].says(Says.NO_CONTACT))


def _stage_delay(frame: _Frame) -> Delay:
    delays = frame.policy.delays
    return {
        Stage.APPLIED: delays.applied,
        Stage.SCHEDULING: delays.scheduling,
        Stage.ASSIGNMENT: delays.assignment,
    }.get(frame.stage, delays.interviewed)


def _due(frame: _Frame, path: Route, delay: Delay, promise: Promise | None) -> tuple[datetime, str]:
    calendar, delays = frame.policy.calendar, frame.policy.delays
    if promise:
        due = calendar.after_day(promise.by, delays.after_promise)
        why = f"they promised an answer by {promise.by.isoformat()}; {delays.after_promise} later"
    else:
        due = calendar.after(frame.silence.at, delay)
        why = f"silent since {_clock(frame, frame.silence.at)}; {delay} later"
    back = _return(frame, path)
    if back and due < (earliest := calendar.after_day(back, delays.after_return)):
        return earliest, f"away until {back.isoformat()}; {delays.after_return} after the return"
    return due, why


def _return(frame: _Frame, path: Route) -> date | None:
    """The first day on which the recipient is back, by their latest out-of-office that no word of theirs overtook."""
    back: date | None = None
    for message in frame.opportunity.messages:
        if message.mine or not message.sender or message.sender.key != path.to[0].key:
            continue
        absence = message.reading.absence
        if message.human:
            back = None
        elif absence and message.reading.origin is Origin.AUTO_REPLY:
            after = frame.policy.calendar.add_business_days(absence.through, 1) if absence.through else None
            back = absence.back_on or after or back
    return back


def _feedback(frame: _Frame) -> Iterator[Step]:
    opportunity, policy, by = frame.opportunity, frame.policy, frame.opportunity.closed_by
    if frame.outcome is not Outcome.REJECTED or not policy.limits.feedback_request or not opportunity.interviewed:
        return
    if by is None or not by.human or isinstance(frame.path, NoRoute) or _asked_since(by, frame):
        return
    if frame.around.now < policy.calendar.after(by.when, policy.delays.give_up):
        yield Step(
            kind=Kind.FEEDBACK_REQUEST,
            ordinal=1,
            basis=by.id,
            counted_from=by.when,
            due=policy.calendar.after(by.when, policy.delays.feedback_request),
            route=frame.path,
            reason=f"declined {_clock(frame, by.when)}; a question for feedback is due {policy.delays.feedback_request} later",
        )


def _asked_since(by: Message, frame: _Frame) -> bool:
    sent = frame.around.sent()
    return any(
        m.mine and m.when > by.when and (m.says(Says.ASKS_FEEDBACK) or m.id in sent) for m in frame.opportunity.messages
    )


def _clock(frame: _Frame, instant: datetime) -> str:
    """``instant`` as the user's wall shows it."""
    return instant.astimezone(frame.policy.calendar.zone).strftime("%Y-%m-%d %H:%M")


# ---------------------------------------------------------------- holds


def _hold(frame: _Frame, steps: Sequence[Step]) -> Hold | None:
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


def _doubt(frame: _Frame) -> str:
    """What is uncertain: a time that cannot be told, words that cannot be read, mail that may belong here; "" if nothing."""
    opportunity, now, calendar = frame.opportunity, frame.around.now, frame.policy.calendar
    last = opportunity.words[-1].when if opportunity.words else opportunity.messages[0].when
    for message in (m for m in opportunity.doubts if m.when >= last):
        return f"{message.id} may belong to this process"
    for interview in (i for i in opportunity.interviews if i.state is InterviewState.UNCERTAIN):
        if now < calendar.after(interview.latest_end, _A_BUSINESS_DAY):
            return f"the time of the interview on {interview.start.date().isoformat()} cannot be told for certain"
    if opportunity.unclear:
        return f"{opportunity.unclear.id} is written in a language that followupd cannot read"
    return ""


def _only_thanks_of_one_interview(frame: _Frame, steps: Sequence[Step]) -> bool:
    """Whether all drafts that lie there and some step still to come are thank-yous of one interview: they are one step."""
    live = [d for d in frame.around.drafts if d.state in LIVE]
    missing = {(s.basis, s.recipient) for s in steps if s.kind is Kind.THANK_YOU}
    missing -= {(d.basis, t.lower()) for d in live for t in d.to}
    bases = {d.basis for d in live if d.kind is Kind.THANK_YOU}
    return len(bases) == 1 and all(d.kind is Kind.THANK_YOU for d in live) and any(b in bases for b, _ in missing)


def _declined(step: Step, frame: _Frame) -> bool:
    """Whether the user threw this very step away and has said nothing since."""
    told = frame.opportunity.told_at
    return any(
        (d.kind, d.ordinal, d.basis) == (step.kind, step.ordinal, step.basis)
        and d.state is DraftState.DISCARDED
        and not (told and d.ended_at and told > d.ended_at)
        for d in frame.around.drafts
        if step.kind is not Kind.THANK_YOU
    )
