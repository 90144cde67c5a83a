"""Who and what hiring mail names: companies, roles, requisitions and persons; a wrong one costs more than none."""

from __future__ import annotations

from datetime import UTC, datetime
from time import process_time

import pytest

from followupd.core.entities import company_matches_domain, first_name, is_called, same_company, same_role
from followupd.core.entities.companies import grown
from followupd.core.entities.companies import tidy as company
from followupd.core.entities.facts import Facts, facts
from followupd.core.entities.roles import tidy as role
from followupd.core.entities.titles import is_title
from followupd.core.mail import Address, Email, EmailId, Envelope, Identities, MailboxRole, MessageId
from followupd.core.text import Visible, visible

ME = Identities.of(["dana.reyes@example.org"])
NOW = datetime(2026, 3, 2, 16, tzinfo=UTC)
DANA = Address(name="Dana Reyes", email="dana.reyes@example.org")


def read(
    text: str = "",
    *,
    subject: str = "",
    name: str = "Maria Lopez",
    email: str = "maria@cobaltridge.example",
    to: str = "",
) -> Facts:
    sender, mine = Address(name=name, email=email), bool(to)
    envelope = Envelope(
        id=EmailId("1"),
        role=MailboxRole.SENT if mine else MailboxRole.INBOX,
        message_id=MessageId("<1@x.example>"),
        received_at=NOW,
        from_=(DANA if mine else sender,),
        to=(Address(email=to) if mine else DANA,),
        subject=subject,
    )
    mail = Email(envelope=envelope, plain=text)
    return facts(mail, visible(mail), language="en", mine=mine, me=ME)


def companies(found: Facts) -> set[str]:
    return {c.value for c in found.companies}


def roles(found: Facts) -> set[str]:
    return {c.value for c in found.roles}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Ostrava Foods s.r.o.", "Ostrava Foods"),
        ("Officine Baldini S.r.l", "Officine Baldini"),
        ("Zielony Most sp. z o.o.", "Zielony Most"),
        ("Waterkant Advies B.V.", "Waterkant Advies"),
        ("Wiesengrund Bau GmbH & Co. KG", "Wiesengrund Bau"),
        ("Atelier Montcalm SARL", "Atelier Montcalm"),
        ("Grupo Altamira, S.A.", "Grupo Altamira"),
        ("Lumiar Tecnologia Ltda.", "Lumiar Tecnologia"),
        ("Halden Robotics AS", "Halden Robotics"),
        ("Larkspur Health, Inc.", "Larkspur Health"),
        ("Browar Trzy Wieże S.A. Pani", "Browar Trzy Wieże"),
        ("Bean & Co", "Bean & Co"),
        ("Malin Ek", "Malin Ek"),
        ("Riverside Day Spa", "Riverside Day Spa"),
        ("Acme's", "Acme"),
    ],
)
def test_a_company_loses_its_legal_form_and_nothing_else(written: str, name: str) -> None:
    assert company(written) == name


@pytest.mark.parametrize(
    "words", ["the team", "SV", "Re", "your application", "Calendly", "https://x.example", "---", "2026-0147"]
)
def test_what_is_no_company(words: str) -> None:
    assert company(words) is None


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("Cedarline Credit Union", "cedarlinecu.example"),
        ("Bright & Sons", "brightandsons.example"),
        ("O'Neill Labs", "oneill-labs.example"),
        ("Vélos du Midi", "velosdumidi.example"),
        ("Panadería La Espiga", "laespiga.example"),
        ("Müller Technik", "muellertechnik.example"),
        ("Müller Technik", "mullertechnik.example"),
        ("Teatro Stabile di Pietralunga", "teatropietralunga.example"),
        ("Harbor Analytics", "mail.harboranalytics.example"),
        ("Acme", "acmehq.example"),
    ],
)
def test_a_domain_spells_a_company(name: str, domain: str) -> None:
    assert company_matches_domain(name, domain)


def test_a_domain_spells_no_other_company() -> None:
    assert not company_matches_domain("Globex", "acme.example")
    assert not company_matches_domain("Data Engineer", "de.example")


def test_two_spellings_are_one_company_and_two_companies_are_not() -> None:
    assert same_company("Acme", "Acme GmbH")
    assert same_company("Lumiar", "Lumiar Tecnologia")
    assert not same_company("Ocean Modelling", "Institute for Ocean Modelling")
    assert same_company("Serra Azul", "Laticínios Serra Azul")
    assert not same_company("Tidewater Bank", "Greyfriars Capital")


@pytest.mark.parametrize(
    ("text", "cut", "whole"),
    [
        ("at O'Neill Labs today", "O", "O'Neill Labs"),
        ("at Bright & Sons today", "Bright", "Bright & Sons"),
        ("at the Institute for Ocean Modelling.", "Institute", "Institute for Ocean Modelling"),
        ("at Acme for Data Engineer", "Acme", "Acme"),
        ("bei Acme und Globex", "Acme", "Acme"),
    ],
)
def test_a_name_that_was_cut_grows_to_its_end(text: str, cut: str, whole: str) -> None:
    start = text.index(cut)
    assert grown(text, start, start + len(cut)) == whole


@pytest.mark.parametrize(
    ("name", "email", "said"),
    [
        ("Maria (Cobalt Ridge)", "maria@cobaltridge.example", "Cobalt Ridge"),
        ("Cobalt Ridge | Maria Lopez", "maria.lopez@cobaltridge.example", "Cobalt Ridge"),
        ("Maria Lopez, Cobalt Ridge", "maria@cobaltridge.example", "Cobalt Ridge"),
        ("Maria @ Cobalt Ridge", "maria@cobaltridge.example", "Cobalt Ridge"),
        ("Maria von Cobalt Ridge", "jobs@cobaltridge.example", "Cobalt Ridge"),
        ("Cobalt Ridge Talent Acquisition", "jobs@cobaltridge.example", "Cobalt Ridge"),
        ("Karriere Cobalt Ridge", "noreply@rexx-jobs.example", "Cobalt Ridge"),
        ("Rekrutacja Cobalt Ridge", "no-reply@traffit.example", "Cobalt Ridge"),
        ("Cobalt Ridge", "no-reply@hire.lever.co", "Cobalt Ridge"),
        ("Cobalt Ridge Hiring Team via Greenhouse", "no-reply@us.greenhouse-mail.io", "Cobalt Ridge"),
    ],
)
def test_a_display_name_names_the_company(name: str, email: str, said: str) -> None:
    assert companies(read(name=name, email=email)) == {said}


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Nadia Rahman", "nadia+9f31c2ab@hire.lever.co"),
        ("Maria Lopez", "maria.lopez@gmail.com"),
        ("Maria Lopez (she/her)", "maria.lopez@gmail.com"),
        ("Siobhan O'Neill", "siobhan@oneill-labs.example"),
        ("Lopez, Maria", "maria.lopez@gmail.com"),
        ("Lopez, Maria", "m.lopez@cr-group.example"),
        ("Thijs van der Laan", "thijs@gmail.com"),
    ],
)
def test_a_persons_name_is_no_company(name: str, email: str) -> None:
    assert not companies(read(f"Hi Dana,\n\nthanks.\n\nBest,\n{name}", name=name, email=email))


def test_an_agency_is_not_the_employer() -> None:
    text = "I'm with Hartwell Search and recruit on behalf of our client, Greyfriars Capital, for a Risk Analyst."
    found = read(text, name="Oliver Stack", email="oliver@hartwellsearch.example")
    assert companies(found) == {"Greyfriars Capital"}
    assert roles(found) == {"Risk Analyst"}


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("Next steps - Clinical Data Analyst II", "Clinical Data Analyst II"),
        ("Cobalt Ridge: Branch Manager (Evanston)", "Branch Manager"),
        ("Nordlicht Software: Werkstudentin Data Engineering", "Werkstudentin Data Engineering"),
        ("Candidature - Chargé(e) de mission", "Chargé(e) de mission"),
        ("Poste de développeuse web - test technique", "développeuse web"),
        ("Proceso de selección Técnico/a de datos", "Técnico/a de datos"),
        ("Esito selezione Addetta stampa", "Addetta stampa"),
        ("Ontvangstbevestiging sollicitatie Beleidsmedewerker mobiliteit", "Beleidsmedewerker mobiliteit"),
        ("Prueba técnica - Product Owner", "Product Owner"),
        ("Puesto de enóloga", "enóloga"),
        ("Cobalt Ridge // Gameplay Programmer", "Gameplay Programmer"),
        ("Lust auf ein Gespräch? (UX Researcher)", "UX Researcher"),
        ("Nächster Schritt: Case Study Product Manager", "Product Manager"),
        ("Ihre Bewerbung als Sachbearbeiter (m/w/d) Exportkontrolle", "Sachbearbeiter Exportkontrolle"),
        ("Ihre Bewerbung als Data Engineer (m/w/d) Berlin", "Data Engineer"),
        ("Vervolg gesprek backend developer", "backend developer"),
    ],
)
def test_a_subjects_piece_is_the_role(subject: str, name: str) -> None:
    assert roles(read(subject=subject)) == {name}


@pytest.mark.parametrize(
    "subject",
    [
        "Canceled - Bi-weekly HR Lead Meeting with David Oxley", "Cost-Effective Phone-Screened Leads", "Lunch at Mario's",
        "Enron Mentions", "Prueba técnica", "Interview with our Manager", "New jobs for a Data Engineer", "Position update",
    ],
)  # fmt: skip
def test_what_is_no_role(subject: str) -> None:
    assert not roles(read(subject=subject))


def test_titles_of_other_people_are_no_role_of_mine() -> None:
    text = "The panel will be chaired by the Head of Collections.\n\nPhilippa Wren\nHR Officer\nCobalt Ridge"
    assert not roles(read(text))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Data Engineer (m/w/d)", "Data Engineer"),
        ("Bauleiter (m/w/d) 80-100%", "Bauleiter"),
        ("Head of Data", "Head of Data"),
        ("the Platform Engineer position", "Platform Engineer"),
        ("QA Engineera", "QA Engineer"),
        ("Archivar im", "Archivar"),
    ],
)
def test_a_role_loses_what_an_advertisement_adds(written: str, name: str) -> None:
    assert role(written) == name


def test_a_title_needs_a_head() -> None:
    assert is_title("Senior Data Engineer")
    assert is_title("Responsable de la communication")
    assert not is_title("Spring Gala")
    assert not is_title("Manager interview")
    assert same_role("Sr. Data Engineer", "Senior Data Engineer")
    assert not same_role("Senior Data Engineer", "Data Engineer")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Your application, Req ID: R-118820, arrived.", "R-118820"),
        ("the Cartographer role (TM-0077)", "TM-0077"),
        ("Kennziffer 2026-014", "2026-014"),
    ],
)
def test_requisitions(text: str, number: str) -> None:
    assert read(text).requisitions == (number,)


@pytest.mark.parametrize(
    ("below", "name"),
    [
        ("Warmly,\nMaria", "Maria"),
        ("LG Maria", "Maria"),
        ("Abraços,\nMaria Lopez", "Maria Lopez"),
        ("i. A. Maria Lopez\nPersonalwesen\nCobalt Ridge GmbH", "Maria Lopez"),
        ("Organizer\nMaria Lopez\nmaria@cobaltridge.example\n\nGuests\nTom Becker", "Maria Lopez"),
        ("The Cobalt Ridge Team", None),
        ("Guests", None),
        ("Mit freundlichen Grüßen\nIhre Personalabteilung", None),
    ],
)
def test_who_signs(below: str, name: str | None) -> None:
    assert read(f"Hi Dana,\n\nwe will call you.\n\n{below}").signed == name


@pytest.mark.parametrize(
    ("shown", "given"),
    [
        ("Maria Lopez", "Maria"),
        ("Lopez, Maria", "Maria"),
        ("Dr. Maria Lopez", "Maria"),
        ("Maria (Acme)", "Maria"),
        ("HR Team", None),
    ],
)
def test_the_name_for_a_greeting(shown: str, given: str | None) -> None:
    assert first_name(Address(name=shown, email="m.lopez@acme.example"), None) == given


@pytest.mark.parametrize(
    ("greeting", "known", "same"),
    [
        ("Frau Dr. Thielmann", "Dr. Annegret Thielmann", True),
        ("Pani Beato", "Beata Wróbel", True),
        ("mevrouw Blok", "m.blok", True),
        ("Herr Pohl", "Dr. Annegret Thielmann", False),
        ("Frau", "Annegret Frauke", False),
    ],
)
def test_whom_a_salutation_means(greeting: str, known: str, same: bool) -> None:
    assert is_called(greeting, known) is same


def test_my_own_mail_names_whom_i_write_to() -> None:
    text = "I hereby apply for the Controls Engineer position at Cobalt Ridge.\n\nDana Reyes"
    found = read(text, to="jobs@cobaltridge.example")
    assert companies(found) == {"Cobalt Ridge"}
    assert roles(found) == {"Controls Engineer"}


@pytest.mark.parametrize(
    "text",
    [
        "Acme Data Engineer ",
        "A of ",
        "role of the ",
        "A",
        "A a ",
        "Acme\n",
        "O'",
        "our client ",
        "application for ",
        "(R-",
        "a ",
    ],
)
def test_no_text_takes_more_than_linear_time(text: str) -> None:
    email = Email(envelope=_envelope(), plain="")

    def seconds(part: str) -> float:
        started = process_time()
        facts(email, Visible(text=part, signature=part[:5000]), language="en", mine=False, me=ME)
        return process_time() - started

    long = (text * 64_000)[:64_000]
    seconds(long[:1000])
    assert seconds(long) < max(12 * seconds(long[:16_000]), 0.5)


def _envelope() -> Envelope:
    sender = Address(name="Maria Lopez", email="maria@acme.example")
    return Envelope(
        id=EmailId("1"), role=MailboxRole.INBOX, message_id=MessageId("<1@x.example>"), received_at=NOW, from_=(sender,)
    )
