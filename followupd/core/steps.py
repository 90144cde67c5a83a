"""The follow-ups that are right in one opportunity if nothing else arrives, and when each is due (policy section 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from followupd.core import route
from followupd.core.course import Outcome, Stage, Turn
from followupd.core.interviews import Interview, InterviewState
from followupd.core.ledger import LIVE, DraftRecord, DraftState, Kind
from followupd.core.mail import Address, MessageId
from followupd.core.messages import Message
from followupd.core.opportunities import Opportunity
from followupd.core.policy import Policy
from followupd.core.reading import Promise, Says
from followupd.core.route import NoRoute, Route
from followupd.core.silence import Silence
from followupd.core.worktime import Delay, Unit

A_BUSINESS_DAY = Delay(1, Unit.BUSINESS_DAYS)


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
class Surroundings:
    """What a decision needs to know beside its opportunity: its own drafts, the user's drafts, dead addresses, who is
    away until when, the moment.
    """

    now: datetime
    drafts: tuple[DraftRecord, ...] = ()
    own_draft: bool = False
    dead: frozenset[str] = frozenset()
    away: Mapping[str, date] = field(default_factory=dict)

    def sent(self) -> Mapping[MessageId, DraftRecord]:
        return {d.sent_as: d for d in self.drafts if d.state is DraftState.SENT and d.sent_as}


@dataclass(frozen=True, slots=True)
class Frame:
    """What the rules look at: an opportunity with its silence and its end, its surroundings and its route."""

    opportunity: Opportunity
    policy: Policy
    around: Surroundings
    silence: Silence
    stage: Stage
    outcome: Outcome | None
    turn: Turn
    path: Route | NoRoute
    ahead: Interview | None


def steps_of(frame: Frame) -> Iterator[Step]:
    """The steps that are right, whether due or not."""
    if frame.stage is Stage.CLOSED:
        yield from _feedback(frame)
    elif frame.stage is not Stage.ON_HOLD and frame.turn is not Turn.MINE:
        yield from _thanks(frame)
        if frame.turn is Turn.THEIRS or frame.opportunity.unsure(frame.around.now):
            yield from _nudge(frame)


def _thanks(frame: Frame) -> Iterator[Step]:
    """A thank-you for each interviewer of each interview held, and of the next one ahead, not yet thanked in writing."""
    for interview in frame.opportunity.interviews:
        ahead = interview is frame.ahead
        if interview.all_day or not (interview.state is InterviewState.HELD or ahead):
            continue
        calendar, delays = frame.policy.calendar, frame.policy.delays
        until = interview.end + delays.thank_you_until.span()
        keep_until = calendar.after(until, A_BUSINESS_DAY)
        due = calendar.after(interview.end, delays.thank_you)
        if frame.around.now >= keep_until or due > until:
            continue
        over = frame.around.now > until
        for variant, person in enumerate(route.interviewers(frame.opportunity, interview, frame.around.dead)):
            if not _thanked(person, interview, frame) and (not over or _lies(person, interview, frame)):
                yield Step(
                    kind=Kind.THANK_YOU,
                    ordinal=1,
                    basis=interview.key,
                    counted_from=interview.end,
                    due=due,
                    until=until,
                    keep_until=keep_until,
                    route=route.for_thanks(frame.opportunity, person, frame.policy.me),
                    reason=f"the interview ended {_clock(frame, interview.end)}; a thank-you is due {delays.thank_you.words} later",
                    variant=variant,
                    interview=interview,
                )


def _thanked(person: Address, interview: Interview, frame: Frame) -> bool:
    """Whether I thanked them in writing after it, wrote to them past the draft, or threw the draft away."""
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
    drafts = _drafts_for(person, interview, frame)
    return any(d.state in _DONE or _overtaken(d, person, frame) for d in drafts)


_DONE = frozenset({DraftState.SENT, DraftState.DISCARDED})


def _drafts_for(person: Address, interview: Interview, frame: Frame) -> list[DraftRecord]:
    """The thank-yous that were drafted to them for it, and not for the time that it had before it was moved."""
    drafts = (d for d in frame.around.drafts if d.kind is Kind.THANK_YOU and d.basis == interview.key)
    mine = (d for d in drafts if d.planned_at >= interview.end)
    return [d for d in mine if person.key in {t.lower() for t in d.to}]


def _lies(person: Address, interview: Interview, frame: Frame) -> bool:
    return any(d.state in LIVE for d in _drafts_for(person, interview, frame))


def _overtaken(draft: DraftRecord, person: Address, frame: Frame) -> bool:
    """Whether I wrote to them since it was drafted, whatever I wrote."""
    return any(
        m.mine and m.human and m.when > draft.planned_at and m.reaches(person.email) for m in frame.opportunity.messages
    )


def _nudge(frame: Frame) -> Iterator[Step]:
    """The next check-in, or the closing note; while an interview is uncertain, the check-in after its latest reading."""
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
    at, basis = silence.at, silence.basis
    promise = silence.promise if not done else None
    if unsure := frame.opportunity.unsure(frame.around.now):
        at, basis, promise, delay = unsure.latest_end, unsure.key, None, policy.delays.interviewed
    due, why = _due(frame, path, at, delay, promise)
    yield Step(
        kind=kind,
        ordinal=ordinal,
        basis=basis,
        counted_from=at,
        due=due,
        route=path,
        reason=why,
        promised=promise.by if promise else None,
    )


def _unwanted(opportunity: Opportunity) -> bool:
    """Whether their last word asks not to be written to."""
    theirs = [m for m in opportunity.messages if m.human and not m.mine]
    return bool(theirs and theirs[-1].says(Says.NO_CONTACT))


def _stage_delay(frame: Frame) -> Delay:
    delays = frame.policy.delays
    return {
        Stage.APPLIED: delays.applied,
        Stage.SCHEDULING: delays.scheduling,
        Stage.ASSIGNMENT: delays.assignment,
    }.get(frame.stage, delays.interviewed)


def _due(frame: Frame, path: Route, at: datetime, delay: Delay, promise: Promise | None) -> tuple[datetime, str]:
    calendar, delays = frame.policy.calendar, frame.policy.delays
    if promise:
        due = calendar.after_day(promise.by, delays.after_promise)
        why = f"they promised an answer by {promise.by.isoformat()}; {delays.after_promise.words} later"
    else:
        due = calendar.after(at, delay)
        why = f"silent since {_clock(frame, at)}; {delay.words} later"
    back = frame.around.away.get(path.to[0].key)
    if back and due < (earliest := calendar.after_day(back, delays.after_return)):
        return earliest, f"away until {back.isoformat()}; {delays.after_return.words} after the return"
    return due, why


def _feedback(frame: Frame) -> Iterator[Step]:
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
            reason=f"declined {_clock(frame, by.when)}; a question for feedback is due {policy.delays.feedback_request.words} later",
        )


def _asked_since(by: Message, frame: Frame) -> bool:
    sent = frame.around.sent()
    return any(
        m.mine and m.when > by.when and (m.says(Says.ASKS_FEEDBACK) or m.id in sent) for m in frame.opportunity.messages
    )


def _clock(frame: Frame, instant: datetime) -> str:
    """``instant`` as the user's wall shows it."""
    return instant.astimezone(frame.policy.calendar.zone).strftime("%Y-%m-%d %H:%M")
