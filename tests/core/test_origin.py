"""Who wrote it: persons, mailboxes on leave, mail systems, machines and advertisers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followupd.core import origin, rfc5322
from followupd.core.domains import employer_domain
from followupd.core.mail import Address, EmailId, MailboxRole
from followupd.core.origin import Verdict
from followupd.core.reading import Origin
from followupd.core.text import visible

NOW = datetime(2026, 3, 2, 16, 15, tzinfo=UTC)
FIXTURES = Path(__file__).resolve().parents[3] / "shared/data/fixtures/sisimai+set-of-emails"


def judge(raw: str | bytes, role: MailboxRole = MailboxRole.INBOX) -> Verdict:
    octets = raw if isinstance(raw, bytes) else raw.encode()
    email = rfc5322.parse(octets, id=EmailId("1"), role=role, received_at=NOW)
    return origin.classify(email, visible(email))


def mail(
    body: str, *, from_: str = "Maria Lopez <maria@acme.example>", subject: str = "Interview", **headers: str
) -> str:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\n".join([f"From: {from_}", "To: dana.reyes@example.org", f"Subject: {subject}", *lines, "", body])


LETTER = "Hi Dana,\n\nI read your application and would like to talk to you this week.\n\nBest,\nMaria"
RECEIPT = (
    "Hi Dana,\n\nThank you for applying to Acme. We have received your application and will review it.\n\nThe Acme Team"
)
REJECTION = "Hi Dana,\n\nWe have decided not to move forward with your application.\n\nAcme Careers"


HUMAN = {
    "a person": mail(LETTER),
    "a shared mailbox": mail(LETTER, from_="Acme Careers <careers@acme.example>"),
    "jobs@ that asks": mail("Dear Dana,\n\nThank you for your application. When could we call you?\n\nHR Acme", from_="jobs@acme.example"),
    "hr@ signed by a person": mail(RECEIPT.replace("The Acme Team", "Kind regards,\nMaria Lopez\nHR, Acme"), from_="HR <hr@acme.example>"),
    "a receipt typed by a person": mail(RECEIPT.replace("The Acme Team", "Best,\nMaria")),
    "a reply token": mail(LETTER, from_="Maria Lopez <maria+abc123@reply.ats.example>"),
    "a token in Reply-To": mail(LETTER, from_="Maria Lopez <no-reply@hirestack.example>", Reply_To="maria+7f3a9c@reply.hirestack.example"),
    "via": mail(LETTER, from_="Maria Lopez via Hirestack <notifications@hirestack.example>", Reply_To="r-0a1b2c3d4e5f6a7b8c9d@hirestack.example"),
    "a firm's ATS address of a person": mail(LETTER, from_="Maria Lopez <maria-1a2b3c@acme.breezy-mail.com>"),
    "no-reply that hands on": mail(LETTER, from_="Maria Lopez <no-reply@hirestack.example>", Reply_To="Maria Lopez <maria@acme.example>"),
    "an in-mail": mail(LETTER + "\n\nUnsubscribe", from_="Maria Lopez <inmail-hit-reply@linkedin.com>", List_Unsubscribe="<https://x.example>"),
    "List-Unsubscribe alone": mail(LETTER, List_Unsubscribe="<https://x.example/u>"),
    "a recruiter's tool": mail(LETTER + "\nRecruiter\n\nUnsubscribe", List_Unsubscribe="<https://x.example/u>"),
    "Auto-Submitted: no": mail(LETTER, Auto_Submitted="no"),
    "away, but to me": mail("Hi Dana,\n\nI am out of the office until Monday, but could we speak on Tuesday?\n\nMaria"),
    "away in a letter": mail("Hi Dana,\n\nI'm on vacation next week. Let me call you after that.\n\nMaria"),
    "an answer to an auto-reply": mail(LETTER, subject="Re: Automatic reply: Interview"),
    "about a failed delivery": mail("Hi Dana,\n\nyour message to Tom came back as undeliverable: 550 user unknown. Write to me.\n\nMaria", subject="Undelivered Mail Returned to Sender"),
    "an invite with a letter": (
        "From: Maria Lopez <maria@acme.example>\nSubject: Interview\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\n"
        "Hi Dana,\n\nlooking forward to it.\n\nMaria\n--b\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n--b--"
    ),
    "no text": mail(""),
    "through a group": mail(LETTER, from_="'Maria Lopez' via Hiring <hiring@acme.example>", List_Id="<hiring.acme.example>", Precedence="list", Reply_To="Maria Lopez <maria@acme.example>"),
    "a link to book": mail("Hi Dana,\n\npick a slot: https://slotbook.example/maria. To reschedule: https://slotbook.example/r\n\nBest,\nMaria", from_="Acme Recruiting <scheduling@acme.example>"),
    "a coordinator's mailbox": mail("Hi Dana,\n\nI have moved your interview to Friday.\n\nPriya", from_="Acme Scheduling <scheduling@acme.example>"),
    "a short word around an invite": (
        "From: Maria Lopez <maria@acme.example>\nSubject: Interview\nContent-Type: multipart/alternative; boundary=b\n\n"
        "--b\n\nAs I said, Tuesday at 10.\n--b\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n--b--"
    ),
    "do not answer in this thread": mail("Hi Dana,\n\nplease do not reply to this thread, write to my colleague Tom.\n\nI am off then.\n\nMaria"),
    "my own": mail(RECEIPT, from_="Dana Reyes <dana.reyes@example.org>"),
}  # fmt: skip

AUTO_REPLY = {
    "Auto-Submitted": mail("I will be back on Monday.", Auto_Submitted="auto-replied"),
    "Auto-Submitted with a comment": mail("Back on Monday.", Auto_Submitted="auto-replied (vacation)"),
    "X-Autoreply": mail("Back on Monday.", X_Autoreply="yes"),
    "X-Autorespond": mail("Back on Monday.", X_Autorespond="away"),
    "Precedence": mail("Back on Monday.", Precedence="auto_reply"),
    "Exchange": mail("I am out of the office.", subject="Automatic reply: Interview", Auto_Submitted="auto-generated", X_Auto_Response_Suppress="All"),
    "Exchange rule": mail("I am travelling.", X_MS_Exchange_Generated_Message_Source="Mailbox Rules Agent"),
    "Gmail": mail("Away.", subject="Out of office Re: Interview", Auto_Submitted="auto-replied", Precedence="bulk", X_Autoreply="yes"),
    "shared mailbox": mail("Thank you for your message. We will answer soon.", from_="jobs@acme.example", Auto_Submitted="auto-replied", In_Reply_To="<a@x.example>"),
    "away under an auto header": mail("I am currently out of the office.", X_Auto_Response_Suppress="All"),
}  # fmt: skip

AUTO_REPLY_SUBJECTS = [
    "Automatic reply: Interview", "Auto: Maria Lopez is out of the office (back 03/20/2026)", "Autoreply: Interview", "Out of Office: Interview", "Out of office", "OOO: Interview", "Auto-Reply: Re: Interview", "Vacation reply: Interview",
    "Automatische Antwort: Gespräch", "Abwesenheitsnotiz: Gespräch", "Abwesenheitsnachricht", "Abwesend: Gespräch", "Automatische Abwesenheitsnotiz: Gespräch",
    "Réponse automatique : Entretien", "Absence du bureau : Entretien", "Message automatique : Entretien",
    "Respuesta automática: Entrevista", "Fuera de la oficina: Entrevista", "Autorespuesta: Entrevista",
    "Resposta automática: Entrevista", "Ausência temporária: Entrevista", "Fora do escritório: Entrevista",
    "Risposta automatica: Colloquio", "Fuori ufficio: Colloquio",
    "Automatisch antwoord: Gesprek", "Afwezigheidsbericht: Gesprek", "Afwezig: Gesprek",
    "Odpowiedź automatyczna: Rozmowa", "Automatyczna odpowiedź: Rozmowa", "Poza biurem: Rozmowa",
    "Automatiskt svar: Intervju", "Автоответ: Собеседование",
]  # fmt: skip
NO_AUTO_REPLY_SUBJECTS = [
    "Re: Automatic reply: Interview", "AW: Abwesenheitsnotiz", "Automating replies at Acme", "On vacation next week, can we move the interview?", "Nieobecność na rozmowie", "Out of office hours: when can you talk?", "Fuera de la oficina la semana que viene",
]  # fmt: skip

AWAY_TEXTS = [
    "Thank you for your message. I am out of the office and will be back on Monday, April 20.",
    "Hello,\n\nthanks for your email. I'm currently on annual leave with limited access to email. For urgent matters please contact Tom.",
    "Vielen Dank für Ihre Nachricht. Ich bin bis einschließlich 20. April nicht im Büro. In dringenden Fällen wenden Sie sich bitte an Tom.",
    "Guten Tag,\n\nich bin derzeit im Urlaub. Ihre E-Mail wird nicht weitergeleitet.",
    "Bonjour,\n\nje suis actuellement absente du bureau jusqu'au 20 avril. En cas d'urgence, merci de contacter Tom.",
    "Gracias por su mensaje. Estoy fuera de la oficina hasta el 20 de abril.",
    "Obrigada pela sua mensagem. Estou de férias até 20 de abril. Em caso urgente, contacte o Tom.",
    "Grazie per il tuo messaggio. Sono in ferie fino al 20 aprile. Per urgenze scrivere a Tom.",
    "Bedankt voor uw bericht. Ik ben tot 20 april afwezig. Voor dringende zaken kunt u Tom bereiken.",
    "Dziękuję za wiadomość. Jestem na urlopie do 20 kwietnia. W pilnych sprawach proszę o kontakt z Tomem.",
]

AUTOMATED = {
    "ATS receipt": mail(RECEIPT, from_="Acme Careers <no-reply@hirestack.example>", Auto_Submitted="auto-generated"),
    "ATS receipt without a header": mail(RECEIPT, from_="Acme <no-reply@us.greenhouse-mail.io>"),
    "ATS rejection": mail(REJECTION, from_="Acme <notifications@app.bamboohr.com>"),
    "Workday": mail(REJECTION, from_="Acme <acme@myworkday.com>"),
    "iCIMS": mail(RECEIPT, from_="Acme <acme+autoreply@talent.icims.com>"),
    "a receipt under a recruiter's name": mail(RECEIPT, from_="Maria Lopez <noreply@candidates.workablemail.com>", Reply_To="maria+0a1b2c@reply.workablemail.com"),
    "a receipt from a shared mailbox": mail(RECEIPT, from_="Acme Careers <careers@acme.example>"),
    "a receipt in a firm's name": mail(RECEIPT, from_="Acme <hello@acme.example>"),
    "a German receipt": mail("Guten Tag Frau Reyes,\n\nvielen Dank für Ihre Bewerbung, die wir erhalten haben. Wir melden uns.\n\nIhr Acme-Team", from_="Acme Bewerbermanagement <bewerbung@acme.example>"),
    "Auto-Submitted by an ATS": mail(RECEIPT, from_="Acme <no-reply@hirestack.example>", Auto_Submitted="auto-replied"),
    "ATS with Precedence": mail(REJECTION, from_="Acme <careers@acme.example>", Precedence="bulk"),
    "ATS with List-Unsubscribe": mail(REJECTION, from_="Acme <no-reply@hirestack.example>", List_Unsubscribe="<https://x.example>"),
    "it says so": mail("Your interview is confirmed.\n\nThis is an automated message. Please do not reply to this email.", from_="Acme <hiring@acme.example>"),
    "it says so in German": mail("Ihr Termin ist bestätigt.\n\nDies ist eine automatisch generierte E-Mail, bitte antworten Sie nicht auf diese Nachricht.", from_="Acme <hr@acme.example>"),
    "it says so in French": mail("Votre entretien est confirmé.\n\nMerci de ne pas répondre à ce message.", from_="Acme <rh@acme.example>"),
    "it says so in Spanish": mail("Su entrevista está confirmada.\n\nEste es un mensaje automático, por favor no responda a este correo.", from_="Acme <rrhh@acme.example>"),
    "it says so in Polish": mail("Rozmowa potwierdzona.\n\nWiadomość została wygenerowana automatycznie, prosimy na nią nie odpowiadać.", from_="Acme <hr@acme.example>"),
    "Calendly": mail("Hi Dana,\n\nMaria Lopez has confirmed.", from_="Calendly <notifications@calendly.com>"),
    "a calendar's reminder": mail("Interview in 10 minutes", from_="Google Calendar <calendar-notification@google.com>"),
    "an unknown scheduler": mail("Your interview with Acme is booked: Tuesday 10:00.\n\nNeed to make changes? Reschedule: https://slotbook.example/r/1", from_="Slotbook <bookings@slotbook.example>"),
    "a test platform": mail("Acme has invited you to take the test Backend Basics.\n\nStart: https://codely.example/t/1\n\nPowered by Codely", from_="Codely <hello@codely.example>"),
    "a calendar invite": (
        "From: Maria Lopez <maria@acme.example>\nSubject: Invitation: Interview\nAuto-Submitted: auto-generated\nContent-Type: multipart/mixed; boundary=b\n\n"
        "--b\n\nHi Dana, here is the invite.\n--b\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n--b--"
    ),
    "a bare Outlook invite": (
        "From: Maria Lopez <maria@acme.example>\nSubject: Interview\nContent-Type: multipart/alternative; boundary=b\n\n"
        "--b\n\nMicrosoft Teams meeting\nJoin: https://teams.example/1\n--b\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n--b--"
    ),
    "an iMIP reply": (
        "From: Maria Lopez <maria@acme.example>\nSubject: Accepted: Interview\nContent-Type: multipart/alternative; boundary=b\n\n"
        "--b\n\nHi, I accept.\n--b\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n--b--"
    ),
    "a read receipt": "From: Maria <maria@acme.example>\nSubject: Read: Application\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nread\n--b--",
}  # fmt: skip

BULK = {
    "job alert": mail("14 new jobs for you", from_="Jobwell Alerts <alerts@jobwell.example>", List_Id="<alerts.jobwell.example>", Precedence="bulk"),
    "newsletter": mail("This week: how to follow up.\n\nUnsubscribe", from_="The Career Letter <letter@careerletter.example>", List_Id="<letter.careerletter.example>"),
    "advertising": mail("New jobs for you. Unsubscribe here.", from_="Jobwell <hello@jobwell.example>", List_Unsubscribe="<https://x.example/u>"),
    "a job board's list": mail("Your application could be next! 20 new jobs.\n\nUnsubscribe", subject="20 new jobs for you", from_="Jobwell <jobs@jobwell.example>", List_Id="<x.jobwell.example>"),
    "advertising in a person's voice": mail("Hi Dana,\n\nI found five new jobs for you.\n\nBest,\nAnna\n\nUnsubscribe", from_="Anna from Jobwell <anna@jobwell.example>", List_Unsubscribe="<https://x.example/u>"),
    "a mailing list": mail("Has anybody used this library? I cannot build it.\n\nTom", from_="Tom <tom@x.example>", List_Id="<dev.x.example>"),
    "Precedence: list": mail("Patch attached.", from_="Tom <tom@x.example>", Precedence="list"),
}  # fmt: skip


@pytest.mark.parametrize("raw", HUMAN.values(), ids=HUMAN)
def test_human(raw: str) -> None:
    assert judge(raw).origin is Origin.HUMAN, judge(raw).rule


@pytest.mark.parametrize("raw", AUTO_REPLY.values(), ids=AUTO_REPLY)
def test_auto_reply(raw: str) -> None:
    assert judge(raw).origin is Origin.AUTO_REPLY, judge(raw).rule


@pytest.mark.parametrize("subject", AUTO_REPLY_SUBJECTS)
def test_auto_reply_by_subject(subject: str) -> None:
    assert judge(mail("x", subject=subject)).rule == "auto-reply-subject"


@pytest.mark.parametrize("subject", NO_AUTO_REPLY_SUBJECTS)
def test_no_auto_reply_by_subject(subject: str) -> None:
    assert judge(mail(LETTER, subject=subject)).origin is Origin.HUMAN


@pytest.mark.parametrize("text", AWAY_TEXTS)
def test_auto_reply_by_its_words(text: str) -> None:
    assert judge(mail(text, subject="Re: Interview")).origin is Origin.AUTO_REPLY


@pytest.mark.parametrize("raw", AUTOMATED.values(), ids=AUTOMATED)
def test_automated(raw: str) -> None:
    assert judge(raw).origin is Origin.AUTOMATED, judge(raw).rule


@pytest.mark.parametrize("raw", BULK.values(), ids=BULK)
def test_bulk(raw: str) -> None:
    assert judge(raw).origin is Origin.BULK, judge(raw).rule


def test_what_lies_in_sent_is_not_judged_by_its_words() -> None:
    assert judge(mail("Thank you for your message. I am out of the office."), MailboxRole.SENT).origin is Origin.HUMAN


PIECES = [
    b"From: ", b"Subject: ", b"Auto-Submitted: auto-replied", b"Return-Path: <>", b"List-Unsubscribe: x", b"Precedence: bulk", b"\n", b"\n\n", b" ", b"mailer-daemon@x.example",
    b"Maria Lopez <maria@acme.example>", b"\xc2\xa0", b"via", b"(", b",", b"550 5.1.1 user unknown", b"hannah@x.example", b"Undelivered", b"Best,\nMaria", b"Thank you for applying", b"Unsubscribe",
    b"Content-Type: multipart/report; boundary=b", b"--b", b"Content-Type: message/delivery-status", b"Action: failed", b"Final-Recipient: rfc822;", b"Content-Type: text/calendar; method=REQUEST",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join))
def test_no_near_message_raises(raw: bytes) -> None:
    assert judge(raw).rule


# --- bounces -------------------------------------------------------------------------------------------------------

STATUS = """From: MAILER-DAEMON@mx.example
To: dana.reyes@example.org
Subject: {subject}
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

It is about your message.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; Hannah.Cole@northfield.example
Action: {action}
Status: {status}

Final-Recipient: rfc822; tom@northfield.example
Action: delivered
Status: 2.0.0
--b
Content-Type: text/rfc822-headers

Message-ID: <m1@scenario.example>
--b--
"""


def test_a_failed_delivery() -> None:
    found = judge(STATUS.format(subject="Undelivered Mail", action="failed", status="5.1.1"))
    assert found == Verdict(
        Origin.BOUNCE, "delivery-status", ("hannah.cole@northfield.example",), "<m1@scenario.example>"
    )


@pytest.mark.parametrize(
    ("action", "status"), [("delayed", "4.4.1"), ("relayed", "2.0.0"), ("delivered", "2.0.0"), ("", "4.2.2")]
)
def test_reports_of_delay_or_success_are_no_bounce(action: str, status: str) -> None:
    assert judge(STATUS.format(subject="Delivery report", action=action, status=status)).origin is Origin.AUTOMATED


def test_status_tells_where_no_action_is_given() -> None:
    assert judge(STATUS.format(subject="x", action="", status="5.1.1")).origin is Origin.BOUNCE


FREE_BOUNCES = {
    "qmail": (
        ("Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n<hannah@x.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n\nReturn-Path: <dana.reyes@example.org>\nMessage-ID: <m1@scenario.example>\nTo: hannah@x.example\n"),
        {"from_": "MAILER-DAEMON@mx.example", "subject": "failure notice"},
    ),
    "exim": (
        ("This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. "
        "This is a permanent error. The following address(es) failed:\n\n  hannah@x.example\n    host mx.x.example: 550 5.1.1 No such user\n"),
        {"from_": "Mail Delivery System <Mailer-Daemon@mx.example>", "subject": "Mail delivery failed: returning message to sender", "X_Failed_Recipients": "hannah@x.example"},
    ),
    "gmail": (
        "** Address not found **\n\nYour message wasn't delivered to hannah@x.example because the address couldn't be found.\n\nThe response was: 550 5.1.1 user unknown\n",
        {"from_": "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "subject": "Delivery Status Notification (Failure)"},
    ),
    "t-online": (
        "Diese Nachricht konnte nicht zugestellt werden.\n\nhannah@x.example: 550 unbekannter Empfänger\n",
        {"from_": "Mail Delivery System <mailer-daemon@x.example>", "subject": "Unzustellbar: Bewerbung"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "headers"), FREE_BOUNCES.values(), ids=FREE_BOUNCES)
def test_bounces_without_a_report(body: str, headers: dict[str, str]) -> None:
    found = judge(mail(body, **headers))
    assert (found.origin, found.bounced) == (Origin.BOUNCE, ("hannah@x.example",))


def test_the_copy_in_a_bounce_names_what_came_back() -> None:
    body, headers = FREE_BOUNCES["qmail"]
    assert judge(mail(body, **headers)).returned_id == "<m1@scenario.example>"


def test_a_warning_of_delay_in_words_is_no_bounce() -> None:
    body = "A message that you sent has not yet been delivered to hannah@x.example after 24 hours. We will continue to try.\n"
    assert (
        judge(mail(body, from_="Mailer-Daemon@mx.example", subject="Warning: message delayed 24 hours")).origin
        is Origin.AUTOMATED
    )


# --- addresses -----------------------------------------------------------------------------------------------------

NO_REPLY = "no-reply noreply no.reply no_reply noreply-careers careers-noreply donotreply do-not-reply do_not_reply DoNotReply acme+autoreply nepasrepondre ne-pas-repondre no-responder nao-responda non-rispondere nicht-antworten noreply+abc123".split()  # noqa: SIM905
ANSWERED = "maria jobs careers hr recruiting norbert.reply reply noel talent maria.lopez maria+abc123 replyto bewerbung".split()  # noqa: SIM905
ROBOTS = "mailer-daemon postmaster notifications notification job-alerts alerts calendar-notification bounce+x=y newsletter no-reply".split()  # noqa: SIM905


@pytest.mark.parametrize("local", NO_REPLY)
def test_no_reply(local: str) -> None:
    assert origin.is_no_reply(Address(email=f"{local}@acme.example"))


@pytest.mark.parametrize("local", ANSWERED)
def test_answered(local: str) -> None:
    assert not origin.is_no_reply(Address(email=f"{local}@acme.example"))
    assert not origin.is_robot(Address(email=f"{local}@acme.example"))


@pytest.mark.parametrize("local", ROBOTS)
def test_robots(local: str) -> None:
    assert origin.is_robot(Address(email=f"{local}@acme.example"))


@pytest.mark.parametrize(
    ("email", "token"),
    [
        ("maria+abc123@reply.ats.example", True),
        ("Maria+ABC123@Reply.ats.example", True),
        ("reply+0a1b2c3d@hirestack.example", True),
        ("acme+email+1a2b-3c4d@talent.icims.com", True),
        ("0a1b2c3d4e5f6a7b8c9d@hire.lever.co", True),
        ("inmail-hit-reply@linkedin.com", True),
        ("dana+jobs@example.org", False),
        ("maria@acme.example", False),
        ("no-reply+0a1b2c3d@reply.ats.example", False),
        ("", False),
    ],
)
def test_reply_tokens(email: str, token: bool) -> None:
    assert origin.is_reply_token(Address(email=email)) is token


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("maria@acme.example", "acme.example"),
        ("maria@mail.eu.acme.example", "acme.example"),
        ("maria@mail.acme.co.uk", "acme.co.uk"),
        ("maria@Acme.Example", "acme.example"),
        ("maria@bücher.example", "xn--bcher-kva.example"),
        ("maria@gmail.com", None),
        ("maria@web.de", None),
        ("no-reply@us.greenhouse-mail.io", None),
        ("maria@candidates.workablemail.com", None),
        ("x@calendly.com", None),
        ("tom@roberthalf.com", None),
        ("x@linkedin.com", None),
        ("x@localhost", None),
        ("nobody", None),
        ("", None),
    ],
)
def test_employer_domain(email: str, domain: str | None) -> None:
    assert employer_domain(email) == domain


# --- the shared bounces --------------------------------------------------------------------------------------------

NO_MAIL_BOUNCES = (
    "amazonses-09",
    "amazonses-10",
    "amazonses-11",
    "amazonses-12",
    "amazonses-13",
    "fml-02",
    "fml-03",
    "postfix-75",
)
"""JSON for a web hook, refusals of a list manager, and a report to a postmaster: none tells a sender of a failed delivery."""


@pytest.mark.slow
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="needs the shared fixtures")
def test_recall_and_precision_on_the_shared_bounces() -> None:
    hits = misses = 0
    for path in sorted(FIXTURES.rglob("*.eml")):
        if "-arf-" in f"-{path.stem}" or any(name in path.stem for name in NO_MAIL_BOUNCES):
            continue
        found = judge(path.read_bytes())
        if found.rule.endswith("-not-final") or path.parent.name == "not":
            continue  # notices of delay, checked below
        hits += found.origin is Origin.BOUNCE
        misses += found.origin is not Origin.BOUNCE
    assert hits / (hits + misses) >= 0.99, (hits, misses)


@pytest.mark.slow
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="needs the shared fixtures")
@pytest.mark.parametrize("name", ["is-not-bounce-01", "is-not-bounce-02"])
def test_look_alikes_are_no_bounce(name: str) -> None:
    assert judge((FIXTURES / f"maildir/not/{name}.eml").read_bytes()).origin is Origin.HUMAN
