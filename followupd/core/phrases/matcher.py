"""One language's entries as one machine: which of them the sentences of a text match, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import re2

from followupd.core.phrases.entries import (
    Entry,
    Language,
    bordered,
    coarse,
    compiled,
    load,
    options,
)
from followupd.core.phrases.sentences import Sentence
from followupd.core.reading import Says

DECISIONS = frozenset(
    {
        Says.REJECTS, Says.OFFERS_JOB, Says.HOLDS, Says.CLOSES_POSITION, Says.CANCELS, Says.MOVES, Says.ACCEPTS_OFFER,
        Says.DECLINES_OFFER, Says.WITHDRAWS, Says.DECLINES_TIME,
    }
)  # fmt: skip
"""What is not decided while it stands in an if-clause."""

UNREAL = DECISIONS | {
    Says.INVITES,
    Says.CONFIRMS,
    Says.ASSIGNS,
    Says.HANDS_IN,
    Says.ACCEPTS_TIME,
}
"""What has not happened in a sentence about what may happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """``entry`` matched in the sentence of that number; ``start`` and ``end`` are places in the whole text.

    ``value`` is a claim's words.
    """

    entry: Entry
    sentence: int
    start: int
    end: int
    value: str | None = None


class Matcher:
    """Some entries of one language behind one literal prefilter (RE2's FilteredRE2).

    The prefilter reads sentence by sentence, with every gap unbounded: short to compile and quick to run. What it finds
    is a candidate; the entry itself is compiled when it first is one.
    """

    def __init__(self, language: Language, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._condition = language.condition and bordered(language.condition) + r"[^,;:]*$"
        self._hypothesis = language.hypothesis and r"^[^\pL]*" + bordered(language.hypothesis)
        self._filter = re2.Filter()
        for entry in entries:
            self._add(entry)
        if entries:
            self._filter.Compile()

    def hits(self, sentences: Sequence[Sentence], *, part: str) -> list[Hit]:
        """The entries that speak in ``sentences``: by sentence, then in the order of the file.

        An entry speaks once in a sentence, a claim as often as it matches.
        """
        if not self._entries:
            return []
        candidates = self._filter.Match
        return [
            hit
            for number, sentence in enumerate(sentences)
            for index in sorted(candidates(sentence.line) or ())
            if self._entries[index].part in (part, "both")
            for hit in self._places(self._entries[index], sentence, number)
        ]

    def _places(self, entry: Entry, sentence: Sentence, number: int) -> Iterator[Hit]:
        line = sentence.line
        if self._silenced(entry, line):
            return
        for match in compiled(bordered(entry.pattern), entry.case).finditer(line):
            first, end = (
                match.span(match.re.groupindex["value"]) if entry.kind else (match.start() + 1, match.end() - 1)
            )
            if first < 0 or (entry.says in DECISIONS and self._conditional(line[:first])):
                continue
            value = line[first:end] if entry.kind else None
            start, stop = sentence.place(first - 1), sentence.place(end - 1)
            yield Hit(entry=entry, sentence=number, start=start, end=stop, value=value)
            if not entry.kind:
                return

    def _silenced(self, entry: Entry, line: str) -> bool:
        unreal = entry.says in UNREAL and self._hypothesis and compiled(self._hypothesis).search(line)
        return bool(unreal) or (entry.unless is not None and compiled(bordered(entry.unless)).search(line) is not None)

    def _conditional(self, before: str) -> bool:
        return bool(self._condition) and compiled(self._condition).search(f"{before}\n") is not None

    def _add(self, entry: Entry) -> None:
        try:
            self._filter.Add(coarse(entry.pattern), options(case=entry.case))
        except re2.error as e:
            raise ValueError(f"{entry.rule}: pattern is not RE2 syntax: {entry.pattern}") from e


@cache
def matcher(code: str, *, mine: bool, facts: bool) -> Matcher:
    """What reads one side's mail in one language for its ``[[claim]]`` facts, or for its ``[[phrase]]`` meanings.

    Made once. Raises ValueError when the data file is wrong.
    """
    language, sides = load(code), ("mine" if mine else "theirs", "both")
    return Matcher(
        language,
        [e for e in language.entries if e.side in sides and bool(e.kind) is facts],
    )
