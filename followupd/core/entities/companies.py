"""Company names: as a mail writes them, less their legal form; when two are the same, and when a domain spells one."""

from __future__ import annotations

import re
from functools import lru_cache

from followupd.core import domains
from followupd.core.entities.names import UPPER, run_at, spells
from followupd.core.entities.words import listed, plain

_LONGEST = 60
_JOINING = frozenset(
    {"for", "of", "fuer", "der", "de", "du", "des", "del", "di", "da", "do", "van", "voor", "the", "la"}
)
"""Words behind which a name is only half of one: Institute for Ocean Modelling."""
_TELLING = 8
"""Letters in the last words of a name that tell the company by themselves."""

_BRACKETS = re.compile(r"\s*[(\[].*?[)\]]\s*$")
_WORD = re.compile(r"[^\W_]")
_ARTICLE = re.compile(r"^(?:the|our|your|die|der|das|la|le|el|il|de|les|los)\s+(?=[a-z])")
_POSSESSIVE = re.compile(r"(?<=[^\W\d_]{3})['’]s$")
_NEXT_SENTENCE = re.compile(r"(?: (?:I|We|Our|My|You|Your|They|It|This|The|Please|If))+$")
_STRAY = " ,;:.!?\"'“”„«»*_<>|–—-"


@lru_cache(maxsize=4096)
def tidy(name: str) -> str | None:
    """``name`` without legal form, brackets and stray punctuation; None if what is left is no company's name."""
    shorter = less_legal_form(_BRACKETS.sub("", " ".join(name.split())).strip(_STRAY))
    shorter = _POSSESSIVE.sub("", _ARTICLE.sub("", _NEXT_SENTENCE.sub("", shorter).strip(_STRAY)))
    if not shorter or len(shorter) > _LONGEST or len(shorter.split()) > 7 or not _WORD.search(shorter):
        return None
    low = shorter.lower()
    if low in listed("nothing") or low in listed("services") or low in listed("reply_prefixes"):
        return None
    if not shorter[0].isalnum() or re.search(r"\d{3}|://|\n", low):
        return None
    return shorter if any(c.isupper() or c.isdigit() for c in shorter) else None


def less_legal_form(name: str) -> str:
    """``name`` up to its legal form: ``Acme GmbH & Co. KG`` and ``Acme S.A. Personal`` are ``Acme``."""
    words = name.split()
    for at in range(1, len(words)):
        if words[at - 1] != "&" and _is_form(words[at:]):
            return " ".join(words[:at]).rstrip(" ,&-")
    return name


def has_legal_form(name: str) -> bool:
    return less_legal_form(name) != name


def _is_form(words: list[str]) -> bool:
    """Whether a legal form begins there: any at the end of a name, within it only such as are no word besides."""
    for length in (len(words), 4, 3, 2, 1):
        if length <= len(words):
            written = " ".join(words[:length])
            form = written.lower().replace(".", "").rstrip(",").replace(",", "")
            ends = length == len(words)
            if form in listed("legal_forms") and (ends or "." in written or len(form) > 3 or written.isupper()):
                return (
                    form not in listed("legal_words") or "." in written or not (written.islower() or written.istitle())
                )
    return False


def same_company(a: str, b: str) -> bool:
    """Whether two names are one company's: case, accents and legal form aside, one the beginning of the other, or what is
    left of it without the trade before it: Laticínios Serra Azul, Serra Azul.
    """
    one, two = _words(a), _words(b)
    if not one or not two:
        return False
    shorter, longer = (one, two) if len(one) <= len(two) else (two, one)
    if longer[: len(shorter)] == shorter:
        return len("".join(shorter)) > 2
    if len(shorter) > 1 and longer[-len(shorter) :] == shorter and longer[-len(shorter) - 1] not in _JOINING:
        return len("".join(shorter)) >= _TELLING
    return "".join(one) == "".join(two)


@lru_cache(maxsize=4096)
def _words(company: str) -> tuple[str, ...]:
    """What two spellings of the name have in common, in words."""
    return tuple(plain(tidy(company) or company).split())


def company_matches_domain(company: str, domain: str) -> bool:
    """Whether ``domain`` spells ``company``: harboranalytics.example, harbor.example or ha-group for Harbor Analytics."""
    return spells(domains.label_of(domain), tidy(company) or company)


def grown(text: str, start: int, end: int) -> str:
    """The name between ``start`` and ``end`` in full, where it was cut within a word or before what belongs to it.

    ``O`` of O'Neill Labs, ``Bright`` of Bright & Sons, ``Institute`` of Institute for Ocean Modelling.
    """
    end = end_of_field(text, start, end)
    name = text[start:end]
    run = run_at(text, start)
    if run is None or run.end <= end:
        return name
    rest = text[end : run.end]
    broken = "\n" not in rest and (rest[0].isalnum() or rest[0] in "'’&+-" or rest.startswith(" & "))
    body = plain(name).split()[-1:] and plain(name).split()[-1] in listed("bodies")
    return run.text if broken or (body and _OF_WHAT.match(rest)) else name


def end_of_field(text: str, start: int, end: int) -> int:
    """Where what stands between ``start`` and ``end`` is over: in a line of a form ("Agency: …") with the line."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    stop = text.find("\n", start, end)
    return stop if stop >= 0 and _FIELD.fullmatch(line) else end


_FIELD = re.compile(r"\W*[^\W\d_][^\n:.]{1,30}: ?\W?")
_OF_WHAT = re.compile(rf" (?:of|for|für|der|de|du|des|del|di|da|do|van|voor|e) (?:(?:la|les|the|o|a) )?[{UPPER}]")
