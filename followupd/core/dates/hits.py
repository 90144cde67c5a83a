"""One question about a text, the matches of patterns over its tags, and the table in which the rules stand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from followupd.core.dates.tokens import Scan
from followupd.core.worktime import WorkCalendar

Span = tuple[date, date]

_FUTURE = "FWL"
_CUES = "P" + _FUTURE

MONTH_FIRST = frozenset({"US", "PH", "PR", "GU", "VI", "AS", "MP", "FM", "PW"})
"""Countries that write the month before the day (Unicode CLDR: short date patterns beginning with M)."""


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
    """One match of a pattern in a stretch that begins at tag ``base``, with the values of its named groups."""

    def __init__(self, asked: Asked, match: re.Match[str], base: int) -> None:
        self.asked, self.match, self.base, self.today = asked, match, base, asked.today
        self.first, self.last = base + match.start(), base + match.end()
        self.past = False
        self.doubtful: date | None = None

    def has(self, group: str) -> bool:
        return group in self.match.re.groupindex and self.match.start(group) >= 0

    def at(self, group: str) -> int:
        """The token that is the group."""
        return self.base + self.match.start(group)

    def value(self, group: str) -> Any:
        return self.asked.scan.values[self.at(group)]

    def tag(self, group: str) -> str:
        return self.match.group(group) if self.has(group) else ""

    def before(self) -> str:
        """The tag before the phrase, fillers left out ("" at the start)."""
        at = self.first - 1
        while at >= 0 and self.asked.scan.tags[at] in "s,":
            at -= 1
        return self.asked.scan.tags[at] if at >= 0 else ""

    def looks_back(self) -> bool:
        """Whether the sentence speaks of what has been: the nearest word of past or future before it, else after it."""
        if self.before() == "U":
            return False
        before, after = self._around()
        return self._said(before, last=True) or (self._said(before) is None and self._said(after) is True)

    def looks_back_only(self) -> bool:
        """Whether the sentence has words of the past and none of the future."""
        before, after = self._around()
        return not any(tag in before + after for tag in _FUTURE) and (
            self._said(before) is True or self._said(after) is True
        )

    def _around(self) -> tuple[str, str]:
        """The tags of the sentence before and after the phrase; a year gone by counts as a word of the past."""
        scan = self.asked.scan
        left, right = scan.sentence(self.first)
        before, after = scan.tags[left : self.first], scan.tags[self.last : right]
        before, after = self._years(before, left), self._years(after, self.last)
        return before.replace("FP", "FF"), after.replace("FP", "FF")  # will be held, wird besprochen

    def _years(self, tags: str, offset: int) -> str:
        if "y" not in tags:
            return tags
        values, this = self.asked.scan.values, self.today.year
        return "".join("P" if t == "y" and values[offset + at] < this else t for at, t in enumerate(tags))

    def _said(self, tags: str, *, last: bool = False) -> bool | None:
        """True if the first (or last) word of past or future is of the past, None if there is none."""
        cues = [at for tag in _CUES if (at := tags.rfind(tag) if last else tags.find(tag)) >= 0]
        return tags[max(cues) if last else min(cues)] == "P" if cues else None


Resolve = Callable[[Hit], Span | None]
RULES: list[tuple[str, re.Pattern[str], Resolve]] = []
NEEDED: dict[str, list[int]] = {}
"""Which rules (by their number) can match where a tag stands."""


def rule(needs: str, *patterns: str) -> Callable[[Resolve], Resolve]:
    """A rule whose every match holds one of the tags ``needs``. All repetition in patterns is bounded: linear time."""

    def add(resolve: Resolve) -> Resolve:
        for pattern in patterns:
            for tag in needs:
                NEEDED.setdefault(tag, []).append(len(RULES))
            RULES.append((resolve.__name__, re.compile(pattern), resolve))
        return resolve

    return add
