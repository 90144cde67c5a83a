"""Which mail is worth fetching, from its header alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from followupd.core import rfc5322, triage
from followupd.core.mail import EmailId, Identities, MailboxRole, MessageId

ME = Identities.of(["dana.reyes@example.org", "dana@work.example"])
NOW = datetime(2026, 3, 2, tzinfo=UTC)
LIST = ("List-Unsubscribe: <https://x.example>", "List-Id: <x.example>", "Precedence: bulk")


def candidate(*lines: str, role: MailboxRole = MailboxRole.INBOX, **known: list[str]) -> bool:
    header = "\r\n".join(lines).encode()
    envelope = rfc5322.envelope(header, id=EmailId("1"), role=role, received_at=NOW)
    threads = [MessageId(i) for i in known.get("threads", ())]
    return triage.is_candidate(envelope, me=ME, people=known.get("people", ()), threads=threads)


FETCHED = {
    "a person": ["From: Tom <tom@x.example>", "To: dana.reyes@example.org", "Subject: Hello"],
    "a shared mailbox": ["From: jobs@x.example", "Subject: Hello"],
    "nobody": ["Subject: Hello"],
    "from me": ["From: Dana <dana.reyes@example.org>", "To: tom@x.example"],
    "from me, copied": ["From: dana@work.example", "To: dana.reyes@example.org", "Cc: tom@x.example"],
    "from me, to undisclosed": ["From: dana.reyes+jobs@example.org"],
    "a calendar's robot for a person": ["From: tom@x.example", "Auto-Submitted: auto-generated", "Subject: Zaproszenie"],
    "an ATS": ["From: Acme <no-reply@us.greenhouse-mail.io>", "Subject: Acme", "List-Unsubscribe: <x>"],
    "a scheduler": ["From: notifications@calendly.com", "Subject: x"],
    "no-reply about an application": ["From: no-reply@hirestack.example", "Subject: Thank you for your application"],
    "no-reply in German": ["From: noreply@hirestack.example", "Subject: =?utf-8?q?Eingangsbest=C3=A4tigung?="],
    "no-reply in French": ["From: noreply@hirestack.example", "Subject: Votre candidature"],
    "no-reply in Spanish": ["From: noreply@hirestack.example", "Subject: Entrevista confirmada"],
    "no-reply in Portuguese": ["From: noreply@hirestack.example", "Subject: Processo seletivo Acme"],
    "no-reply in Italian": ["From: noreply@hirestack.example", "Subject: Il tuo colloquio"],
    "no-reply in Dutch": ["From: noreply@hirestack.example", "Subject: Je sollicitatie bij Acme"],
    "no-reply in Polish": ["From: noreply@hirestack.example", "Subject: Twoja aplikacja"],
    "no-reply with a role": ["From: noreply@hirestack.example", "Subject: Data Engineer at Acme"],
    "bulk headers about an application": ["From: careers@acme.example", "Subject: Your application", *LIST],
    "a recruiter's tool": ["From: Maria Lopez <maria@acme.example>", "Subject: Quick chat?", LIST[0]],
    "a bounce": ["From: MAILER-DAEMON@mx.example", "Content-Type: multipart/report; boundary=x"],
    "a bounce without a report": ["From: MAILER-DAEMON@mx.example", "Return-Path: <>", "Subject: failure notice"],
    "an automatic answer": ["From: Support <notifications@x.example>", "Auto-Submitted: auto-replied"],
}  # fmt: skip

LEFT = {
    "a newsletter": ["From: News <news@x.example>", "Subject: This week", *LIST],
    "a job alert": [
        "From: Jobwell <alerts@jobwell.example>",
        "Subject: 14 new jobs for you: interview guaranteed",
        *LIST,
    ],
    "a list with a role": ["From: Jobwell <hello@jobwell.example>", "Subject: Data Engineer in Chicago", *LIST],
    "a shop": ["From: Shop <no-reply@shop.example>", "Subject: Your order has shipped"],
    "a social network": ["From: LinkedIn <updates-noreply@linkedin.com>", "Subject: See who viewed you", LIST[0]],
    "a mailing list": ["From: Tom <tom@x.example>", "Subject: [dev] build fails", *LIST],
    "advertising in a firm's name": ["From: Acme <hello@acme.example>", "Subject: Sale", LIST[0]],
    "me to me": ["From: dana.reyes@example.org", "To: Dana <dana@work.example>", "Subject: Interview notes"],
}


@pytest.mark.parametrize("lines", FETCHED.values(), ids=FETCHED)
def test_fetched(lines: list[str]) -> None:
    assert candidate(*lines)


@pytest.mark.parametrize("lines", LEFT.values(), ids=LEFT)
def test_left(lines: list[str]) -> None:
    assert not candidate(*lines)


def test_known_people_and_threads_are_always_fetched() -> None:
    lines = ["From: Tom <tom@x.example>", "References: <a@x.example> <b@x.example>", *LIST]
    assert not candidate(*lines)
    assert candidate(*lines, people=["tom@x.example"])
    assert candidate(*lines, threads=["<a@x.example>"])


def test_what_lies_in_sent_is_mine_whatever_its_address() -> None:
    assert candidate("From: other@x.example", "To: tom@x.example", role=MailboxRole.SENT)
    assert not candidate("From: other@x.example", "To: dana@work.example", role=MailboxRole.SENT)
