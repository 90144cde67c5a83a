"""What each phrase for a day or a span of days means: a pattern over tags, and its resolution. See docs/dates.md."""

from __future__ import annotations

import re
from datetime import date, timedelta

from followupd.core.dates import arithmetic as a
from followupd.core.dates.hits import Hit, Span, rule

SOON = 62
"""How far ahead (days) "Monday 16" may lie, where the number alone does not say that it is a day."""

STALE_AFTER = 270
"""A date without a year that lies further ahead than this (days), and was less far back, is taken as past."""

NEAR = 30
"""A date without a year that lies no further ahead than this (days) is not taken as that of a year ago."""


_DAY_FIRST = frozenset({"de", "nl", "pl"})
"""Languages that never write the month in letters before the day."""

_NUMBER_WEEKS = frozenset({"de", "fr", "nl"})
"""Languages in which "week 12" is the calendar's."""

_WEEKDAY = r"(?:(?P<wd>[dv])\.?[s,(]{0,3})?"
_YEAR = r"(?:[s,]{0,2}(?P<year>y))?"
_BEHIND = r"(?:,?\((?P<behind>[dv])\.?\))?"
_REL = r"(?P<rel>[rgTlN])"


@rule(
    "m",
    _WEEKDAY + r"(?P<day>[no])\.?s{0,2}(?P<mon>m)\.?" + _YEAR + _BEHIND,
    _WEEKDAY + r"(?P<mon>m)\.?s?(?P<day>[no])(?!s?[puAHcK])" + _YEAR + _BEHIND,
)
def day_of_month(hit: Hit) -> Span | None:
    if hit.before() == "t" and not hit.has("wd") and not hit.has("year") and hit.at("day") < hit.at("mon"):
        return None  # at 13 March Street
    if hit.at("mon") < hit.at("day") and hit.asked.scan.words.language in _DAY_FIRST:
        return None  # odbędzie się 10 (marca): "się" is no August
    return _calendar_day(hit, hit.value("mon"), hit.value("day"), hit.value("year") if hit.has("year") else None)


@rule(
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


@rule("D", _WEEKDAY + r"(?P<full>D)" + _BEHIND)
def numeric_date(hit: Hit) -> Span | None:
    year, month, day, one, separator, two, short = hit.value("full")
    if year:
        return _calendar_day(hit, int(month), int(day), int(year))
    order = _order(hit, int(one), int(two), dotted=separator == ".")
    return _calendar_day(hit, *order, int(short) + (2000 if len(short) == 2 else 0)) if order else None


@rule("SK", _WEEKDAY + r"(?P<full>[SK])\.?" + _BEHIND)
def short_date(hit: Hit) -> Span | None:
    one, two, digits = hit.value("full")
    order = _order(hit, one, two, dotted=hit.tag("full") == "K")
    if not order or not _is_short_date(hit, digits):
        return None
    return _calendar_day(hit, *order, None)


def _is_short_date(hit: Hit, digits: int) -> bool:
    """Whether 13.03 or 3/13 is a date where it stands: not a clock time, a version, a share or a fraction."""
    tags, at = hit.asked.scan.tags, hit.at("full")
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
    weekday = next((hit.value(g) for g in ("wd", "behind") if hit.has(g)), None)
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
    if weekday is not None and ahead.weekday() == weekday != behind.weekday():
        return ahead
    if hit.looks_back() and (ahead - hit.today).days > NEAR:
        return behind
    if weekday is not None and ahead.weekday() == weekday:
        return ahead
    return behind if (ahead - hit.today).days > STALE_AFTER and (hit.today - behind).days < 90 else ahead


@rule(
    "d",
    r"(?:[rgT]s?)?(?P<wd>d)s{0,2}(?P<day>o)(?!s?[um])",
    r"(?:[rgT]s?)?(?P<wd>d)[,s]{1,3}(?P<day>n)\.(?!s?[ump])",
    r"(?:[rgT]s?)?(?P<wd>d)g?[,s]{0,2}(?P<day>n)(?![.s,]{0,2}(?:[-umpAHcKOUo]|n(?!H)))",
)
def weekday_the_nth(hit: Hit) -> Span | None:
    """Friday the 13th: the next month whose 13th is a Friday."""
    found = a.next_weekday_on(hit.today, hit.value("wd"), hit.value("day"))
    if not found or (hit.tag("day") == "n" and (found - hit.today).days > SOON):
        return None
    return found, found


@rule(
    "on",
    r"[UfsO](?P<day>o)(?!s{0,2}[uQkIR]|[s,]{0,2}[mp])",
    r"(?:[Uf]s{0,2}|-s)(?P<day>n)\.?(?=[;|,)O]|$)",
    r"s(?P<day>n)\.(?=[tf]s?[nc])",
    r"(?P<day>o)(?=[tf]{1,2}s?[nc])",
    r"(?:[Ufs]|(?<=R))(?P<day>n)(?P<sure>)\.?(?![,s.]{0,2}[-umpAHcKno])",
)
def the_nth(hit: Hit) -> Span | None:
    """By the 13th, bis zum 13, dia 13. An ordinal in letters ("by the second") is no day."""
    if hit.tag("day") == "n" and hit.asked.scan.words.language == "en":
        return None
    if hit.has("sure") and not _is_called_day(hit):
        return None
    at = hit.at("day")
    if _numbers_something_else(hit, at):
        return None
    if not hit.asked.scan.text[hit.asked.scan.start(at)].isdigit():
        return None
    found = a.next_day_number(hit.today, hit.value("day"))
    return (found, found) if found else None


def _numbers_something_else(hit: Hit, at: int) -> bool:
    """Whether what follows is what is numbered: the 25th floor; not so "by the 25th with what comes next"."""
    scan = hit.asked.scan
    following = re.match(r"[s,]{0,2}x", scan.tags[at + 1 : at + 4])
    if following is None or hit.tag("day") == "n":
        return False
    word = re.compile(r"[^\W\d_]+").match(scan.text, scan.start(at + following.end()))
    return scan.words.language != "en" or not word or word[0].lower() not in _GOES_ON


_GOES_ON = frozenset(
    {
        "with",
        "about",
        "regarding",
        "so",
        "if",
        "but",
        "when",
        "because",
        "since",
        "either",
        "latest",
        "please",
        "what",
        "how",
        "whether",
        "though",
        "once",
        "one",
        "we",
        "i",
        "you",
    }
)
"""Words that begin something new behind a day."""


@rule("d", r"(?P<wd>d)s?(?P<unit>u)(?![s.,-]{0,2}[nmdoySD])")
def weekday_week(hit: Hit) -> Span | None:
    """Wednesday week: in British English the Wednesday after the next one."""
    if hit.value("unit") != "w" or hit.asked.scan.words.language != "en" or hit.before() in ("T", "r", "l", "g"):
        return None
    return (a.weekday_after(hit.today, hit.value("wd")) + timedelta(weeks=1),) * 2


def _is_called_day(hit: Hit) -> bool:
    """Whether the words before the number make it a day: "dia 13" and "día 13" always, "au 13", "entro il 13" after a limit."""
    before = hit.at("day") - 1
    word = hit.asked.scan.last_word(before)
    if hit.asked.scan.words.language not in _WITH_ARTICLE:
        return False  # do 11 000 zł
    return word in _DAY_WORDS or (hit.asked.scan.tags[before] in "UfR" and word in _DAY_ARTICLES)


_WITH_ARTICLE = frozenset({"es", "fr", "it", "pt"})
_DAY_WORDS = frozenset({"dia", "giorno"})
_DAY_ARTICLES = frozenset({"al", "el", "del", "dal", "au", "le", "du", "il", "ao", "do"})


@rule(
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
    tags, at = hit.asked.scan.tags, hit.at("wd")
    after = tags[at + 1 : at + 2]
    if after == "." and tags[at + 2 : at + 3]:
        after = tags[at + 2]
    with_hour = re.match(r",?[nc]A", tags[at + 1 : at + 4]) is not None
    return (
        with_hour
        or hit.has("rel")
        or hit.before() in ("U", "O")
        or after in ("t", "c", "d")
        or tags[at - 1 : at] == "s"
    )


@rule(
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


@rule(
    "uRG",
    r"(?P<part>[EBM])-?[sf]{0,3}(?:" + _REL + r"s?)?(?P<unit>u|R(?!s?[dmnoDSK]))",
    r"(?P<part>[EBM])-?[sf]{0,3}(?P<unit>u|R(?!s?[dmnoDSK]))s?(?P<rel>[rglN])",
    _REL + r"s?(?P<unit>u|R(?!s?[dmnoDSK]))",
    r"(?P<unit>u|R(?!s?[dmnoDSK]))s?(?P<rel>[rglN])(?!s?[dupm])",
    r"(?P<unit>G)",
)
@rule("r", r"(?P<part>[EB])(?P<rel>r)(?=[;,|.)O]|$)")
def period(hit: Hit) -> Span | None:
    """The end of next week, this month, early next week, "this week or early next"."""
    part, unit = hit.tag("part"), hit.value("unit") if hit.has("unit") else "w"
    if hit.tag("unit") == "G":
        part = "E"
    shift = _WEEKS[hit.tag("rel") or "T"]
    if unit not in ("w", "m", "q", "y"):
        return _single_day(hit, shift) if unit in ("d", "b") and not part else None
    span = a.part_of_period(hit.today, unit, shift, part)
    if part and not hit.has("rel") and span[1] < hit.today and not hit.looks_back():
        span = a.part_of_period(hit.today, unit, 1, part)  # "early in the week", said on a Thursday
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


@rule(
    "m",
    r"(?P<part>[EBMh])-?s{0,3}(?P<mon>m)\.?" + _YEAR + r"(?![s.]?[noc])",
    r"(?P<pre>[iUTrgfb])s?(?P<mon>m)" + _YEAR + r"(?![s.]{0,2}[noc])",
)
def month(hit: Hit) -> Span | None:
    year = hit.value("year") if hit.has("year") else None
    span = a.part_of_month(a.month_ahead(hit.today, hit.value("mon"), year), hit.tag("part").replace("h", "M"))
    if year is None and hit.before() == "" and hit.looks_back() and (span[0] - hit.today).days > SOON:
        hit.past = True
    hit.past = hit.past or span[1] < hit.today
    return span


@rule(
    "uR",
    r"(?P<nth>[ol])s?(?P<unit>[uR])s{0,3}(?P<mon>m)(?!s?[no])",
    r"(?P<nth>[ol])s?(?P<unit>u|R(?!s?[dmnoDSK]))s{0,3}(?P<rel>[rgT])s?(?P<in>u)",
)
@rule("7", r"(?P<nth>[ol])s?(?P<mon>7)")
def week_of_month(hit: Hit) -> Span | None:
    """The first week of April, the last week of next month, die zweite Aprilwoche."""
    if (hit.has("unit") and hit.value("unit") != "w") or (hit.has("in") and hit.value("in") != "m"):
        return None
    if hit.has("mon"):
        first = a.month_ahead(hit.today, hit.value("mon"), None)
    else:
        first = a.part_of_period(hit.today, "m", _WEEKS[hit.tag("rel")], "")[0]
    return a.week_of_month(first, None if hit.tag("nth") == "l" else hit.value("nth"))


@rule("2", r"(?P<half>2)s{0,3}(?P<mon>m)" + _YEAR, r"(?P<half>2)s{0,3}(?:" + _REL + r"s?)?(?P<unit>u)")
@rule("1", r"(?P<half>o)s?(?P<mon>1)")
def half(hit: Hit) -> Span | None:
    """The first half of April, die zweite Aprilhälfte, la segunda quincena de mes."""
    if hit.value("half") not in (1, 2):
        return None
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


@rule("C", r"C\.?s?(?P<n>n)", r"(?P<n>n)\.?C")
@rule("u", r"(?<![nap])(?P<unit>u)(?P<n>n)(?![.s-]?[upHAmn])")
def calendar_week(hit: Hit) -> Span | None:
    if hit.has("unit") and (hit.value("unit") != "w" or hit.asked.scan.words.language not in _NUMBER_WEEKS):
        return None
    return a.iso_week(hit.today, hit.value("n"))


@rule("Q", r"(?:(?P<part>[EBM])-?s{0,3})?(?P<q>Q)" + _YEAR)
def quarter(hit: Hit) -> Span | None:
    year = hit.value("year") if hit.has("year") else None
    span = a.part_of_quarter(a.quarter_ahead(hit.today, hit.value("q"), year), hit.tag("part"))
    hit.past = span[1] < hit.today
    return span


@rule("k", r"(?:" + _REL + r"s?)?(?P<k>k)", r"(?P<after>f)s?k")
def weekend(hit: Hit) -> Span | None:
    saturday = a.monday(hit.today) + timedelta(days=5)
    if hit.has("after"):
        return (saturday + timedelta(days=2),) * 2
    if hit.tag("rel") == "l" or (not hit.has("rel") and hit.looks_back()):
        hit.past = True
        saturday -= timedelta(weeks=1)
    return saturday, saturday + timedelta(days=1)


@rule("w", r"(?P<w>w)")
def relative_day(hit: Hit) -> Span | None:
    found = hit.today + timedelta(days=hit.value("w"))
    hit.past = found < hit.today
    return found, found
