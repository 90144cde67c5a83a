"""The words of one language that bear on dates and times, read from its TOML file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from followupd.core.dates.folding import fold

LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl")

_PIECE = re.compile(r"[a-z]+|\d+|[^\sa-z\d'\"]")

_LISTS = {
    "next": "r", "coming": "g", "this": "T", "last": "l", "after_next": "N", "end": "E", "begin": "B", "mid": "M",
    "until": "U", "within": "i", "from": "f", "at": "t", "between": "b", "to": "-", "or": "O", "past": "P",
    "future": "F", "hour_word": "H", "article": "a", "filler": "s", "weekend": "k", "ago": "X", "noise": "x",
    "calendar_week": "C", "zone_word": "Y", "conversation": "I", "answer": "V", "back": "W", "request": "L", "takes": "q", "same_hour": "=",
    "then": "&",
}  # fmt: skip
_MAPS = {"number": "n", "ordinal": "o", "unit": "u", "units": "p", "day": "w", "noon": "j", "quarter": "Q",
         "meridiem": "A", "past_hour": "h", "few": "n", "period": "G", "zone": "z", "week_of": "R", "within_next": "i", "following": "r", "half": "2", "month_week": "7", "month_half": "1", "part_of_hour": "J", "decimal": "K", "feast": "e"}  # fmt: skip
_SERIES = {"weekdays": "d", "weekdays_short": "v", "months": "m"}

NAMES = frozenset("dvmouwkjzZn")
"""Tags of words that may be pieces of a name or an address."""

_MARKS = {"-": "-", "!": ";", "?": ";", "@": "t", ",": ",", ";": ",", ":": ":", "(": "(", ")": ")"}

Entry = tuple[tuple[str, ...], str, Any, bool]
"""The words of a phrase, the tag, its value, and whether it needs a capital."""


Known = tuple[Entry | None, dict[str, tuple[Entry, ...]] | None, tuple[str, Any] | None]
"""What a word alone means, the phrases that it begins (by their second word, the longest first), and, of a word that
always means the same, tag and value at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """``known`` is by first word. ``zones`` are abbreviations, which count in capitals alone (CET, and not "cet").

    ``ordinary`` words are also words of daily use (may, sun, do): they count only with a capital or beside a digit.
    """

    language: str
    known: dict[str, Known]
    ordinary: frozenset[str]
    zones: dict[str, str]


@cache
def lexicon(language: str) -> Lexicon:
    """The words of ``language`` (ISO 639-1); an unknown one is read with what all languages share: digits."""
    data = _load(language) if language in LANGUAGES else {}
    zones = {name.lower(): zone for name, zone in _zone_data()["abbreviations"].items()}
    single: dict[str, Entry | None] = dict.fromkeys(zones)
    phrases: dict[str, dict[str, dict[tuple[str, ...], Entry]]] = {}
    for phrase, tag, value, cased in (*_zones(), *_entries(data)):
        words = tuple(_pieces(phrase))
        single.setdefault(words[0], None)
        if len(words) == 1:
            single[words[0]] = (words, tag, value, cased)
        else:
            phrases.setdefault(words[0], {}).setdefault(words[1], {})[words] = (words, tag, value, cased)
    known: dict[str, Known] = {mark: (None, None, (tag, None)) for mark, tag in _MARKS.items()}
    for word, one in single.items():
        following = {two: _longest_first(e) for two, e in phrases.get(word, {}).items()} or None
        known[word] = (one, following, one[1:3] if one and one[1] not in NAMES and word not in zones else None)
    ordinary = frozenset(_pieces(" ".join(data.get("ordinary_words", ()))))
    return Lexicon(language=language, known=known, ordinary=ordinary, zones=zones)


def _longest_first(entries: dict[tuple[str, ...], Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries.values(), key=lambda e: -len(e[0])))


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("data", f"{name}.toml").read_text("utf-8"))


def _pieces(phrase: str) -> list[str]:
    return _PIECE.findall(fold(phrase))


def _entries(data: dict[str, Any]) -> Iterator[tuple[str, str, Any, bool]]:
    for key, tag in _LISTS.items():
        yield from ((phrase, tag, 1, False) for phrase in data.get(key, ()))
    for key, tag in _SERIES.items():
        for number, phrases in enumerate(data.get(key, ()), start=tag == "m"):
            yield from ((phrase, tag, number, False) for phrase in phrases)
    for key, tag in _MAPS.items():
        for value, phrases in data.get(key, {}).items():
            yield from ((phrase, tag, _value(value), False) for phrase in phrases)


def _value(key: str) -> int | str | tuple[int, int, int]:
    if "." in key:
        whole, _, part = key.partition(".")
        return int(whole), int(part), len(part)
    return int(key) if key.lstrip("-").isdigit() else key


def ambiguous_zones() -> dict[str, dict[str, str]]:
    """Abbreviations that mean one zone or another: by country of the sender."""
    return _zone_data()["ambiguous"]  # type: ignore[no-any-return]


@cache
def _zone_data() -> dict[str, Any]:
    return _load("zones")


@cache
def _zones() -> tuple[tuple[str, str, Any, bool], ...]:
    data = _zone_data()
    found = [(city.replace("_", " "), "Z", zone, True) for city, zone in data["cities"].items()]
    found += [(name, "z", zone, " " not in name) for name, zone in data["names"].items()]
    return tuple(found)
