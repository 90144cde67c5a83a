"""From octets to envelopes and emails."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followupd.core import rfc5322
from followupd.core.mail import Address, CalendarPart, Email, EmailId, Envelope, MailboxRole

NOW = datetime(2026, 3, 2, 16, 15, tzinfo=UTC)
FIXTURES = Path(__file__).resolve().parents[3] / "shared/data/fixtures"


def envelope(*lines: str | bytes) -> Envelope:
    block = b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return rfc5322.envelope(block, id=EmailId("1"), role=MailboxRole.INBOX, received_at=NOW)


def parse(raw: str | bytes) -> Email:
    octets = raw if isinstance(raw, bytes) else raw.strip("\n").replace("\n", "\r\n").encode()
    return rfc5322.parse(octets, id=EmailId("1"), role=MailboxRole.INBOX, received_at=NOW)


MARIA = Address(email="maria@acme.example", name="Maria Lopez")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Maria Lopez <maria@acme.example>", [MARIA]),
        ('"Maria Lopez" <maria@acme.example>', [MARIA]),
        ("maria@acme.example", [Address(email="maria@acme.example")]),
        ("<maria@acme.example>", [Address(email="maria@acme.example")]),
        ("maria@acme.example <maria@acme.example>", [Address(email="maria@acme.example")]),
        ("'maria@acme.example' <maria@acme.example>", [Address(email="maria@acme.example")]),
        ("'Maria Lopez' <maria@acme.example>", [MARIA]),
        ("maria@acme.example (Maria Lopez)", [Address(email="maria@acme.example")]),
        ('"Lopez, Maria" <maria@acme.example>', [Address(email="maria@acme.example", name="Lopez, Maria")]),
        ('"Maria \\"Mia\\" Lopez" <maria@acme.example>', [Address(email="maria@acme.example", name='Maria "Mia" Lopez')]),
        ("Maria Lopez<maria@acme.example>", [MARIA]),
        ("=?utf-8?q?Mar=C3=ADa_L=C3=B3pez?= <maria@acme.example>", [Address(email="maria@acme.example", name="María López")]),
        ('"=?utf-8?b?TWFyw61h?=" <maria@acme.example>', [Address(email="maria@acme.example", name="María")]),
        ("=?utf-8?q?Lopez=2C_Maria?= <maria@acme.example>", [Address(email="maria@acme.example", name="Lopez, Maria")]),
        ("=?utf-8?q?Lopez,_Maria?= <maria@acme.example>", [Address(email="maria@acme.example", name="Lopez, Maria")]),
        ("=?iso-8859-1?Q?J=FCrgen?= =?iso-8859-1?Q?_M=FCller?= <j@acme.example>", [Address(email="j@acme.example", name="Jürgen Müller")]),
        ("maria+abc123@reply.ats.example", [Address(email="maria+abc123@reply.ats.example")]),
        ("Maria <Maria+ABC@Reply.ATS.example>", [Address(email="Maria+ABC@Reply.ATS.example", name="Maria")]),
        ("a@x.example, B <b@x.example>,c@x.example", [Address(email="a@x.example"), Address(email="b@x.example", name="B"), Address(email="c@x.example")]),
        ("a@x.example; b@x.example", [Address(email="a@x.example"), Address(email="b@x.example")]),
        ("Panel: Tom <tom@x.example>, aisha@x.example;", [Address(email="tom@x.example", name="Tom"), Address(email="aisha@x.example")]),
        ("undisclosed-recipients:;", []),
        ("MAILER-DAEMON (Mail Delivery System)", [Address(email="MAILER-DAEMON")]),
        ("<mailto:maria@acme.example>", [Address(email="maria@acme.example")]),
        ("Maria Lopez <maria@acme.example", [MARIA]),
        ('"Maria Lopez <maria@acme.example>', [MARIA]),
        ("Maria Lopez", []),
        ("", []),
        (",,, ;", []),
        ("Marié <mé@bücher.example>", [Address(email="mé@bücher.example", name="Marié")]),
    ],
)  # fmt: skip
def test_addresses(written: str, read: list[Address]) -> None:
    assert list(envelope(f"To: {written}").to) == read


def test_repeated_lists_are_joined_and_of_several_froms_the_first_counts() -> None:
    env = envelope(
        "To: a@x.example", "From: one@x.example", "to: b@x.example", "From: two@x.example", "CC: c@x.example"
    )
    assert [a.email for a in env.to] == ["a@x.example", "b@x.example"]
    assert [a.email for a in env.from_] == ["one@x.example"]
    assert [a.email for a in env.cc] == ["c@x.example"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"Interview", "Interview"),
        (b"Interview\r\n for Data Engineer", "Interview for Data Engineer"),
        (b"\r\n Automatic reply", "Automatic reply"),
        (b"=?UTF-8?Q?Gespr=C3=A4ch?=", "Gespräch"),
        (b"=?UTF-8?Q?Gespr=C3?= =?UTF-8?Q?=A4ch?=", "Gespräch"),
        (b"=?utf-8?B?R2VzcHLDpGNo?=", "Gespräch"),
        (b"=?utf-8?B?R2VzcHLDpGNo", "=?utf-8?B?R2VzcHLDpGNo"),
        (b"=?utf-8?B?R2VzcHLDpGN?=", "Gespräc"),
        (b"=?x-nonsense?Q?caf=C3=A9?=", "café"),
        (b"=?utf-8?Q?a b?=", "a b"),
        (b"Re: =?iso-8859-1?Q?Gespr=E4ch?= am Montag", "Re: Gespräch am Montag"),
        ("Gespräch".encode(), "Gespräch"),
        ("Gespräch".encode("latin-1"), "Gespräch"),
        (b"=?utf-8*de?Q?Hallo?=", "Hallo"),
        (b"a\tb   c", "a b c"),
        (b"", ""),
    ],
)
def test_subject(written: bytes, read: str) -> None:
    assert envelope(b"Subject: " + written).subject == read


CST = timezone(timedelta(hours=-6))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Mon, 02 Mar 2026 10:15:00 -0600", datetime(2026, 3, 2, 10, 15, tzinfo=CST)),
        ("Mon, 2 Mar 2026 10:15:00 -0600 (CST)", datetime(2026, 3, 2, 10, 15, tzinfo=CST)),
        ("2 Mar 2026 10:15:00 -0600", datetime(2026, 3, 2, 10, 15, tzinfo=CST)),
        ("Mon, 2 Mar 2026 10:15 -0600", datetime(2026, 3, 2, 10, 15, tzinfo=CST)),
        ("Mon, 2 Mar 2026 10:15:00 CST", datetime(2026, 3, 2, 10, 15, tzinfo=CST)),
        ("Mon, 2 Mar 2026 16:15:00 GMT", datetime(2026, 3, 2, 16, 15, tzinfo=UTC)),
        ("Mon, 2 Mar 2026 16:15:00 -0000", datetime(2026, 3, 2, 16, 15, tzinfo=UTC)),
        ("Mon, 2 Mar 2026 16:15:60 +0000", datetime(2026, 3, 2, 16, 15, 59, tzinfo=UTC)),
        ("Mon, 32 Mar 2026 10:15:00 -0600", None),
        ("Mon, 2 Foo 2026 10:15:00 -0600", None),
        ("Mon, 2 Mar 2026 25:15:00 -0600", None),
        ("Mon, 2 Mar 2026 10:15:00 +9999", None),
        ("Thu, 01 Jan 1970 00:00:00 +0000", None),
        ("Mon, 2 Mar 9999 10:15:00 -0600", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_date(written: str, read: datetime | None) -> None:
    sent = envelope(f"Date: {written}").sent_at
    assert sent == read
    assert sent is None or read is None or sent.utcoffset() == read.utcoffset()


def test_message_ids_keep_what_is_well_formed() -> None:
    env = envelope(
        "Message-ID:\r\n <a@x.example>",
        "In-Reply-To: Your message of Monday <b@x.example> (maria@acme.example)",
        "References: <c@x.example> garbage <d@x.example>\r\n\t<b@x.example> <not an id> <> <c@x.example>",
    )
    assert env.message_id == "<a@x.example>"
    assert env.in_reply_to == ("<b@x.example>",)
    assert env.references == ("<c@x.example>", "<d@x.example>", "<b@x.example>")


def test_a_message_id_without_brackets_gets_them() -> None:
    assert envelope("Message-ID: a@x.example").message_id == "<a@x.example>"


def test_a_missing_message_id_gets_a_stand_in_that_every_copy_shares() -> None:
    lines = ("From: a@x.example", "Date: Mon, 02 Mar 2026 10:15:00 -0600", "Subject: Hi")
    first, again = envelope(*lines), envelope("X-Folder: other", *lines)
    assert first.message_id == again.message_id
    assert first.message_id.endswith("@missing.invalid>")
    assert envelope(*lines[:2], "Subject: Ho").message_id != first.message_id


def test_evidence_is_kept_unfolded_and_joined() -> None:
    env = envelope("Auto-Submitted: auto-\r\n generated", "X-Loop: a", "x-loop: b", "X-Other: c", "Return-Path: <>")
    assert env.evidence == {"auto-submitted": "auto- generated", "x-loop": "a\nb", "return-path": "<>"}


def test_the_body_is_not_taken_for_header() -> None:
    env = envelope("From a@x.example Mon Mar  2 10:15:00 2026", "From: a@x.example", "", "Subject: not this")
    assert (env.subject, [a.email for a in env.from_]) == ("", ["a@x.example"])


def test_a_plain_message() -> None:
    email = parse("From: a@x.example\nSubject: Hi\n\nHello,\n\nDana\n")
    assert email.plain == "Hello,\n\nDana"
    assert (email.html, email.calendars, email.attachments) == (None, (), ())
    assert email.envelope.size == len(b"From: a@x.example\r\nSubject: Hi\r\n\r\nHello,\r\n\r\nDana")


def test_a_message_with_bare_line_feeds() -> None:
    assert parse(b"Subject: Hi\n\nHello\n").plain == "Hello\n"


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("text/plain; charset=utf-8", "Grüße".encode()),
        ("text/plain; charset=iso-8859-1", "Grüße".encode("latin-1")),
        ("text/plain; charset=iso-8859-1", "Grüße".encode()),
        ("text/plain; charset=us-ascii", "Grüße".encode()),
        ("text/plain; charset=us-ascii", "Grüße".encode("latin-1")),
        ("text/plain; charset=utf-8", "Grüße".encode("latin-1")),
        ("text/plain; charset=x-unknown", "Grüße".encode("cp1252")),
        ('text/plain; charset="Windows-1252"', "Grüße".encode("cp1252")),
        ("text/plain; charset=punycode", "Grüße".encode()),
        ("text/plain; charset=utf-16", "Grüße".encode("utf-16")),
        ("text/plain", "Grüße".encode()),
        ("text", "Grüße".encode()),
    ],
)
def test_charsets(header: str, body: bytes) -> None:
    assert parse(b"Content-Type: " + header.encode() + b"\r\n\r\n" + body).plain == "Grüße"


@pytest.mark.parametrize(
    ("encoding", "body", "read"),
    [
        ("base64", base64.b64encode("Grüße".encode()), "Grüße"),
        ("base64", base64.b64encode("Grüße".encode()).rstrip(b"="), "Grüße"),
        ("BASE64", b"R3L\r\nDvMOf\r\nZQ==\r\n", "Grüße"),
        ("base64", b"!!R3LDvMOfZQ==!!", "Grüße"),
        ("quoted-printable", b"Gr=C3=BC=C3=\r\n=9Fe", "Grüße"),
        ("quoted-printable", b"100 =ZZ %", "100 =ZZ %"),
        ("8bit", "Grüße".encode(), "Grüße"),
        ("nonsense", b"plain", "plain"),
    ],
)
def test_transfer_encodings(encoding: str, body: bytes, read: str) -> None:
    head = f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    assert parse(head + body).plain == read


ALTERNATIVE = """
Content-Type: multipart/mixed; boundary="out"

preamble
--out
Content-Type: multipart/alternative; boundary=in

--in
Content-Type: text/plain

Hello
--in
Content-Type: text/html

<p>Hello</p>
--in--
--out
Content-Type: text/plain

Footer
--out
Content-Type: application/pdf; name="cv.pdf"
Content-Disposition: attachment; filename*=utf-8''Lebenslauf%20M%C3%BCller.pdf
Content-Transfer-Encoding: base64

JVBERi0=
--out--
epilogue
"""


def test_alternatives_and_pieces() -> None:
    email = parse(ALTERNATIVE)
    assert email.plain == "Hello\nFooter"
    assert email.html == "<p>Hello</p>\n<pre>Footer</pre>"
    assert email.attachments == ("Lebenslauf Müller.pdf",)


def test_assemble_shares_the_reading_of_parse() -> None:
    whole = parse(ALTERNATIVE)
    parts = [
        rfc5322.Part(b"Content-Type: text/plain", b"Hello"),
        rfc5322.Part(b"Content-Type: text/html", b"<p>Hello</p>"),
        rfc5322.Part(b"Content-Type: text/plain", b"Footer"),
    ]
    email = rfc5322.assemble(whole.envelope, parts, attachments=["Lebenslauf Müller.pdf"], truncated=True)
    assert (email.plain, email.html, email.attachments) == (whole.plain, whole.html, whole.attachments)
    assert email.truncated


def test_html_with_a_plain_footer_leaves_no_text_out() -> None:
    email = parse(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>Hi</p>\n--b\n\nFooter <1>\n--b--"
    )
    assert email.plain is None
    assert email.html == "<p>Hi</p>\n<pre>Footer &lt;1&gt;</pre>"


@pytest.mark.parametrize(
    "raw",
    [
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello",
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nHello\n--b--",
        'Content-Type: multipart/mixed; boundary="b"; charset=x\n\n--b  \n\nHello\n--b--',
        "Content-Type: multipart/mixed\n\nHello",
        "Content-Type: multipart/mixed; boundary=b\n\nHello",
    ],
)
def test_damaged_trees_still_give_their_text(raw: str) -> None:
    assert (parse(raw).plain or "").strip() == "Hello"


ICS = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR"


@pytest.mark.parametrize(
    ("header", "method"),
    [
        ("text/calendar; method=cancel", "CANCEL"),
        ("text/calendar", "REQUEST"),
        ("application/ics; name=invite.ics", "REQUEST"),
        ("application/octet-stream; name=invite.ics\nContent-Disposition: attachment; filename=invite.ics", "REQUEST"),
    ],
)
def test_calendar_parts(header: str, method: str) -> None:
    email = parse(
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHi\n--b\nContent-Type: {header}\n\n{ICS}\n--b--"
    )
    assert email.calendars == (CalendarPart(method=method, text=ICS),)
    assert (email.plain, email.attachments) == ("Hi", ())


REPORT = """
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

It failed.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; hannah@x.example
Action: failed
--b
Content-Type: {kind}

Subject: Application
Message-ID: <m1@x.example>

Dear Hannah
--b--
"""


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_reports(kind: str) -> None:
    email = parse(REPORT.replace("{kind}", kind))
    assert email.plain == "It failed."
    assert email.report is not None
    assert "Action: failed" in email.report
    assert email.returned == "Subject: Application\nMessage-ID: <m1@x.example>"


def test_a_forwarded_message_is_an_attachment() -> None:
    email = parse(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nSee below\n--b\nContent-Type: message/rfc822\n\nSubject: Old\n\nOld text\n--b--"
    )
    assert (email.plain, email.returned, len(email.attachments)) == ("See below", None, 1)


def test_attached_text_is_no_text_of_the_message() -> None:
    email = parse(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHi\n--b\nContent-Type: text/plain; name=notes.txt\n\nNotes\n--b--"
    )
    assert (email.plain, email.attachments) == ("Hi", ("notes.txt",))


@given(st.binary(max_size=3000))
def test_no_octets_raise(raw: bytes) -> None:
    assert parse(raw).envelope.message_id


TOKENS = [
    b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Message-ID: ", b"References: ", b"\r\n", b"\n", b"\r\n\r\n", b" ", b"<", b">", b"@", b'"', b"\\", b"(", b")",
    b",", b";", b":", b"=?utf-8?q?", b"=?utf-8?b?", b"?=", b"a", b"x.example", b"\xff", b"\xc3", b"Content-Type: multipart/mixed; boundary=b", b"--b", b"--b--",
    b"Content-Type: text/html; charset=utf-7", b"Content-Transfer-Encoding: base64", b"Mon, 2 Mar 2026 10:15:00 -0600", b"99", b"=", b"filename*0*=utf-8''%ff",
    b"Content-Disposition: attachment; ", b"Content-Type: text/calendar", b"Content-Type: message/rfc822", b"charset=", b"undefined", b"idna", b"%00", b"*",
]  # fmt: skip


@settings(max_examples=200)
@given(st.lists(st.sampled_from(TOKENS), max_size=60).map(b"".join))
def test_no_near_message_raises(raw: bytes) -> None:
    email = parse(raw)
    for address in (*email.envelope.from_, *email.envelope.to):
        assert not set(address.email) & set("<>\r\n")


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="needs the shared fixtures")
@pytest.mark.slow
def test_every_fixture_can_be_read() -> None:
    files = [p for p in FIXTURES.rglob("*") if p.is_file()]
    assert files
    for path in files:
        email = rfc5322.parse(path.read_bytes(), id=EmailId("1"), role=MailboxRole.INBOX, received_at=NOW)
        assert email.envelope.message_id, path
