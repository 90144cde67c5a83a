"""Days off that have a name: "by Christmas", "right after Labor Day", "early in the new year"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from dateutil.easter import easter

from followupd.core.dates import arithmetic as a
from followupd.core.dates.hits import Hit, Span, rule

AHEAD = 200
"""How far ahead (days) a feast may lie: one that is further away was the last one, or a wish."""

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@rule(
    "e",
    r"(?P<pre>[UifEB])[sfi]{0,2}(?P<feast>e)k?",
    r"(?P<week>u)(?P<pre>[Uf])s{0,2}(?P<feast>e)k?",
)
def feast(hit: Hit) -> Span | None:
    """By Thanksgiving, the next working day after Easter, the week after it; "in the new year" is early in January.

    Without such a word a feast is a wish or a greeting.
    """
    day = _next(hit, hit.value("feast"))
    if day is None or (day - hit.today).days > AHEAD:
        return None
    if hit.has("week"):
        monday = a.monday(day) + timedelta(weeks=1 if hit.tag("pre") == "f" else -1)
        return monday, monday + timedelta(days=4)
    if hit.tag("pre") == "f":
        return (hit.asked.calendar.add_business_days(day, 1),) * 2
    return (day, day.replace(day=a.EARLY_UNTIL)) if _turns_the_year(hit) else (day, day)


def _turns_the_year(hit: Hit) -> bool:
    return hit.value("feast") == "01-01" and hit.tag("pre") in ("i", "B")


def _next(hit: Hit, name: str) -> date | None:
    """The day of that name that is today or the next to come."""
    if name == "off":
        days = (hit.today + timedelta(days=n) for n in range(AHEAD))
        return next((d for d in days if d in hit.asked.calendar.days_off), None)
    of = _yearly(name)
    return next((d for year in (0, 1) if (d := of(hit.today.year + year)) >= hit.today), None)


def _yearly(name: str) -> Callable[[int], date]:
    """``easter``, ``easter+49``, ``12-25``, ``09 mon 1`` (the first Monday of September), ``05 mon -1`` (the last of May)."""
    if name.startswith("easter"):
        return lambda year: easter(year) + timedelta(days=int(name.removeprefix("easter") or 0))
    if " " not in name:
        month, day = map(int, name.split("-"))
        return lambda year: date(year, month, day)
    of, weekday, nth = name.split()
    return lambda year: a.nth_weekday(date(year, int(of), 1), _WEEKDAYS.index(weekday), int(nth))
