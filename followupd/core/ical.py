"""The content lines and components of iCalendar text (RFC 5545 section 3.1), as far as an interview is made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_PROPERTIES = frozenset({
    "BEGIN", "END", "METHOD", "X-WR-TIMEZONE", "UID", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "DTSTART", "DTEND", "DURATION",
    "RECURRENCE-ID", "RRULE", "RDATE", "EXDATE", "STATUS", "SUMMARY", "ORGANIZER", "ATTENDEE", "X-MICROSOFT-CDO-ALLDAYEVENT",
    "TZID", "TZOFFSETFROM", "TZOFFSETTO",
})  # fmt: skip
_NAME = re.compile(r"\s*([A-Za-z-]+)")
_LINE_LIMIT = 10_000  # no property that matters is that long


class Line(NamedTuple):
    """A property: its name and parameter names in upper case, its value with backslashes undone."""

    name: str
    params: Mapping[str, str]
    value: str


@dataclass(slots=True)
class Calendar:
    """The lines of one VCALENDAR, sorted by what they belong to."""

    own: list[Line] = field(default_factory=list)
    events: list[list[Line]] = field(default_factory=list)
    zones: list[list[Line]] = field(default_factory=list)


def calendars(text: str) -> Sequence[Calendar]:
    """The calendars of ``text``, the first for what stands outside any. Components not closed are taken as they come."""
    found = [Calendar()]
    target, inside, depth = found[0].own, "", 0
    for line in _lines(text):
        kind = line.value.strip().upper()
        if line.name == "BEGIN" and kind == "VCALENDAR":
            found.append(Calendar())
            target, inside, depth = found[-1].own, "", 0
        elif line.name == "BEGIN" and kind in ("VEVENT", "VTIMEZONE"):
            blocks = found[-1].events if kind == "VEVENT" else found[-1].zones
            blocks.append([])
            target, inside, depth = blocks[-1], kind, 0
        elif line.name == "END" and kind == inside:
            target, inside, depth = found[-1].own, "", 0
        elif inside == "VTIMEZONE":
            target.append(line)
        elif line.name in ("BEGIN", "END"):
            depth = max(0, depth + (1 if line.name == "BEGIN" else -1))
        elif depth == 0:
            target.append(line)
    return found


def _lines(text: str) -> Iterator[Line]:
    """The unfolded content lines of the properties that matter here (RFC 5545 section 3.1)."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    for line in re.sub(r"\n[ \t]", "", plain).split("\n"):
        name = _NAME.match(line)
        if name is not None and name[1].upper() in _PROPERTIES and len(line) <= _LINE_LIMIT:
            yield _line(line.strip(), name[1].upper())


def _line(line: str, name: str) -> Line:
    from icalendar.parser.content_line import Contentline

    try:
        _, params, value = Contentline(line).parts()  # type: ignore[no-untyped-call]
    except ValueError:  # a broken parameter: the name and the value still stand
        return Line(name, {}, _rest(line, name))
    return Line(name, {k.upper(): v if isinstance(v, str) else ",".join(v) for k, v in params.items()}, value)


def _rest(line: str, name: str) -> str:
    """The value of a line whose parameters cannot be read: from the address on, or after the last colon."""
    if name in ("ATTENDEE", "ORGANIZER"):
        return line[max(0, line.lower().rfind("mailto:")) :]
    return line.rpartition(":")[2]


def value_of(lines: Iterable[Line], name: str) -> str:
    """The value of the first property ``name``, "" if there is none."""
    return next((line.value.strip() for line in lines if line.name == name), "")
