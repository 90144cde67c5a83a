"""Days in words: the table of phrases, the rules that it rests on, and that no text takes long."""

from __future__ import annotations

import time
import tomllib
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followupd.core.dates import LANGUAGES, DateMention, find_dates, find_duration, find_times, keeps_hour
from followupd.core.dates.folding import fold
from followupd.core.dates.lexicon import _entries, _load, _pieces
from followupd.core.worktime import WorkCalendar

CHICAGO = ZoneInfo("America/Chicago")
CALENDAR = WorkCalendar(zone=CHICAGO, days_off=holidays.country_holidays("US"))
WRITTEN = datetime.fromisoformat("2026-03-05T10:00:00-06:00")  # a Thursday
TABLE = tomllib.loads((Path(__file__).parents[1] / "corpus" / "phrases_dates.toml").read_text("utf-8"))


def _rows(key: str) -> list[Any]:
    rows = (
        (lang, part["written"], p)
        for lang, parts in TABLE.items()
        for part in parts.values()
        for p in part["phrases"]
        if key in p
    )
    return [pytest.param(lang, p.get("written", w), p, id=f"{lang}: {p['text'][:60]}") for lang, w, p in rows]


def _dates(text: str, language: str = "en", written: datetime = WRITTEN, country: str | None = None) -> list[str]:
    found = find_dates(text, language=language, written=written, calendar=CALENDAR, country=country)
    return [str(d.start) if d.start == d.end else f"{d.start}..{d.end}" for d in found if not d.past]


@pytest.mark.parametrize(("language", "written", "phrase"), _rows("dates"))
def test_days(language: str, written: str, phrase: dict[str, Any]) -> None:
    found = _dates(phrase["text"], language, datetime.fromisoformat(written), phrase.get("country"))
    assert found == phrase["dates"]


def test_the_table_is_large_and_every_language_is_in_it() -> None:
    assert set(TABLE) == set(LANGUAGES)
    assert sum(len(part["phrases"]) for parts in TABLE.values() for part in parts.values()) >= 450


@pytest.mark.parametrize(
    ("written", "text", "expected"),
    [
        ("2026-03-06", "We will decide by Friday.", ["2026-03-13"]),  # said on a Friday
        ("2026-03-06", "by the end of the week", ["2026-03-05..2026-03-06"]),
        ("2026-03-07", "by the end of the week", ["2026-03-12..2026-03-13"]),  # said on a Saturday
        ("2026-03-08", "next Tuesday", ["2026-03-10"]),  # said on a Sunday: weeks begin on Monday
        ("2026-03-09", "next Tuesday", ["2026-03-17"]),
        ("2026-03-09", "this Monday", ["2026-03-09"]),
        ("2026-03-09", "Wednesday week", ["2026-03-18"]),  # British: the Wednesday after the next one
        ("2026-03-09", "in touch by the 25th with what comes next", ["2026-03-25"]),
        ("2026-03-09", "by the 25th floor", []),
        ("2026-12-28", "by January 8", ["2027-01-08"]),
        ("2026-12-28", "next month", ["2027-01-01..2027-01-31"]),
        ("2026-01-31", "in a month", ["2026-01-31..2026-02-28"]),
        ("2026-03-05", "by February 29", ["2028-02-29"]),
        ("2026-03-05", "on March 3", []),  # two days ago rather than next year
        ("2026-07-01", "within two working days", ["2026-07-01..2026-07-06"]),  # the 3rd is a holiday
    ],
)
def test_days_seen_from_other_days(written: str, text: str, expected: list[str]) -> None:
    assert _dates(text, written=datetime.fromisoformat(f"{written}T12:00:00-06:00")) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Could we do Monday at the same time instead?"),
        ("de", "Passt Ihnen auch Montag zur gleichen Zeit?"),
        ("fr", "Pourrions-nous nous voir lundi à la même heure ?"),
        ("es", "¿Te va bien el lunes a la misma hora?"),
        ("it", "Ti andrebbe lunedì alla stessa ora?"),
        ("pt", "Pode ser segunda no mesmo horário?"),
        ("nl", "Kan het maandag op dezelfde tijd?"),
        ("pl", "Czy pasuje poniedziałek o tej samej porze?"),
    ],
)
def test_an_hour_that_is_kept(language: str, text: str) -> None:
    assert keeps_hour(text, language)


def test_the_day_is_that_of_the_writer() -> None:
    """At 23:30 in Chicago it is tomorrow in UTC; the writer's tomorrow counts."""
    assert _dates("tomorrow", written=datetime.fromisoformat("2026-03-05T23:30:00-06:00")) == ["2026-03-06"]


def test_what_has_been_is_marked_and_not_lost() -> None:
    found = find_dates("We met on Monday.", language="en", written=WRITTEN, calendar=CALENDAR)
    assert found == (DateMention(start=date(2026, 3, 2), end=date(2026, 3, 2), text_start=10, text_end=16, past=True),)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_of_a_language_has_one_meaning(language: str) -> None:
    seen: dict[tuple[str, ...], tuple[str, Any]] = {}
    for phrase, tag, value, _ in _entries(_load(language)):
        assert seen.setdefault(tuple(_pieces(phrase)), (tag, value)) == (tag, value), phrase


@pytest.mark.parametrize(
    "text",
    [
        "über\u00a0nächste Woche",
        "bis\nEnde\nnächster\nWoche",
        "BIS ENDE NÄCHSTER WOCHE",
        "bis Ende na\u0308chster Woche",
    ],
)
def test_breaks_capitals_and_composed_letters_make_no_difference(text: str) -> None:
    assert _dates(text, "de") in (["2026-03-12..2026-03-13"], ["2026-03-09..2026-03-13"])


def test_an_unknown_language_is_read_by_its_digits() -> None:
    assert _dates("Vastaamme 13.3.2026 mennessä.", "fi") == ["2026-03-13"]


@given(st.text())
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(
    st.lists(
        st.sampled_from(
            [
                "by",
                "Friday",
                "next",
                "week",
                "the",
                "end",
                "of",
                "13",
                "March",
                "2026",
                "13.03.",
                "3/13",
                "9:30",
                "am",
                "in",
                "two",
                "weeks",
                "-",
                ",",
                ".",
                ";",
                "Monday",
                "or",
                "at",
                "CET",
                "bis",
                "nächster",
                "Woche",
                "Ende",
                "um",
                "halb",
                "zehn",
                "d'ici",
                "la",
                "fin",
                "a",
                "finales",
                "de",
                "\n\n",
                "_",
                "2pm",
                "99",
                "'",
                "€",
            ]
        ),
        max_size=40,
    ),
    st.sampled_from(LANGUAGES),
)
def test_any_words_give_mentions_in_order_and_in_the_text(words: list[str], language: str) -> None:
    text = " ".join(words)
    found = find_dates(text, language=language, written=WRITTEN, calendar=CALENDAR)
    assert all(0 <= d.text_start < d.text_end <= len(text) and d.start <= d.end for d in found)
    assert all(one.text_end <= two.text_start for one, two in pairwise(found))
    times = find_times(text, language=language, written=WRITTEN, zone=CHICAGO)
    assert all(t.start.tzinfo and (t.end is None or t.end > t.start) for t in times)


HOSTILE = [
    "a" * 1_000_000,
    "1" * 1_000_000,
    "1.1" * 330_000,
    "in the next " * 20_000,
    "- " * 500_000,
    "\n " * 500_000,
    "monday or " * 25_000,
    "9:30 - " * 35_000,
    "1 " * 125_000,
    "may " * 250_000,
    "de la fin de " * 75_000,
    "@." * 125_000,
]


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE, ids=lambda t: repr(t[:12]))
def test_time_grows_with_the_length_only(text: str) -> None:
    """Eight times the text may take some ten times as long; a square law would take 64 times."""

    def cost(part: str) -> float:
        began = time.process_time()
        find_dates(part, language="en", written=WRITTEN, calendar=CALENDAR)
        find_times(part, language="en", written=WRITTEN, zone=CHICAGO)
        find_duration(part, "en")
        return time.process_time() - began

    eighth = max(cost(text[: len(text) // 8]), 0.05)
    assert cost(text) < 25 * eighth


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "a few March evenings"),
        ("en", "between few and few March"),
        ("en", "Friday, few"),
        ("en", "CW few"),
        ("de", "einige März"),
        ("de", "KW einige"),
    ],
)
def test_a_few_is_no_day(language: str, text: str) -> None:
    assert not {"2026-03-03", "2026-03-05"} & {*_dates(text, language)}
    find_times(text, language=language, written=WRITTEN, zone=CHICAGO)
