"""An opportunity: one hiring process of the user, as all its mail together shows it at one moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import cast

from followupd.core import entities, interviews
from followupd.core.belonging import Cluster, best, cluster
from followupd.core.course import Course, Event, Outcome, Reason, Stage, Turn, events
from followupd.core.interviews import Interview, InterviewState
from followupd.core.ledger import Command, OpportunityId, Word
from followupd.core.mail import Address, Identities, MessageId
from followupd.core.messages import Message
from followupd.core.reading import HINT, Says
from followupd.core.threads import Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """One employer and role, over all its threads. All instants are aware.

    ``messages`` are in order of time. ``words`` are the events that count for the turn: human messages and interviews held,
    in order. ``owed`` is the message of theirs that the user has not answered. ``doubts`` are messages that may belong here
    but were left out. ``skipped``, ``snoozed_until``, ``notes`` and a ``settled`` outcome are the user's word.
    """

    id: OpportunityId
    company: str | None
    role: str | None
    messages: tuple[Message, ...]
    threads: tuple[Thread, ...]
    interviews: tuple[Interview, ...]
    stage: Stage
    outcome: Outcome | None
    turn: Turn
    words: tuple[Event, ...]
    promise_by: Message | None = None
    closed_by: Message | None = None
    owed: Message | None = None
    unclear: Message | None = None
    interviewed: bool = False
    doubts: tuple[Message, ...] = ()
    skipped: bool = False
    snoozed_until: date | None = None
    notes: tuple[str, ...] = ()
    told_at: datetime | None = None
    language: str | None = None
    formal: bool | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def message_ids(self) -> tuple[MessageId, ...]:
        return tuple(m.id for m in self.messages)

    def ahead(self, now: datetime) -> Interview | None:
        """The next interview that has not ended, if there is one."""
        return next((i for i in self.interviews if i.state is InterviewState.SCHEDULED and i.end > now), None)

    def unsure(self, now: datetime) -> Interview | None:
        """An interview whose time is uncertain and which may still be to come."""
        return next((i for i in self.interviews if i.state is InterviewState.UNCERTAIN and i.latest_end > now), None)

    def thread_of(self, message: Message) -> Thread:
        return next(t for t in self.threads if any(m.id == message.id for m in t.messages))

    def signature_of(self, person: Address) -> str | None:
        """How this person signs, from their latest signed message."""
        written = (m for m in reversed(self.messages) if not m.mine and m.sender and m.sender.key == person.key)
        return next((m.reading.signed for m in written if m.reading.signed), None)

    def greeting_of(self, person: Address) -> str | None:
        """The name and title by which the user last greeted this person ("Frau Lohmann"); None if it is not theirs."""
        written = (m for m in reversed(self.messages) if m.mine and m.reading.greeted and m.reaches(person.email))
        known = f"{person.name} {person.email.partition('@')[0]} {self.signature_of(person) or ''}"
        return next((g for m in written if (g := m.reading.greeted) and entities.is_called(g, known)), None)

    def writers(self) -> frozenset[str]:
        """Addresses of people who themselves wrote to the user."""
        return frozenset(m.sender.key for m in self.messages if m.human and not m.mine and m.sender)


def understand(
    messages: Sequence[Message], *, me: Identities, words: Sequence[Word], now: datetime
) -> tuple[Opportunity, ...]:
    """The user's hiring processes as they stand at ``now``, in order of their first message."""
    found = cluster(messages, me, tracked={i for w in words if w.command is Command.TRACK for i in w.about})
    return tuple(_opportunity(c, me, words, now) for c in found)


def opportunity_id(first: MessageId) -> OpportunityId:
    """Made from the process's first message, so that it outlives a rebuild."""
    return OpportunityId("o-" + blake2b(first.encode(), digest_size=6).hexdigest())


def _opportunity(group: Cluster, me: Identities, words: Sequence[Word], now: datetime) -> Opportunity:
    messages = group.messages
    held = interviews.fold(messages, me, now)
    course = Course(me)
    threads = {m.id: s.thread.id for s in group.strands for m in s.thread.messages}
    for event in events(messages, held, now):
        course.take(event, threads.get(event.message.id, "") if event.message else "")
    said = _Said.of(words, {m.id for m in messages})
    stage, outcome = said.outcome or (_stage(course, held, now), course.outcome)
    owed = _owed(course, held, now)
    return Opportunity(
        id=opportunity_id(messages[0].id),
        company=best((c for m in messages for c in m.reading.companies if c.weight > HINT), entities.same_company),
        role=best((c for m in messages for c in m.reading.roles), entities.same_role, entities.written_out),
        messages=tuple(messages),
        threads=tuple(s.thread for s in group.strands),
        interviews=tuple(held),
        stage=stage,
        outcome=outcome,
        turn=_turn(course, stage, owed),
        words=tuple(course.words),
        promise_by=course.promise_by,
        closed_by=course.closed_by,
        owed=owed,
        unclear=_unclear(course),
        interviewed=course.interviewed,
        doubts=tuple(group.doubts),
        skipped=said.skipped,
        snoozed_until=said.snoozed_until,
        notes=said.notes,
        told_at=said.at,
        language=_language(messages),
        formal=_formal(messages),
        reasons=tuple(course.reasons),
    )


# ---------------------------------------------------------------- the user's word


@dataclass(frozen=True, slots=True)
class _Said:
    skipped: bool = False
    snoozed_until: date | None = None
    notes: tuple[str, ...] = ()
    outcome: tuple[Stage, Outcome | None] | None = None
    at: datetime | None = None

    @classmethod
    def of(cls, words: Sequence[Word], ids: AbstractSet[MessageId]) -> _Said:
        """What the user's words add up to; the later outranks the earlier, ``track`` takes back skip and outcome."""
        skipped, snoozed, outcome, at = False, None, None, None
        notes: list[str] = []
        for word in (w for w in words if not ids.isdisjoint(w.about)):
            at = word.said_at
            match word.command:
                case Command.SKIP:
                    skipped = True
                case Command.TRACK:
                    skipped, outcome, snoozed = False, None, None
                case Command.SNOOZE:
                    snoozed = date.fromisoformat(word.value)
                case Command.NOTE:
                    notes.append(word.value)
                case Command.OUTCOME:
                    outcome = (Stage.CLOSED, Outcome(word.value))
        return cls(skipped, snoozed, tuple(notes), cast("tuple[Stage, Outcome | None] | None", outcome), at)


# ---------------------------------------------------------------- stage and turn


def _stage(course: Course, held: Sequence[Interview], now: datetime) -> Stage:
    settled = course.stage in (Stage.CLOSED, Stage.OFFER, Stage.ON_HOLD)
    ahead = any(i.state in (InterviewState.SCHEDULED, InterviewState.UNCERTAIN) and i.latest_end > now for i in held)
    return Stage.INTERVIEW_SCHEDULED if ahead and not settled else course.stage


def _owed(course: Course, held: Sequence[Interview], now: datetime) -> Message | None:
    """The latest question of theirs that still waits for the user. What came with a fixed time needs no answer before it."""
    fixed = [i.fixed_at for i in held if i.state is InterviewState.SCHEDULED and i.end > now]
    asks = [a.message for a in course.open_asks(held) if not fixed or a.message.when > max(fixed)]
    return asks[-1] if asks else None


def _turn(course: Course, stage: Stage, owed: Message | None) -> Turn:
    if stage in (Stage.CLOSED, Stage.ON_HOLD):
        return Turn.NOBODY
    if stage is Stage.OFFER and not course.offer_answered:
        return Turn.MINE
    if owed:
        return Turn.MINE
    return Turn.NOBODY if stage is Stage.INTERVIEW_SCHEDULED else Turn.THEIRS


def _unclear(course: Course) -> Message | None:
    """Their last word, if it stands in a language that cannot be read, or may be a rejection."""
    last = course.words[-1].message if course.words else None
    if not last or last.mine or course.stage is Stage.CLOSED:
        return None
    return last if not last.reading.understood or last.says(Says.MAY_REJECT) else None


def _language(messages: Sequence[Message]) -> str | None:
    """Their last language that another message shares: one short word may be taken for any language."""
    spoken = [m for m in messages if m.human and m.reading.language]
    told = [m.reading.language for m in spoken if not m.mine] or [m.reading.language for m in spoken]
    shared = Counter(m.reading.language for m in spoken)
    return next((code for code in reversed(told) if shared[code] > 1), told[-1] if told else None)


def _formal(messages: Sequence[Message]) -> bool | None:
    """How they address the user, else how the user addresses them: the latest word on it."""
    told = [(m.mine, m.reading.formal) for m in messages if m.human and m.reading.formal is not None]
    theirs = [formal for mine, formal in told if not mine]
    return theirs[-1] if theirs else (told[-1][1] if told else None)
