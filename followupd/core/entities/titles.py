"""Names of roles by their head word: an engineer, a Sachbearbeiterin, a chargée de mission."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from followupd.core.entities.names import Run, runs
from followupd.core.entities.words import listed, plain

_GENDERED = re.compile(r"(?:[/·*:_]-?|\()(?:in|innen|e|a|ne|se|euse|rice|trice|ère|ka|o|r)\)?$")
_EDGES = " ,;:.!?\"'“”„«»*_<>-–—()"
_SHORTEST = 6
"""Letters up to which a word that ends in -in is no German woman's profession."""
_LEVEL = re.compile(r"[IVX]{1,4}|\d")
_OPEN = frozenset({"of", "for", "de", "du", "des", "di", "del", "da", "do", "van", "für", "ds."})


@lru_cache(maxsize=8192)
def is_head(word: str) -> bool:
    """Whether ``word`` says by itself what somebody is."""
    base = plain(_GENDERED.sub("", word.strip(_EDGES)))
    male = base.removesuffix("in") if len(base) > _SHORTEST else base
    heads = listed("role_heads")
    return base in heads or male in heads or any(base.endswith(s) and len(base) > len(s) for s in _suffixes())


@lru_cache(maxsize=1)
def _suffixes() -> tuple[str, ...]:
    return tuple(listed("role_suffixes"))


def _heads_behind(word: str) -> bool:
    """The same for a word that another goes before: ``técnica`` is a person only where it comes first."""
    return is_head(word) and plain(word) not in listed("first_heads")


def has_head(text: str) -> bool:
    return any(is_head(w) for w in re.split(r"[\s-]+", text) if w)


def may_be_title(segment: str) -> bool:
    """Whether no word of ``segment`` forbids it to be the name of a role."""
    return not any(plain(w) in listed("no_title") for w in segment.split())


def is_title(segment: str) -> bool:
    """Whether the whole of ``segment`` is the name of a role."""
    words = segment.split()
    if not words or len(words) > 8 or not (is_head(words[0]) or any(map(_heads_behind, words[1:]))):
        return False
    if not may_be_title(segment):
        return False
    capital = sum(w[0].isupper() or not w[0].isalpha() or w.lower() in _OPEN or w in ("and", "&", "und") for w in words)
    return capital == len(words) or is_head(words[0]) or is_head(words[-1])


def ends_in_head(text: str) -> bool:
    """Whether ``text`` ends as a role does: no company's name, then."""
    words = text.split()
    return len(words) > 1 and is_head(words[-1])


def title_in(run: str) -> str | None:
    """The role at the beginning of capitalised words: up to their last head word and what it is the head of."""
    words = run.split()
    stop = next((i for i, w in enumerate(words) if w == "for"), len(words))
    words = words[:stop]
    ends = [i for i, w in enumerate(words) if is_head(w)]
    if not ends or any(plain(w) in listed("no_title") for w in words[: ends[-1]]):
        return None
    last = ends[-1] + 1
    if last < len(words) and _LEVEL.fullmatch(words[last]):
        last += 1
    elif last < len(words) - 1 and words[last] in _OPEN:
        last = next((i for i in range(last + 1, len(words)) if words[i] in _OPEN), len(words))
    if last < len(words) and words[last][0].isupper() and words[last].lower() not in listed("tail_words"):
        return None  # a list, a meeting, a product: something else that the words before it only describe
    return " ".join(words[:last])


_BEFORE = re.compile(
    r"(?:\b(?:position|role|post|job|opening|vacancy|vacature|functie|stelle|rolle|vakanz|funktion|poste|puesto|vaga|lugar|posizione|stanowisko|opportunity)"
    r"(?: (?:of|as|for|als|des|der|eines|einer|de|di|da|van|do))?"
    r"|\b(?:dich|dir|sie|ihnen|je|jou|u)\b(?: [^.!?\n]{0,40})? als|\b(?:application|apply(?:ing)?|applied|candidacy|interview(?:ing|ed)?|considered|opening|hiring|recruit(?:ing)?|search(?:ing)?|looking|is after|be|on-?site|screen|shortlist(?:ed)?|chosen|selected|loop|r[ée]sum[ée]|cv|curr[íi]cul[ou]m?|hire|team|join|joining|offer|gewinnen|einstellen|bewerb\w*|encaj\w*|incorpor\w*|postul\w*|candidat\w*|kandydat\w*|propor\w*|propost[ao]|sollicit\w*|werken|welcome)"
    r"(?: [^.!?\n]{0,60})? (?:for|as|to be|after|hiring|als|comme|como|come|jako|para|per|pour)|\b(?:hiring|recruiting|is after))"
    r"(?: (?:a|an|the|our|your|their|eine?r?|une?|la|el))?[ :\"“„]*$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r" (?:(?:de|du|des|di|da|do|dos|del|van) |d['’])(?!noi|vous|nous|nosotr|você|jullie|hun)[^\W\d_A-Z]{3,}(?=[ .,;:!?)\n]|$)"
)
"""What somebody is the head of, in small letters: Programadora de videojuegos."""
_RUNS_ON = re.compile(r" (?:de|du|des|di|da|do|dos|del|van|of|d['’]|ds\.) ?(?!noi\b|nosotros\b|nous\b|vous\b)[^\W\d_]")
_NO_OPENING = re.compile(r"(?i:hiring|talent) |[A-Z]{2,}['’]s ")
"""The people of the process, and those of a firm: the hiring manager, ACME's CEO."""
_FEMININE = re.compile(r"[:*_/·]-?(?:in|innen|frau|ka|e|r)\b|\(?in\)")
_BEHIND = re.compile(
    r"[\"”]?(?: \([^)\n]*\))? (?:role|position|post|job|opening|vacancy|interview|internship|vacature|search|seat|spot|requisition)\b"
)
_CALLED_SO = re.compile(r"\b(?:the|our|your|this|a|an)[ \"“]+$", re.IGNORECASE)
_AGENT = re.compile(r"[^\W\d_]{3,}(?:er|or|ist|ian|wright|smith)")
"""What an English word for somebody ends in; a guess, to be made only where the mail calls it a position."""


def _less_cue(run: Run) -> Run:
    """``run`` less a noun that announces a role and is written with a capital: ``Position Senior Consultant``."""
    first, _, rest = run.text.partition(" ")
    return Run(rest, run.start + len(first) + 1) if rest and first.lower() in CUES else run


CUES = frozenset(
    {
        "position",
        "stelle",
        "rolle",
        "funktion",
        "vakanz",
        "role",
        "job",
        "post",
        "poste",
        "puesto",
        "vaga",
        "posizione",
        "functie",
        "stanowisko",
    }
)


def titles(text: str) -> Iterator[tuple[str, int]]:
    """The roles that ``text`` calls a position, or that somebody is wanted for; with their places."""
    for run in runs(text):
        if not any(map(is_head, run.text.split())):
            if _is_called_a_position(text, run):
                yield run.text, run.start
            continue
        run = _less_cue(run)  # noqa: PLW2901 - the same run from its second word
        title = title_in(run.text)
        if title and title == run.text and (goes_on := _GOES_ON.match(text, run.end)):
            title = text[run.start : goes_on.end()]
        if title and not _NO_OPENING.match(title) and _is_wanted(text, run.start, title):
            yield title, run.start


def _is_called_a_position(text: str, run: Run) -> bool:
    """Whether a name that no list knows is called one: "the Auction Cataloguer post"."""
    words = run.text.split()
    behind = _BEHIND.match(text, run.end)
    called = (
        behind and "interview" not in behind.group() and _CALLED_SO.search(text[max(0, run.start - 12) : run.start])
    )
    return bool(called and len(words) < 4 and _AGENT.fullmatch(words[-1]) and may_be_title(run.text))


def _is_wanted(text: str, start: int, title: str) -> bool:
    end = start + len(title)
    if _RUNS_ON.match(text, end) or _FEMININE.match(text, end):
        return False
    before = text[max(0, start - 90) : start].replace("\n", " ")
    return bool(_BEHIND.match(text, end) or _BEFORE.search(before))
