"""The interviews of an opportunity, by a fold over its messages: proposed, fixed, moved, cancelled, held.

Theory: a *proposal* is a set of times that one side named. A time is *fixed* when the other side takes one of them up, when
they confirm one in words, or when a calendar invite gives it. One fixed time is one row. A row keeps its identity when it is
moved; while a new time is being sought it is *suspended*, which looks like cancelled from outside. An invite that contradicts
what was agreed in words on the same day makes the row uncertain rather than choosing a side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from followupd.core import offers
from followupd.core.mail import Address, Identities, MessageId
from followupd.core.messages import Message
from followupd.core.reading import Invite, Origin, PartStat, Says, TimeMention

USUAL_LENGTH = timedelta(hours=1)

_LONGEST = 8 * 60
"""Minutes: what is longer is no interview's length, but something else that the mail speaks of."""
_SOON_AFTER = timedelta(days=1)
_SAME_BREATH = 60
"""Characters between an invitation and the time that belongs to it."""
_LEAVES_OPEN = (Says.OFFERS_TIMES, Says.ASKS_TIMES, Says.DEFERS, Says.WITHDRAWS)
"""What of mine leaves open whether I come."""
_NO_TIME = frozenset({"COUNTER", "DECLINECOUNTER", "REFRESH"})
_Span = tuple[datetime, datetime]


class InterviewState(StrEnum):
    SCHEDULED = "scheduled"
    HELD = "held"
    CANCELLED = "cancelled"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    """One interview as it stands. ``key`` is its invite's UID, or the id of the message that fixed it.

    ``latest_end`` is the latest moment at which it can be over; it differs from ``end`` only where the time is uncertain.
    ``attendees`` are the people of the invite (the user left out, those who declined too), ``organizer`` who sent it,
    ``named`` those whom the mail names as interviewers. ``proposed_by`` are the human messages that led to it.
    """

    key: str
    start: datetime
    end: datetime
    latest_end: datetime
    state: InterviewState
    fixed_by: MessageId
    fixed_at: datetime
    all_day: bool = False
    organizer: Address | None = None
    attendees: tuple[Address, ...] = ()
    named: tuple[Address, ...] = ()
    correspondent: Address | None = None


@dataclass(slots=True, kw_only=True)
class _Row:
    key: str
    start: datetime
    end: datetime
    latest_end: datetime
    fixed_by: MessageId
    fixed_at: datetime
    certain: bool = True
    invited: bool = False
    version: tuple[int, datetime | None] = (-1, None)
    cancelled: bool = False
    declined: bool = False
    suspended: bool = False
    all_day: bool = False
    organizer: Address | None = None
    attendees: tuple[Address, ...] = ()
    named: tuple[Address, ...] = ()
    correspondent: Address | None = None

    def stands(self) -> bool:
        return not (self.cancelled or self.declined or self.suspended)


@dataclass(slots=True)
class _Diary:
    me: Identities
    rows: list[_Row] = field(default_factory=list)
    proposals: tuple[TimeMention, ...] = ()
    proposed_by_me: bool = False
    proposer: Address | None = None
    bookable: bool = False
    asked: bool = False
    named: tuple[Address, ...] = ()
    length: timedelta = USUAL_LENGTH

    # ------------------------------------------------------------------ in

    def take(self, message: Message) -> None:
        self.named = (*self.named, *(a for a in message.reading.interviewers if a not in self.named))
        for invite in message.reading.invites:
            self._take_invite(message, invite)
        if message.reading.invites or not _speaks(message):
            return
        if 0 < (minutes := message.reading.duration_minutes or 0) <= _LONGEST:
            self.length = timedelta(minutes=minutes)
        if message.mine:
            self._take_mine(message)
        else:
            self._take_theirs(message)

    def _take_theirs(self, message: Message) -> None:
        times = self._new_times(message)
        proposing, self.asked = message.says(Says.OFFERS_TIMES), message.says(Says.ASKS_TIMES)
        self.bookable = message.says(Says.SCHEDULING_LINK) or self.bookable
        if message.says(Says.CANCELS, Says.MOVES) or (proposing and message.reading.hour_kept):
            self._call_off(message, final=not message.says(Says.MOVES) and not times)
        if taken := self._taken_up(times):
            self._fix(message, taken)
        elif not proposing and (stated := _stated(message, times)):
            self._fix(message, stated)
        elif times and (proposing or not message.says(Says.CONFIRMS, Says.MOVES)):
            self._propose(message, times)
        elif len(times) == 1 or (times and not message.says(Says.MOVES)):
            for time in times:
                self._fix(message, time)
        elif not times and self.proposed_by_me and (chosen := self._chosen(message)):
            self._fix(message, chosen)
        elif not times and message.says(Says.MOVES):
            old = next((_known(r, message) for r in reversed(self.rows) if r.suspended), None)
            self._propose(message, offers.on_another_day(message, replace(old, certain=False)) if old else ())

    def _chosen(self, message: Message) -> TimeMention | None:
        """Which offer of mine they take up without naming its hour: that of the day they name, or with a yes the only one."""
        meant = offers.meant(self.proposals, (), message.reading.days)
        return meant if message.says(Says.CONFIRMS, Says.ACCEPTS_TIME) else None

    def _taken_up(self, times: Sequence[TimeMention]) -> TimeMention | None:
        """The time that I offered and they name: it is fixed, whatever the words."""
        mine = self.proposals if self.proposed_by_me and len(times) == 1 else ()
        return next((p for p in mine if offers.same(p, times[0])), None)

    def _take_mine(self, message: Message) -> None:
        times = self._new_times(message)
        leaves = message.says(Says.DECLINES_TIME, Says.MOVES, Says.CANCELS)
        accepts = message.says(Says.ACCEPTS_TIME) or (
            not leaves and (self._names_theirs(times) or self._agrees(message))
        )
        booked = times[0] if self.bookable and len(times) == 1 else None
        within = offers.within(self.proposals, times)
        if within and not leaves and not self.proposed_by_me:
            self._fix(message, within)
            return
        taken = offers.meant(self.proposals, times, message.reading.days) or booked
        if accepts and taken and not self.proposed_by_me:
            self._fix(message, taken)
        elif leaves:
            self._call_off(message, final=False)
            self._propose(message, times)
        elif times and (self.asked or message.says(Says.OFFERS_TIMES, Says.ACCEPTS_TIME)):
            self._propose(message, times)

    def _names_theirs(self, named: Sequence[TimeMention]) -> bool:
        """Whether I name one of the times that they offered and no other: then I take it up, whatever the words."""
        return len(named) == 1 and named[0].start in {p.start for p in self.proposals}

    def _agrees(self, message: Message) -> bool:
        """Whether I answer the one who named the times, and leave them as they are."""
        answers = bool(message.copy.in_reply_to and self.proposer and message.reaches(self.proposer.email))
        return answers and not message.says(*_LEAVES_OPEN)

    def _new_times(self, message: Message) -> tuple[TimeMention, ...]:
        """The times ahead that a message names, or that follow from the interview that it moves, less those that it only
        repeats in order to leave them.
        """
        named = message.reading.times
        if not named and (row := next((r for r in reversed(self.rows) if r.suspended or _ahead(r, message)), None)):
            named = offers.moved(message, _known(row, message))
        ahead = {t.start: t for t in named if t.start > message.when}
        if message.says(Says.MOVES, Says.CANCELS, Says.DECLINES_TIME):
            for row in self.rows:
                ahead.pop(row.start, None)
        return tuple(ahead.values())

    def _propose(self, message: Message, times: Sequence[TimeMention]) -> None:
        if times:
            self.proposals, self.proposed_by_me = tuple(times), message.mine
            self.proposer = None if message.mine else message.sender

    # ------------------------------------------------------------------ words

    def _ahead(self, when: datetime) -> list[_Row]:
        return [r for r in self.rows if r.stands() and r.latest_end > when]

    def _just_over(self, message: Message) -> list[_Row]:
        """A time of the last day of which they say afterwards that it did not take place, or ask for another."""
        missed = message.says(Says.CANCELS) or (
            message.says(Says.MOVES) and (message.says(Says.ASKS_TIMES, Says.OFFERS_TIMES) or self._new_times(message))
        )
        if message.mine or not missed:
            return []
        return [r for r in self.rows if r.stands() and message.when - r.latest_end <= _SOON_AFTER]

    def _fix(self, message: Message, time: TimeMention) -> None:
        end = time.end or time.start + self.length
        latest = end + ((time.latest_start or time.start) - time.start)
        row = self._row_for(message, time.start)
        if row is None:
            row = _Row(
                key=message.id,
                start=time.start,
                end=end,
                latest_end=latest,
                fixed_by=message.id,
                fixed_at=message.when,
                certain=time.certain,
            )
            self.rows.append(row)
        elif row.invited and row.stands() and row.start != time.start:
            row.certain, row.latest_end = False, max(row.latest_end, latest)
        elif row.start != time.start or not row.invited:
            self._set(row, message, time, end, latest)
        row.correspondent = self.proposer if message.mine or not message.human else message.sender
        row.named = self.named
        self.proposals = ()

    def _set(self, row: _Row, message: Message, time: TimeMention, end: datetime, latest: datetime) -> None:
        known_end = row.end if row.start == time.start and time.end is None else end
        row.start, row.end, row.latest_end = time.start, known_end, max(latest, known_end)
        row.certain, row.suspended = time.certain, False
        row.fixed_by, row.fixed_at = message.id, message.when

    def _row_for(self, message: Message, start: datetime) -> _Row | None:
        """The row that a time belongs to: the same moment, one that seeks a new time, or one of the same day.

        The sessions of a day that one mail names are rows of their own.
        """
        for row in self.rows:
            if row.stands() and row.start == start:
                return row
        for row in reversed(self.rows):
            if row.suspended:
                return row
        others = (r for r in self._ahead(message.when) if r.fixed_by != message.id)  # one mail may fix two in one day
        return next((r for r in others if r.start.date() == start.astimezone(r.start.tzinfo).date()), None)

    def _call_off(self, message: Message, *, final: bool) -> None:
        ahead = self._ahead(message.when) or self._just_over(message)
        named = {t.start.date() for t in message.reading.times}
        for row in [r for r in ahead if r.start.date() in named] or ahead[:1]:
            row.cancelled, row.suspended = final, not final
        self.proposals = ()

    # ------------------------------------------------------------------ invites

    def _take_invite(self, message: Message, invite: Invite) -> None:
        row = next((r for r in self.rows if r.key == invite.uid), None)
        if invite.method == "REPLY":
            self._take_reply(message, invite, row)
        elif invite.method in _NO_TIME or (span := _span(invite)) is None:
            return
        elif row is None:
            self._place(self._adopt(message, invite, span), message, invite, span)
        elif (invite.sequence, invite.stamped_at or message.when) >= (row.version[0], row.version[1] or row.fixed_at):
            self._place(row, message, invite, span)

    def _take_reply(self, message: Message, invite: Invite, row: _Row | None) -> None:
        if row is None:
            return
        for attendee in invite.attendees:
            declined = attendee.status is PartStat.DECLINED
            if self.me.has(attendee.address.email) == message.mine and declined:
                row.declined = True

    def _adopt(self, message: Message, invite: Invite, span: _Span) -> _Row:
        """The row agreed in words that this invite writes down, or a new one."""
        start, end = span
        row = self._row_for(message, start)
        fresh = row is None or row.invited or invite.method == "CANCEL"
        if row is None or fresh:
            row = _Row(
                key=invite.uid,
                start=start,
                end=end,
                latest_end=end,
                fixed_by=message.id,
                fixed_at=message.when,
            )
            self.rows.append(row)
        elif row.certain and not row.suspended and row.start != start:
            row.certain, row.latest_end = False, max(row.latest_end, end)
        else:
            row.certain = True
        row.key = invite.uid
        return row

    def _place(self, row: _Row, message: Message, invite: Invite, span: _Span) -> None:
        contradicted = not row.invited and not row.certain
        latest = invite.latest_end or span[1]
        row.certain = invite.certain and not invite.all_day and not contradicted
        row.latest_end = max(latest, row.latest_end) if contradicted else latest
        (row.start, row.end), row.all_day, row.invited = span, invite.all_day, True
        row.version = (invite.sequence, invite.stamped_at or message.when)
        row.cancelled, row.suspended = invite.method == "CANCEL", False
        row.fixed_by, row.fixed_at = message.id, message.when
        row.organizer = invite.organizer
        mine = [a.status for a in invite.attendees if self.me.has(a.address.email)]
        row.declined = PartStat.DECLINED in mine
        row.attendees = tuple(self._people(invite))
        row.named = self.named
        self.proposals = ()

    def _people(self, invite: Invite) -> Iterable[Address]:
        for attendee in invite.attendees:
            if attendee.person and attendee.status is not PartStat.DECLINED and not self.me.has(attendee.address.email):
                yield attendee.address


def _ahead(row: _Row, message: Message) -> bool:
    return row.stands() and row.latest_end > message.when


def _known(row: _Row, message: Message) -> TimeMention:
    """The time of a row, on the wall on which it was agreed; one of an invite on the writer's."""
    zone = message.when.tzinfo if row.invited else row.start.tzinfo
    return TimeMention(start=row.start.astimezone(zone), end=row.end.astimezone(zone), certain=row.certain)


def _stated(message: Message, times: Sequence[TimeMention]) -> TimeMention | None:
    """The one time to which a message invites without asking: it stands in or right behind the words that invite, or
    the subject invites.
    """
    invitation = message.finding(Says.INVITES)
    if invitation is None or len(times) != 1 or message.says(Says.ASKS_TIMES, Says.SCHEDULING_LINK):
        return None
    behind = invitation.start <= times[0].text_start <= invitation.end + _SAME_BREATH
    return times[0] if invitation.part == "subject" or behind else None


def _span(invite: Invite) -> _Span | None:
    return None if invite.start is None or invite.end is None else (invite.start, invite.end)


def _speaks(message: Message) -> bool:
    """A person's words, or a scheduler's notice that a time was booked."""
    return message.human or (not message.mine and message.reading.origin is Origin.AUTOMATED)


def fold(messages: Iterable[Message], me: Identities, now: datetime) -> list[Interview]:
    """The interviews that ``messages`` (oldest first) lead to, as they stand at ``now``, earliest first."""
    diary = _Diary(me)
    for message in messages:
        diary.take(message)
    return sorted((_finish(row, now) for row in diary.rows), key=lambda i: (i.start, i.key))


def _finish(row: _Row, now: datetime) -> Interview:
    return Interview(
        key=row.key,
        start=row.start,
        end=row.end,
        latest_end=row.latest_end,
        state=_state(row, now),
        fixed_by=row.fixed_by,
        fixed_at=row.fixed_at,
        all_day=row.all_day,
        organizer=row.organizer,
        attendees=row.attendees,
        named=row.named,
        correspondent=row.correspondent,
    )


def _state(row: _Row, now: datetime) -> InterviewState:
    if not row.stands():
        return InterviewState.CANCELLED
    if not row.certain:
        return InterviewState.UNCERTAIN
    return InterviewState.HELD if row.end <= now else InterviewState.SCHEDULED
