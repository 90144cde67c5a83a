"""All that one message names: company, role, requisitions, and persons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from followupd.core import phrases, senders
from followupd.core.entities.agencies import clients, is_agency, of_employer
from followupd.core.entities.companies import end_of_field
from followupd.core.entities.companies import grown as grown_company
from followupd.core.entities.companies import tidy as tidy_company
from followupd.core.entities.frames import of_sender, of_signature, of_subject_at_system, spelled
from followupd.core.entities.names import run_at
from followupd.core.entities.persons import greeted, referral, signed
from followupd.core.entities.roles import called, filed, joined, requisitions
from followupd.core.entities.roles import grown as grown_role
from followupd.core.entities.roles import tidy as tidy_role
from followupd.core.entities.subjects import less_prefix, of_subject
from followupd.core.entities.titles import ends_in_head, has_head, is_title, titles
from followupd.core.entities.words import plain
from followupd.core.mail import Address, Email, Identities
from followupd.core.reading import Claim
from followupd.core.text import Visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one message names. Claims are in order of their places; ``signed`` and ``greeted`` are persons' names."""

    companies: tuple[Claim, ...] = ()
    roles: tuple[Claim, ...] = ()
    requisitions: tuple[str, ...] = ()
    signed: str | None = None
    greeted: str | None = None
    referral: Address | None = None


def facts(email: Email, visible: Visible, *, language: str | None, mine: bool, me: Identities) -> Facts:
    """The facts that ``email`` names. With no ``language`` only its frame is read: header, signature, calendar."""
    said, roles, numbers = _from_words(email, visible, language, mine=mine)
    in_subject = of_subject(joined(email.envelope.subject))
    numbers += [*requisitions(f"{email.envelope.subject}\n{visible.text}"), *filed(email.envelope.subject)]
    said += [*in_subject.companies, *_beside_the_role(email.envelope.subject, in_subject.roles, visible.text)]
    companies = tuple(_companies(email, visible, said, mine=mine))
    if any(senders.is_robot(a) or senders.is_collective(a) for a in email.envelope.from_):
        roles += _above_the_company(visible.text, companies)
    return Facts(
        companies=companies,
        roles=tuple(_less_asides(less_company(r, companies), companies, me) for r in roles + in_subject.roles),
        requisitions=tuple(dict.fromkeys(numbers)),
        signed=signed(visible, email.envelope.from_),
        greeted=greeted(visible),
        referral=referral(email, visible, me) if not mine else None,
    )


def less_company(role: Claim, companies: Iterable[Claim]) -> Claim:
    """``role`` up to where it runs on into a company's name: "Analista de calidad de Laboratorios Sur"."""
    for company in companies:
        head, found, _ = role.value.partition(f" {company.value}")
        if found and (value := tidy_role(_JOINT.sub("", head))):
            return replace(role, value=value, end=min(role.end, role.start + len(value)))
    return role


def _less_asides(role: Claim, companies: Iterable[Claim], me: Identities) -> Claim:
    """``role`` less the candidate's name and the company that a calendar entry puts beside it: "Acme / Dana Reyes, Data Engineer"."""
    firms = {c.value.lower() for c in companies}
    parts = [p for p in _ASIDE.split(role.value) if p.strip()]
    kept = [p for p in parts if p.lower() not in firms and not _names_me(p, me)]
    if not kept or len(kept) == len(parts):
        return role
    start, last = role.value.index(kept[0]), role.value.rindex(kept[-1]) + len(kept[-1])
    value = tidy_role(role.value[start:last])
    return replace(role, value=value) if value else role


def _names_me(part: str, me: Identities) -> bool:
    """Whether every word of it, and more than one, stands in the name of one of the user's addresses."""
    words = plain(part).split()
    return len(words) > 1 and any(all(w in e.partition("@")[0] for w in words) for e in me.emails)


_ASIDE = re.compile(r"\s*[,:]\s+|\s+[-–—/|]\s+")
_JOINT = re.compile(
    r"(?: (?:at|with|bei|von|der|de|du|des|chez|en|di|presso|da|do|dos|na|no|del|la|el|van|bij|w|of|for|im|in|am|beim|der|dem|binnen|firmie|dla|à|a|@|-|,))+$"
)


def _beside_the_role(subject: str, roles: Iterable[Claim], text: str) -> Iterator[Claim]:
    """The other of a subject's two pieces, where the text names it too: "Velmora Foods - Quality Manager"."""
    pieces = [p.strip() for p in _TWO_PIECES.split(less_prefix(subject).strip())]
    if len(pieces) != 2 or not any(r.value in pieces for r in roles):
        return
    other = next((p for p in pieces if not any(r.value == p for r in roles)), "")
    run = run_at(other, 0)
    named = (
        re.search(rf"(?<!\bin )(?<!\bnear )(?<!\bfrom )\b{re.escape(other)}\b", text)
        if run and run.text == other
        else None
    )
    if named and not has_head(other) and (value := tidy_company(other)):
        yield Claim(value=value, weight=4, start=named.start(), end=named.end())


_TWO_PIECES = re.compile(r"\s+[-–—|:]\s+|:\s+")


def _above_the_company(text: str, companies: Iterable[Claim]) -> list[Claim]:
    """Roles as job boards set them: a line that is one, and the line below begins with the company."""
    lines, at, found = text.split("\n"), 0, list[Claim]()
    names = {c.value for c in companies}
    for line, below in pairwise(lines):
        title = line.strip()
        if is_title(title) and any(below.strip().startswith(n) for n in names) and (value := tidy_role(title)):
            found.append(Claim(value=value, weight=4, start=at, end=at + len(line)))
        at += len(line) + 1
    return found


def _companies(email: Email, visible: Visible, said: list[Claim], *, mine: bool) -> Iterator[Claim]:
    """The employer's names: of a firm that writes for a client, the client's."""
    firm = list(spelled(email, visible, mine=mine))
    for sender in email.envelope.from_[:1] if not mine else ():
        bare = less_prefix(email.envelope.subject)
        firm += [*of_sender(sender), *of_signature(visible, sender), *of_subject_at_system(bare, sender)]
    for_client, named = clients(visible.text)
    finder = any(is_agency(c.value) for c in firm)
    yield from of_employer([*said, *firm, *named], firm, for_client=for_client or finder)


def _role(words: str, language: str, weight: int) -> str | None:
    """The role in ``words``; where titles are written small, what is surely called one needs no word that tells it."""
    return tidy_role(words) or (called(words) if language in ("nl", "pl") and weight > _LIKELY else None)


_LIKELY = 3


def _from_words(
    email: Email, visible: Visible, language: str | None, *, mine: bool
) -> tuple[list[Claim], list[Claim], list[str]]:
    companies, roles, numbers = list[Claim](), list[Claim](), list[str]()
    if language is None:
        return companies, roles, numbers
    subject, text = joined(less_prefix(email.envelope.subject)), joined(visible.text)
    cut = len(email.envelope.subject) - len(subject)
    for named in phrases.claims(text, subject=subject, language=language, mine=mine):
        before, whole = (cut, subject) if named.part == "subject" else (0, text)
        place = {"weight": named.weight, "part": named.part, "start": named.start + before, "end": named.end + before}
        if named.kind == "company" and (value := tidy_company(grown_company(whole, named.start, named.end))):
            if ends_in_head(value):
                continue
            companies.append(Claim(value=value, **place))  # type: ignore[arg-type]
        elif named.kind == "role" and (
            value := _role(
                grown_role(whole, named.start, end_of_field(whole, named.start, named.end)), language, named.weight
            )
        ):
            roles.append(Claim(value=value, **place))  # type: ignore[arg-type]
        elif named.kind == "requisition":
            numbers.append(named.value)
    for title, start in titles(text):
        if value := tidy_role(title):
            roles.append(Claim(value=value, weight=4, start=start, end=start + len(title)))
    return companies, roles, numbers
