"""Clock times and durations in words: the table, zones, daylight saving, and what is left uncertain."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from followupd.core.dates import find_duration, find_times
from followupd.core.dates.lexicon import _load
from followupd.core.reading import TimeMention

CHICAGO = ZoneInfo("America/Chicago")
TABLE = tomllib.loads((Path(__file__).parents[1] / "corpus" / "phrases_dates.toml").read_text("utf-8"))


def _rows() -> list[Any]:
    rows = (
        (lang, part["written"], p)
        for lang, parts in TABLE.items()
        for part in parts.values()
        for p in part["phrases"]
        if "times" in p
    )
    return [pytest.param(lang, p.get("written", w), p, id=f"{lang}: {p['text'][:60]}") for lang, w, p in rows]


def _times(
    text: str, written: str = "2026-03-05T10:00:00-06:00", language: str = "en", country: str | None = None
) -> tuple[TimeMention, ...]:
    moment = datetime.fromisoformat(written)
    return find_times(text, language=language, written=moment, zone=CHICAGO, country=country)


def _expected(text: str) -> tuple[bool, datetime, str]:
    start, _, end = text.lstrip("?").partition("/")
    return not text.startswith("?"), datetime.fromisoformat(start), end


@pytest.mark.parametrize(("language", "written", "phrase"), _rows())
def test_times(language: str, written: str, phrase: dict[str, Any]) -> None:
    found = _times(phrase["text"], written, language, phrase.get("country"))
    told = [(t.certain, t.start, t.end.strftime("%H:%M") if t.end else "") for t in found]
    assert told == [_expected(text) for text in phrase["times"]]


def test_an_unnamed_zone_of_a_writer_at_my_offset_is_mine_and_follows_daylight_saving() -> None:
    (found,) = _times("Monday, March 9 at 2:00 pm works.")  # clocks change on the 8th
    assert found.certain
    assert found.start.isoformat() == "2026-03-09T14:00:00-05:00"


def test_an_unnamed_zone_of_a_writer_elsewhere_is_uncertain_and_both_readings_are_told() -> None:
    (found,) = _times("Could we talk on Monday at 15:00?", "2026-03-05T16:00:00+00:00")
    assert not found.certain
    assert found.start == datetime.fromisoformat("2026-03-09T15:00:00+00:00")
    assert found.latest_start == datetime.fromisoformat("2026-03-09T15:00:00-05:00")


def test_the_latest_reading_is_the_writers_where_the_writer_is_further_west() -> None:
    (found,) = _times("Could we talk on Monday at 3 pm?", "2026-03-05T10:00:00-08:00")
    assert found.start == found.latest_start == datetime.fromisoformat("2026-03-09T15:00:00-08:00")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("July 7, 2026 at 2 pm CST", "2026-07-07T14:00:00-05:00"),  # standard time, said in summer
        ("January 6, 2027 at 2 pm CDT", "2027-01-06T14:00:00-06:00"),
        ("July 7, 2026 at 2 pm MEZ", "2026-07-07T14:00:00+02:00"),
        ("March 8, 2026 at 2:30 am CT", "2026-03-08T03:30:00-05:00"),  # skipped by the change
        ("March 10, 2026 at 9 am GMT+2", "2026-03-10T09:00:00+02:00"),
        ("March 10, 2026 at 9 am (UTC-08:00)", "2026-03-10T09:00:00-08:00"),
        ("March 10, 2026 at 9 am New York time", "2026-03-10T09:00:00-04:00"),
    ],
)
def test_a_zone_means_its_region(text: str, start: str) -> None:
    (found,) = _times(text)
    assert found.certain
    assert found.start == datetime.fromisoformat(start)


def test_ist_is_settled_by_the_country_or_left_open() -> None:
    text, written = "Friday, March 13 at 9 am IST", "2026-03-05T16:00:00+05:30"
    assert _times(text, written, country="IN")[0].start == datetime.fromisoformat("2026-03-13T09:00+05:30")
    assert _times(text, written, country="IL")[0].start == datetime.fromisoformat("2026-03-13T09:00+02:00")
    assert not _times(text, written)[0].certain


def test_gmt_in_summer_is_the_clock_of_london_for_a_writer_there() -> None:
    text = "Tuesday, June 2, 2026 at 10:00 GMT"
    assert _times(text, "2026-05-28T09:00:00+01:00")[0].start == datetime.fromisoformat("2026-06-02T10:00+01:00")
    assert _times(text, "2026-05-28T09:00:00-05:00")[0].start == datetime.fromisoformat("2026-06-02T10:00+00:00")


def test_two_readings_of_one_instant_are_one_mention() -> None:
    (found,) = _times("Tuesday, March 10 at 16:00 CET (10:00 am your time)")
    assert found.start == datetime.fromisoformat("2026-03-10T15:00+00:00")
    assert found.certain


def test_two_readings_that_disagree_are_uncertain() -> None:
    found = _times("Tuesday, March 10 at 16:00 CET (11:00 am your time)")
    assert [t.certain for t in found] == [False]
    assert found[0].latest_start == datetime.fromisoformat("2026-03-10T16:00+00:00")


def test_a_weekday_that_contradicts_its_date_is_uncertain() -> None:
    (found,) = _times("Monday, March 10, 2026 at 9 am CT")
    assert not found.certain
    assert found.start == datetime.fromisoformat("2026-03-10T09:00-05:00")


def test_a_mention_spans_its_date_and_its_time() -> None:
    text = "So: Tuesday, June 2, 9:30 - 10:30 am Central. See you"
    (found,) = _times(text)
    assert text[found.text_start : found.text_end] == "Tuesday, June 2, 9:30 - 10:30 am"


@pytest.mark.parametrize(
    ("language", "text", "minutes"),
    [
        ("en", "It should take about an hour.", 60),
        ("en", "Could we do a 30-minute call?", 30),
        ("en", "at 11:00 am Central, for 45 minutes?", 45),
        ("en", "The interview lasts an hour and a half.", 90),
        ("en", "One hour is enough.", 60),
        ("en", "Plan for 45-60 minutes.", 60),
        ("en", "It will be half an hour on Zoom.", 30),
        ("en", "a 1.5 hour session with the team", 90),
        ("en", "The test takes two hours. The interview itself takes 45 minutes.", 45),
        ("en", "I will call you in an hour.", None),
        ("en", "We will answer within 24 hours.", None),
        ("en", "We spoke two hours ago.", None),
        ("en", "You work 40 hours a week.", None),
        ("de", "Das Gespräch dauert etwa eine Stunde.", 60),
        ("de", "Planen Sie bitte 45 Minuten ein.", 45),
        ("de", "Es dauert anderthalb Stunden.", 90),
        ("de", "für eine halbe Stunde", 30),
        ("fr", "L'entretien durera une heure et demie.", 90),
        ("fr", "un échange de 30 minutes", 30),
        ("fr", "jeudi à 16h (10h chez toi), compte 45 minutes", 45),
        ("fr", "un entretien de 1h30", 90),
        ("fr", "un entretien de 2 h", 120),
        ("es", "La entrevista dura una hora.", 60),
        ("es", "unos 45 minutos", 45),
        ("es", "Será una hora y media.", 90),
        ("pt", "A entrevista dura uma hora.", 60),
        ("pt", "cerca de 40 minutos", 40),
        ("it", "Il colloquio durerà un'ora.", 60),
        ("it", "circa 45 minuti", 45),
        ("nl", "Het gesprek duurt een uur.", 60),
        ("nl", "ongeveer drie kwartier", 45),
        ("pl", "Rozmowa potrwa godzinę.", 60),
        ("pl", "około 45 minut", 45),
    ],
)
def test_durations(language: str, text: str, minutes: int | None) -> None:
    assert find_duration(text, language) == minutes


def test_every_zone_of_the_data_exists() -> None:
    data = _load("zones")
    names = {*data["cities"].values(), *data["names"].values(), *data["abbreviations"].values()} - {"IST"}
    names |= set(data["ambiguous"]["IST"].values())
    assert all(ZoneInfo(name).key == name for name in names)


@pytest.mark.parametrize("text", ["See note ¹ on Monday.", "20 m² at ²:30", "1² ①:30 ٣ at ٣"])
def test_raised_and_foreign_digits_are_no_accident(text: str) -> None:
    assert _times(text) == ()
