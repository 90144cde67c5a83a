"""All that one message names: company, role, requisitions, and persons."""

from __future__ import annotations

from dataclasses import dataclass

from followupd.core import phrases
from followupd.core.entities.companies import sender_companies, signature_companies, spelled_companies
from followupd.core.entities.companies import tidy as tidy_company
from followupd.core.entities.persons import greeted, referral, signed
from followupd.core.entities.roles import requisitions
from followupd.core.entities.roles import tidy as tidy_role
from followupd.core.entities.subjects import of_subject
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
    """The facts that ``email`` names. With no ``language`` only its header and signature are read."""
    companies, roles, numbers = _from_words(email, visible, language, mine=mine)
    in_subject = of_subject(email.envelope.subject)
    companies += in_subject.companies
    roles += in_subject.roles
    if not mine:
        companies += [*sender_companies(email.envelope), *signature_companies(visible, email.envelope)]
    companies += spelled_companies(email.envelope, visible.text, mine=mine)
    numbers += requisitions(f"{email.envelope.subject}\n{visible.text}")
    return Facts(
        companies=tuple(companies),
        roles=tuple(roles),
        requisitions=tuple(dict.fromkeys(numbers)),
        signed=signed(visible),
        greeted=greeted(visible),
        referral=referral(email, visible, me) if not mine else None,
    )


def _from_words(
    email: Email, visible: Visible, language: str | None, *, mine: bool
) -> tuple[list[Claim], list[Claim], list[str]]:
    companies, roles, numbers = list[Claim](), list[Claim](), list[str]()
    if language is None:
        return companies, roles, numbers
    for named in phrases.claims(visible.text, subject=email.envelope.subject, language=language, mine=mine):
        place = {"weight": named.weight, "part": named.part, "start": named.start, "end": named.end}
        if named.kind == "company" and (value := tidy_company(named.value)):
            companies.append(Claim(value=value, **place))  # type: ignore[arg-type]
        elif named.kind == "role" and (value := tidy_role(named.value)):
            roles.append(Claim(value=value, **place))  # type: ignore[arg-type]
        elif named.kind == "requisition":
            numbers.append(named.value)
    return companies, roles, numbers
