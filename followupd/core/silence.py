"""How long they have been silent, what I wrote into that silence, and from when the next step counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from followupd.core.course import Event
from followupd.core.interviews import InterviewState
from followupd.core.ledger import DraftRecord, Kind
from followupd.core.mail import MessageId
from followupd.core.messages import Message
from followupd.core.opportunities import Opportunity
from followupd.core.reading import Origin, Promise, Says
from followupd.core.worktime import WorkCalendar

_NO_STEP = (Says.APPLIES, Says.OFFERS_TIMES, Says.ACCEPTS_TIME, Says.DECLINES_TIME, Says.HANDS_IN, Says.ACCEPTS_OFFER)
_NOTE_OF_THANKS = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """The time since their last word.

    ``since`` is that word (a human message or the end of an interview), None if there never was one. ``check_ins`` are the
    user's own, by draft or by hand, ``closing`` a closing note. The next step counts from ``at``, and ``basis`` names the
    message or interview that stands for it. ``promise`` is the promise that still governs, with the message it stands in.
    """

    since: Event | None
    check_ins: tuple[Message, ...]
    closing: Message | None
    at: datetime
    basis: str
    promise: Promise | None
    promised_in: Message | None


def measure(opportunity: Opportunity, sent: Mapping[MessageId, DraftRecord], calendar: WorkCalendar) -> Silence:
    """The present silence. ``sent`` are the messages that are followupd's own drafts, sent by the user."""
    words = opportunity.words
    cut = next((n for n in range(len(words), 0, -1) if _theirs(words[n - 1])), 0)
    since = words[cut - 1] if cut else None
    promise, promised_in = _promise(opportunity, since, calendar)
    check_ins, closing = [], None
    at, basis = _start(opportunity, since)
    for message in (e.message for e in words[cut:] if e.message):
        kind = _step(message, since, promise.by if promise else None, sent, calendar)
        if kind is Kind.CHECK_IN:
            check_ins.append(message)
        elif kind is Kind.CLOSING_NOTE and (check_ins or message.id in sent):
            closing = message
        at, basis = message.when, message.id
    at, basis = max([(at, basis), *_called_off(opportunity)], key=lambda found: found[0])
    if promise and not check_ins and calendar.local_date(at) > promise.by:
        promise, promised_in = None, None
    return Silence(
        since=since,
        check_ins=tuple(check_ins),
        closing=closing,
        at=at,
        basis=basis,
        promise=promise,
        promised_in=promised_in,
    )


def _theirs(event: Event) -> bool:
    return event.interview is not None or (event.message is not None and not event.message.mine)


def _start(opportunity: Opportunity, since: Event | None) -> tuple[datetime, str]:
    if since is None:
        first = opportunity.messages[0]
        return first.when, first.id
    if since.interview:
        return since.when, since.interview.key
    assert since.message is not None  # noqa: S101 - an event is one or the other
    return since.when, since.message.id


def _called_off(opportunity: Opportunity) -> Iterator[tuple[datetime, str]]:
    """When a calendar took an interview back: no word, but from then on they owe one."""
    return ((i.fixed_at, i.fixed_by) for i in opportunity.interviews if i.state is InterviewState.CANCELLED)


def _step(
    message: Message,
    since: Event | None,
    promised: date | None,
    sent: Mapping[MessageId, DraftRecord],
    calendar: WorkCalendar,
) -> Kind | None:
    """Which step a message of mine is, if it is one. Before the date that they promised, a question of mine is none."""
    kind = sent[message.id].kind if message.id in sent else _by_hand(message, since)
    if kind is Kind.CHECK_IN and promised and calendar.local_date(message.when) <= promised:
        return None
    return kind


def _by_hand(message: Message, since: Event | None) -> Kind | None:
    if message.says(*_NO_STEP):
        return None
    held = since and since.interview
    if held and message.says(Says.THANKS) and message.when - held.end <= _NOTE_OF_THANKS:
        return Kind.THANK_YOU
    if message.says(Says.CHECKS_IN):
        return Kind.CHECK_IN
    return Kind.CLOSING_NOTE if message.says(Says.TAKES_LEAVE) else None


def _promise(
    opportunity: Opportunity, since: Event | None, calendar: WorkCalendar
) -> tuple[Promise, Message] | tuple[None, None]:
    """The promise that stands: given with or before their last word, and not yet due when that was said."""
    message = opportunity.promise_by
    promise = message.reading.promise if message else None
    if message is None or promise is None:
        return None, None
    if since and since.message is not message and promise.by < calendar.local_date(since.when):
        return None, None
    return promise, message


def returns(messages: Iterable[Message], calendar: WorkCalendar) -> dict[str, date]:
    """Who is away: by address (lower case) the first day back, as they last wrote, or their latest automatic answer that no word of
    theirs overtook.

    An absence is a person's, whatever thread the automatic answer came in. ``messages`` are oldest first.
    """
    back: dict[str, date] = {}
    for message in (m for m in messages if not m.mine and m.sender):
        assert message.sender is not None  # noqa: S101 - chosen so in the line above
        absence = message.reading.absence
        if message.human:
            back.pop(message.sender.key, None)
        if absence and (message.human or message.reading.origin is Origin.AUTO_REPLY):
            after = calendar.add_business_days(absence.through, 1) if absence.through else None
            if day := absence.back_on or after:
                back[message.sender.key] = day
    return back
