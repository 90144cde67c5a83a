"""Folding of case, accents, quotes, dashes and spaces that keeps every character in its place."""

from __future__ import annotations

import unicodedata

MARK = "\x7f"
"""Stands where a combining mark stood (text in normalization form D)."""

_SIGNS = {
    "-": "\u2010\u2011\u2012\u2013\u2014\u2212",
    "'": "\u2018\u2019\u201b\u2032`\u00b4\u02bc",
    " ": "\u00a0\u2007\u202f\u2009\u200a\u200b\u00ad",
    "i": "\u0130",
    "l": "łŁ",
    "s": "ß",
    "o": "øØº°",
    "a": "æÆª",
    "*": "\u2022\u00b7\u25cf\u25aa\u2023",
}


def _table() -> dict[int, str]:
    table = {ord(c): plain for plain, signs in _SIGNS.items() for c in signs}
    for point in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(point))[0].lower()
        if base.isascii():
            table.setdefault(point, base)
    return table | dict.fromkeys(range(0x300, 0x370), MARK)


_TABLE = _table()


def fold(text: str) -> str:
    """Lower case, without accents, with plain quotes, dashes and spaces; position by position the same as ``text``."""
    return text.lower() if text.isascii() else text.translate(_TABLE).lower()
