"""Calendar arithmetic on plain dates: weeks from Monday to Sunday whose end is their Friday, parts of months and quarters."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

DAYS = {"d": 1, "b": 1, "w": 7, "f": 14, "m": 30, "q": 91, "y": 365}

EARLY_UNTIL, MID_UNTIL = 10, 20
"""Days of the month at which "early" and "mid" end (policy section 4)."""

FRIDAY = 4
EARLY_WEEK, MID_WEEK = 1, 2
"""Weekdays at which the beginning and the middle of a week end: Tuesday and Wednesday."""


def day(year: int, month: int, number: int | str) -> date | None:
    """The day, None where there is none, as for a number in words that is none ("a few March evenings")."""
    try:
        return date(year, month, number)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def monday(of: date) -> date:
    return of - timedelta(days=of.weekday())


def weekday_after(today: date, wanted: int) -> date:
    """The next such weekday after ``today``, a week ahead if it is today."""
    return today + timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)


def weekday_before(today: date, wanted: int) -> date:
    return today - timedelta(days=(today.weekday() - wanted - 1) % 7 + 1)


def nearest_weekday(to: date, wanted: int) -> date:
    return to + timedelta(days=(wanted - to.weekday() + 3) % 7 - 3)


def next_weekday_on(today: date, wanted: int, number: int) -> date | None:
    """The first day from ``today`` within two years that is both that weekday and that day of its month."""
    for ahead in range(24):
        first = add_months(today.replace(day=1), ahead)
        found = day(first.year, first.month, number)
        if found and found >= today and found.weekday() == wanted:
            return found
    return None


def next_day_number(today: date, number: int) -> date | None:
    for ahead in range(3):
        first = add_months(today.replace(day=1), ahead)
        found = day(first.year, first.month, number)
        if found and found >= today:
            return found
    return None


def add_months(to: date, count: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    index = to.year * 12 + to.month - 1 + count
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(to.day, monthrange(year, month)[1]))


def add(to: date, count: int, unit: str) -> date:
    if unit in ("m", "q", "y"):
        return add_months(to, count * {"m": 1, "q": 3, "y": 12}[unit])
    return to + timedelta(days=count * DAYS[unit])


def month_end(of: date) -> date:
    return of.replace(day=monthrange(of.year, of.month)[1])


def month_ahead(today: date, month: int, year: int | None) -> date:
    """The first day of that month, this one counted."""
    if year is None:
        year = today.year + (month < today.month)
    return date(year, month, 1)


def quarter_ahead(today: date, number: int, year: int | None) -> date:
    current = (today.month - 1) // 3 + 1
    return date(today.year + (number < current) if year is None else year, number * 3 - 2, 1)


def part_of_month(first: date, part: str) -> tuple[date, date]:
    last = month_end(first)
    match part:
        case "B":
            return first, first.replace(day=EARLY_UNTIL)
        case "M":
            return first.replace(day=EARLY_UNTIL + 1), first.replace(day=MID_UNTIL)
        case "E":
            return first.replace(day=MID_UNTIL + 1), last
    return first, last


def half_of_month(first: date, half: int) -> tuple[date, date]:
    return (first, first.replace(day=15)) if half == 1 else (first.replace(day=16), month_end(first))


def part_of_quarter(first: date, part: str) -> tuple[date, date]:
    months = {"B": (0, 0), "M": (1, 1), "E": (2, 2)}.get(part, (0, 2))
    return add_months(first, months[0]), month_end(add_months(first, months[1]))


def _part_of_week(start: date, part: str) -> tuple[date, date]:
    first, last = {"B": (0, EARLY_WEEK), "M": (1, MID_WEEK), "E": (3, FRIDAY)}.get(part, (0, FRIDAY))
    return start + timedelta(days=first), start + timedelta(days=last)


def _part_of_year(year: int, part: str) -> tuple[date, date]:
    """Early in the year is its first quarter, mid its second, late its last."""
    first, last = {"B": (1, 3), "M": (5, 7), "E": (10, 12)}.get(part, (1, 12))
    return date(year, first, 1), month_end(date(year, last, 1))


def part_of_period(today: date, unit: str, shift: int, part: str) -> tuple[date, date]:
    """A part ("B", "M", "E" or "" for the whole) of the week, month, quarter or year ``shift`` ahead of today's.

    This week, said after its Friday, is the one that follows.
    """
    if unit == "w":
        span = _part_of_week(monday(today) + timedelta(weeks=shift), part)
        if shift == 0 and span[1] < today:
            span = _part_of_week(monday(today) + timedelta(weeks=0 if today.weekday() <= FRIDAY else 1), part)
        return span
    if unit == "y":
        return _part_of_year(today.year + shift, part)
    if unit == "q":
        first = add_months(date(today.year, (today.month - 1) // 3 * 3 + 1, 1), 3 * shift)
        return part_of_quarter(first, part)
    return part_of_month(add_months(today.replace(day=1), shift), part)


def week_of_month(first: date, number: int | None) -> tuple[date, date]:
    """The ``number``-th week (Monday to Friday) that has its Friday in the month, the last one for None."""
    fridays = _weekdays_of_month(first, FRIDAY)
    friday = fridays[-1] if number is None else fridays[min(number, len(fridays)) - 1]
    return friday - timedelta(days=FRIDAY), friday


def nth_weekday(first: date, weekday: int, nth: int) -> date:
    """The ``nth`` such weekday of the month that begins on ``first``; -1 is the last one."""
    return _weekdays_of_month(first, weekday)[nth - 1 if nth > 0 else nth]


def _weekdays_of_month(first: date, weekday: int) -> list[date]:
    days = (first + timedelta(days=n) for n in range(31))
    return [d for d in days if d.weekday() == weekday and d.month == first.month]


def iso_week(today: date, number: int | str) -> tuple[date, date] | None:
    """Calendar week ``number`` (ISO 8601), the next one that has not ended."""
    for year in (today.year, today.year + 1):
        try:
            start = date.fromisocalendar(year, number, 1)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            continue
        if start + timedelta(days=6) >= today:
            return start, start + timedelta(days=FRIDAY)
    return None
