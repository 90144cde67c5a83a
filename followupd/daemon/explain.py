"""Why an opportunity is as it is: each rule that applied, the message and the words it rests on, what would change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from followupd.core.decide import Decision, Hold
from followupd.core.ledger import DraftRecord
from followupd.core.mail import MessageId
from followupd.core.messages import Message
from followupd.core.reading import Finding
from followupd.core.route import NoRoute

_SAYS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One message of an opportunity: who wrote it, what it says, and in which words (None where they are not at hand)."""

    message: Message
    says: tuple[tuple[Finding, str | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """``rules`` are sentences in the order in which they applied; ``change`` tells what would make it otherwise."""

    decision: Decision
    evidence: tuple[Evidence, ...]
    rules: tuple[str, ...]
    change: str


def spans(decision: Decision) -> dict[MessageId, tuple[tuple[int, int], ...]]:
    """Which words to quote, by message."""
    return {m.id: tuple((f.start, f.end) for f in _in_text(m)) for m in decision.opportunity.messages if _in_text(m)}


def explain(decision: Decision, quotes: Mapping[MessageId, Sequence[str]]) -> Explanation:
    """The explanation of ``decision``; ``quotes`` are the words at ``spans(decision)``, as far as they could be read."""
    return Explanation(
        decision=decision,
        evidence=tuple(_evidence(m, quotes.get(m.id, ())) for m in decision.opportunity.messages),
        rules=tuple(_rules(decision)),
        change=_change(decision),
    )


def _in_text(message: Message) -> list[Finding]:
    return [f for f in message.reading.findings if f.part == "text"][:_SAYS]


def _evidence(message: Message, quotes: Sequence[str]) -> Evidence:
    in_text = _in_text(message)
    words = dict(zip(in_text, quotes, strict=False))
    return Evidence(message=message, says=tuple((f, words.get(f)) for f in message.reading.findings))


def _rules(decision: Decision) -> Iterable[str]:
    for reason in decision.reasons:
        yield f"{reason.text}{f' ({reason.message})' if reason.message else ''}"
    if decision.opportunity.owed:
        yield f"they asked something that you have not answered ({decision.opportunity.owed.id})"
    if isinstance(decision.route, NoRoute):
        yield "the only address bounced" if decision.route.bounced else "no person's address is known, only robots'"
    elif decision.route.parent:
        yield f"a letter would answer {decision.route.parent.id}, to {decision.route.to[0].email}"
    for step in decision.steps:
        yield f"{_kind(step.kind, step.ordinal)}: {step.reason}; due {_clock(step.due)}"
    for record in decision.drafts:
        yield f"draft {record.id} ({_kind(record.kind, record.ordinal)}): {record.state}{_ended(record)}"
    if decision.doubt:
        yield decision.doubt


def _ended(record: DraftRecord) -> str:
    return f" {_clock(record.ended_at)}" if record.ended_at else ""


def _kind(kind: str, ordinal: int) -> str:
    return f"check-in {ordinal}" if kind == "check_in" else kind.replace("_", " ")


def _clock(instant: datetime) -> str:
    return instant.strftime("%a %Y-%m-%d %H:%M")


_CHANGES = {
    Hold.SKIPPED: "you said skip, or a rule did; `followupd track {id}` takes that back",
    Hold.MY_TURN: "answer them, and the count starts",
    Hold.DRAFT_OPEN: "send the draft that lies in your Drafts mailbox, or delete it",
    Hold.UNCERTAIN: "say what is true: `followupd track`, `skip` or `outcome {id} …`; or wait for clearer mail",
    Hold.BOUNCED: "write to them at an address that works",
    Hold.NO_ADDRESS: "a word from a person, or one of yours to a person, opens a channel",
    Hold.SNOOZED: "it wakes by itself on the day that you named; `followupd track {id}` wakes it now",
    Hold.DECLINED: "you deleted the last draft; a new message, or `followupd track {id}`, starts it again",
    Hold.ON_HOLD: "they paused the process; their next word reopens it",
    Hold.INTERVIEW_AHEAD: "the interview's end",
    Hold.LIMIT: "everything that `[limits]` allows was sent; an answer starts anew",
}


def _change(decision: Decision) -> str:
    if decision.outcome:
        return f"it is closed ({decision.outcome}); a late answer, or `followupd track {decision.opportunity.id}`, reopens it"
    if decision.hold:
        return _CHANGES[decision.hold].format(id=decision.opportunity.id)
    return "an answer from them, or a message of yours, starts the count anew"
