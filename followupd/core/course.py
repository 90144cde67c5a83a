"""The course of one hiring process: stage, turn and what stands open, by a fold over messages and interviews.

Theory: the stage moves only on evidence. Their words move it forward (an invitation, a task, an offer), sideways (on hold) or to
its end; mine can hand in, accept, decline or withdraw; the end of an interview is an event like a message. What they asked
stays open until I answer in that thread or to that person, a fixed interview answers questions of time, a cancellation takes
them back, and an interview held settles what was asked before it. Auto-replies, receipts and bounces move nothing but what they prove themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from followupd.core.interviews import Interview, InterviewState
from followupd.core.mail import Identities, MessageId
from followupd.core.messages import Message
from followupd.core.reading import Origin, Says


class Stage(StrEnum):
    APPLIED = "applied"
    SCHEDULING = "scheduling"
    INTERVIEW_SCHEDULED = "interview_scheduled"
    INTERVIEWED = "interviewed"
    ASSIGNMENT = "assignment"
    OFFER = "offer"
    ON_HOLD = "on_hold"
    CLOSED = "closed"


class Outcome(StrEnum):
    REJECTED = "rejected"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    POSITION_CLOSED = "position_closed"
    SILENT = "silent"
    DISMISSED = "dismissed"


class Turn(StrEnum):
    THEIRS = "theirs"
    MINE = "mine"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something is as it is: a sentence for people, and the message and meaning that it rests on."""

    text: str
    message: MessageId | None = None
    says: Says | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something in time: a message, or the end of an interview."""

    when: datetime
    message: Message | None = None
    interview: Interview | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    message: Message
    thread: str
    about_time: bool
    task: bool


_ABOUT_TIME = (Says.OFFERS_TIMES, Says.ASKS_TIMES, Says.SCHEDULING_LINK)
_FORWARD = (Says.INVITES, *_ABOUT_TIME)
_REOPENS = (*_FORWARD, Says.ASSIGNS, Says.OFFERS_JOB, Says.CONFIRMS, Says.RESUMES)
_DATE_WILL_FOLLOW = (Says.CONFIRMS, Says.PROMISES, Says.REFERS)
_SETTLES_TASK = (
    Says.RECEIVES_WORK, Says.ACKNOWLEDGES, Says.THANKS, Says.PROMISES, Says.STILL_DECIDING, Says.INVITES,
)  # fmt: skip
_HANDED_OVER = (Says.HANDS_IN, Says.DELIVERS)

_THEIR_ENDS: tuple[tuple[Says, Outcome, str], ...] = (
    (Says.WITHDRAWS, Outcome.WITHDRAWN, "they say that I withdrew"),
    (Says.ACCEPTS_OFFER, Outcome.ACCEPTED, "they say that I accepted"),
    (Says.REJECTS, Outcome.REJECTED, "they declined"),
)
"""What ends a process in their words, before all else that they may say."""

_THEIR_MOVES: tuple[tuple[tuple[Says, ...], Stage, str], ...] = (
    ((Says.OFFERS_JOB,), Stage.OFFER, "they made an offer"),
    ((Says.CLOSES_POSITION,), Stage.CLOSED, "the position is closed"),
    ((Says.HOLDS,), Stage.ON_HOLD, "the process is on hold"),
    ((Says.ASSIGNS,), Stage.ASSIGNMENT, "they set a task"),
    ((*_FORWARD, Says.CONFIRMS, Says.CANCELS, Says.MOVES), Stage.SCHEDULING, "an interview is being arranged"),
)
"""What their words do to the stage: the first row that applies. A time once fixed shows as its interview, not as a row here."""

_ANSWERS = (Stage.SCHEDULING, Stage.ASSIGNMENT, Stage.OFFER)
"""Stages to which a word of theirs leads that is the answer they had promised: the promise is kept."""

_ASKS_BACK = (Says.ASKS, Says.CHECKS_IN, Says.OFFERS_TIMES)
"""What puts an offer back into their court; thanking for it, or asking for time, leaves it in mine."""

_MY_MOVES: tuple[tuple[Says, Outcome, str], ...] = (
    (Says.DECLINES_OFFER, Outcome.DECLINED, "I declined the offer"),
    (Says.WITHDRAWS, Outcome.WITHDRAWN, "I withdrew"),
    (Says.ACCEPTS_OFFER, Outcome.ACCEPTED, "I accepted the offer"),
)


@dataclass(slots=True)
class Course:
    """Where a process stands. ``promise_by`` is the message whose promise stands; ``closed_by`` what closed it; ``before`` is
    the stage to which it goes back when a hold or an end is taken back.
    """

    me: Identities
    stage: Stage = Stage.APPLIED
    before: Stage = Stage.APPLIED
    outcome: Outcome | None = None
    closed_by: Message | None = None
    promise_by: Message | None = None
    interviewed: bool = False
    offer_answered: bool = False
    asks: list[_Ask] = field(default_factory=list)
    words: list[Event] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)

    # -------------------------------------------------------------- events

    def take(self, event: Event, thread: str) -> None:
        if event.interview:
            self._take_interview(event)
        elif event.message and event.message.mine:
            self._take_mine(event, event.message, thread)
        elif event.message:
            self._take_theirs(event, event.message, thread)

    def _take_interview(self, event: Event) -> None:
        self.words.append(event)
        self.asks.clear()
        self.interviewed = True
        if self.stage in (Stage.APPLIED, Stage.SCHEDULING, Stage.INTERVIEWED, Stage.ASSIGNMENT):
            self._move(Stage.INTERVIEWED, "the interview was held", None, None)

    def _take_theirs(self, event: Event, message: Message, thread: str) -> None:
        if message.reading.origin not in (Origin.HUMAN, Origin.AUTOMATED):
            return
        before = self.stage
        if self._is_resumed(message):
            self._move(self.before, "they take it up again", message, None)
        if self.stage is not Stage.CLOSED or _reopens(message):
            self._their_move(message)
        if self.stage is not before and self.stage in _ANSWERS:
            self.promise_by = None
        if message.human:
            self.words.append(event)
        if message.reading.promise:
            self.promise_by = message
        if message.says(Says.CANCELS) or any(i.method == "CANCEL" for i in message.reading.invites):
            self.asks = [a for a in self.asks if not a.about_time]
        if any(a.task for a in self.asks) and message.says(*_SETTLES_TASK):
            self.asks = [a for a in self.asks if not a.task]
        if ask := _ask(message, thread):
            self.asks.append(ask)

    def _is_resumed(self, message: Message) -> bool:
        """Whether they take up again what they had put on hold or ended: in so many words, or by asking what a hold leaves open."""
        if not message.human or message.says(Says.REJECTS, Says.HOLDS, Says.CLOSES_POSITION):
            return False
        if self.stage is Stage.ON_HOLD:
            return message.says(Says.RESUMES, Says.ASKS)
        return self.stage is Stage.CLOSED and message.says(Says.RESUMES)

    def _their_move(self, message: Message) -> None:
        for says, outcome, text in _THEIR_ENDS:
            if message.says(says):
                self._close(outcome, text, message, says)
                return
        for wanted, stage, text in _THEIR_MOVES:
            finding = message.finding(*wanted)
            if finding and not (finding.says is Says.CONFIRMS and self.interviewed):
                self._move(stage, text, message, finding.says)
                return
        if any(i.method in ("REQUEST", "PUBLISH", "CANCEL", "") for i in message.reading.invites):
            self._move(Stage.SCHEDULING, "a calendar invite about an interview", message, None)

    def _take_mine(self, event: Event, message: Message, thread: str) -> None:
        if not message.human:
            return
        self.words.append(event)
        for says, outcome, text in _MY_MOVES:
            if self._is_my_end(message, says):
                refused = outcome is Outcome.WITHDRAWN and self.stage is Stage.OFFER
                self._close(Outcome.DECLINED if refused else outcome, text, message, says)
                return
        if self.stage is Stage.CLOSED and message.says(Says.APPLIES):
            self._move(Stage.APPLIED, "I applied again", message, Says.APPLIES)
        elif self._hands_in(message) and self.stage is not Stage.CLOSED:
            self._move(Stage.ASSIGNMENT, "I handed in the task", message, Says.HANDS_IN)
        elif self.stage is Stage.APPLIED and message.says(Says.OFFERS_TIMES) and self._approached():
            self._move(Stage.SCHEDULING, "I offered times", message, Says.OFFERS_TIMES)
        if self.stage is Stage.OFFER:
            self.offer_answered = message.says(*_ASKS_BACK)
        self.asks = [a for a in self.asks if not self._answers(message, thread, a)]

    def _is_my_end(self, message: Message, says: Says) -> bool:
        """Whether my words end it: a plain yes does so while their offer stands; an application accepts nothing."""
        if says is not Says.ACCEPTS_OFFER:
            return message.says(says)
        agreed = self.stage is Stage.OFFER and message.says(Says.AGREES) and not message.says(*_ASKS_BACK)
        return agreed or (message.says(says) and not message.says(Says.APPLIES))

    def _approached(self) -> bool:
        """Whether they came to me: then times that I name are for a talk, and no start dates."""
        return any(e.message and e.message.says(Says.OUTREACH) for e in self.words)

    def _hands_in(self, message: Message) -> bool:
        open_task = any(a.task for a in self.asks)
        return message.says(Says.HANDS_IN) or (open_task and message.says(Says.DELIVERS))

    def _answers(self, message: Message, thread: str, ask: _Ask) -> bool:
        if ask.task:
            return message.says(*_HANDED_OVER, Says.WITHDRAWS)
        if ask.about_time and message.says(Says.DEFERS) and not message.says(Says.ACCEPTS_TIME, Says.OFFERS_TIMES):
            return False
        sender = ask.message.sender
        return thread == ask.thread or bool(sender and message.reaches(sender.email))

    # -------------------------------------------------------------- moves

    def _move(self, stage: Stage, text: str, message: Message | None, says: Says | None) -> None:
        if stage is Stage.CLOSED:
            self._close(Outcome.POSITION_CLOSED, text, message, says)
            return
        if stage is Stage.OFFER and self.stage is not Stage.OFFER:
            self.offer_answered = False
        if self.stage is Stage.OFFER and stage in (Stage.SCHEDULING, Stage.INTERVIEWED):
            return
        self._remember()
        self.stage, self.outcome, self.closed_by = stage, None, None
        self.reasons.append(Reason(text=text, message=message.id if message else None, says=says))

    def _close(self, outcome: Outcome, text: str, message: Message | None, says: Says | None) -> None:
        self._remember()
        self.stage, self.outcome, self.closed_by = Stage.CLOSED, outcome, message
        self.asks.clear()
        self.reasons.append(Reason(text=text, message=message.id if message else None, says=says))

    def _remember(self) -> None:
        if self.stage not in (Stage.ON_HOLD, Stage.CLOSED, Stage.OFFER):
            self.before = self.stage

    # -------------------------------------------------------------- questions

    def open_asks(self, interviews: Sequence[Interview]) -> list[_Ask]:
        """What they asked and I still owe; questions of time are answered by any interview fixed since."""
        fixed = max((i.fixed_at for i in interviews if i.state is not InterviewState.CANCELLED), default=None)
        return [a for a in self.asks if not (a.about_time and fixed is not None and a.message.when <= fixed)]


def _reopens(message: Message) -> bool:
    """Whether a word after the end starts the process again: a person's, or an invite; the clearing up does not."""
    invited = any(i.method in ("REQUEST", "PUBLISH") for i in message.reading.invites)
    return (message.human or invited) and message.says(*_REOPENS) and not message.says(Says.CANCELS, Says.REJECTS)


def _ask(message: Message, thread: str) -> _Ask | None:
    """What a message asks of me, if it does. A calendar invite needs no answer in words: it fixes a time; and an invitation
    whose date somebody will send waits for that date.
    """
    invites = message.says(Says.INVITES) and bool(message.human or message.reading.times)
    about_time = message.says(*_ABOUT_TIME) or (invites and not message.says(*_DATE_WILL_FOLLOW))
    task = message.says(Says.ASSIGNS)
    if (
        message.says(Says.REJECTS)
        or message.reading.invites
        or not (task or about_time or (message.human and message.says(Says.ASKS)))
    ):
        return None
    only_time = about_time and not task and not message.says(Says.ASKS)
    return _Ask(message=message, thread=thread, about_time=only_time, task=task)


def events(messages: Iterable[Message], interviews: Iterable[Interview], now: datetime) -> list[Event]:
    """Messages and ends of interviews in order of time. An uncertain interview ends at its latest reading."""
    ends = [
        Event(when=i.latest_end, interview=i)
        for i in interviews
        if i.state in (InterviewState.HELD, InterviewState.UNCERTAIN) and i.latest_end <= now
    ]
    return sorted([*ends, *(Event(when=m.when, message=m) for m in messages)], key=lambda e: e.when)
