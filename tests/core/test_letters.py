"""Building the message of a letter, its subject and references, and knowing a text again."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followupd.core import letters
from followupd.core.ledger import Kind
from followupd.core.letters import LetterFacts
from followupd.core.mail import Address, EmailId, Envelope, MailboxRole, MessageId

ME = Address(email="dana.reyes@example.org", name="Dana Reyes")
MARIA = Address(email="maria@acme.example", name="Maria Lopez")
FIELDS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "X-Followupd-Key",
    "X-Followupd-Digest",
]
AT = datetime(2026, 3, 16, 9, tzinfo=timezone(timedelta(hours=-5)))


def made(**given: object) -> bytes:
    fields = {
        "sender": ME,
        "to": [MARIA],
        "subject": "Re: Data Engineer",
        "body": "Hi Maria,\n\nIs there any news?\n\nDana\n",
        "date": AT,
        "message_id": MessageId("<d1@example.org>"),
        "key": "k1",
        "digest": "x1",
    }
    return letters.message(**(fields | given))  # type: ignore[arg-type]


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def parent(**given: object) -> Envelope:
    fields = {
        "id": EmailId("1"),
        "role": MailboxRole.INBOX,
        "message_id": MessageId("<m3@acme.example>"),
        "received_at": datetime(2026, 3, 2, tzinfo=UTC),
    }
    return Envelope(**(fields | given))  # type: ignore[arg-type]


def ids(*names: str) -> tuple[MessageId, ...]:
    return tuple(MessageId(f"<{n}@acme.example>") for n in names)


def test_a_reply_has_every_header_once() -> None:
    chain = ids("m1", "m2")
    message = parsed(made(cc=[Address(email="x@acme.example")], in_reply_to=chain[1], references=chain))
    assert [k.lower() for k in message] == sorted({k.lower() for k in message}, key=[k.lower() for k in message].index)
    assert message["From"] == "Dana Reyes <dana.reyes@example.org>"
    assert message["To"] == "Maria Lopez <maria@acme.example>"
    assert message["Cc"] == "x@acme.example"
    assert message["Date"].datetime == AT
    assert message["Message-ID"] == "<d1@example.org>"
    assert message["In-Reply-To"] == "<m2@acme.example>"
    assert message["References"].split() == list(chain)
    assert (message["X-Followupd-Key"], message["X-Followupd-Digest"]) == ("k1", "x1")
    assert message.get_content_type() == "text/plain"


def test_a_new_thread_has_no_reply_headers() -> None:
    message = parsed(made())
    assert not {"In-Reply-To", "References", "Cc", "Bcc"} & set(message.keys())


@pytest.mark.parametrize(
    "body",
    [
        "Grüße aus Łódź,\n\n" + "ein langer Absatz ohne Umbruch, " * 40 + "\n\nDana\n",
        "From here on\n.\n-- \nDana \t\n",
        "= equal = signs =\n\n\U0001f642 and \u2028 odd separators\n",
    ],
)
def test_the_body_comes_back_as_it_was(body: str) -> None:
    raw = made(body=body)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")
    payload = parsed(raw).get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().replace("\r\n", "\n") == body


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])))
def test_any_body_keeps_its_digest_through_the_wire(body: str) -> None:
    raw = made(body=body)
    assert raw.isascii()
    assert letters.digest(parsed(raw).get_content()) == letters.digest(body)


@pytest.mark.parametrize(
    ("name", "email_"),
    [
        ("Jürgen Müßig", "jm@acme.example"),
        ('Lopez, Maria "Mia" (HR)', "maria@acme.example"),
        ("株式会社アクメ採用担当 " * 6, "hr@acme.example"),
        ("", "maria@acme.example"),
        ("Müller, Ana; Leiterin", "ana+token.x-1@reply.ats.example"),
        ("Back\\slash", "b@acme.example"),
        ("=?utf-8?q?Maria?=", "maria@acme.example"),
        ("Maria " * 50, "maria@acme.example"),
    ],
)
def test_names_of_any_script_survive(name: str, email_: str) -> None:
    raw = made(to=[Address(email=email_, name=name), MARIA])
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    first, _, second = email.message_from_bytes(raw)["To"].rpartition(",")
    shown = str(make_header(decode_header(first.rpartition("<")[0]))).strip()
    assert unquote(shown) == name.strip()
    assert second.strip() == "Maria Lopez <maria@acme.example>"
    assert parsed(raw)["To"].addresses[0].addr_spec == email_


@pytest.mark.parametrize("email_", ["zoë@acme.example", "jobs@..é.example", "@", "", "no-at"])
def test_an_odd_address_is_written_as_it_is(email_: str) -> None:
    assert f"To: {email_}\r\n".encode() in made(to=[Address(email=email_)]) or not email_


def test_an_international_domain_is_written_in_ascii() -> None:
    raw = made(to=[Address(email="jobs@bäckerei.example", name="Jobs")])
    assert parsed(raw)["To"].addresses[0].addr_spec == "jobs@xn--bckerei-5wa.example"


@pytest.mark.parametrize(
    "subject", ["Re: Gespräch zur Stelle", "Re: " + "very long words " * 30, "Re: " + "é" * 200, "Re: =?x?="]
)
def test_subjects_of_any_length_survive(subject: str) -> None:
    raw = made(subject=subject)
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert parsed(raw)["Subject"] == subject.strip()


def test_hostile_headers_inject_nothing() -> None:
    evil = "x\r\nBcc: all@evil.example\r\n\r\nbody"
    raw = made(
        sender=Address(email=ME.email, name=evil),
        to=[Address(email="maria@acme.example>\r\nBcc: a@evil.example,<b@evil.example", name=evil + "é")],
        subject=evil,
        in_reply_to=MessageId(f"<{evil}@x>"),
        references=[MessageId("<ok@x>"), MessageId("<no\r\nBcc: c@evil.example>")],
        key=evil,
    )
    message = parsed(raw)
    assert "Bcc" not in message
    assert len(getaddresses([str(message["To"])])) == 1
    assert message["References"] == "<ok@x>"
    assert message.get_content().startswith("Hi Maria,")


@given(st.text(), st.text(), st.text(), st.text())
def test_no_text_can_add_a_header(name: str, address: str, subject: str, ident: str) -> None:
    raw = made(
        to=[Address(email=f"{address}@acme.example", name=name)],
        subject=subject,
        in_reply_to=MessageId(ident),
        references=[MessageId(f"<{ident}>")],
    )
    head = raw.split(b"\r\n\r\n")[0]
    assert {line.split(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"} <= {
        n.encode() for n in FIELDS
    }


@pytest.mark.parametrize(
    ("subject", "reply"),
    [
        ("Data Engineer", "Re: Data Engineer"),
        ("Re: Data Engineer", "Re: Data Engineer"),
        ("RE: Data Engineer", "RE: Data Engineer"),
        ("AW: Gespräch zur Stelle", "AW: Gespräch zur Stelle"),
        ("Antw: Sollicitatie", "Antw: Sollicitatie"),
        ("Odp: Rekrutacja", "Odp: Rekrutacja"),
        ("RES: Vaga", "RES: Vaga"),
        ("RE : Entretien", "RE : Entretien"),
        ("Re[2]: Data Engineer", "Re: Data Engineer"),
        ("Re: AW: Re: Gespräch", "Re: Gespräch"),
        ("AW: AW: Gespräch", "Re: Gespräch"),
        ("Fwd: Data Engineer", "Re: Fwd: Data Engineer"),
        ("WG: AW: Gespräch", "AW: WG: Gespräch"),
        ("TR: Fwd: RE: Poste", "RE: TR: Poste"),
        ("Re:Data Engineer", "Re: Data Engineer"),
        ("Interview: Platform Engineer", "Re: Interview: Platform Engineer"),
        ("Reminder: interview", "Re: Reminder: interview"),
        ("R&D: Engineer", "Re: R&D: Engineer"),
        ("R3: SAP consultant", "Re: R3: SAP consultant"),
        ("Ref: JR-1234 Data Engineer", "Re: Ref: JR-1234 Data Engineer"),
        ("回复：面试", "回复： 面试"),
        ("", "Re:"),
        ("Re:\r\n Bcc: x@evil.example", "Re: Bcc: x@evil.example"),
    ],
)
def test_a_reply_has_one_reply_prefix(subject: str, reply: str) -> None:
    assert letters.reply_subject(subject) == reply
    assert letters.reply_subject(reply) == reply


def test_references_are_the_parents_and_the_parent() -> None:
    chain = ids("m1", "m2")
    assert letters.references_for(parent(references=chain)) == (*chain, *ids("m3"))
    assert letters.references_for(parent(in_reply_to=chain[:1])) == ids("m1", "m3")
    assert letters.references_for(parent(in_reply_to=chain)) == ids("m3")
    assert letters.references_for(parent(references=ids("m1", "m3", "m1", "m2"))) == ids("m1", "m2", "m3")


def test_a_stand_in_for_a_missing_id_is_never_referred_to() -> None:
    stand_in = MessageId("<abc@missing.invalid>")
    assert letters.references_for(parent(message_id=stand_in, references=ids("m1"))) == ids("m1")
    assert "In-Reply-To" not in parsed(made(in_reply_to=stand_in, references=(stand_in,)))


def test_a_very_long_chain_keeps_its_root_and_its_newest() -> None:
    chain = letters.references_for(parent(references=ids(*map(str, range(1000)))))
    assert len(chain) == letters.MOST_REFERENCES
    assert chain[:2] == ids("0", "902")
    assert chain[-1] == "<m3@acme.example>"


@pytest.mark.parametrize(
    "arrived",
    ["Hi  Maria,\r\n\r\nIs there \r\nany news?\r\n\r\n\r\nDana", " Hi Maria,\n\nIs there\u00a0any news?\n\nDana\n\n"],
)
def test_transport_leaves_a_digest_alone(arrived: str) -> None:
    assert letters.digest(arrived) == letters.digest("Hi Maria,\n\nIs there any news?\n\nDana\n")


def test_unicode_composition_leaves_a_digest_alone() -> None:
    assert letters.digest("Gru\u0308ße") == letters.digest("Grüße")


@pytest.mark.parametrize(
    "edit",
    [
        "Hi Maria\n\nIs there any news?\n\nDana",
        "Hi Maria,\n\nis there any news?\n\nDana",
        "Hi Maria,\nIs there any news?\n\nDana",
        "Hi Maria,\n\nIs there any news?\n\nDana\nPS",
    ],
)
def test_an_edit_changes_a_digest(edit: str) -> None:
    assert letters.digest(edit) != letters.digest("Hi Maria,\n\nIs there any news?\n\nDana\n")


def facts(**given: object) -> LetterFacts:
    fields = {
        "kind": Kind.THANK_YOU,
        "language": "en",
        "written_on": date(2026, 3, 16),
        "my_name": "Dana Reyes",
        "signature": "Dana Reyes",
    }
    return LetterFacts(**(fields | given))  # type: ignore[arg-type]


def test_a_thread_of_its_own_gets_a_subject() -> None:
    assert letters.new_subject(facts()) == "Thank you for your time"
    assert letters.new_subject(facts(role="Data Engineer", company="Acme")) == "Thank you: Data Engineer, Acme"
    assert letters.new_subject(facts(company="Acme", language="pl")) == "Podziękowanie za rozmowę: Acme"
    assert letters.new_subject(facts(company="Acme", language="xx")) == "Thank you: Acme"


@pytest.mark.parametrize(
    ("role", "printed"),
    [
        ("Data Engineer (m/w/d)", "Data Engineer"),
        ("Développeur (H/F)", "Développeur"),
        ("Data Engineer [f/m/x]", "Data Engineer"),
        ("Engineer (Platform)", "Engineer (Platform)"),
        ("the Data Engineer position", "Data Engineer"),
        ("Position Manager", "Position Manager"),
        ("QA/Test Engineer (CI/CD)", "QA/Test Engineer (CI/CD)"),
        (" Data\n\tEngineer, ", "Data Engineer"),
        ("x" * 200, None),
        ("", None),
        ("see https://acme.example/jobs", None),
    ],
)
def test_a_role_is_printed_as_plain_words(role: str, printed: str | None) -> None:
    assert letters.cleaned(facts(role=role)).role == printed


@pytest.mark.parametrize(
    ("name", "first", "greeted"),
    [
        ("Katrin Vogel", "Katrin", "Katrin Vogel"),
        ("Vogel, Katrin", "Katrin", "Katrin Vogel"),
        ("Frau Vogel", None, "Frau Vogel"),
        ("Frau Dr. Vogel", "Katrin", "Frau Dr. Vogel"),
        ("Ms. Lopez", None, "Ms. Lopez"),
        ("Mme Morel", None, "Mme Morel"),
        ("Pani Anno", "Anna", "Pani Anno"),
        ("María José García-Núñez", "María", "María José García-Núñez"),
        ("Acme Recruiting", None, None),
        ("Maria Lopez", None, None),
        ("Maria Lopez (Acme)", "Maria", None),
        ("Maria", "Maria", None),
        ("Domo Robotics", "Maria", None),
        (None, "Maria", None),
    ],
)
def test_only_a_persons_name_is_a_salutation(name: str | None, first: str | None, greeted: str | None) -> None:
    assert letters.cleaned(facts(salutation_name=name, first_name=first)).salutation_name == greeted


def test_a_note_is_said_once_but_to_each_interviewer() -> None:
    noted = facts(note="My talk is out.", earlier=("Hi Maria,\n\nMy talk is out.\n\nDana",))
    assert letters.cleaned(noted).note == "My talk is out."
    assert letters.cleaned(replace(noted, kind=Kind.CHECK_IN)).note is None
    assert letters.cleaned(replace(noted, kind=Kind.CHECK_IN, earlier=())).note == "My talk is out."


def test_without_a_signature_the_name_signs() -> None:
    assert letters.cleaned(facts(signature=" \n")).signature == "Dana Reyes"
