"""Company names: as a mail writes them, less their legal form; where a mail's frame names one; when two are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from followupd.core import domains
from followupd.core.entities.words import listed, plain
from followupd.core.mail import Envelope
from followupd.core.reading import Claim

if TYPE_CHECKING:
    from followupd.core.text import Visible

_LONGEST = 60
_VIA = re.compile(r"\s+(?:via|through|über|@|at|from|von|bei)\s+", re.IGNORECASE)
_SEPARATORS = re.compile(r"\s*(?:,|\||·|•|–|—|\s-\s|\bat\b|\bbei\b|\bchez\b|\ben\b|\bpresso\b|\bbij\b|@)\s*")
_BRACKETS = re.compile(r"\s*[(\[].*?[)\]]\s*$")
_WORD = re.compile(r"[^\W_]")


@lru_cache(maxsize=4096)
def tidy(name: str) -> str | None:
    """``name`` without legal form, brackets and stray punctuation; None if what is left is no company's name."""
    name = _BRACKETS.sub("", " ".join(name.split())).strip(" ,;:.!?\"'“”„*_<>")
    name = re.sub(r"^(?:the|our|your|die|der|das|la|le|el|il|de)\s+(?=[a-z])", "", name)
    shorter = _without_legal_form(name)
    if not shorter or len(shorter) > _LONGEST or len(shorter.split()) > 6 or not _WORD.search(shorter):
        return None
    low = shorter.lower()
    if (
        low in listed("nothing")
        or low in listed("services")
        or not shorter[0].isalnum()
        or re.search(r"\d{3}|://|\n", low)
    ):
        return None
    return shorter if any(c.isupper() or c.isdigit() for c in shorter) else None


def _without_legal_form(name: str) -> str:
    for _ in range(2):
        low = name.lower()
        form = next((f for f in _forms() if low.endswith((" " + f, "," + f))), None)
        if form is None:
            return name
        name = name[: -len(form)].rstrip(" ,&-")
    return name


@lru_cache(maxsize=1)
def _forms() -> list[str]:
    return sorted(listed("legal_forms"), key=len, reverse=True)


def same_company(a: str, b: str) -> bool:
    """Whether two names are one company's: case, accents and legal form aside, or one the beginning of the other."""
    one, two = _words(a), _words(b)
    if not one or not two:
        return False
    shorter, longer = (one, two) if len(one) <= len(two) else (two, one)
    if longer[: len(shorter)] == shorter:
        return len("".join(shorter)) > 2
    return "".join(one) == "".join(two)


def company_matches_domain(company: str, domain: str) -> bool:
    """Whether ``domain`` spells ``company``: harboranalytics.example or harbor.example for Harbor Analytics."""
    label = _label(domain)
    return len(label) > 2 and label in _labels_of(company)


@lru_cache(maxsize=4096)
def _words(company: str) -> tuple[str, ...]:
    """What two spellings of the name have in common, in words."""
    return tuple(plain(tidy(company) or company).split())


@lru_cache(maxsize=4096)
def _label(domain: str) -> str:
    return (domains.registrable(domain.lower()) or domain.lower()).partition(".")[0].replace("-", "")


@lru_cache(maxsize=4096)
def _labels_of(company: str) -> frozenset[str]:
    """The labels by which a company would call its domain."""
    words = [w for w in _words(company) if w.isalnum()]
    starts = {"".join(words[:n]) for n in range(1, len(words) + 1)}
    if len(words) > 2:
        starts.add("".join(w[0] for w in words))
    if words:
        starts.add("".join((*words, "group")))
    return frozenset(starts)


# ---------------------------------------------------------------- where the frame of a mail names one


def sender_companies(envelope: Envelope) -> Iterator[Claim]:
    """The company of a display name: ``Acme Careers``, ``Acme Hiring Team via Greenhouse``, ``Maria from Acme``."""
    if not envelope.from_:
        return
    sender = envelope.from_[0]
    head, *tail = _VIA.split(sender.name, maxsplit=1)
    for part, personal in ((head, bool(tail)), *((t, False) for t in tail)):
        name, department = _without_department(part)
        spelled = bool(name) and company_matches_domain(name, sender.domain)
        value = tidy(name) if name and (department or spelled or (tail and not personal)) else None
        if value:
            yield Claim(value=value, weight=4 if department or spelled else 2, part="header", end=len(sender.name))


def _without_department(name: str) -> tuple[str, bool]:
    words = name.strip().strip("\"'").split()
    if " ".join(words).lower() in listed("departments"):
        return "", False
    for n in range(1, len(words)):
        if " ".join(words[n:]).lower() in listed("departments"):
            return " ".join(words[:n]), True
    return " ".join(words), False


def signature_companies(visible: Visible, envelope: Envelope) -> Iterator[Claim]:
    """The company of the lines under a name: ``Talent Partner, Acme``, or a line that spells the sender's domain."""
    domain = domains.employer_domain(envelope.from_[0].email) if envelope.from_ else None
    for line in visible.signature.splitlines()[:8]:
        pieces = [p for p in _SEPARATORS.split(line.strip()) if p.strip()]
        if not pieces or len(line) > 90:
            continue
        value = tidy(pieces[-1])
        if value is None or "@" in line:
            continue
        spelled = bool(domain and company_matches_domain(value, domain))
        titled = len(pieces) > 1 and _is_title(pieces[-2]) and not _is_title(pieces[-1])
        if spelled or titled:
            yield Claim(value=value, weight=4 if spelled else 3, part="header", end=len(line))


def spelled_companies(envelope: Envelope, text: str, *, mine: bool) -> Iterator[Claim]:
    """A name in the subject or the text that the domain of the correspondent spells: Cobalt Ridge, cobaltridge.example."""
    people = (*envelope.to, *envelope.cc) if mine else envelope.from_
    hosts = {d for a in people if (d := domains.employer_domain(a.email))}
    for part, words in (("subject", envelope.subject), ("text", text)):
        for found in _CAPITALS.finditer(words):
            for value in _heads(found[0]):
                if any(company_matches_domain(value, h) for h in hosts) and tidy(value):
                    start = found.start() + found[0].index(value)
                    yield Claim(value=value, weight=2, part=part, start=start, end=start + len(value))
                    return


_CAPITALS = re.compile(r"[^\W\d_a-zß-ÿ][\w&'’-]*(?: [^\W\d_a-zß-ÿ][\w&'’-]*){0,3}")


def _heads(name: str) -> Iterator[str]:
    """Every run of words within ``name``, shorter ones first: "Why Cobalt Ridge" holds "Cobalt Ridge"."""
    words = name.split()
    for length in range(1, len(words) + 1):
        for first in range(len(words) - length + 1):
            yield " ".join(words[first : first + length])


def _is_title(text: str) -> bool:
    words = set(plain(text).split())
    return any(set(plain(t).split()) <= words for t in listed("title_words"))
