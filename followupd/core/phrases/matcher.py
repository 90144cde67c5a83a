"""One language's entries as one machine: which of them the sentences of a text match, and where."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

import re2

from followupd.core.phrases.entries import Entry, Language, bordered, compiled, load, options
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

_GAP = re.compile(r"\.\{\d+,\d+\}")
_GROUP = re.compile(r"\(\?P<\w+>")


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

    The prefilter reads the whole text in one go, a sentence a line, with every gap unbounded: short to compile and quick
    to run. What it finds is a candidate; the entry itself is compiled when it first is one, and read against that
    sentence alone.
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
        return sorted(self._found(sentences, part), key=lambda h: h.sentence)

    def _found(self, sentences: Sequence[Sentence], part: str) -> Iterator[Hit]:
        lines = "\n".join(s.text for s in sentences)
        starts = list(accumulate((len(s.text) + 1 for s in sentences), initial=0))
        for index in sorted(self._filter.Match(lines) or ()) if self._entries else ():
            entry = self._entries[index]
            if entry.part in (part, "both"):
                for number in {bisect(starts, m.end() - 1) - 1 for m in self._filter.re(index).finditer(lines)}:
                    yield from self._places(entry, sentences[number], number)

    def _places(self, entry: Entry, sentence: Sentence, number: int) -> Iterator[Hit]:
        if self._silenced(entry, sentence.text):
            return
        regexp = compiled(bordered(entry.pattern), entry.case)
        group = regexp.groupindex["value" if entry.kind else "m"]
        for match in regexp.finditer(sentence.text):
            start, end = match.span(group)
            if start < 0 or (entry.says in DECISIONS and self._conditional(sentence.text[:start])):
                continue
            value = match.group(group) if entry.kind else None
            yield Hit(entry=entry, sentence=number, start=sentence.place(start), end=sentence.place(end), value=value)
            if not entry.kind:
                return

    def _silenced(self, entry: Entry, text: str) -> bool:
        unreal = entry.says in UNREAL and self._hypothesis and compiled(self._hypothesis).search(text)
        return bool(unreal) or (entry.unless is not None and compiled(bordered(entry.unless)).search(text) is not None)

    def _conditional(self, before: str) -> bool:
        return bool(self._condition) and compiled(self._condition).search(before) is not None

    def _add(self, entry: Entry) -> None:
        chosen = options(case=entry.case)
        chosen.never_nl = True
        coarse = _GROUP.sub("(?:", _GAP.sub(".*", "(?m)" + bordered(entry.pattern)))
        try:
            self._filter.Add(coarse, chosen)
        except re2.error as e:
            raise ValueError(f"{entry.rule}: pattern is not RE2 syntax: {entry.pattern}") from e


@cache
def matcher(code: str, *, mine: bool, facts: bool) -> Matcher:
    """What reads one side's mail in one language for its ``[[claim]]`` facts, or for its ``[[phrase]]`` meanings.

    Made once. Raises ValueError when the data file is wrong.
    """
    language, sides = load(code), ("mine" if mine else "theirs", "both")
    return Matcher(language, [e for e in language.entries if e.side in sides and bool(e.kind) is facts])
