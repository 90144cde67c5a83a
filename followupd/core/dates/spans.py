"""How long something takes: "45 minutes", "about an hour", "eine halbe Stunde"."""

from __future__ import annotations

import re
from typing import Any

from followupd.core.dates.tokens import Scan

LONGEST = 10 * 60
"""Minutes; what takes longer is no conversation."""

_LONGEST_BARE = 6 * 60
"""What stands with a bare "h" and is longer ("10h") is a time of day."""

_ON_THE_CLOCK = re.compile(r"o['’]?clock|uhr", re.IGNORECASE)
"""Words that make an hour a time of day and never a length."""

_LATER = re.compile(r"\s+(?:later|später|plus tard|más tarde|più tardi|mais tarde|później)\b", re.IGNORECASE)
_EARLIER = re.compile(
    r"\s+(?:earlier|sooner|früher|eher|plus tôt|antes|prima|mais cedo|eerder|vroeger|wcześniej)\b", re.IGNORECASE
)
_BY = re.compile(r"\b(?:by|back|um|met|em|o|di|de)\s+(?:about |another |just |ca\. |etwa )?$", re.IGNORECASE)
_FORWARD = re.compile(
    r"\b(?:forward|earlier|up by|vor|avanc|adelant|anticip|antecip|vervroeg|przyspiesz)\w*", re.IGNORECASE
)

_MINUTES = {"h": 60, "i": 1}
_BEFORE = "ifUXrgl"
_DURATION = re.compile(
    r"(?P<part>J)|(?P<low>[naK])(?:[-UO](?P<n>[nK]))?-?(?P<unit>[upH])(?:O?(?P<plus>[Jh])|(?P<past>n))?"
)


def duration(scan: Scan) -> int | None:
    """The longest of a range; of several the first that stands with the word for the conversation, else the first."""
    found = [(m.start(), minutes) for m in _DURATION.finditer(scan.tags) if (minutes := _minutes(scan, m))]
    beside = [minutes for at, minutes in found if "I" in scan.tags[slice(*scan.sentence(at))]]
    return next(iter(beside or [minutes for _, minutes in found]), None)


def shift(scan: Scan) -> int | None:
    """By how many minutes something is moved: what stands before "later" or "earlier", or behind "by" and "back"."""
    for match in _DURATION.finditer(scan.tags):
        first, last = scan.start(match.start()), scan.end(match.end() - 1)
        minutes = _amount(scan, match)
        if minutes is None:
            continue
        before, after = scan.text[max(0, first - 60) : first], scan.text[last : last + 16]
        if _EARLIER.match(after):
            return -minutes
        if _LATER.match(after):
            return minutes
        if _BY.search(before):
            return -minutes if _FORWARD.search(before) else minutes
    return None


def _minutes(scan: Scan, match: re.Match[str]) -> int | None:
    at, tags = match.start(), scan.tags
    before = tags[at - 1 : at]
    while before == "s":
        at -= 1
        before = tags[at - 1 : at]
    if (before and before in _BEFORE) or tags[match.end() : match.end() + 1] in ("X", "f"):
        return None
    return _amount(scan, match)


def _amount(scan: Scan, match: re.Match[str]) -> int | None:
    if match["part"]:
        return int(scan.values[match.start("part")])
    unit = "h" if match["unit"] == "H" else scan.values[match.start("unit")]
    if match["unit"] == "H" and _ON_THE_CLOCK.match(scan.text, scan.start(match.start("unit"))):
        return None
    scale = _MINUTES.get(unit)
    if scale is None:
        return None
    number = _number(scan.values[match.start("n" if match["n"] else "low")])
    total = round(number * scale) + (int(scan.values[match.start("plus")]) if match["plus"] else 0)
    if match["past"] and unit == "h":  # 1h30
        total += int(minutes) if (minutes := _number(scan.values[match.start("past")])) < 60 else 0
    return total if 0 < total <= (_LONGEST_BARE if match["unit"] == "H" else LONGEST) else None


def _number(value: Any) -> float:
    if isinstance(value, tuple):
        return float(f"{value[0]}.{value[1]}")
    return float(value) if isinstance(value, int) else 0
