"""Runs of capitalised words, and whether a domain's label spells one: how a name stands out of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from followupd.core import domains
from followupd.core.entities.words import bare, plain
from followupd.core.mail import Address

UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽ"
_WORD = rf"\d?[{UPPER}][^\W_]*(?:[&+'’.-][^\W_]+)*"
_JOIN = "(?:&|and|of|for|the|für|und|von|der|et|de|du|des|la|le|les|y|el|los|las|di|del|della|dei|e|da|do|dos|das|en|van|voor|i|na) "
_RUN = re.compile(rf"{_WORD}(?: (?:{_JOIN}){{0,2}}{_WORD}){{0,6}}")
_PARTICLES = frozenset(_JOIN[3:-2].split("|")) | {"fuer"}
_ADDED = (
    "group", "gruppe", "hq", "app", "ai", "inc", "gmbh", "tech", "jobs", "careers", "team", "global", "online", "co",
    "corp", "labs", "us", "uk", "de", "eu", "io", "holding", "edu", "schools", "hospitals", "international",
    "intl", "worldwide", "usa", "recruiting", "talent",
)  # fmt: skip
_PUT_BEFORE = ("get", "join", "try", "we", "the", "my")


@dataclass(frozen=True, slots=True)
class Run:
    """Some capitalised words in a row, with the particles between them, and where they stand."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@lru_cache(maxsize=8)
def runs(text: str) -> tuple[Run, ...]:
    """All runs of ``text``, in order; linear in its length. Kept for the next question about the same text."""
    return tuple(Run(found[0], found.start()) for found in _RUN.finditer(text))


def with_particle(run: Run, text: str) -> Run:
    """``run`` with the small particle before it, where one stands there: de Vries Logistics."""
    found = _BEFORE.search(text, max(0, run.start - 12), run.start)
    return Run(found["particle"] + run.text, found.start("particle")) if found else run


_BEFORE = re.compile(r"(?:^|[^\w'’])(?P<particle>(?:(?:van|von|de|der|den|la|le|du|di|da|el|al) ){1,2})$")


def run_at(text: str, start: int) -> Run | None:
    """The run that begins at ``start``."""
    found = _RUN.match(text, start)
    return Run(found[0], start) if found else None


def labels_for(address: Address) -> frozenset[str]:
    """By what an employer may be spelled in ``address``: its domain, or what stands before an ATS's or beside its @."""
    if employer := domains.employer_domain(address.email):
        return frozenset({domains.label_of(employer)})
    if domains.is_host("freemail", domains.domain_of(address.email)):
        return _labels_of_mailbox(address)
    spelled = domains.tenant(address.email).replace("-", "")
    return frozenset({spelled} if spelled.isalnum() else ())


def _labels_of_mailbox(address: Address) -> frozenset[str]:
    """What a mailbox open to anyone is called beside its owner's name: osei.plumbing, hankosei.plumbing."""
    owner = plain(address.name).split()
    pieces = re.findall(r"[a-z]+", address.key.partition("@")[0])
    if not owner or len(pieces) < 2 or set(owner).issuperset(pieces):
        return frozenset()
    return frozenset({label := "".join(pieces), label.removeprefix(owner[0])})


def spells(label: str, name: str) -> bool:
    """Whether ``label`` is ``name`` run together, its beginning, its end, its initials, or a usual mix of these."""
    return not _readings(label).isdisjoint(_labels_of(name))


@lru_cache(maxsize=1024)
def _readings(label: str) -> frozenset[str]:
    """The label, and what is left of it without a common addition."""
    found = {label} if len(label) > 2 else set()
    found |= {label.removesuffix(a) for a in _ADDED if label.endswith(a) and len(label) - len(a) > 3}
    return frozenset(
        found | {label.removeprefix(b) for b in _PUT_BEFORE if label.startswith(b) and len(label) > len(b) + 4}
    )


@lru_cache(maxsize=4096)
def _labels_of(name: str) -> frozenset[str]:
    """The labels by which a company of this name would call its domain."""
    found = set[str]()
    for spelled in {plain(name), bare(name)}:
        words = spelled.replace("'", "").split()
        strong = [w for w in words if w.isalnum() and w not in _PARTICLES]
        joined = [("and" if w == "&" else w) for w in words]
        for chosen in (strong, joined, [w for w in words if w.isalnum()]):
            found.update(_of_words(chosen))
    return frozenset(found)


def _of_words(words: list[str]) -> Iterator[str]:
    initials = "".join(w[0] for w in words)
    if len(words) > 2:
        yield initials
    for n in range(1, len(words) + 1):
        yield "".join(words[:n])
        yield "".join(words[:n]) + initials[n:]
        if 1 < n < len(words):
            yield words[0] + "".join(words[n:])
        if n < len(words) and len("".join(words[n:])) > 4:
            yield "".join(words[n:])


def spelled_in(run: Run, labels: frozenset[str]) -> tuple[int, int] | None:
    """The first words of ``run`` (from, to) that one of ``labels`` spells."""
    firsts = _firsts(labels)
    words = run.text.split()
    for first, word in enumerate(words):
        letter = word[0].lower()
        particle = plain(word) in _PARTICLES and not any(label.startswith(plain(word)) for label in labels)
        if (letter in firsts or not letter.isascii()) and not particle:
            for last in range(first + 1, len(words) + 1):
                if _spell(labels, words[first:last]):
                    return _tightest(labels, words, first, last), last
    return None


def _tightest(labels: frozenset[str], words: list[str], first: int, last: int) -> int:
    while first + 1 < last and _spell(labels, words[first + 1 : last]):
        first += 1
    return first


def _spell(labels: frozenset[str], words: list[str]) -> bool:
    return any(spells(label, " ".join(words)) for label in labels)


@lru_cache(maxsize=1024)
def _firsts(labels: frozenset[str]) -> frozenset[str]:
    return frozenset(r[0] for label in labels for r in _readings(label))
