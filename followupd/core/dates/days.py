"""Days and spans of days that a text names: the rules applied, overlaps settled, and what belongs together joined."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from followupd.core.dates import amounts as _amounts  # noqa: F401 - fills RULES, after rules
from followupd.core.dates import arithmetic as a
from followupd.core.dates import feasts as _feasts  # noqa: F401 - fills RULES
from followupd.core.dates.hits import NEEDED, RULES, Asked, Hit, Resolve

_STRETCH = re.compile(r"[^x;|:PFVIWLzZY&]+")
"""What a mention can be made of, without a break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A mention by its tokens, ``first`` to ``last`` exclusive. ``doubtful``: weekday and date contradict each other."""

    first: int
    last: int
    start: date
    end: date
    past: bool = False
    doubtful: date | None = None
    rule: str = ""


def days(asked: Asked) -> tuple[Found, ...]:
    """Every mention in order of the text, without overlaps: of two readings the longer one."""
    return tuple(_in_order(asked, _joined(asked, _apart(_all(asked)))))


def _all(asked: Asked) -> Iterator[Found]:
    tags = asked.scan.tags
    for stretch in _STRETCH.finditer(tags):
        piece = tags[stretch.start() : stretch.end() + 1]
        known = _matches(piece) if len(piece) < REMEMBERED else _matches.__wrapped__(piece)
        for number, match in known:
            name, _, resolve = RULES[number]
            if found := _found(Hit(asked, match, stretch.start()), name, resolve):
                yield found


REMEMBERED = 64
"""Tags; longer stretches are not kept."""


@lru_cache(maxsize=4096)
def _matches(stretch: str) -> tuple[tuple[int, re.Match[str]], ...]:
    """Every match of every rule in a stretch of tags (with the tag after it). Mail repeats itself: most are known."""
    numbers = {number for tag in NEEDED.keys() & {*stretch} for number in NEEDED[tag]}
    return tuple((n, match) for n in sorted(numbers) for match in RULES[n][1].finditer(stretch))


def _found(hit: Hit, rule: str, resolve: Resolve) -> Found | None:
    if not (span := resolve(hit)):
        return None
    start, end = span
    return Found(first=hit.first, last=hit.last, start=start, end=end, past=hit.past, doubtful=hit.doubtful, rule=rule)


def _apart(found: Iterator[Found]) -> list[Found]:
    taken: set[int] = set()
    kept: list[Found] = []
    for item in sorted(found, key=lambda f: (f.first - f.last, f.first)):
        if taken.isdisjoint(range(item.first, item.last)):
            taken.update(range(item.first, item.last))
            kept.append(item)
    return sorted(kept, key=lambda f: f.first)


def _joined(asked: Asked, found: list[Found]) -> Iterator[Found]:
    """Mentions that belong together made one: "tomorrow, Tuesday", "from the 9th to the 13th", "a week from Monday"."""
    tags = asked.scan.tags
    held: Found | None = None
    for item in found:
        anchored = _anchored(asked, item)
        together = held and _together(tags, held, anchored)
        if together:
            held = together
            continue
        if held:
            yield held
        held = anchored
    if held:
        yield held


def _in_order(asked: Asked, found: Iterator[Found]) -> Iterator[Found]:
    """The same, each seen from the one before it where it is to be."""
    last: Found | None = None
    for item in found:
        last = _placed(asked, item, last) if last else item
        yield last


def _placed(asked: Asked, item: Found, last: Found) -> Found:
    """Of weekdays in a row the next is the later one ("next Tuesday or Wednesday"); "the following week" is that after."""
    if last.past or item.past:
        return item
    if item.rule == "period" and _follows(asked, item, last):
        monday = a.monday(last.end) + timedelta(weeks=1)
        return replace(item, start=monday, end=monday + timedelta(days=4))
    listed = not asked.scan.tags[last.last : item.first].strip("sO,-tcnAzHUK(:)")
    return _later(item, last) if listed and item.rule == last.rule == "weekday" else item


def _follows(asked: Asked, item: Found, last: Found) -> bool:
    """Whether it is the week after a date named before: "interviews until March 13, a decision the following week"."""
    values = dict(zip(asked.scan.tags[item.first : item.last], asked.scan.values[item.first : item.last], strict=True))
    following = values.get("r") == 2 and values.get("u") == "w" and not {*"EBM"} & values.keys()
    return following and asked.scan.sentence(item.first)[0] <= last.first


def _later(item: Found, than: Found) -> Found:
    week = timedelta(weeks=1)
    if item.start <= than.start < item.start + week:
        return replace(item, start=item.start + week, end=item.end + week)
    return item


def _anchored(asked: Asked, item: Found) -> Found:
    """What stands before a date and shifts it: "the week of", "a week from"."""
    tags, at = asked.scan.tags, item.first
    while at > 0 and tags[at - 1] == "s":
        at -= 1
    if at > 0 and tags[at - 1] == "R":
        friday = a.monday(item.start) + timedelta(days=4)
        return replace(item, first=at - 1, start=a.monday(item.start), end=friday)
    if at > 2 and tags[at - 1] == "f" and tags[at - 2] in "up" and tags[at - 3] in "na":
        unit, number = asked.scan.values[at - 2], asked.scan.values[at - 3]
        if unit in ("d", "w", "m") and isinstance(number, int):
            shifted = a.add(item.start, number, unit)
            return replace(item, first=at - 3, start=shifted, end=shifted)
    return item


def _together(tags: str, one: Found, two: Found) -> Found | None:
    between = tags[one.last : two.first]
    if not between.strip("s,("):
        if one.rule == "relative_day" and one.start == one.end and two.rule != "relative_day":
            return replace(two, first=one.first)
        if one.rule == two.rule == "relative_day" and one.start <= two.start:
            return replace(two, first=one.first)
        if one.start == two.start and one.end == two.end:
            return replace(two, first=one.first)
    opened = one.first > 0 and tags[one.first - 1] in "bf"
    joins = between.strip("s") in ("-", "U") or (opened and between.strip("s") in ("O", "-", "U"))
    if joins and one.start < two.end and not one.past and one.rule not in ("period", "amount_ahead"):
        return replace(two, first=one.first, start=one.start)
    return None
