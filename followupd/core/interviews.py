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

from followupd.core.mail import Address, Identities, MessageId
from followupd.core.messages import Message
from followupd.core.reading import Invite, Origin, PartStat, Says, TimeMention

USUAL_LENGTH = timedelta(hours=1)

_LONGEST = 8 * 60
"""Minutes: what is longer is no interview's length, but something else that the mail speaks of."""
_SOON_AFTER = timedelta(days=1)
_SAME_BREATH = 60
"""Characters between an invitation and the time that belongs to it."""
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
    named: tuple[Address, ...] = ()
    length: timedelta = USUAL_LENGTH

    # ------------------------------------------------------------------ in

    def take(self, message: Message) -> None:
        for invite in message.reading.invites:
            self._take_invite(message, invite)
        if message.reading.invites or not _speaks(message):
            return
        if 0 < (minutes := message.reading.duration_minutes or 0) <= _LONGEST:
            self.length = timedelta(minutes=minutes)
        self.named = (*self.named, *(a for a in message.reading.interviewers if a not in self.named))
        if message.mine:
            self._take_mine(message)
        else:
            self._take_theirs(message)

    def _take_theirs(self, message: Message) -> None:
        times = self._new_times(message)
        proposing = message.says(Says.OFFERS_TIMES)
        self.bookable = message.says(Says.SCHEDULING_LINK) or self.bookable
        if message.says(Says.CANCELS, Says.MOVES):
            self._call_off(message, final=not message.says(Says.MOVES) and not times)
        if not proposing and (stated := _stated(message, times)):
            self._fix(message, stated)
        elif times and (proposing or not message.says(Says.CONFIRMS, Says.MOVES)):
            if not self._takes_up(message, times):
                self._propose(message, times)
        elif len(times) == 1 or (times and not message.says(Says.MOVES)):
            for time in times:
                self._fix(message, time)
        elif not times and self.proposed_by_me and (chosen := self._chosen(message)):
            self._fix(message, chosen)
        elif not times and message.says(Says.MOVES):
            self._propose(message, self._at_the_same_hour(message))

    def _chosen(self, message: Message) -> TimeMention | None:
        """Which offer of mine they take up without naming its hour: that of the day they name, or with a yes the only one."""
        days = set(message.reading.days)
        hits = [p for p in self.proposals if p.start.date() in days]
        pool = hits if days else list(self.proposals)
        return pool[0] if len(pool) == 1 and message.says(Says.CONFIRMS, Says.ACCEPTS_TIME) else None

    def _at_the_same_hour(self, message: Message) -> tuple[TimeMention, ...]:
        """The hour of the interview that seeks a new time, on the one other day that they name; uncertain till I name it."""
        row = next((r for r in reversed(self.rows) if r.suspended), None)
        days = {d for d in message.reading.days if row and d != row.start.date()}
        if row is None or len(days) != 1:
            return ()
        start = datetime.combine(days.pop(), row.start.timetz())
        return (TimeMention(start=start, end=start + (row.end - row.start), certain=False, text_start=0, text_end=0),)

    def _takes_up(self, message: Message, times: Sequence[TimeMention]) -> bool:
        """Whether they name one of the times that I offered: then it is fixed, whatever the words."""
        mine = {p.start for p in self.proposals} if self.proposed_by_me else set()
        if len(times) != 1 or times[0].start not in mine:
            return False
        self._fix(message, times[0])
        return True

    def _take_mine(self, message: Message) -> None:
        times = self._new_times(message)
        leaves = message.says(Says.DECLINES_TIME, Says.MOVES, Says.CANCELS)
        accepts = message.says(Says.ACCEPTS_TIME) or (not leaves and self._names_theirs(times))
        booked = times[0] if self.bookable and len(times) == 1 else None
        if accepts and not self.proposed_by_me and (time := self._accepted(message, times) or booked):
            self._fix(message, time)
        elif leaves:
            self._call_off(message, final=False)
            self._propose(message, times)
        elif times and message.says(Says.OFFERS_TIMES, Says.ACCEPTS_TIME):
            self._propose(message, times)

    def _names_theirs(self, named: Sequence[TimeMention]) -> bool:
        """Whether I name one of the times that they offered and no other: then I take it up, whatever the words."""
        return len(named) == 1 and named[0].start in {p.start for p in self.proposals}

    def _accepted(self, message: Message, named: Sequence[TimeMention]) -> TimeMention | None:
        """Which proposal of theirs I took up: the one that I named, or the only one there is."""
        starts = {t.start for t in named}
        days = {t.start.date() for t in named} | set(message.reading.days)
        hits = [replace(p, certain=p.certain or t.certain) for p in self.proposals for t in named if t.start == p.start]
        hits = hits or [p for p in self.proposals if p.start.date() in days]
        pool = hits or ([] if starts or days else list(self.proposals))
        return pool[0] if len(pool) == 1 else None

    def _new_times(self, message: Message) -> tuple[TimeMention, ...]:
        """The times ahead that a message names, less those that it only repeats in order to leave them."""
        ahead = {t.start: t for t in message.reading.times if t.start > message.when}
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
            message.says(Says.MOVES) and message.says(Says.ASKS_TIMES, Says.OFFERS_TIMES)
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
        row.correspondent = self.proposer if message.mine else message.sender if message.human else None
        row.named = self.named
        self.proposals = ()

    def _set(self, row: _Row, message: Message, time: TimeMention, end: datetime, latest: datetime) -> None:
        known_end = row.end if row.start == time.start and time.end is None else end
        row.start, row.end, row.latest_end = time.start, known_end, max(latest, known_end)
        row.certain, row.suspended = time.certain, False
        row.fixed_by, row.fixed_at = message.id, message.when

    def _row_for(self, message: Message, start: datetime) -> _Row | None:
        """The row that a time belongs to: the same moment, one that seeks a new time, or one of the same day."""
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
        """The row agreed in words that this invite writes down, or a new one. An hour within the agreed ones is no contradiction."""
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
        elif row.certain and not row.suspended and row.start != start and not (row.start < start and end <= row.end):
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
