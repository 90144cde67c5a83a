"""Days and spans of days that a text names: patterns over tags, and what each means seen from the day of writing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from followupd.core.dates import arithmetic as a
from followupd.core.dates.tokens import Scan
from followupd.core.worktime import WorkCalendar

Span = tuple[date, date]

MONTH_FIRST = frozenset({"US", "PH", "PR", "GU", "VI", "AS", "MP", "FM", "PW"})
"""Countries that write the month before the day (Unicode CLDR: short date patterns beginning with M)."""

SOON = 62
"""How far ahead (days) "Monday 16" may lie, where the number alone does not say that it is a day."""

STALE_AFTER = 270
"""A date without a year that lies further ahead than this (days), and was less far back, is taken as past."""


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


@dataclass(frozen=True, slots=True)
class Asked:
    """All that a phrase is resolved from."""

    scan: Scan
    written: datetime
    calendar: WorkCalendar
    country: str | None

    @property
    def today(self) -> date:
        return self.written.date()

    @property
    def month_first(self) -> bool | None:
        """Whether 3/4 is the 4th of March; None where nothing tells."""
        if self.scan.words.language != "en":
            return False
        return self.country.upper()[:2] in MONTH_FIRST if self.country else None


class Hit:
    """One match of a pattern, with the values of its named groups."""

    def __init__(self, asked: Asked, match: re.Match[str]) -> None:
        self.asked, self.match, self.today = asked, match, asked.today
        self.past = False
        self.doubtful: date | None = None

    def has(self, group: str) -> bool:
        return group in self.match.re.groupindex and self.match.start(group) >= 0

    def value(self, group: str) -> Any:
        return self.asked.scan.values[self.match.start(group)]

    def tag(self, group: str) -> str:
        return self.match.group(group) if self.has(group) else ""

    def before(self) -> str:
        """The tag before the phrase, fillers left out ("" at the start)."""
        at = self.match.start() - 1
        while at >= 0 and self.asked.scan.tags[at] in "s,":
            at -= 1
        return self.asked.scan.tags[at] if at >= 0 else ""

    def looks_back(self) -> bool:
        """Whether the sentence speaks of what has been: the nearest word of past or future before it, else after it."""
        if self.before() == "U":
            return False
        scan = self.asked.scan
        left, right = scan.sentence(self.match.start())
        around = (*range(self.match.start() - 1, left - 1, -1), *range(self.match.end(), right))
        return next((said for at in around if (said := self._past_said(at)) is not None), False)

    def looks_back_only(self) -> bool:
        """Whether the sentence has words of the past and none of the future."""
        left, right = self.asked.scan.sentence(self.match.start())
        said = {self._past_said(at) for at in range(left, right)}
        return True in said and False not in said

    def _past_said(self, at: int) -> bool | None:
        """True for a word of the past or a year gone by, False for a word of the future, None for any other."""
        tag, scan = self.asked.scan.tags[at], self.asked.scan
        if tag == "y":
            return True if scan.values[at] < self.today.year else None
        return tag == "P" if tag in "PFWL" else None


Resolve = Callable[[Hit], Span | None]
_RULES: list[tuple[str, re.Pattern[str], Resolve]] = []
_NEEDED: dict[str, list[int]] = {}
"""Which rules (by their number) can match where a tag stands."""

_STRETCH = re.compile(r"[^x;|:PFVIWLzZY]+")
"""What a mention can be made of, without a break."""


def _rule(needs: str, *patterns: str) -> Callable[[Resolve], Resolve]:
    """A rule whose every match holds one of the tags ``needs``. All repetition in patterns is bounded: linear time."""

    def add(resolve: Resolve) -> Resolve:
        for pattern in patterns:
            for tag in needs:
                _NEEDED.setdefault(tag, []).append(len(_RULES))
            _RULES.append((resolve.__name__, re.compile(pattern), resolve))
        return resolve

    return add


_WEEKDAY = r"(?:(?P<wd>[dv])\.?[s,(]{0,3})?"
_YEAR = r"(?:[s,]{0,2}(?P<year>y))?"
_REL = r"(?P<rel>[rgTlN])"


@_rule(
    "m",
    _WEEKDAY + r"(?P<day>[no])\.?s{0,2}(?P<mon>m)\.?" + _YEAR,
    _WEEKDAY + r"(?P<mon>m)\.?s?(?P<day>[no])(?!s?[puAHcK])" + _YEAR,
)
def day_of_month(hit: Hit) -> Span | None:
    if hit.before() == "t" and not hit.has("wd") and not hit.has("year"):
        return None  # at 13 March Street
    return _calendar_day(hit, hit.value("mon"), hit.value("day"), hit.value("year") if hit.has("year") else None)


@_rule(
    "m",
    _WEEKDAY + r"(?P<day>[no])\.?[-UOst]s{0,2}(?P<to>[no])\.?s{0,2}(?P<mon>m)\.?" + _YEAR,
    _WEEKDAY + r"(?P<mon>m)\.?s?(?P<day>[no])[-U]s?(?P<to>[no])(?!s?[puAHcm])" + _YEAR,
)
def days_of_month(hit: Hit) -> Span | None:
    if hit.match.group().find("O") >= 0 and hit.before() != "b":
        return None
    first, last = (
        _calendar_day(hit, hit.value("mon"), hit.value(g), hit.value("year") if hit.has("year") else None)
        for g in ("day", "to")
    )
    if not first or not last or first > last:
        return None
    hit.past = last[1] < hit.today
    return first[0], last[1]


@_rule("D", _WEEKDAY + r"(?P<full>D)")
def numeric_date(hit: Hit) -> Span | None:
    year, month, day, one, separator, two, short = hit.value("full")
    if year:
        return _calendar_day(hit, int(month), int(day), int(year))
    order = _order(hit, int(one), int(two), dotted=separator == ".")
    return _calendar_day(hit, *order, int(short) + (2000 if len(short) == 2 else 0)) if order else None


@_rule("SK", _WEEKDAY + r"(?P<full>[SK])\.?")
def short_date(hit: Hit) -> Span | None:
    one, two, digits = hit.value("full")
    order = _order(hit, one, two, dotted=hit.tag("full") == "K")
    if not order or not _is_short_date(hit, digits):
        return None
    return _calendar_day(hit, *order, None)


def _is_short_date(hit: Hit, digits: int) -> bool:
    """Whether 13.03 or 3/13 is a date where it stands: not a clock time, a version, a share or a fraction."""
    tags, at = hit.asked.scan.tags, hit.match.start("full")
    before, after = hit.before(), tags[at + 1 : at + 2]
    if after and after in "HApu":
        return False
    if hit.has("wd"):
        return hit.tag("full") == "S" or before != "t"
    if hit.tag("full") == "S":
        return before != "x" or after not in ("x", "p", "u")
    return before != "t" and (after == "." or (before in ("U", "i", "b", "f", "s", "-", "O", "(") and digits == 2))


def _order(hit: Hit, one: int, two: int, *, dotted: bool) -> tuple[int, int] | None:
    """(month, day) of two numbers, or None where both readings stand."""
    if dotted or one > 12:
        return two, one
    if two > 12:
        return one, two
    if one == two:
        return one, two
    first = hit.asked.month_first
    return None if first is None else (one, two) if first else (two, one)


def _calendar_day(hit: Hit, month: int, day: int, year: int | None) -> Span | None:
    """The day; without a year the nearest future one, or the past one where the sentence looks back."""
    today = hit.today
    weekday = hit.value("wd") if hit.has("wd") else None
    found = _nearest(hit, month, day, weekday) if year is None else a.day(year, month, day)
    if not found:
        return None
    if weekday is not None and found.weekday() != weekday:
        hit.doubtful = a.nearest_weekday(found, weekday)
    hit.past = hit.past or found < today
    return found, found


def _nearest(hit: Hit, month: int, day: int, weekday: int | None) -> date | None:
    days = [d for y in (-1, 0, 1) if (d := a.day(hit.today.year + y, month, day))]
    if not days:
        days = [d for y in range(2, 9) if (d := a.day(hit.today.year + y, month, day))][:1]
    ahead = next((d for d in days if d >= hit.today), None)
    behind = next((d for d in reversed(days) if d < hit.today), None)
    if ahead is None or behind is None:
        return ahead or behind
    if hit.looks_back():
        return behind
    if weekday is not None and ahead.weekday() == weekday:
        return ahead
    return behind if (ahead - hit.today).days > STALE_AFTER and (hit.today - behind).days < 90 else ahead


@_rule(
    "d",
    r"(?P<wd>d)s{0,2}(?P<day>o)(?!s?[um])",
    r"(?P<wd>d)[,s]{1,3}(?P<day>n)\.(?!s?[ump])",
    r"(?P<wd>d)[,s]{0,2}(?P<day>n)(?![.s,]{0,2}[-umpAHcKnOUo])",
)
def weekday_the_nth(hit: Hit) -> Span | None:
    """Friday the 13th: the next month whose 13th is a Friday."""
    found = a.next_weekday_on(hit.today, hit.value("wd"), hit.value("day"))
    if not found or (hit.tag("day") == "n" and (found - hit.today).days > SOON):
        return None
    return found, found


@_rule("on", r"[UfsO](?P<day>o)(?![s,]{0,2}[umpxQk])", r"(?:[Uf]s{0,2}|-s)(?P<day>n)\.?(?=[;|,)O]|$)")
def the_nth(hit: Hit) -> Span | None:
    """By the 13th, bis zum 13. An ordinal in letters ("by the second") is no day."""
    if hit.tag("day") == "n" and hit.asked.scan.words.language == "en":
        return None
    at = hit.match.start("day")
    if not hit.asked.scan.text[hit.asked.scan.starts[at]].isdigit():
        return None
    found = a.next_day_number(hit.today, hit.value("day"))
    return (found, found) if found else None


@_rule(
    "dv",
    r"(?:" + _REL + r"s?)?(?P<wd>[dv])",
    r"(?P<wd>[dv])[s,]{0,2}(?P<rel>[gl])(?!s?[upmn])",
)
def weekday(hit: Hit) -> Span | None:
    relation, wanted = hit.tag("rel"), hit.value("wd")
    if hit.tag("wd") == "v" and not _sure_short(hit):
        return None
    if relation == "l" or (not relation and hit.looks_back()):
        hit.past = True
        return (a.weekday_before(hit.today, wanted),) * 2
    if relation == "T":
        found = a.monday(hit.today) + timedelta(days=wanted)
        return (found if found >= hit.today else found + timedelta(weeks=1),) * 2
    if relation in ("r", "N"):
        weeks = 2 if relation == "N" else 1
        return (a.monday(hit.today) + timedelta(weeks=weeks, days=wanted),) * 2
    return (a.weekday_after(hit.today, wanted),) * 2


def _sure_short(hit: Hit) -> bool:
    """A weekday in short (fri, mar, do) stands beside something that makes it one."""
    tags, at = hit.asked.scan.tags, hit.match.start("wd")
    after = tags[at + 1 : at + 2]
    if after == "." and tags[at + 2 : at + 3]:
        after = tags[at + 2]
    return hit.has("rel") or hit.before() in ("U", "O") or after in ("t", "c", "d") or tags[at - 1 : at] == "s"


@_rule(
    "d",
    r"(?P<wd>d)(?:[sO,]{1,3}(?P<or>d))?[s,i]{0,3}" + _REL + r"s?(?P<unit>u|R(?!s?[dmnoDSK]))",
    r"(?P<wd>d)[s,i]{0,3}u(?P<rel>[rglN])",
    _REL + r"s?(?P<unit>u|R(?!s?[dmnoDSK]))[s,(i]{0,3}(?P<wd>d)",
    r"u(?P<rel>[rglN])[s,(]{0,3}(?P<wd>d)",
)
def weekday_of_week(hit: Hit) -> Span | None:
    if hit.has("unit") and hit.value("unit") != "w":
        return None
    first = a.monday(hit.today) + timedelta(weeks=_WEEKS[hit.tag("rel")])
    days = [first + timedelta(days=hit.value(g)) for g in ("wd", "or") if hit.has(g)]
    hit.past = hit.tag("rel") == "l" or days[-1] < hit.today
    return min(days), max(days)


_WEEKS = {"T": 0, "r": 1, "g": 1, "l": -1, "N": 2}


@_rule(
    "uRG",
    r"(?P<part>[EBM])-?[sf]{0,3}(?:" + _REL + r"s?)?(?P<unit>u|R(?!s?[dmnoDSK]))",
    r"(?P<part>[EBM])-?[sf]{0,3}(?P<unit>u|R(?!s?[dmnoDSK]))s?(?P<rel>[rglN])",
    _REL + r"s?(?P<unit>u|R(?!s?[dmnoDSK]))",
    r"(?P<unit>u|R(?!s?[dmnoDSK]))s?(?P<rel>[rglN])(?!s?[dupm])",
    r"(?P<unit>G)",
)
def period(hit: Hit) -> Span | None:
    """The end of next week, this month, early next week."""
    part, unit = hit.tag("part"), hit.value("unit")
    if hit.tag("unit") == "G":
        part = "E"
    shift = _WEEKS[hit.tag("rel") or "T"]
    if unit not in ("w", "m", "q", "y"):
        return _single_day(hit, shift) if unit in ("d", "b") and not part else None
    span = a.part_of_period(hit.today, unit, shift, part)
    hit.past = shift < 0 or span[1] < hit.today or (shift == 0 and hit.looks_back())
    return span


def _single_day(hit: Hit, shift: int) -> Span | None:
    """The next day, the next working day."""
    if shift != 1:
        return None
    if hit.value("unit") == "b":
        found = hit.asked.calendar.add_business_days(hit.today, 1)
    else:
        found = hit.today + timedelta(days=1)
    return found, found


@_rule(
    "m",
    r"(?P<part>[EBMh])-?s{0,3}(?P<mon>m)\.?" + _YEAR + r"(?![s.]?[noc])",
    r"(?P<pre>[iUTrgfb])s?(?P<mon>m)" + _YEAR + r"(?![s.]{0,2}[noc])",
)
def month(hit: Hit) -> Span | None:
    year = hit.value("year") if hit.has("year") else None
    span = a.part_of_month(a.month_ahead(hit.today, hit.value("mon"), year), hit.tag("part").replace("h", "M"))
    if year is None and hit.before() == "" and hit.looks_back():
        hit.past = True
    hit.past = hit.past or span[1] < hit.today
    return span


@_rule(
    "uR",
    r"(?P<nth>[ol])s?(?P<unit>[uR])s{0,3}(?P<mon>m)(?!s?[no])",
    r"(?P<nth>[ol])s?(?P<unit>u|R(?!s?[dmnoDSK]))s{0,3}(?P<rel>[rgT])s?(?P<in>u)",
)
def week_of_month(hit: Hit) -> Span | None:
    """The first week of April, the last week of next month."""
    if hit.value("unit") != "w" or (hit.has("in") and hit.value("in") != "m"):
        return None
    if hit.has("mon"):
        first = a.month_ahead(hit.today, hit.value("mon"), None)
    else:
        first = a.part_of_period(hit.today, "m", _WEEKS[hit.tag("rel")], "")[0]
    return a.week_of_month(first, None if hit.tag("nth") == "l" else hit.value("nth"))


@_rule("2", r"(?P<half>2)s{0,3}(?P<mon>m)" + _YEAR, r"(?P<half>2)s{0,3}(?:" + _REL + r"s?)?(?P<unit>u)")
def half(hit: Hit) -> Span | None:
    """The first half of April, la segunda quincena de mes."""
    if hit.has("mon"):
        year = hit.value("year") if hit.has("year") else None
        first = a.month_ahead(hit.today, hit.value("mon"), year)
    elif hit.value("unit") == "m":
        first = a.part_of_period(hit.today, "m", _WEEKS[hit.tag("rel") or "T"], "")[0]
    else:
        return None
    span = a.half_of_month(first, hit.value("half"))
    hit.past = span[1] < hit.today
    return span


@_rule("C", r"C\.?s?(?P<n>n)")
def calendar_week(hit: Hit) -> Span | None:
    return a.iso_week(hit.today, hit.value("n"))


@_rule("Q", r"(?:(?P<part>[EBM])-?s{0,3})?(?P<q>Q)" + _YEAR)
def quarter(hit: Hit) -> Span | None:
    year = hit.value("year") if hit.has("year") else None
    span = a.part_of_quarter(a.quarter_ahead(hit.today, hit.value("q"), year), hit.tag("part"))
    hit.past = span[1] < hit.today
    return span


@_rule("k", r"(?:" + _REL + r"s?)?(?P<k>k)", r"(?P<after>f)s?k")
def weekend(hit: Hit) -> Span | None:
    saturday = a.monday(hit.today) + timedelta(days=5)
    if hit.has("after"):
        return (saturday + timedelta(days=2),) * 2
    if hit.tag("rel") == "l" or (not hit.has("rel") and hit.looks_back()):
        hit.past = True
        saturday -= timedelta(weeks=1)
    return saturday, saturday + timedelta(days=1)


@_rule("w", r"(?P<w>w)")
def relative_day(hit: Hit) -> Span | None:
    found = hit.today + timedelta(days=hit.value("w"))
    hit.past = found < hit.today
    return found, found


_AMOUNT = r"a?(?P<low>[na])(?:[-UOts]?(?P<n>n))?-?(?P<unit>[upH])"


@_rule(
    "upH",
    r"(?P<pre>[ifUq])[sfx]{0,2}(?:(?P<rel>[rglT])s?)?" + _AMOUNT,
    r"(?P<rel>[rglT])s?" + _AMOUNT,
    r"[ifUq]s?a(?P<unit>u)O(?P<n>n)",
    r"[ifU]s{0,2}(?P<low>n)s?(?P<rel>[rg])(?P<unit>p)",
)
def amount_ahead(hit: Hit) -> Span | None:
    """In two weeks, within five working days, over the next 2-3 weeks: the longest that is named."""
    number = hit.value("n") if hit.has("n") else hit.value("low")
    if hit.tag("unit") == "H" and (number == "few" or int(number) < 24) and hit.match[0][0] != "i":
        return None  # until 16 Uhr
    if hit.tag("pre") == "q" and hit.value("unit") in ("h", "i", 1):
        return None  # the interview takes an hour
    back = hit.tag("rel") == "l" or (hit.tag("pre") != "U" and hit.tag("rel") == "" and hit.looks_back_only())
    hit.past = back
    return _ahead(
        hit,
        number,
        "h" if hit.tag("unit") == "H" else hit.value("unit"),
        back=back,
        coming=hit.tag("rel") in ("r", "g", "T"),
    )


def _said_next(hit: Hit) -> bool:
    return hit.tag("pre") == "i" and hit.value("pre") == 2


@_rule("u", r"(?P<pre>i)s?(?P<unit>u)(?!s?[dmnRrglf])")
def within_the_week(hit: Hit) -> Span | None:
    """Within the week, in the next month. "In week" in other languages says something else."""
    if hit.asked.scan.words.language != "en" or hit.value("unit") not in ("w", "m"):
        return None
    return _ahead(hit, 1, hit.value("unit"), back=False, coming=True)


@_rule("up", r"(?P<n>[na])(?P<unit>[up])X")
def amount_ago(hit: Hit) -> Span | None:
    hit.past = True
    return _ahead(hit, hit.value("n"), hit.value("unit"), back=True, coming=False)


@_rule("up", r"(?P<n>[na])(?P<unit>[up])-?fw")
def amount_from_now(hit: Hit) -> Span | None:
    span = _ahead(hit, hit.value("n"), hit.value("unit"), back=False, coming=False)
    return span and (span[1], span[1])


@_rule("p", r"(?P<rel>[rg])s?(?P<unit>p)", r"is?(?P<unit>p)(?P<rel>[rg])", r"(?P<pre>i)(?P<unit>p)")
def coming_units(hit: Hit) -> Span | None:
    """In the coming days, over the next weeks: five days, three weeks."""
    if hit.has("pre") and not _said_next(hit):
        return None
    return _ahead(hit, "few", hit.value("unit"), back=False, coming=True) if hit.value("unit") != "m" else None


def _ahead(hit: Hit, number: int | str, unit: str, *, back: bool, coming: bool) -> Span | None:
    if number == "few":
        number = 5 if coming and unit in ("d", "b") else 3
    count = int(number)
    if count > 120 or not count:
        return None
    if back:
        return hit.today - timedelta(days=count * a.DAYS.get(unit, 1)), hit.today
    if unit in ("h", "i"):
        moment = hit.asked.written + (timedelta(hours=count) if unit == "h" else timedelta(minutes=count))
        return moment.date(), moment.date()
    if unit == "b":
        return hit.today, hit.asked.calendar.add_business_days(hit.today, count)
    return hit.today, a.add(hit.today, count, unit)


def days(asked: Asked) -> tuple[Found, ...]:
    """Every mention in order of the text, without overlaps: of two readings the longer one."""
    return tuple(_joined(asked, _apart(_all(asked))))


def _all(asked: Asked) -> Iterator[Found]:
    tags = asked.scan.tags
    for stretch in _STRETCH.finditer(tags):
        numbers = {number for tag in {*stretch[0]} & _NEEDED.keys() for number in _NEEDED[tag]}
        for number in sorted(numbers):
            name, pattern, resolve = _RULES[number]
            for match in pattern.finditer(tags, stretch.start(), stretch.end() + 1):
                if found := _found(Hit(asked, match), name, resolve):
                    yield found


def _found(hit: Hit, rule: str, resolve: Resolve) -> Found | None:
    if not (span := resolve(hit)):
        return None
    first, last = hit.match.span()
    return Found(first=first, last=last, start=span[0], end=span[1], past=hit.past, doubtful=hit.doubtful, rule=rule)


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
