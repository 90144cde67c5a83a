"""What a subject line names by its shape alone: ``Interview for ROLE at COMPANY``, ``COMPANY: interview for ROLE`` …"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from followupd.core.entities import companies, roles
from followupd.core.reading import Claim

_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|sv|antw|rv|vs|odp|fwd?|wg|tr|enc|res|ref|r|i|rif)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)
_NAME = r"[A-ZÀ-Þ0-9][^:|@,;?!\n]{1,60}?"
_TALK = r"(?:[Pp]anel |[Vv]ideo |[Pp]hone |[Oo]n-?site |[Ff]inal |[Tt]echnical )?[Ii]nterview"
_SHAPES = (
    (
        4,
        re.compile(
            rf"\b{_TALK}(?: invitation)? (?:for|:)\s*(?:the )?(?P<role>{_NAME}) (?:at|with|bei|@) (?P<company>{_NAME})$"
        ),
    ),
    (4, re.compile(rf"^(?P<company>{_NAME}): (?:{_TALK}|[Aa]pplication) for (?:the )?(?P<role>{_NAME})$")),
    (4, re.compile(rf"^(?P<company>{_NAME}): (?P<role>{_NAME}) [Ii]nterview$")),
    (4, re.compile(rf"\b[Aa]pplication for (?:the )?(?P<role>{_NAME}) at (?P<company>{_NAME})$")),
    (4, re.compile(rf"^{_TALK}: (?P<role>{_NAME}) (?:at|with|bei|@) (?P<company>{_NAME})$")),
    (4, re.compile(rf"\bapplication for (?:the )?(?P<role>{_NAME}) (?:\([^)]*\) )?at (?P<company>{_NAME})$")),
    (4, re.compile(rf"\bapplication at (?P<company>{_NAME}): (?P<role>{_NAME})$")),
    (3, re.compile(rf"^(?P<role>{_NAME}) (?:at|@|bei|chez) (?P<company>{_NAME})(?::.*| - .*)?$")),
    (3, re.compile(rf"^(?:Updated )?[Ii]nvitation: {_TALK}: (?P<role>{_NAME}) - ")),
    (3, re.compile(rf"^(?:Updated [Ii]nvitation|Invitation|Cancell?ed event): (?P<role>{_NAME}) [Ii]nterview\b")),
)


@dataclass(frozen=True, slots=True)
class Named:
    companies: list[Claim] = field(default_factory=list)
    roles: list[Claim] = field(default_factory=list)


def of_subject(subject: str) -> Named:
    """Company and role by the first shape that fits."""
    bare = _PREFIX.sub("", subject).strip()
    for weight, shape in _SHAPES:
        if found := shape.search(bare[:200]):
            groups = found.groupdict()
            company = companies.tidy(groups.get("company") or "")
            role = roles.tidy(groups.get("role") or "")
            if role is None:
                continue
            place = {"weight": weight, "part": "subject", "end": len(subject)}
            return Named(
                [Claim(value=company, **place)] if company else [],  # type: ignore[arg-type]
                [Claim(value=role, **place)],  # type: ignore[arg-type]
            )
    return Named()
