"""Dates that they named: by when they will answer, and when they are back from an absence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from followupd.core.dates.days import Found, days
from followupd.core.dates.hits import Asked
from followupd.core.dates.tokens import Scan, scan
from followupd.core.reading import Absence, Finding, Promise, Says
from followupd.core.worktime import WorkCalendar

LONGEST_QUOTE = 160
"""Characters; a promise is quoted in one line."""

SHORT_SENTENCE = 60
"""Characters; a sentence this short after a promise ("Most likely by Friday.") belongs to it."""

_AT_AN_HOUR = re.compile("t?c|t[nj]|nA|I")
"""Tags of a clock time, or of a meeting, at once after a date."""

_DEADLINE_RULES = frozenset({"amount_ahead", "coming_units", "period"})


def promise(
    text: str,
    *,
    findings: Sequence[Finding],
    language: str,
    written: datetime,
    calendar: WorkCalendar,
    country: str | None = None,
) -> Promise | None:
    """The last date by which the text promises an answer, seen from ``written`` (aware, in the sender's offset).

    ``findings`` say where it promises (``Says.PROMISES``, in the text); others are passed over. The date stands in the
    sentence of the finding, or in one beside it that speaks of the answer too.
    """
    asked = Asked(scan(text, language), written, calendar, country)
    wanted = [f for f in findings if f.says is Says.PROMISES and f.part == "text"]
    if not wanted:
        return None
    dates = [d for d in days(asked) if not d.past and d.end >= asked.today]
    found = [p for f in wanted if (p := _promised(asked.scan, f, dates))]
    return max(found, key=lambda p: p.end, default=None)


def _promised(read: Scan, finding: Finding, dates: Sequence[Found]) -> Promise | None:
    first, last = read.token_at(finding.start), read.token_at(max(finding.start, finding.end - 1))
    left, right = read.sentence(first)[0], read.sentence(last)[1]
    within = [d for d in dates if left <= d.first < right and not _of_another_clause(read, d, finding)]
    chosen = _chosen(read, within, first, last)
    for begin, end, speaks in () if chosen else _beside(read, left, right):
        near = [d for d in dates if begin <= d.first < end and (speaks or _deadline(read, d))]
        chosen = chosen or _chosen(read, near, begin, end)
    return _quoted(read, finding, chosen) if chosen else None


def _of_another_clause(read: Scan, item: Found, finding: Finding) -> bool:
    """Whether a semicolon parts a date from the promise behind it: "he is away this week; then I will write"; neither a deadline
    does, nor a single day.
    """
    spans = item.start == item.end or item.rule in _DEADLINE_RULES - {"period"} or _before(read, item) in ("U", "i")
    return not spans and ";" in read.text[read.end(item.last - 1) : finding.start]


def _chosen(read: Scan, dates: Sequence[Found], first: int, last: int) -> Found | None:
    """The deadline of those in the sentence: not the time of an interview, rather after the promise than before it."""
    fit = [d for d in dates if not _appointed(read, d) and (_deadline(read, d) or not _after_meeting(read, d, last))]
    nearest = min(fit, key=lambda d: (not _deadline(read, d), d.first < first, abs(d.first - last)), default=None)
    return _latest(read, nearest, fit) if nearest else None


def _latest(read: Scan, chosen: Found, dates: Sequence[Found]) -> Found:
    """The end of a choice: "by Friday or Monday at the latest"."""
    for item in dates:
        joins = item.first >= chosen.last and read.tags[chosen.last : item.first].strip("s,U") == "O"
        chosen = item if joins and item.end > chosen.end else chosen
    return chosen


def _deadline(read: Scan, item: Found) -> bool:
    return item.rule in _DEADLINE_RULES or _before(read, item) in ("U", "i")


def _appointed(read: Scan, item: Found) -> bool:
    """Whether the date is that of a meeting: a clock time or "meeting" follows it, or its clause speaks of a meeting before it."""
    if _before(read, item) == "U":
        return False
    following = read.tags[item.last : item.last + 3].lstrip(",s(")
    return _AT_AN_HOUR.match(following) is not None or "I" in _clause_before(read, item)


def _clause_before(read: Scan, item: Found) -> str:
    """The tags that lead to a date, since the last comma, "or" or "and", or word of an answer or of what is to come."""
    before = read.tags[read.sentence(item.first)[0] : item.first]
    return before[max(map(before.rfind, ",OVFL")) + 1 :]


def _after_meeting(read: Scan, item: Found, last: int) -> bool:
    """We will be in touch after your call on Monday."""
    return any(tag in read.tags[last + 1 : item.first] for tag in "fI")


def _before(read: Scan, item: Found) -> str:
    at = item.first - 1
    while at >= 0 and read.tags[at] in "s,":
        at -= 1
    return read.tags[at] if at >= 0 else ""


def _beside(read: Scan, left: int, right: int) -> Iterator[tuple[int, int, bool]]:
    """The sentence after, then the one before, if it speaks of the answer (or is short) and asks for nothing.

    The third says whether it speaks of the answer. One that is meant by "then" does: "She is back on Monday. I can tell you
    more then."
    """
    then = "&" in read.tags[left:right]
    for at in (right + 1, left - 2):
        if not 0 <= at < len(read.tags):
            continue
        first, last = read.sentence(at)
        if first >= last:
            continue
        tags = read.tags[first:last]
        short = at > right and read.start(min(last, len(read.tags) - 1)) - read.start(first) <= SHORT_SENTENCE
        speaks = "V" in tags or (then and at < left)
        if (short or speaks) and "L" not in tags and "I" not in tags:
            yield first, last, speaks


def _quoted(read: Scan, finding: Finding, chosen: Found) -> Promise:
    token = chosen.first
    while token > 0 and read.tags[token - 1] in "sUi":
        token -= 1
    start = min(finding.start, read.start(token))
    end = max(finding.end, read.end(chosen.last - 1))
    if end - start > LONGEST_QUOTE:
        start, end = read.start(token), read.end(chosen.last - 1)
    return Promise(by=chosen.end, start=start, end=end)


def absence(
    text: str,
    *,
    subject: str = "",
    said: Finding | None = None,
    language: str,
    written: datetime,
    calendar: WorkCalendar,
    country: str | None = None,
) -> Absence:
    """When the writer of an out-of-office is back, as far as the text, else the subject, tells; days gone by tell nothing.

    Of a letter about other things too only the sentence counts in which it is ``said``.
    """
    for part in (text, subject):
        asked = Asked(scan(part, language), written, calendar, country)
        left, right = asked.scan.sentence(asked.scan.token_at(said.start)) if said else (0, len(asked.scan.tags))
        found = _absence(asked.scan, [d for d in days(asked) if d.end >= asked.today and left <= d.first < right])
        if found.back_on or found.through:
            return found
    return Absence()


def _absence(read: Scan, dates: Sequence[Found]) -> Absence:
    back_on: date | None = None
    through: date | None = None
    for item in dates:
        if _is_return(read, item):
            back_on = back_on or item.start
        elif item.start != item.end or _before(read, item) != "f":
            through = max(through, item.end) if through else item.end
    if back_on and through and through >= back_on:
        through = None
    return Absence(back_on=back_on, through=through)


def _is_return(read: Scan, item: Found) -> bool:
    """Whether they come back on that day: "back on D", "ab D wieder da", but not "out until D, then back"."""
    left, right = read.sentence(item.first)
    before, after = read.tags[left : item.first], read.tags[item.last : right]
    cut = max((before.rfind(tag) for tag in ",OdmnD"), default=-1) + 1
    if "W" in before[cut:]:
        return True
    return _before(read, item) != "U" and item.start == item.end and "W" in after[: _clause(after)]


def _clause(tags: str) -> int:
    return next((at for at, tag in enumerate(tags) if tag in ",O"), len(tags))
