"""From the zone names that calendars write (RFC 5545 TZID) to what a wall clock there means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from followupd.core import recurrence

_UTC_NAMES = frozenset(
    {"utc", "gmt", "z", "zulu", "etc/utc", "coordinated universal time", "tzone://microsoft/utc", "microsoft/utc"}
)
_SIGNED = r"([+\-\u2212])\s*(\d{1,2})(?:[:.]?(\d\d))?"
_BARE_OFFSET = re.compile(rf"(?:utc|gmt)?\s*{_SIGNED}", re.IGNORECASE)
_DISPLAY_NAME = re.compile(rf"\(\s*(?:utc|gmt)\s*(?:{_SIGNED})?\s*\)\s*(.*)", re.IGNORECASE)
_NAME_LIMIT = 200
_FARTHEST = timedelta(hours=24)


class Zone(Protocol):
    """Tells which instant a wall clock means."""

    def attach(self, wall: datetime) -> datetime:
        """The naive ``wall`` time as an aware one."""
        ...


@dataclass(frozen=True, slots=True)
class Known:
    """A zone of the IANA database, or a fixed offset."""

    info: tzinfo

    def attach(self, wall: datetime) -> datetime:
        return wall.replace(tzinfo=self.info)


@dataclass(frozen=True, slots=True)
class Observance:
    """One STANDARD or DAYLIGHT part of a VTIMEZONE: from when on which offset holds (RFC 5545 section 3.6.5)."""

    onset: datetime
    before: timedelta
    after: timedelta
    rule: str = ""
    also: tuple[datetime, ...] = ()

    def last_onset(self, wall: datetime) -> datetime | None:
        """The latest onset at or before ``wall``, in the wall time of the offset that it ends."""
        rule = recurrence.Rule(
            text=self.rule, start=_near(self.onset, wall), attach=Known(timezone(self.before)).attach, also=self.also
        )
        past = [at for at in (self.onset, *recurrence.occurrences(rule, until=wall)) if at <= wall]
        return max(past, default=None)


@dataclass(frozen=True, slots=True)
class Described:
    """A zone that the calendar itself describes in a VTIMEZONE."""

    observances: tuple[Observance, ...]

    def attach(self, wall: datetime) -> datetime:
        return wall.replace(tzinfo=timezone(self._offset(wall)))

    def _offset(self, wall: datetime) -> timedelta:
        begun = [(at, o.after) for o in self.observances if (at := o.last_onset(wall)) is not None]
        if begun:
            return max(begun)[1]
        return min(self.observances, key=lambda o: o.onset).before


def _near(onset: datetime, wall: datetime) -> datetime:
    """A yearly onset of long ago (1601 at Microsoft's), moved to shortly before ``wall``: its rule does not depend on it."""
    if onset.year >= wall.year - 2:
        return onset
    return onset.replace(year=wall.year - 2, day=min(onset.day, 28))


def named(tzid: str, described: Mapping[str, Described]) -> Zone | None:
    """The zone that ``tzid`` means, ``described`` being the calendar's own VTIMEZONEs; None if it cannot be known.

    IANA and Windows names outrank a VTIMEZONE of that name, which often holds one year's rules only.
    """
    name = tzid.strip().strip('"').strip()
    if len(name) > _NAME_LIMIT:
        return None
    info = _iana(name) or _windows(name)
    if info is not None:
        return Known(info)
    own = described.get(name)
    if own is not None and own.observances:
        return own
    return _known(_bare_offset(name) or _display_name(name) or _suffix(name) or _cities(name, None))


def _known(info: tzinfo | None) -> Zone | None:
    return None if info is None else Known(info)


@cache
def _iana_names() -> Mapping[str, str]:
    return {name.lower(): name for name in available_timezones()}


def _iana(name: str) -> tzinfo | None:
    if name.lower() in _UTC_NAMES:
        return UTC
    known = _iana_names().get(name.lower())
    try:
        return ZoneInfo(known) if known else None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # listed by the system, but not to be loaded
        return None


@cache
def _windows_names() -> Mapping[str, str]:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return {name.lower(): iana for name, iana in WINDOWS_TO_OLSON.items()}


def _windows(name: str) -> tzinfo | None:
    iana = _windows_names().get(name.lower())
    return _iana(iana) if iana else None


def _suffix(name: str) -> tzinfo | None:
    """Globally unique names (``/freeassociation.sourceforge.net/Europe/Berlin``) end in an IANA name."""
    parts = name.strip("/").split("/")
    return next((zone for n in (3, 2) if len(parts) >= n and (zone := _iana("/".join(parts[-n:])))), None)


def _fixed(sign: str, hours: str, minutes: str | None) -> tzinfo | None:
    span = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if span >= _FARTHEST:
        return None
    return timezone(span if sign == "+" else -span)


def _bare_offset(name: str) -> tzinfo | None:
    """``UTC+1``, ``GMT-05:00``."""
    found = _BARE_OFFSET.fullmatch(name)
    return _fixed(found[1], found[2], found[3]) if found else None


def _display_name(name: str) -> tzinfo | None:
    """What Windows shows to people: ``(UTC+01:00) Amsterdam, Berlin, …``, ``(GMT-06:00) Central Time (US & Canada)``.

    Its offset is that of winter; the cities tell the rest. Without known cities the offset stands alone.
    """
    found = _DISPLAY_NAME.fullmatch(name)
    if found is None:
        return None
    fixed = _fixed(found[1], found[2], found[3]) if found[1] else UTC
    if fixed is None or "coordinated universal" in found[4].lower():
        return fixed
    return _windows_display(found[4]) or _cities(found[4], fixed.utcoffset(None)) or fixed


def _windows_display(rest: str) -> tzinfo | None:
    """``Central Time (US & Canada)`` is the zone that Windows itself calls ``Central Standard Time``."""
    return _windows(re.sub(r"\s+Time\b.*", " Standard Time", rest))


@cache
def _iana_cities() -> Mapping[str, str]:
    return {
        name.rpartition("/")[2].replace("_", " ").lower(): name
        for name in sorted(available_timezones())
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/"))
    }


def _cities(text: str, winter: timedelta | None) -> tzinfo | None:
    """The zone of the first city listed that has one, and has the ``winter`` offset if that is given."""
    for city in text.split(","):
        name = _iana_cities().get(city.strip().lower())
        info = _iana(name) if name else None
        if info is not None and winter in (None, _winter_offset(info)):
            return info
    return None


def _winter_offset(info: tzinfo) -> timedelta | None:
    offsets = [datetime(2025, month, 1, tzinfo=info).utcoffset() for month in (1, 7)]
    return min((o for o in offsets if o is not None), default=None)
