"""Text into sentences: folded for matching, with the way back to the positions of the text as it stands."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

_FOLDED = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000\t\v\f", " "),
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u00b4`\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\r", " "),
    }
)  # fmt: skip
"""One character for one, so that positions stay."""

_BLANK = r"[ ]*\n\s*"
_ITEM = r"[ ]*(?=[-*\u2022\u00b7>][ ]|\d{1,2}[.)][ ])"
_BORDER = re.compile(  # every border begins with one of a few characters, for which the engine can look at once
    r"[\n.!?\u2026](?:"
    rf"(?<=\n)(?:{_BLANK}|{_ITEM})"  # a blank line, an item of a list
    rf"|(?<!\n)(?:\n(?:{_BLANK}|{_ITEM})"  # the same right after a full stop
    r"|[\"')\]]*\s+(?=[^a-z\s])"  # the end of a sentence, unless it goes on in lower case
    r"|(?<!\u2026)[\"')\]]*\n+"
    r"|(?:(?<=[a-z][a-z][a-z][a-z][.])|(?<=[!?]))\s+))"  # in a text that minds no capitals
)
_NO_END = re.compile(
    r"(?:^|[^\w.])(?:[A-Za-z]|Mr|Mrs|Ms|Mx|Dr|Prof|St|Sr|Sra|Jr|Inc|Ltd|Co|Corp|Dept|No|Nr|Ref|R[ée]f|approx|vs"
    r"|etc|ca|bzw|ggf|bspw|inkl|evtl|tel|str|dhr|mevr|dott|sig|mgr|in[żz]|rif|cod|ing|avv|art|pkt|godz|ul|ds|bijv|a?pr|jan|janv|feb|febr|f[ée]vr"
    r"|mrt|jul|juil|aug|ago|sep|sept|okt|oct|nov|dez|dec|d[ée]c|dic|mo|di|mi|fr|lun|mar|mer|jeu|ven|(?:[A-Za-z]\.)+[A-Za-z])\.$",
    re.IGNORECASE,
)
_NO_ORDINALS = frozenset({"en", "es", "fr", "it", "nl", "pt"})
_ORDINAL = re.compile(r"(?:^|[^\w.])\d{1,2}\.$")
_RUN = re.compile(r"\s{2,}")


@dataclass(frozen=True)
class Sentence:
    """``raw`` is a stretch of the 1:1 folded text that begins at ``start``; ``line`` is the same, its white space made
    single, between line breaks.
    """

    raw: str
    start: int
    line: str

    @property
    def text(self) -> str:
        return self.line[1:-1]

    @cached_property
    def _runs(self) -> tuple[list[int], list[int]]:
        """Where in ``text`` the long runs of white space stand, and how much all up to each of them lost."""
        places, losses = [], [0]
        for run in _RUN.finditer(self.raw):
            places.append(run.start() - losses[-1])
            losses.append(losses[-1] + run.end() - run.start() - 1)
        return places, losses

    def place(self, position: int) -> int:
        """Where the character at ``position`` of ``text`` stands in the whole text."""
        places, losses = self._runs
        return self.start + position + losses[bisect_left(places, position)]


def fold(text: str) -> str:
    """Typographic quotes, dashes and spaces as ASCII, one for one: no position changes."""
    return text.translate(_FOLDED)


@lru_cache(maxsize=4)
def split(text: str, language: str = "") -> tuple[Sentence, ...]:
    """The sentences of ``text``, in order; a line break alone ends none, a blank line or the item of a list does.

    An ordinal with a full stop ("am 3. Mai") ends none either, unless ``language`` is known to write none so. Kept for
    the next question about the same text.
    """
    folded = fold(text)
    cuts = [0]
    for border in _BORDER.finditer(folded):
        at = border.start() + (folded[border.start()] != "\n")
        if folded[at - 1] != "." or not _goes_on(folded[max(cuts[-1], at - 12) : at], language):
            cuts.append(border.end())
    cuts.append(len(folded))
    stretches = ((folded[a:b].rstrip(), a) for a, b in pairwise(cuts))
    return tuple(Sentence(raw, start, _line(raw)) for raw, start in stretches if raw)


def _line(raw: str) -> str:
    return f"\n{' ' if raw[0].isspace() else ''}{' '.join(raw.split())}\n"


def _goes_on(before: str, language: str) -> bool:
    """Whether what ends with a full stop is a short form or an ordinal, and no sentence."""
    return bool(_NO_END.search(before) or (language not in _NO_ORDINALS and _ORDINAL.search(before)))
