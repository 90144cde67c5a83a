"""One language's entries as one machine: which of them a sentence matches, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import re2

from followupd.core.phrases.entries import Entry, bordered, load, options
from followupd.core.phrases.sentences import Sentence
from followupd.core.reading import Says

DECISIONS = frozenset(
    {
        Says.REJECTS, Says.OFFERS_JOB, Says.HOLDS, Says.CLOSES_POSITION, Says.CANCELS, Says.MOVES, Says.ACCEPTS_OFFER,
        Says.DECLINES_OFFER, Says.WITHDRAWS, Says.DECLINES_TIME,
    }
)  # fmt: skip
"""What is not decided while it stands in an if-clause."""

UNREAL = DECISIONS | {Says.INVITES, Says.CONFIRMS, Says.ASSIGNS, Says.HANDS_IN, Says.ACCEPTS_TIME}
"""What has not happened in a sentence about what may happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """``entry`` matched; ``start`` and ``end`` are places in the whole text. ``value`` is a claim's words."""

    entry: Entry
    start: int
    end: int
    value: str | None = None


class Matcher:
    """All entries of one language behind one literal prefilter (RE2's FilteredRE2)."""

    def __init__(self, code: str) -> None:
        language = load(code)
        self.entries = language.entries
        self._filter = re2.Filter()
        for entry in self.entries:
            self._add(entry.rule, bordered(entry.pattern), case=entry.case)
        self._cancels = [self._also(f"{e.rule} unless", e.unless) for e in self.entries]
        self._condition = self._also("condition", language.condition, after=r"[^,;:]*$")
        self._hypothesis = self._also("hypothesis", language.hypothesis, before=r"^[^\pL]*")
        self._filter.Compile()

    def hits(self, sentence: Sentence, *, part: str, mine: bool) -> Iterator[Hit]:
        """The entries that speak in ``sentence``, in the order of the file, each once (a claim as often as it matches)."""
        found = set(self._filter.Match(sentence.text) or ())
        unreal = self._hypothesis in found
        for index in sorted(i for i in found if i < len(self.entries)):
            entry = self.entries[index]
            if not entry.counts(part=part, mine=mine) or self._cancels[index] in found:
                continue
            if not (unreal and entry.says in UNREAL):
                yield from self._places(index, sentence)

    def _places(self, index: int, sentence: Sentence) -> Iterator[Hit]:
        entry = self.entries[index]
        regexp = self._filter.re(index)
        group = regexp.groupindex["value" if entry.kind else "m"]
        for match in regexp.finditer(sentence.text):
            start, end = match.span(group)
            if start < 0 or (entry.says in DECISIONS and self._conditional(sentence.text[:start])):
                continue
            value = match.group(group) if entry.kind else None
            yield Hit(entry=entry, start=sentence.place(start), end=sentence.place(end), value=value)
            if not entry.kind:
                return

    def _conditional(self, before: str) -> bool:
        return self._condition is not None and self._filter.re(self._condition).search(before) is not None

    def _also(self, rule: str, pattern: str | None, *, before: str = "", after: str = "") -> int | None:
        return None if pattern is None else self._add(rule, before + bordered(pattern) + after, case=False)

    def _add(self, rule: str, pattern: str, *, case: bool) -> int:
        try:
            return int(self._filter.Add(pattern, options(case=case)))
        except re2.error as e:
            raise ValueError(f"{rule}: pattern is not RE2 syntax: {pattern}") from e


@cache
def matcher(code: str) -> Matcher:
    """The matcher of one language, made once. Raises ValueError when its data file is wrong."""
    return Matcher(code)
