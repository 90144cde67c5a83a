"""Clock times with their dates and zones: which hour is meant, on which day, on whose wall."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from followupd.core.dates.days import Found
from followupd.core.dates.hits import Asked
from followupd.core.dates.tokens import REACH
from followupd.core.dates.zones import zone_near
from followupd.core.reading import TimeMention

NOON = 12
EARLIEST_PLAIN = 7
"""A plain hour before this one, without am or pm or a leading zero, is in the afternoon."""

NEAR = 10
"""How many tags after a time its date may begin, and how many dates may share a time."""

CARRY = 240
"""How far (in characters) a date reaches forward to a time in a later sentence or line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A time of day by its tokens. ``half`` is 0 for am, 12 for pm, None where neither is said."""

    first: int
    last: int
    hour: int
    minute: int
    half: int | None
    exact: bool
    """Says by itself that it is a time: 9:30, 9 am, 9 Uhr."""
    padded: bool = False

    @property
    def minutes(self) -> int:
        hour = self.hour
        if self.half is not None and hour <= NOON:
            hour = hour % NOON + self.half
        elif self.half is None and 0 < hour < EARLIEST_PLAIN and not self.padded:
            hour += NOON
        return hour * 60 + self.minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time of day, perhaps with its end, perhaps on a known wall."""

    first: int
    last: int
    start: int
    end: int | None
    zone: tzinfo | None = None


_MOVE = re.compile(r"[wd],?-s*d?,?[sn]*(?:n[.s]*m|mn|mo|om|[DSK]).*")


def times(asked: Asked, dates: Sequence[Found], zone: ZoneInfo) -> tuple[TimeMention, ...]:
    """The clock times of the text for which a day is known, in its order; one for each instant."""
    taken = {token for f in dates for token in range(f.first, f.last)}
    if not (plain := tuple(_slots(asked, taken))):
        return ()
    slots = _zoned(asked, plain, zone)
    found = [
        (slot, _mention(asked, slot, day, zone))
        for slot, days in zip(slots, _dated(asked, slots, dates), strict=True)
        for day in days
    ]
    return tuple(_merged(asked, found))


def hours(asked: Asked, dates: Sequence[Found], zone: ZoneInfo) -> tuple[TimeMention, ...]:
    """The clock times of the text for which no day is named, as if meant for the day of writing."""
    taken = {token for f in dates for token in range(f.first, f.last)}
    if not (plain := tuple(_slots(asked, taken))):
        return ()
    slots, today = _zoned(asked, plain, zone), asked.today
    return tuple(
        _mention(asked, slot, Found(first=slot.first, last=slot.last, start=today, end=today), zone)
        for slot, days in zip(slots, _dated(asked, slots, dates), strict=True)
        if not days
    )


# --- reading the clock -------------------------------------------------------------------------------------------


def _slots(asked: Asked, taken: set[int]) -> Iterator[Slot]:
    tags, at = asked.scan.tags, 0
    while at < len(tags):
        slot = None
        if tags[at] in "cKnjha" and at not in taken:
            slot = _slot(asked, at, taken)
        if slot:
            yield slot
        at = slot.last if slot else at + 1


def _slot(asked: Asked, at: int, taken: set[int]) -> Slot | None:
    one = _clock(asked, at, taken)
    if one is None:
        return None
    tags = asked.scan.tags
    before = tags[at - 1] if at else ""
    if two := _range_end(asked, one, before, taken):
        return _range(one, two)
    if not one.exact and not _is_hour(tags, at, one.last):
        return None
    return Slot(first=one.first, last=one.last, start=one.minutes, end=None)


def _is_hour(tags: str, at: int, last: int) -> bool:
    """Whether a bare number is an hour: "at 10", "ore 10", "10 CET"; not "at 10 minutes", "2 ore 10"."""
    if tags[at] == "a" or tags[last : last + 1] in ("p", "u", "-", "n"):
        return False
    announced = tags[at - 1 : at] == "t" or (tags[at - 1 : at] == "H" and tags[at - 2 : at - 1] not in ("n", "K", "c"))
    return announced or (tags[at] == "n" and tags[last : last + 1] == "z")


def _range_end(asked: Asked, one: Clock, before: str, taken: set[int]) -> Clock | None:
    tags, at = asked.scan.tags, one.last
    joins = "-UtO" if before == "b" else "-Ut"
    if at >= len(tags) or tags[at] not in joins:
        return None
    at += 1
    while at < len(tags) and tags[at] in "st":
        at += 1
    two = _clock(asked, at, taken) if at < len(tags) and tags[at] in "cKnjh" else None
    if (
        two
        and (one.exact or two.exact or before in ("t", "b", "f"))
        and tags[two.last : two.last + 1] not in ("p", "u")
    ):
        return two
    return None


def _range(one: Clock, two: Clock) -> Slot:
    if one.half is None and two.half is not None and one.hour <= NOON:
        same = replace(one, half=two.half)
        one = same if same.minutes < two.minutes else replace(one, half=NOON - two.half)
    elif two.half is None and one.half is not None and two.hour <= NOON:
        two = replace(two, half=one.half)
    start, end = one.minutes, two.minutes
    if end <= start and end + NOON * 60 < 24 * 60:
        end += NOON * 60
    return Slot(first=one.first, last=two.last, start=start, end=end if end > start else None)


def _clock(asked: Asked, at: int, taken: set[int]) -> Clock | None:
    tags, values = asked.scan.tags, asked.scan.values
    if at in taken or values[at] == "few":
        return None
    match tags[at]:
        case "j":
            return Clock(first=at, last=at + 1, hour=values[at], minute=0, half=None, exact=True, padded=True)
        case "h":
            return _past_hour(asked, at)
        case "c":
            hour, minute = values[at]
        case "K":
            hour, minute, digits = values[at]
            if digits != 2 or minute > 59:
                return None
        case _:
            hour, minute = values[at], 0
    if hour > 24:
        return None
    text = asked.scan.text
    padded = text[asked.scan.start(at)] == "0"
    return _completed(asked, at, hour, minute, padded=padded)


def _completed(asked: Asked, at: int, hour: int, minute: int, *, padded: bool) -> Clock:
    """With what follows the digits: o'clock, minutes after it, "et demie", am or pm."""
    tags, values = asked.scan.tags, asked.scan.values
    exact, half, last = tags[at] == "c", None, at + 1
    if tags[at] == "K" and at and tags[at - 1] in "tb":
        exact = True
    if tags[last : last + 1] == "H":
        exact, last = True, last + 1
        minutes = tags[last : last + 2] == "np" and values[last + 1] == "i"  # 14h30min
        if tags[at] == tags[last : last + 1] == "n" and (
            minutes or tags[last + 1 : last + 2] not in ("p", "u", "m", "H")
        ):
            minute, last = int(values[last]), last + 1 + minutes
    told = exact or (at and tags[at - 1] == "t") or (tags[at] == "n" and tags[last + 1 : last + 2] not in ("p", "u"))
    if tags[last : last + 1] == "h" and tags[at] in "na" and told:
        exact, last, shift = True, last + 1, int(values[last])
        hour, minute = (hour, shift) if shift >= 0 else ((hour - 1) % 24, 60 + shift)
    if tags[last : last + 1] == "A":
        exact, half, last = True, int(values[last]), last + 1
    if minute > 59:
        minute = 0
    return Clock(first=at, last=last, hour=hour, minute=minute, half=half, exact=exact, padded=padded)


def _past_hour(asked: Asked, at: int) -> Clock | None:
    """Half past nine, halb zehn, quarter to ten."""
    tags, values = asked.scan.tags, asked.scan.values
    if tags[at + 1 : at + 2] not in ("n", "o"):
        return None
    hour, shift, last = int(values[at + 1]), int(values[at]), at + 2
    if hour > 24:
        return None
    if tags[last : last + 1] == "H":
        last += 1
    half = None
    if tags[last : last + 1] == "A":
        half, last = int(values[last]), last + 1
    if shift < 0:
        if half is None and 1 <= hour <= EARLIEST_PLAIN:
            hour += NOON
        hour, shift = (hour - 1) % 24, 60 + shift
    return Clock(first=at, last=last, hour=hour, minute=shift, half=half, exact=True)


# --- the day of a time -------------------------------------------------------------------------------------------


def _dated(asked: Asked, slots: Sequence[Slot], dates: Sequence[Found]) -> list[tuple[Found, ...]]:
    """The days of each slot. One that has none yet shares those of the next: "10:00 CET / 4:00 am CT on Friday"."""
    arrived = (_moved(asked, d) for d in dates)
    single = [d for d in arrived if d.start == d.end and d.rule not in ("amount_ahead", "amount_ago")]
    found: list[tuple[Found, ...]] = []
    used, next_date = -1, 0
    for number, slot in enumerate(slots):
        while next_date < len(single) and single[next_date].last <= slot.first:
            next_date += 1
        earlier = slots[number - 1].last if number else 0
        chosen = _days_of(asked, slot, single, next_date, earlier=earlier, used=used)
        used = chosen[0] if chosen and chosen[0] >= next_date else used
        found.append(tuple(single[at] for at in chosen if not single[at].past))
    for number in range(len(slots) - 2, -1, -1):
        between = asked.scan.tags[slots[number].last : slots[number + 1].first]
        if not found[number] and not any(end in between for end in ";|"):
            found[number] = tuple(d for d in found[number + 1] if d.first >= slots[number + 1].last)
    return found


def _moved(asked: Asked, found: Found) -> Found:
    """The day arrived at, where a range leads from a bare day to a dated one: "from tomorrow to Tuesday, May 26, 10:00"."""
    moves = _MOVE.fullmatch(asked.scan.tags[found.first : found.last])
    return replace(found, start=found.end) if moves and found.start != found.end else found


def _days_of(
    asked: Asked, slot: Slot, single: Sequence[Found], following: int, *, earlier: int, used: int
) -> tuple[int, ...]:
    """Which of the dates are the slot's; ``following`` is the first after it, ``used`` the last that stood after its time."""
    after = following if following < len(single) and _follows(asked, slot, single[following]) else None
    before = following - 1 if following and _reaches(asked, single[following - 1], slot) else None
    if after is not None and (before is None or before == used or _far(asked, single[before], slot)):
        return (after,)
    return tuple(_listed(asked, single, before, earlier)) if before is not None else ()


def _follows(asked: Asked, slot: Slot, date_: Found) -> bool:
    """Whether the date comes at once: "2pm PT tomorrow", "10 Uhr am Dienstag"."""
    between = asked.scan.tags[slot.last : min(date_.first, slot.last + NEAR)]
    return date_.first < slot.last + NEAR and not between.strip("stizZY(),f:-")


def _far(asked: Asked, date_: Found, slot: Slot) -> bool:
    """Whether a sentence ends between them."""
    between = asked.scan.tags[date_.last : min(slot.first, date_.last + REACH)]
    return slot.first >= date_.last + REACH or any(end in between for end in ";|")


def _reaches(asked: Asked, date_: Found, slot: Slot) -> bool:
    """Whether the date is still spoken of at the time: in its sentence, or in the next one or a block of labels."""
    if not _far(asked, date_, slot):
        return True
    near = asked.scan.start(slot.first) - asked.scan.end(date_.last - 1) <= CARRY
    return near and asked.scan.tags.count(";", date_.last, slot.first) <= 1


def _listed(asked: Asked, single: Sequence[Found], last: int, earlier: int) -> Iterator[int]:
    """The last date before a time, and those linked to it with no time between: "June 2 or June 3 at 10"."""
    first = last
    while first and single[first - 1].first >= earlier and last - first < NEAR:
        if asked.scan.tags[single[first - 1].last : single[first].first].strip("s,") != "O":
            break
        first -= 1
    return iter(range(first, last + 1))


# --- the wall that it hangs on -----------------------------------------------------------------------------------


def _zoned(asked: Asked, slots: Sequence[Slot], mine: ZoneInfo) -> tuple[Slot, ...]:
    """Each slot with the zone named beside it, else with the only one that the text names."""
    bounds = [*(s.first for s in slots[1:]), len(asked.scan.tags)]
    near = [zone_near(asked, s.last, bound, mine) for s, bound in zip(slots, bounds, strict=True)]
    told = [n for n in range(len(slots)) if not _told_better(asked, slots, near, n, mine)]
    slots, near = [slots[n] for n in told], [near[n] for n in told]
    named = {str(z): z for z in near if z}
    if not named:
        anywhere = zone_near(asked, 0, len(asked.scan.tags), mine, anywhere=True)
        named = {"": anywhere} if anywhere else {}
    only = next(iter(named.values())) if len(named) == 1 else None
    return tuple(replace(s, zone=z or only) for s, z in zip(slots, near, strict=True))


def _told_better(asked: Asked, slots: Sequence[Slot], near: Sequence[tzinfo | None], number: int, mine: tzinfo) -> bool:
    """Whether the time in brackets beside this one says it on a named wall: "17 h (11 h chez vous)", "5 pm CET (11 am)"."""
    for other in (number - 1, number + 1):
        if near[number] is None and 0 <= other < len(slots) and near[other] is not None:
            one, two = sorted((number, other))
            between = asked.scan.tags[slots[one].last : slots[two].first].strip("zZsiYt")
            if between == "(" or (between == "," and near[other] is mine):
                return True
    return False


def _mention(asked: Asked, slot: Slot, day: Found, mine: ZoneInfo) -> TimeMention:
    scan = asked.scan
    offset = asked.written.utcoffset()
    zone = slot.zone or (mine if asked.written.astimezone(mine).utcoffset() == offset else None)
    start, end = _on(day.start, slot, zone or asked.written.tzinfo or UTC)
    latest = None
    if zone is None:
        latest = max(start, _on(day.start, slot, mine)[0])
    if day.doubtful:
        other = _on(day.doubtful, slot, zone or mine)[0]
        latest = max(latest or start, other)
    told = (slot.first, slot.last) if _far(asked, day, slot) else (min(slot.first, day.first), max(slot.last, day.last))
    return TimeMention(
        start=start,
        end=end,
        certain=latest is None,
        latest_start=latest,
        text_start=scan.start(told[0]),
        text_end=scan.end(told[1] - 1),
    )


def _on(day: date, slot: Slot, zone: tzinfo) -> tuple[datetime, datetime | None]:
    return _at(day, slot.start, zone), None if slot.end is None else _at(day, slot.end, zone)


def _at(day: date, minutes: int, zone: tzinfo) -> datetime:
    """The instant of that wall time; one that DST skips is the first after the gap."""
    day += timedelta(days=minutes // (24 * 60))
    wall = datetime.combine(day, time(minutes // 60 % 24, minutes % 60), tzinfo=zone)
    return wall.astimezone(UTC).astimezone(zone)


def _merged(asked: Asked, found: Sequence[tuple[Slot, TimeMention]]) -> Iterator[TimeMention]:
    """One mention for each instant; two readings of one time ("16:00 CET (10:00 CT)") that disagree are one in doubt."""
    kept: list[TimeMention] = []
    at: dict[datetime, int] = {}
    last: Slot | None = None
    for slot, item in found:
        if (same := at.get(item.start)) is not None:
            kept[same] = replace(kept[same], end=kept[same].end or item.end)
        elif last and _reads_again(asked, last, slot):
            latest = max(kept[-1].latest_start or kept[-1].start, item.latest_start or item.start)
            kept[-1] = replace(kept[-1], certain=False, latest_start=latest)
        else:
            at[item.start] = len(kept)
            kept.append(item)
        last = slot
    return iter(kept)


def _reads_again(asked: Asked, one: Slot, two: Slot) -> bool:
    """Whether the second time says the first on another wall: in brackets, or after a stroke, each with its zone."""
    if one is two or one.zone is None or two.zone is None or one.zone == two.zone:
        return False
    scan = asked.scan
    between = scan.tags[one.last : two.first].strip("zZsiY")
    return between == "(" or (
        between == "x" and scan.text[scan.end(one.last - 1) : scan.start(two.first)].count("/") == 1
    )
