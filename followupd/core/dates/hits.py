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
        scan = self.asked.scan
        left, right = scan.sentence(self.first)
        around = (*range(self.first - 1, left - 1, -1), *range(self.last, right))
        return next((said for at in around if (said := self._past_said(at)) is not None), False)

    def looks_back_only(self) -> bool:
        """Whether the sentence has words of the past and none of the future."""
        left, right = self.asked.scan.sentence(self.first)
        said = {self._past_said(at) for at in range(left, right)}
        return True in said and False not in said

    def _past_said(self, at: int) -> bool | None:
        """True for a word of the past or a year gone by, False for a word of the future, None for any other."""
        tag, scan = self.asked.scan.tags[at], self.asked.scan
        if tag == "y":
            return True if scan.values[at] < self.today.year else None
        return tag == "P" if tag in "PFWL" else None


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
