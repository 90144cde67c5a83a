"""Business days, the daily window, and delays: all arithmetic on local time stands here.

Local time is that of ``zone``; every instant handed in or out is aware. Days off are anything that answers
``day in days_off``, such as a calendar of the ``holidays`` package.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

SATURDAY = 5


class DaysOff(Protocol):
    """A set of dates, however it is made."""

    def __contains__(self, day: object, /) -> bool: ...


class Unit(StrEnum):
    MINUTES = "m"
    HOURS = "h"
    DAYS = "d"
    BUSINESS_DAYS = "bd"


@dataclass(frozen=True, slots=True)
class Delay:
    """An amount of time as the config writes it: ``3h``, ``90m``, ``10d``, ``5bd``."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Delay:
        """Read ``5bd`` and the like. Raises ValueError on anything else."""
        found = re.fullmatch(r"(\d{1,4})(bd|d|h|m)", text.strip())
        if not found:
            raise ValueError(f"{text!r} is no delay")
        return cls(int(found[1]), Unit(found[2]))

    def span(self) -> timedelta:
        """The delay as plain time, business days counted as days."""
        unit = {Unit.MINUTES: timedelta(minutes=1), Unit.HOURS: timedelta(hours=1)}.get(self.unit, timedelta(days=1))
        return self.amount * unit

    @property
    def words(self) -> str:
        """As one says it: ``5 business days``."""
        unit = {"m": "minute", "h": "hour", "d": "day", "bd": "business day"}[self.unit]
        return f"{self.amount} {unit}{'s' * (self.amount != 1)}"

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """The user's working time: zone, days off, and the window of the day in which drafts appear."""

    zone: ZoneInfo
    days_off: DaysOff = frozenset[date]()
    opens: time = time(8)
    closes: time = time(20)

    def local_date(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def at(self, day: date, clock: time) -> datetime:
        """The instant when ``clock`` is on the wall on ``day``; a time that DST skips is the first after the gap."""
        wall = datetime.combine(day, clock, tzinfo=self.zone)
        return wall.astimezone(UTC).astimezone(self.zone)

    def opening(self, day: date) -> datetime:
        return self.at(day, self.opens)

    def is_business_day(self, day: date) -> bool:
        return day.weekday() < SATURDAY and day not in self.days_off

    def add_business_days(self, day: date, count: int) -> date:
        """The ``count``-th business day after ``day``; with 0, ``day`` itself."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_business_day(day)
        return day

    def after(self, instant: datetime, delay: Delay) -> datetime:
        """The moment ``delay`` after ``instant``, as the contract counts it."""
        match delay.unit:
            case Unit.BUSINESS_DAYS:
                return self.opening(self.add_business_days(self.local_date(instant), delay.amount))
            case Unit.DAYS:
                return self.opening(self.local_date(instant) + timedelta(days=delay.amount))
            case Unit.HOURS:
                return self.in_window(instant + timedelta(hours=delay.amount))
            case Unit.MINUTES:
                return self.in_window(instant + timedelta(minutes=delay.amount))

    def after_day(self, day: date, delay: Delay) -> datetime:
        """The same, counted from a whole day rather than an instant: hours and minutes count from its end."""
        if delay.unit in (Unit.DAYS, Unit.BUSINESS_DAYS):
            return self.after(self.at(day, time(12)), delay)
        return self.after(self.at(day + timedelta(days=1), time()), delay)

    def in_window(self, instant: datetime) -> datetime:
        """``instant`` itself if it lies in the window, else the next opening."""
        local = instant.astimezone(self.zone)
        if local.time() < self.opens:
            return self.opening(local.date())
        if local.time() > self.closes:
            return self.opening(local.date() + timedelta(days=1))
        return local

    def is_open(self, instant: datetime) -> bool:
        return self.opens <= instant.astimezone(self.zone).time() <= self.closes
