"""iCalendar parts (RFC 5545, RFC 5546) to interviews: who is asked to meet when, or no longer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from followupd.core import recurrence
from followupd.core.ical import Calendar, Line, calendars, value_of
from followupd.core.mail import Address, CalendarPart
from followupd.core.reading import Attendee, Invite, PartStat
from followupd.core.zones import Described, Known, Observance, Zone, named

USUAL_LENGTH = timedelta(hours=1)
"""How long a meeting is taken to last whose end is not given (policy section 3)."""

_DAY = timedelta(days=1)
_HORIZON = timedelta(days=400)

# Bounds on what one part may cost: no invitation comes near them.
_EVENT_LIMIT = 100
_CALENDAR_LIMIT = 4
_SERIES_LIMIT = 20
_OBSERVANCE_LIMIT = 32

_TIME = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d))?(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
_DURATION = re.compile(
    r"\+?P(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?", re.ASCII
)
_OFFSET = re.compile(r"([+-]?)(\d\d):?(\d\d)(?::?(\d\d))?", re.ASCII)
_NO_PERSON = frozenset({"ROOM", "RESOURCE", "GROUP"})
_STATUSES = frozenset(status.value for status in PartStat)
_RESOURCE_DOMAIN = "resource.calendar.google.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """A DATE or DATE-TIME: its wall time, and the zone that it stands in (None where that cannot be known)."""

    wall: datetime
    zone: Zone | None
    whole_day: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What the reading of times depends on."""

    zone: Zone
    sender: Zone
    written: datetime
    described: Mapping[str, Described]
    floating: Zone | None

    def at(self, moment: _Moment) -> datetime:
        """The instant of ``moment``, read in the user's zone where its own is not known."""
        return (moment.zone or self.zone).attach(moment.wall)

    def latest(self, moment: _Moment) -> datetime:
        """Its latest plausible reading."""
        if moment.zone is not None:
            return moment.zone.attach(moment.wall)
        return max(self.zone.attach(moment.wall), self.sender.attach(moment.wall))


def read(part: CalendarPart, *, zone: ZoneInfo, written: datetime) -> tuple[Invite, ...]:
    """The events of a calendar part, in their order; a series gives its first occurrence at or after ``written``.

    ``zone`` is the user's, ``written`` the aware moment of the message in its sender's offset: a time without a zone is
    read in the user's, and is certain only if the sender's offset is the same (policy section 3). Whole days are read in
    ``zone``. Any text is accepted; what cannot be understood is left out.
    """
    found: list[Invite] = []
    for calendar in islice(calendars(part.text), _CALENDAR_LIMIT + 1):
        found.extend(_invites(calendar, part.method, zone=zone, written=written))
    return tuple(found)


# --- events ---


def _invites(calendar: Calendar, method: str, *, zone: ZoneInfo, written: datetime) -> Iterator[Invite]:
    context = _context(calendar, zone=zone, written=written)
    replaced = _replaced(calendar.events[:_EVENT_LIMIT], context)
    method = (method or value_of(calendar.own, "METHOD")).strip().upper()
    series = 0
    for event in calendar.events[:_EVENT_LIMIT]:
        series += any(line.name in ("RRULE", "RDATE") for line in event)
        yield _invite(event, method, context, replaced if series <= _SERIES_LIMIT else None)


def _context(calendar: Calendar, *, zone: ZoneInfo, written: datetime) -> _Context:
    described = {
        value_of(lines, "TZID").strip('"'): Described(tuple(islice(_observances(lines), _OBSERVANCE_LIMIT)))
        for lines in calendar.zones
    }
    own = Known(zone)
    sender = Known(timezone(written.utcoffset() or timedelta(0)))
    floating = named(value_of(calendar.own, "X-WR-TIMEZONE"), described)
    if floating is None and written.astimezone(zone).utcoffset() == written.utcoffset():
        floating = own
    return _Context(zone=own, sender=sender, written=written, described=described, floating=floating)


def _invite(event: Sequence[Line], method: str, context: _Context, replaced: _Replaced | None) -> Invite:
    cancelled = value_of(event, "STATUS").upper() == "CANCELLED"
    first, length, later_length = _span(event, context)
    recurring = any(line.name in ("RRULE", "RDATE") for line in event)
    if first is not None and recurring and replaced is not None:
        first = _next(event, first, context, replaced)
    start = context.at(first) if first else None
    uncertain = first is not None and first.zone is None
    return Invite(
        uid=value_of(event, "UID") or _stand_in(event),
        method="CANCEL" if cancelled else method,
        sequence=_sequence(value_of(event, "SEQUENCE")),
        stamped_at=_stamp(event, context),
        start=start,
        end=start + length if start else None,
        certain=not uncertain,
        latest_end=context.latest(first) + later_length if first and uncertain else None,
        all_day=bool(first and first.whole_day) or value_of(event, "X-MICROSOFT-CDO-ALLDAYEVENT").upper() == "TRUE",
        recurring=recurring,
        occurrence=_occurrence(event, context),
        summary=value_of(event, "SUMMARY"),
        organizer=next((a for line in event if line.name == "ORGANIZER" and (a := _address(line))), None),
        attendees=tuple(who for line in event if line.name == "ATTENDEE" and (who := _attendee(line))),
    )


def _stand_in(event: Sequence[Line]) -> str:
    """A UID for an event that has none, the same for the same meeting."""
    about = "\n".join(value_of(event, name) for name in ("ORGANIZER", "SUMMARY", "DTSTART"))
    return f"{hashlib.sha256(about.encode(errors='replace')).hexdigest()[:32]}@missing.invalid"


def _sequence(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


# --- times ---


def _moment(line: Line, context: _Context, value: str | None = None) -> _Moment | None:
    """The DATE or DATE-TIME that ``value`` (else the line's own) states; None where it states none."""
    text = (line.value if value is None else value).strip()
    tzid = line.params.get("TZID", "")
    found = _TIME.fullmatch(text)
    if found is None and ":" in text:  # an unquoted zone name with a colon: TZID=(UTC+01:00) Berlin:20260422T100000
        head, _, tail = text.rpartition(":")
        found, tzid = _TIME.fullmatch(tail), f"{tzid}:{head}"
    if found is None:
        return None
    wall = _wall(found)
    if wall is None or wall.year not in recurrence.YEARS:
        return None
    whole_day = found[4] is None
    return _Moment(wall=wall, zone=_zone(found[7], tzid, whole_day, context), whole_day=whole_day)


def _wall(found: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute, second = (int(found[n] or 0) for n in range(1, 7))
    try:
        return datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 (its zone comes with it)
    except ValueError:
        return None


def _zone(suffix: str | None, tzid: str, whole_day: bool, context: _Context) -> Zone | None:
    if whole_day:
        return context.zone
    if suffix is not None:
        return Known(UTC if suffix in "Zz" else timezone(_offset(suffix)))
    return named(tzid, context.described) if tzid else context.floating


def _first(event: Iterable[Line], name: str, context: _Context) -> _Moment | None:
    line = next((line for line in event if line.name == name), None)
    return _moment(line, context) if line else None


def _span(event: Sequence[Line], context: _Context) -> tuple[_Moment | None, timedelta, timedelta]:
    """The start, the length, and the length counted between the latest readings of start and end."""
    start, end = _first(event, "DTSTART", context), _first(event, "DTEND", context)
    usual = _DAY if start and start.whole_day else USUAL_LENGTH
    if start is None:
        return None, usual, usual
    if end is not None:
        length, later = context.at(end) - context.at(start), context.latest(end) - context.latest(start)
    else:
        length = later = _duration(value_of(event, "DURATION"))
    return start, length if length > timedelta(0) else usual, later if later > timedelta(0) else usual


def _duration(text: str) -> timedelta:
    """RFC 5545 section 3.3.6; nothing for what is none, and for a negative one."""
    found = _DURATION.fullmatch(text.upper())
    if found is None:
        return timedelta(0)
    weeks, days, hours, minutes, seconds = (int(group or 0) for group in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _stamp(event: Sequence[Line], context: _Context) -> datetime | None:
    moment = _first(event, "DTSTAMP", context) or _first(event, "LAST-MODIFIED", context)
    return context.at(moment) if moment else None


def _occurrence(event: Sequence[Line], context: _Context) -> str | None:
    """The RECURRENCE-ID, spelled alike in whatever zone it was written."""
    moment = _first(event, "RECURRENCE-ID", context)
    if moment is None:
        return value_of(event, "RECURRENCE-ID") or None
    return moment.wall.date().isoformat() if moment.whole_day else context.at(moment).astimezone(UTC).isoformat()


# --- series ---

_Replaced = Mapping[str, frozenset[datetime]]


def _replaced(events: Iterable[Sequence[Line]], context: _Context) -> _Replaced:
    """By UID, the occurrences that events of their own replace."""
    found: dict[str, set[datetime]] = {}
    for event in events:
        moment = _first(event, "RECURRENCE-ID", context)
        if moment is not None:
            found.setdefault(value_of(event, "UID"), set()).add(context.at(moment))
    return {uid: frozenset(times) for uid, times in found.items()}


def _next(event: Sequence[Line], first: _Moment, context: _Context, replaced: _Replaced) -> _Moment:
    """The first occurrence at or after the message was written; the series' start when none is left."""

    def at(wall: datetime) -> datetime:
        return context.at(_Moment(wall=wall, zone=first.zone, whole_day=first.whole_day))

    gone = replaced.get(value_of(event, "UID"), frozenset()) | {
        context.at(m) for m in _listed(event, "EXDATE", context)
    }
    rule = recurrence.Rule(
        text=value_of(event, "RRULE"),
        start=first.wall,
        attach=at,
        also=tuple(_wall_like(m, first, context) for m in _listed(event, "RDATE", context)),
    )
    series = recurrence.occurrences(rule, until=context.written.replace(tzinfo=None) + _HORIZON)
    ahead = (wall for wall in (first.wall, *series) if at(wall) >= context.written and at(wall) not in gone)
    return _Moment(wall=min(ahead, default=first.wall), zone=first.zone, whole_day=first.whole_day)


def _listed(event: Iterable[Line], name: str, context: _Context) -> Iterator[_Moment]:
    for line in event:
        for value in line.value.split(",") if line.name == name else ():
            moment = _moment(line, context, value.partition("/")[0])  # a PERIOD begins with its start
            if moment is not None:
                yield moment


def _wall_like(moment: _Moment, first: _Moment, context: _Context) -> datetime:
    """The wall time of ``moment`` on the clock that ``first`` stands on."""
    if moment.zone == first.zone or moment.whole_day:
        return moment.wall
    info = context.at(first).tzinfo
    return context.at(moment).astimezone(info).replace(tzinfo=None)


# --- zones of the calendar itself ---


def _observances(lines: Sequence[Line]) -> Iterator[Observance]:
    """The STANDARD and DAYLIGHT parts of a VTIMEZONE; one that cannot be read is left out."""
    block: list[Line] = []
    for line in lines:
        if line.name == "BEGIN":
            block = []
        elif line.name == "END":
            made = _observance(block)
            if made is not None:
                yield made
            block = []
        else:
            block.append(line)


def _observance(block: Sequence[Line]) -> Observance | None:
    before, after = (_OFFSET.fullmatch(value_of(block, name)) for name in ("TZOFFSETFROM", "TZOFFSETTO"))
    onset = _onset(value_of(block, "DTSTART"))
    if before is None or after is None or onset is None:
        return None
    also = (_onset(value) for line in block if line.name == "RDATE" for value in line.value.split(","))
    return Observance(
        onset=onset,
        before=_offset(before[0]),
        after=_offset(after[0]),
        rule=value_of(block, "RRULE"),
        also=tuple(at for at in also if at is not None),
    )


def _onset(text: str) -> datetime | None:
    """Unlike a meeting, a zone's rules may begin in any year: Microsoft's do in 1601."""
    found = _TIME.fullmatch(text.strip())
    return _wall(found) if found else None


def _offset(text: str) -> timedelta:
    """A UTC offset that ``_OFFSET`` matches, kept below a day (RFC 5545 section 3.3.14)."""
    found = _OFFSET.fullmatch(text)
    if found is None:
        return timedelta(0)
    span = timedelta(hours=int(found[2]) % 24, minutes=int(found[3]) % 60, seconds=int(found[4] or 0) % 60)
    return -span if found[1] == "-" else span


# --- people ---


def _address(line: Line) -> Address | None:
    """The calendar user's mail address: of the value, else of the EMAIL parameter (RFC 7986), which Apple writes."""
    value = unquote(line.value.strip().removeprefix("<").removesuffix(">"))
    if value.lower().startswith("mailto:"):
        value = value[len("mailto:") :].partition("?")[0]
    email = next((e for text in (value, line.params.get("EMAIL", "")) if (e := _mail(text))), None)
    if email is None:
        return None
    name = line.params.get("CN", "").strip().strip("\"'").strip()
    return Address(email=email, name="" if "@" in name else name)


def _mail(text: str) -> str | None:
    text = text.strip().strip("<>").strip()
    local, _, domain = text.rpartition("@")
    plain = local and domain and not re.search(r"[\s/:<>,;]", text)
    return text if plain else None


def _attendee(line: Line) -> Attendee | None:
    address = _address(line)
    if address is None:
        return None
    status = line.params.get("PARTSTAT", "").strip().upper()
    return Attendee(
        address=address,
        status=PartStat(status) if status in _STATUSES else PartStat.NEEDS_ACTION,
        person=line.params.get("CUTYPE", "").strip().upper() not in _NO_PERSON and address.domain != _RESOURCE_DOMAIN,
    )
