"""What a subject line names: by its shape, ``Interview for ROLE at COMPANY``, and by its pieces, of which one is a role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from followupd.core.entities import companies, roles
from followupd.core.entities.names import UPPER
from followupd.core.entities.titles import CUES, ends_in_head, has_head, is_title, may_be_title
from followupd.core.entities.words import listed
from followupd.core.reading import Claim

_PREFIX = re.compile(
    r"^\s*(?:(?:{})(?:\[\d+\])?\s*:\s*)+".format("|".join(sorted(map(re.escape, listed("reply_prefixes"))))),
    re.IGNORECASE,
)
_NAME = rf"[{UPPER}0-9][^:|@,;?!\n]{{1,60}}?"
_TALK = r"(?:[Pp]anel |[Vv]ideo |[Pp]hone |[Oo]n-?site |[Ff]inal |[Tt]echnical )?[Ii]nterview"
_AT = r"(?:at|with|bei|@|chez|en|presso|bij|na|w)"
BARE = 3
"""The weight of shapes in which no word says that this is a role: it must be one by its own words."""
_SHAPES = (
    (4, re.compile(rf"\b{_TALK}(?: invitation)? (?:for|:)\s*(?:the )?(?P<role>{_NAME}) {_AT} (?P<company>{_NAME})$")),
    (4, re.compile(rf"^(?P<company>{_NAME}): (?:{_TALK}|[Aa]pplication) for (?:the )?(?P<role>{_NAME})$")),
    (4, re.compile(rf"^(?P<company>{_NAME}): (?P<role>{_NAME}) [Ii]nterview$")),
    (4, re.compile(rf"\b[Aa]pplication for (?:the )?(?P<role>{_NAME}) (?:\([^)]*\) )?at (?P<company>{_NAME})$")),
    (4, re.compile(rf"^{_TALK}: (?P<role>{_NAME}) {_AT} (?P<company>{_NAME})$")),
    (4, re.compile(rf"\bapplication at (?P<company>{_NAME}): (?P<role>{_NAME})$")),
    (BARE, re.compile(rf"^(?P<role>{_NAME}) {_AT} (?P<company>{_NAME})(?::.*| - .*)?$")),
    (4, re.compile(rf"^(?:Updated )?[Ii]nvitation: {_TALK}: (?P<role>{_NAME}) - ")),
    (BARE, re.compile(rf"^(?:Updated [Ii]nvitation|Invitation|Cancell?ed event): (?P<role>{_NAME}) [Ii]nterview\b")),
)
_PIECES = re.compile(
    r"\s+(?:[-–—|·]|//?)\s+|:\s+|\s+@\s+|(?:^|\s)[(\[][^)\]]*[)\]]\s*|,\s+(?=(?i:ref|req|job|kennziffer|réf|id)\b)|\s+<>\s+|[!?](?=\s|$)|[!?]\s*"
)
_BRACKETED = re.compile(r"[(\[]([^()\[\]]{3,60})[)\]]")
_NUMBER = re.compile(r"(?:[a-z]{0,5}-?)\d[\w-]*\d[\w-]*")
"""A requisition's or announcement's number."""


@dataclass(frozen=True, slots=True)
class Named:
    companies: list[Claim] = field(default_factory=list)
    roles: list[Claim] = field(default_factory=list)


def less_prefix(subject: str) -> str:
    """The subject without its reply and forward prefixes."""
    return _PREFIX.sub("", subject)


def of_subject(subject: str) -> Named:
    """Company and role by the first shape that fits, else the role by the first piece that is one."""
    bare = less_prefix(subject).strip()[:200]
    end = len(subject)
    for weight, shape in _SHAPES:
        if found := shape.search(bare):
            groups = found.groupdict()
            company = companies.tidy(groups.get("company") or "")
            role = roles.tidy(_less_lead(groups.get("role") or ""))
            if role is None or not (is_title(role) if weight == BARE else may_be_title(role)):
                continue
            company = None if company is None or ends_in_head(company) else company
            return Named(
                [Claim(value=company, weight=weight, part="subject", end=end)] if company else [],
                [Claim(value=role, weight=weight, part="subject", end=end)],
            )
    role = next(_pieces(bare), None)
    return Named([], [Claim(value=role, weight=4, part="subject", end=end)] if role else [])


def _pieces(subject: str) -> Iterator[str]:
    for piece in (*_PIECES.split(subject), *_BRACKETED.findall(subject)):
        words = (piece or "").strip()
        bare = _less_tail(_less_lead(_what_for(words)))
        announced = (
            bare != words and may_be_title(bare) and bare.count(" ") < 5 and _announces(words[: len(words) - len(bare)])
        )
        if (announced or is_title(bare)) and (role := roles.tidy(bare) or (bare if announced else None)):
            yield role


def _what_for(piece: str) -> str:
    """``piece`` behind its "for", where no role stands before it: "Results of the test for Route Scheduler"."""
    before, found, behind = piece.partition(" for ")
    return behind if found and is_title(behind) and may_be_title(before) and not has_head(before) else piece


def _announces(lead: str) -> bool:
    """Whether the words before a piece call it a position."""
    return not CUES.isdisjoint(lead.lower().split())


def _less_lead(piece: str) -> str:
    """``piece`` less the words that lead to a role: "Your application for the position of"."""
    words = piece.split()
    at = 0
    while at < len(words) and _leads(words[at].lower().strip(",:")):
        at += 1
    return " ".join(words[at:])


def _leads(word: str) -> bool:
    return (
        _NUMBER.fullmatch(word) is not None
        or word in listed("lead_words")
        or word.endswith(("gespräch", "gespraech", "interview", "termin", "bewerbung", "gesprek", "sollicitatie"))
    )


def _less_tail(piece: str) -> str:
    words = piece.split()
    while len(words) > 1 and words[-1].lower().strip(",:.") in listed("tail_words"):
        words.pop()
    return " ".join(words)
