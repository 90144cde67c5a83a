"""The words of ``data/quotes.toml`` as compiled patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import re2

from followupd.core.datafiles import load


@lru_cache(maxsize=1)
def data() -> dict[str, Any]:
    return load("quotes.toml")


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in sorted(set(words), key=len, reverse=True))


@lru_cache(maxsize=1)
def verb() -> re.Pattern[str]:
    """A verb of an attribution line, as a word of its own where its script has word boundaries."""
    return re.compile(rf"(?<![^\W\d_])(?:{_any(data()['attribution']['verbs'])})(?![^\W\d_])", re.IGNORECASE)


@lru_cache(maxsize=1)
def verbs() -> tuple[str, ...]:
    """The verbs of attribution lines, in lower case."""
    return tuple(data()["attribution"]["verbs"])


@lru_cache(maxsize=1)
def attribution_start() -> re.Pattern[str]:
    """How an attribution line begins: a preposition, a weekday or a date."""
    weekday = r"[^\W\d_]{2,12}\.?,?\s+\d{1,2}[\s./-]"
    return re.compile(
        rf"\W{{0,8}}(?:(?:{_any(data()['attribution']['starts'])})\s+|{weekday}|\d{{1,4}}[./-])", re.IGNORECASE
    )


@lru_cache(maxsize=1)
def label() -> re.Pattern[str]:
    """A header label at the start of a line; the group that matched is its kind."""
    kinds = "|".join(f"(?P<{kind}>{_any(words)})" for kind, words in data()["headers"].items())
    return re.compile(rf"[\s*_>|]*(?:{kinds})\s*[*_]*\s*[:：]", re.IGNORECASE)


@lru_cache(maxsize=1)
def sign() -> re2.Pattern:
    """What every quotation shows somewhere near its first line: a text without it quotes nothing."""
    words = data()["separators"]
    labels = _any(word for kind in data()["headers"].values() for word in kind)
    signs = (
        r"^ {0,3}>",
        r"[>\])\"]\s*[:：]$",
        rf"^[\s*_>|]*(?:{labels})\s*[*_]*\s*[:：]",
        _any((*data()["attribution"]["verbs"], *words["original"], *words["forwarded"], *words["reply_above"])),
    )
    return re2.compile(f"(?im){'|'.join(signs)}")


@lru_cache(maxsize=1)
def original() -> re.Pattern[str]:
    """A separator above an unmarked quotation."""
    return re.compile(
        rf"\s*[-_=*#>\s]{{2,40}}\s*(?:{_any(data()['separators']['original'])})\b\W{{0,60}}$", re.IGNORECASE
    )


@lru_cache(maxsize=1)
def reply_above() -> re.Pattern[str]:
    """A relay's line above which an answer has to stand."""
    return re.compile(_any(data()["separators"]["reply_above"]), re.IGNORECASE)


@lru_cache(maxsize=1)
def forwarded() -> re.Pattern[str]:
    """A separator above a forwarded message."""
    return re.compile(rf"\s*[-_=*>\s]{{0,40}}(?:{_any(data()['separators']['forwarded'])})\b.{{0,140}}$", re.IGNORECASE)


@lru_cache(maxsize=1)
def device() -> re.Pattern[str]:
    """A line that the sender's program added."""
    return re.compile(rf"\W{{0,5}}(?:{'|'.join(data()['signature']['devices'])})\W{{0,5}}$", re.IGNORECASE)


@lru_cache(maxsize=1)
def signoff() -> re.Pattern[str]:
    """A closing formula, alone on its line or before a name (group ``name``)."""
    words = _any(data()["signature"]["signoffs"])
    name = r"(?P<name>[^\W\d_][\w.'’-]*(?:\s+[^\W\d_][\w.'’-]*){0,3})"
    return re.compile(rf"\W{{0,3}}(?:{words})(?:\W{{0,8}}$|\s*[,!–—-]\s*{name}\W{{0,4}}$)", re.IGNORECASE)


@lru_cache(maxsize=1)
def disclaimer() -> re.Pattern[str]:
    """How a disclaimer begins."""
    return re.compile(rf"[\s*_>#|-]{{0,10}}(?:{_any(data()['signature']['disclaimers'])})", re.IGNORECASE)


@lru_cache(maxsize=1)
def disclaimer_word() -> re.Pattern[str]:
    """A word that tells a disclaimer from a sentence that begins alike."""
    return re.compile(_any(data()["signature"]["disclaimer_words"]), re.IGNORECASE)


@lru_cache(maxsize=1)
def stub() -> re.Pattern[str]:
    """Words of a plain part that points to the HTML part."""
    return re.compile(_any(data()["stubs"]["phrases"]), re.IGNORECASE)
