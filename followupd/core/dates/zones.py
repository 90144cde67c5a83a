"""Which time zone stands beside a clock time."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from followupd.core.dates.hits import Asked
from followupd.core.dates.lexicon import ambiguous_zones

_OFFSET = re.compile(r"[ ]?([+-])(\d{1,2})(?::?([0-5]\d))?(?!\d)")
REACH, CITY_REACH = 6, 9
"""How many tags away from its time a zone, or a city, may stand."""


def zone_near(asked: Asked, last: int, bound: int, mine: ZoneInfo, *, anywhere: bool = False) -> tzinfo | None:
    """The zone named after token ``last`` and before ``bound`` in the same sentence; with ``anywhere``, in the text."""
    tags = asked.scan.tags
    if not anywhere and (offset := _bare_offset(asked, last)):
        return offset
    for at in range(last, bound if anywhere else min(bound, last + CITY_REACH)):
        tag = tags[at]
        if tag in ";|" and not anywhere:
            break
        if tag == "z" and (anywhere or at - last < REACH):
            return _named(asked, at, mine)
        if tag == "Z" and _beside(tags, at, anywhere=anywhere):
            return ZoneInfo(asked.scan.values[at])
    return None


def _beside(tags: str, at: int, *, anywhere: bool) -> bool:
    """Whether a city is there for its clock: "Chicago time", "heure de Paris", and near a time "in Berlin"."""
    told = tags[at + 1 : at + 2] == "Y" or "Y" in tags[max(0, at - 2) : at]
    near = tags[at - 1 : at] in ("i", "(", "s", ",", "-", ":", "t") or tags[at + 1 : at + 2] == ")"
    return told or (not anywhere and near)


def _bare_offset(asked: Asked, last: int) -> tzinfo | None:
    if not last:
        return None
    end = asked.scan.end(last - 1)
    found = re.match(r"[ ]?\(?([+-])(\d{2}):([0-5]\d)(?!\d)", asked.scan.text[end : end + 12])
    return _offset(found) if found else None


def _named(asked: Asked, at: int, mine: ZoneInfo) -> tzinfo | None:
    name = asked.scan.values[at]
    if name == "reader":
        return mine
    if name == "sender":
        return asked.written.tzinfo
    if name in ("UTC", "GMT"):
        end = asked.scan.end(at)
        found = _OFFSET.match(asked.scan.text[end : end + 8].replace("\u2212", "-"))
        if found and (region := _region_after(asked, at)):
            return region
        return _offset(found) if found else _greenwich(asked, name)
    if choices := ambiguous_zones().get(name):
        chosen = choices.get((asked.country or "").upper()[:2])
        return ZoneInfo(chosen) if chosen else None
    return ZoneInfo(name)


def _greenwich(asked: Asked, name: str) -> tzinfo:
    """UTC; but a writer on London's clock who says GMT in summer means that clock."""
    london = ZoneInfo("Europe/London")
    at_home = asked.written.utcoffset() == asked.written.astimezone(london).utcoffset()
    return london if name == "GMT" and at_home else UTC


def _region_after(asked: Asked, at: int) -> tzinfo | None:
    """The region in "(UTC-06:00) Central Time (US & Canada)": Outlook writes the offset of winter all year."""
    tags = asked.scan.tags
    for after in range(at + 1, min(len(tags), at + 6)):
        if tags[after] in "Zz":
            name = asked.scan.values[after]
            return ZoneInfo(name) if "/" in name else None
        if tags[after] not in "-cn)xKS":
            break
    return None


def _offset(found: re.Match[str]) -> tzinfo | None:
    hours, minutes = int(found[2]), int(found[3] or 0)
    if hours > 14:
        return None
    shift = timedelta(hours=hours, minutes=minutes)
    return timezone(shift if found[1] == "+" else -shift)
