"""What each phrase for an amount of time from now or ago means: in two weeks, within five working days. See docs/dates.md."""

from __future__ import annotations

from datetime import timedelta

from followupd.core.dates import arithmetic as a
from followupd.core.dates import rules as _rules  # noqa: F401 - of two equal readings the rule that stands first counts
from followupd.core.dates.hits import Hit, Span, rule

_AMOUNT = r"a?(?P<low>[na])(?:[-UOts,]?(?P<n>n))?(?:\(n\))?-?(?P<unit>[upH])"


@rule(
    "upH",
    r"(?P<pre>[ifUq])[sf]{0,2}(?:(?P<rel>[rglT])s?)?" + _AMOUNT,
    r"(?P<rel>[rglT])s?" + _AMOUNT,
    r"[ifUq]s?a?(?P<unit>u)O(?P<n>n)",
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
    unit = "h" if hit.tag("unit") == "H" else hit.value("unit")
    return _ahead(hit, number, unit, back=back, coming=hit.tag("rel") in ("r", "g", "T") or _said_next(hit))


def _said_next(hit: Hit) -> bool:
    return hit.tag("pre") == "i" and hit.value("pre") == 2


@rule("u", r"(?P<pre>i)s?(?P<unit>u)(?!s?[dmnRrglf])")
def within_the_week(hit: Hit) -> Span | None:
    """Within the week, within the fortnight, in the next month, w ciągu tygodnia. "In week" in other languages says something else."""
    first, last = hit.asked.scan.places[hit.at("pre")]
    said = {"en": True, "pl": first < last}.get(hit.asked.scan.words.language, False)
    if not said or hit.value("unit") not in ("w", "f", "m"):
        return None
    return _ahead(hit, 1, hit.value("unit"), back=False, coming=True)


@rule("up", r"(?P<n>[na])(?P<unit>[up])X")
def amount_ago(hit: Hit) -> Span | None:
    hit.past = True
    return _ahead(hit, hit.value("n"), hit.value("unit"), back=True, coming=False)


@rule("up", r"(?P<n>[na])(?P<unit>[up])-?fw")
def amount_from_now(hit: Hit) -> Span | None:
    span = _ahead(hit, hit.value("n"), hit.value("unit"), back=False, coming=False)
    return span and (span[1], span[1])


@rule("d", r"(?P<wd>d)s?i(?:a?(?P<n>[na]))?(?P<unit>[up])", r"(?P<wd>d)s?(?P<days>w)")
def weekday_in_weeks(hit: Hit) -> Span | None:
    """Montag in einer Woche, w poniedziałek za dwa tygodnie: that many weeks after the coming Monday."""
    number = hit.value("n") if hit.has("n") else hit.value("days") // 7 if hit.has("days") else 1
    if (
        (hit.has("days") and hit.value("days") < 7)
        or (hit.has("unit") and hit.value("unit") != "w")
        or not isinstance(number, int)
    ):
        return None
    return (a.weekday_after(hit.today, hit.value("wd")) + timedelta(weeks=number),) * 2


@rule("p", r"(?P<rel>[rg])s?(?P<unit>p)", r"is?(?P<unit>p)(?P<rel>[rg])", r"(?P<pre>i)(?P<unit>p)")
def coming_units(hit: Hit) -> Span | None:
    """In the coming days, over the next weeks: five days, three weeks."""
    if hit.has("pre") and not _said_next(hit):
        return None
    return _ahead(hit, "few", hit.value("unit"), back=False, coming=True) if hit.value("unit") != "m" else None


def _ahead(hit: Hit, number: int | str, unit: str, *, back: bool, coming: bool) -> Span | None:
    if number == "few":
        number = 5 if coming and unit in ("d", "b") else 3
    count = int(number)
    if count > 120 or not count or unit == "y":
        return None
    if back:
        return hit.today - timedelta(days=count * a.DAYS.get(unit, 1)), hit.today
    if unit in ("h", "i"):
        moment = hit.asked.written + (timedelta(hours=count) if unit == "h" else timedelta(minutes=count))
        return moment.date(), moment.date()
    if unit == "b":
        return hit.today, hit.asked.calendar.add_business_days(hit.today, count)
    return hit.today, a.add(hit.today, count, unit)
