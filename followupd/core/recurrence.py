"""Recurrence rules (RFC 5545 section 3.3.10) in wall time, with a bound on the work that any rule can cause."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice, takewhile
from typing import Any

REACH = timedelta(days=5 * 366)
"""A series that began longer ago than this is not followed."""

YEARS = range(1970, 2090)
"""Years in which a rule may begin."""

_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_PARTS = frozenset({"FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYSETPOS", "WKST"})
_RULE_LIMIT = 500
_UNTIL = re.compile(r"(\d{8})(T\d{6})?(Z?)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The RRULE value ``text`` ("" for none) from ``start`` (naive wall time) on, with the RDATEs ``also``.

    ``attach`` makes an aware time of a wall time.
    """

    text: str
    start: datetime
    attach: Callable[[datetime], datetime]
    also: tuple[datetime, ...] = ()


def occurrences(rule: Rule, *, until: datetime) -> Iterator[datetime]:
    """The wall times of ``rule`` up to and with ``until``, in order but for ``also``, which comes first.

    An unreadable rule, and one that recurs within a day (no meeting does), gives none but ``also``.
    """
    parts = _parts(rule.text)
    yield from (at for at in rule.also if at <= until)
    if parts.get("FREQ") not in _FREQUENCIES or until - rule.start > REACH or rule.start.year not in YEARS:
        return
    ended = _end(parts.get("UNTIL", ""), rule.attach)
    series = takewhile(lambda at: not ended(at), _series(parts, rule.start, until=until))
    yield from islice(series, _number(parts.get("COUNT")))


def _parts(text: str) -> Mapping[str, str]:
    if len(text) > _RULE_LIMIT:
        return {}
    pairs = (part.partition("=") for part in text.upper().split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _series(parts: Mapping[str, str], start: datetime, *, until: datetime) -> Iterator[datetime]:
    from dateutil.rrule import rrulestr

    kept = {name: value for name, value in parts.items() if name in _PARTS}
    if _number(kept.get("INTERVAL", "1")) == 0:  # dateutil would never come to an end
        return iter(())
    text = ";".join(f"{name}={value}" for name, value in kept.items())
    shift = _shift(start.year)
    try:
        series: Any = rrulestr(text, dtstart=start + shift).replace(until=until + shift)
    except (ValueError, TypeError, LookupError, OverflowError):  # dateutil says "cannot read" in all of these
        return iter(())
    return (at - shift for at in series)


def _shift(year: int) -> timedelta:
    """From ``year`` to one of the same calendar shortly before 9999.

    dateutil searches for an occurrence until the year 9999, which takes seconds for a rule that has none. Between 1901 and
    2099, as between 9901 and 9999, the calendar repeats every 28 years.
    """
    return next(
        shift
        for twin in range(9963, 9991)
        if (shift := date(twin, 1, 1) - date(year, 1, 1)).days % 7 == 0 and twin % 4 == year % 4
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else None


def _end(text: str, attach: Callable[[datetime], datetime]) -> Callable[[datetime], bool]:
    """Whether a wall time lies after UNTIL, which is a date, a wall time or an instant."""
    found = _UNTIL.fullmatch(text)
    try:
        last = datetime.strptime(f"{found[1]}{found[2] or 'T235959'}", "%Y%m%dT%H%M%S") if found else None  # noqa: DTZ007
    except ValueError:
        last = None
    if last is None or found is None:
        return lambda _: False
    if found[3]:
        instant = last.replace(tzinfo=UTC)
        return lambda at: attach(at) > instant
    return lambda at: at > last
