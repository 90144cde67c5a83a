"""Dates, clock times and durations in words, in the languages of ``data/``; see docs/dates.md for what each phrase means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from followupd.core.dates.clock import hours, times
from followupd.core.dates.days import days
from followupd.core.dates.hits import Asked
from followupd.core.dates.lexicon import LANGUAGES
from followupd.core.dates.spans import duration, shift
from followupd.core.dates.tokens import scan
from followupd.core.reading import TimeMention
from followupd.core.worktime import WorkCalendar

__all__ = [
    "LANGUAGES",
    "DateMention",
    "find_dates",
    "find_duration",
    "find_hours",
    "find_shift",
    "find_times",
    "keeps_hour",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """A day or a span of days, ``start`` to ``end`` inclusive, that ``text[text_start:text_end]`` names.

    ``past`` is True where the text speaks of a day that has been; what is left is today or ahead.
    """

    start: date
    end: date
    text_start: int
    text_end: int
    past: bool = False


def find_dates(
    text: str, *, language: str, written: datetime, calendar: WorkCalendar, country: str | None = None
) -> tuple[DateMention, ...]:
    """Every day or span of days in ``text``, in its order, seen from ``written`` (aware, in the sender's offset).

    Weeks run Monday to Sunday and end on Friday; working days are those of ``calendar``. ``country`` (ISO 3166) of the
    sender settles 03/04 in English; without it such a date is left out.
    """
    read = scan(text, language)
    return tuple(
        DateMention(
            start=f.start, end=f.end, text_start=read.start(f.first), text_end=read.end(f.last - 1), past=f.past
        )
        for f in days(Asked(read, written, calendar, country))
    )


def find_times(
    text: str, *, language: str, written: datetime, zone: ZoneInfo, country: str | None = None
) -> tuple[TimeMention, ...]:
    """Every clock time with its date in ``text``, seen from ``written``; ``zone`` is the reader's.

    A time whose zone is neither named nor told by the sender's offset is not ``certain`` (see TimeMention).
    """
    read = scan(text, language)
    asked = Asked(read, written, WorkCalendar(zone=zone), country)
    return times(asked, days(asked), zone)


def find_hours(
    text: str, *, language: str, written: datetime, zone: ZoneInfo, country: str | None = None
) -> tuple[TimeMention, ...]:
    """Every clock time in ``text`` for which no day is named, as if it were meant for the day of writing."""
    read = scan(text, language)
    asked = Asked(read, written, WorkCalendar(zone=zone), country)
    return hours(asked, days(asked), zone)


def find_shift(text: str, language: str) -> int | None:
    """By how many minutes something is moved, if the text says so: "half an hour later" is 30, "15 minutes earlier" -15."""
    return shift(scan(text, language))


def find_duration(text: str, language: str) -> int | None:
    """How long the conversation is to take, in minutes, if the text says so."""
    return duration(scan(text, language))


def keeps_hour(text: str, language: str) -> bool:
    """Whether the text speaks of the same hour as before: "Wednesday instead, same time"."""
    return "=" in scan(text, language).tags
