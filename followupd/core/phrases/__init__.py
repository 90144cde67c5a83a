"""What a message says: phrases of hiring mail as data, one file a language, read sentence by sentence.

``find`` gives the meanings, ``claims`` the facts in words. The form of the data files is told in ``entries``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from followupd.core.phrases.entries import codes
from followupd.core.phrases.matcher import Hit, matcher
from followupd.core.phrases.sentences import split
from followupd.core.phrases.weighing import particular, weigh
from followupd.core.reading import Finding

__all__ = ["Named", "claims", "codes", "find"]

_ANSWER = re.compile(
    r"\s*(?:re|aw|sv|antw|rv|vs|odp|ynt|r|ref|res|fwd?|wg|tr|enc|doorst|pd)(?:\[\d+\])?\s*:", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A fact in words: ``kind`` and ``weight`` of the entry ``rule``, and the words at ``start`` of ``part``, as written."""

    kind: str
    value: str
    weight: int
    rule: str
    part: str
    start: int
    end: int


def find(text: str, *, subject: str, language: str, mine: bool) -> tuple[Finding, ...]:
    """What a message with this visible text and subject says, one finding for each meaning, by position.

    The subject of an answer or a forwarded mail was written for another message and says nothing. A language without a
    data file gives nothing.
    """
    if language not in codes():
        return ()
    machine, hits = matcher(language, mine=mine, facts=False), []
    for part, content in _parts(text, subject):
        if part == "subject" and _ANSWER.match(subject):
            continue
        hits += [(part, h) for h in particular(machine.hits(split(content, language), part=part))]
    return weigh(hits)


def claims(text: str, *, subject: str, language: str, mine: bool) -> tuple[Named, ...]:
    """The facts that the visible text and the subject (an answer's too) name in words, in order of their places."""
    if language not in codes():
        return ()
    machine = matcher(language, mine=mine, facts=True)
    return tuple(
        _named(part, hit)
        for part, content in _parts(text, subject)
        for hit in machine.hits(split(content, language), part=part)
    )


def _named(part: str, hit: Hit) -> Named:
    entry, words = hit.entry, hit.value or ""
    return Named(
        kind=entry.kind or "",
        value=words.strip(),
        weight=entry.weight,
        rule=entry.rule,
        part=part,
        start=hit.start,
        end=hit.end,
    )


def _parts(text: str, subject: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("text", text), ("subject", subject)
