"""What a message itself adds, whatever client wrote it."""

from __future__ import annotations

import time
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followupd.core import rfc5322, text
from followupd.core.mail import Address, Email, EmailId, Envelope, MailboxRole, MessageId
from followupd.core.text import Visible
from followupd.core.text.markup import to_text
from tests.eval import clients, quotes

NOW = datetime(2026, 3, 2, tzinfo=UTC)
MARIA = Address(email="maria.lopez@acme.example", name="Maria Lopez")
FIXTURES = Path(__file__).resolve().parents[3] / "shared/data/fixtures"


def visible(
    plain: str | None = None, html: str | None = None, *, subject: str = "", sender: Address = MARIA
) -> Visible:
    envelope = Envelope(
        id=EmailId("1"),
        role=MailboxRole.INBOX,
        message_id=MessageId("<1@x.example>"),
        received_at=NOW,
        from_=(sender,),
        subject=subject,
    )
    return text.visible(Email(envelope=envelope, plain=plain, html=html))


# --- quotations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", list(clients.cases()), ids=lambda case: case.name)
def test_every_client_and_language(case: clients.Case) -> None:
    found = visible(case.plain, sender=Address(email="dana@example.org", name="Dana Reyes"))
    assert tuple(line for line in found.text.split("\n") if line) == case.kept
    assert found.forwarded is case.forwarded


@pytest.mark.parametrize(
    "body",
    [
        "On Monday I wrote to you:\n\nthe slots are gone.",
        "As Maria said:\n\nwe start on Monday.",
        "On the other hand, we could meet on 3/5 at 10:00.",
        "On Tuesday at 10:30 I am free. Tom wrote that he is too.",
        "The agenda:\n\n10:00 - Tom wrote the test\n11:00 - lunch",
        "Date: March 5\nFrom: 10:00\nTo: 11:00\n\nDoes this suit you?",
        "From: the team\n\nWelcome!",
        "Am Montag um 10:30 schrieb ich Ihnen schon.\nPasst es?",
        "Le poste : Data Engineer\nÀ : Paris\n\nÇa vous convient ?",
        "My answers:\n\n1. yes\n2. no",
        "Please see our original message on the website.",
        "a > b and b > c",
        "I sent it from my phone this morning.",
    ],
)
def test_prose_that_looks_like_a_quotation_stays(body: str) -> None:
    assert visible(body).text == body


def test_what_is_quoted_is_kept_apart() -> None:
    found = visible("Yes.\n\nOn Mon, Mar 2, 2026 at 10:15 AM Dana <dana@example.org> wrote:\n> Really?\n")
    assert found == Visible("Yes.", "", "On Mon, Mar 2, 2026 at 10:15 AM Dana <dana@example.org> wrote:\n> Really?")


LINE = "##- Please type your reply above this line -##"


def test_the_line_of_a_relay_heads_its_notices_and_ends_answers() -> None:
    assert visible(f"{LINE}\n\nHi Dana,\n\nTuesday at 2?").text == "Hi Dana,\n\nTuesday at 2?"
    assert visible(f"Yes.\n\n{LINE}\n\nHi Dana,\n\nTuesday at 2?").text == "Yes."


def test_an_answer_below_marked_lines_with_headers() -> None:
    body = "-----Original Message-----\nFrom: a@x.example\nTo: b\nSubject: c\n\n> Tuesday at 2?\n\nYes.\n"
    assert visible(body).text == "Yes."


def test_answers_between_marked_lines_that_do_not_follow_the_attribution_at_once() -> None:
    body = "On Mon, Mar 2, 2026 at 10:15 AM Maria <m@x.example> wrote:\n\n[...]\n\n> Tuesday?\n\nYes.\n"
    assert visible(body).text.split() == ["[...]", "Yes."]


def test_a_line_above_a_dated_separator_stays() -> None:
    body = "All is done.\n------ Forwarded by Maria Lopez/HR on 03/02/2026 10:15\nAM ------\nTo: Dana\ncc:\nSubject: Interview\n\nHi"
    assert visible(body).text == "All is done."


NOTES = [
    "Dana Reyes@ENG\n03/02/2026 10:15 AM\nTo: Maria Lopez/HR@ACME\ncc:\nSubject: Interview",
    " Dana Reyes\n 03/02/2026 10:15 AM\n\n   To: Maria Lopez/HR@ACME\n   Subject: Interview",
    "Dana Reyes <dana@example.org> on 03/02/2026 10:15:40 AM\nTo: Maria Lopez\ncc:\nSubject: Interview",
    "   Dana Reyes @ ENG      03/02/2026 10:15 AM\n\nTo: Maria Lopez\ncc:\n\nSubject: Interview",
]


@pytest.mark.parametrize("block", NOTES)
def test_the_headers_of_lotus_notes(block: str) -> None:
    assert visible(f"Tuesday suits us.\n\n{block}\n\nWould Tuesday suit you?").text == "Tuesday suits us."


def test_a_wrapped_quoted_line_stays_quoted() -> None:
    body = "Yes.\n\n> I would like to know whether the appointment that we made last week\nstill suits you, or not.\n> Dana\n"
    assert visible(body).text == "Yes."


def test_a_forward_without_a_separator_is_told_by_its_subject() -> None:
    body = "From: Tom <tom@x.example>\nSent: Monday\nTo: Maria\nSubject: CV\n\nHere is my CV."
    assert visible(body, subject="FW: CV").forwarded
    assert visible(body, subject="Fwd: CV").text == ""
    assert not visible(body, subject="Re: CV").forwarded
    assert visible(f"-----Original Message-----\n{body}", subject="FW: CV").forwarded


# --- signatures ----------------------------------------------------------------------------------------------------

SIGNED = {
    "marked": ("-- \nMaria Lopez\nAcme", "-- \nMaria Lopez\nAcme"),
    "sign-off": ("Best regards,\nMaria Lopez\nTalent Partner, Acme\n+1 312 555 0100\nwww.acme.example", None),
    "sign-off and name on a line": ("Best, Maria", None),
    "thanks": ("Thanks!\nMaria", None),
    "name alone": ("Maria", None),
    "name and title": ("Maria Lopez\nTalent Partner, Acme", None),
    "middle name": ("Maria Elena Lopez\nTalent Partner", None),
    "a team": ("Best,\nYour Acme recruiting team", None),
    "a firm": ("Kind regards,\nAcme Robotics", None),
    "name with its title beside": ("Maria Lopez | Talent Partner | Acme", None),
    "dashed name": ("- Maria", None),
    "emoji": ("Cheers 🎉\nMaria", None),
    "German": ("Mit freundlichen Grüßen\n\nMaria Lopez\n\nAcme GmbH\nHauptstraße 1, 12345 Berlin\nSitz der Gesellschaft: Berlin", None),
    "German, short": ("VG Maria", None),
    "French": ("Bien cordialement,\n\nMaria LOPEZ\nResponsable recrutement", None),
    "Spanish": ("Un saludo,\nMaría López\nRR. HH.", None),
    "Portuguese": ("Atenciosamente,\nMaria Lopes", None),
    "Italian": ("Cordiali saluti,\nMaria Lopez", None),
    "Dutch": ("Met vriendelijke groet,\nMaria Lopez", None),
    "Polish": ("Z poważaniem\nMaria Lopez", None),
    "disclaimer": ("Best,\nMaria\n\nCONFIDENTIALITY NOTICE: This e-mail is for the addressee only. If you are not, we regret to inform you.", None),
    "disclaimer alone": ("Maria\n\nThis email and any attachments are confidential and may be privileged.", None),
    "phone": ("Maria\n\nSent from my iPhone", None),
}  # fmt: skip


@pytest.mark.parametrize(("signature", "exactly"), SIGNED.values(), ids=SIGNED)
def test_signatures(signature: str, exactly: str | None) -> None:
    found = visible(f"Hi Dana,\n\nThursday at 2 pm works.\n\n{signature}\n")
    assert found.text == "Hi Dana,\n\nThursday at 2 pm works."
    assert found.signature == (exactly or signature).replace("-- \n", "--\n")


@pytest.mark.parametrize(
    "body",
    [
        "Thanks!\n\nCould you also send us your references by Friday?",
        "Hi Dana,\n\nthank you for coming.\n\nBest,\nMaria\n\nP.S. Please bring your passport on Monday.",
        "Hi Dana,\n\nMaria Lopez will interview you on Thursday at 2 pm in our Chicago office.\n\nTom will join.",
        "Thank you!",
        "Hi Dana,\n\nthanks, see you then",
        "Hi Dana,\n\nThanks, Tuesday works",
        "Hi Dana,\n\nThanks,\nthat works for us.",
        "Hi Dana,\n\nThank you,\nTuesday works",
        "Hi Dana,\n\nMaria here.\nCan we talk on Tuesday?",
        "Hi Dana,\n\nMaria will call\nat noon",
        "Danke, passt.",
        "Hallo Dana,\n\nGeschäftsführer Tom Weber kommt dazu.\n\nDiese Nachricht geht auch an Tom.\n\nPasst 14 Uhr?",
        "Hi Dana,\n\nThis message also goes to Tom, who will join us.\n\nIs 2 pm fine?",
        "Hi Dana,\n\n********\nTuesday at 2 pm\n********\n\nIs that fine for you?",
        "-- first point\n-- second point",
    ],
)
def test_what_speaks_is_not_taken_for_a_signature(body: str) -> None:
    shown = visible(body).text
    for line in body.split("\n"):
        assert line in shown or line in ("", "Best,", "Maria")


# --- HTML ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>Hi Dana,</p><p>see you.</p>", "Hi Dana,\n\nsee you."),
        ("<div>Hi Dana,</div><div><br></div><div>see you.</div>", "Hi Dana,\n\nsee you."),
        ("Hi<br>there &amp; you&nbsp;too", "Hi\nthere & you too"),
        ("<style>p {}</style><script>x</script><title>t</title><p>Hi</p>", "Hi"),
        ('<div style="display:none">preheader</div><p>Hi</p>', "Hi"),
        (
            '<span style="font-size:0px">x</span><div style="max-height:0;overflow:hidden">y</div><p hidden>z</p><p>Hi</p>',
            "Hi",
        ),
        ('<p>Book <a href="https://cal.example/maria">a slot</a>.</p>', "Book a slot <https://cal.example/maria>."),
        ('<a href="https://cal.example/maria">https://cal.example/maria</a>', "https://cal.example/maria"),
        ('<a href="https://cal.example/">cal.example</a>', "cal.example"),
        ('<a href="mailto:maria@acme.example">Maria</a>', "Maria"),
        ('<a href="https://cal.example/x"><img src="y" alt="Book now"></a>', "Book now <https://cal.example/x>"),
        (
            "<table><tr><td>When</td><td>Tuesday</td></tr><tr><td>Where</td><td>Zoom</td></tr></table>",
            "When Tuesday\nWhere Zoom",
        ),
        ("<ul><li>CV</li><li>Letter</li></ul>", "- CV\n- Letter"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<p>Hi</p><blockquote style='margin:0 0 0 40px;border:none'>Tuesday at 2</blockquote>", "Hi\n\nTuesday at 2"),
        ("<p>un<b>bold</b>ed</p>", "unbolded"),
        ("", ""),
        ("<<<>>", None),
    ],
)
def test_html_to_text(html: str, shown: str | None) -> None:
    found = visible(html=html).text
    assert shown is None or "\n".join(" ".join(line.split()) for line in found.split("\n")) == "\n".join(
        " ".join(line.split()) for line in shown.split("\n")
    )


HTML_REPLIES = {
    "Gmail": '<div dir="ltr">Yes.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, Mar 2, 2026 at 10:15 AM Maria &lt;<a href="mailto:m@x.example">m@x.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="border-left:1px solid rgb(204,204,204)">We regret it.</blockquote></div>',
    "Outlook": '<div><p>Yes.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> Maria &lt;m@x.example&gt;<br><b>Sent:</b> Monday, March 2, 2026<br><b>To:</b> Dana<br><b>Subject:</b> Interview</p></div><p>We regret it.</p></div>',
    "Outlook in German": '<p>Ja.</p><hr><div id="divRplyFwdMsg"><b>Von:</b> Maria<br><b>Gesendet:</b> Montag, 2. März 2026<br><b>An:</b> Dana<br><b>Betreff:</b> Gespräch</div><div>We regret it.</div>',
    "Apple Mail": '<div>Yes.</div><div><br><blockquote type="cite"><div>On Mar 2, 2026, at 10:15, Maria &lt;m@x.example&gt; wrote:</div><br><div>We regret it.</div></blockquote></div>',
    "Thunderbird": '<p>Yes.</p><div class="moz-cite-prefix">On 3/2/26 10:15, Maria wrote:<br></div><blockquote type="cite" cite="mid:x"><p>We regret it.</p></blockquote>',
    "Yahoo": '<div>Yes.</div><div id="yahoo_quoted_123" class="yahoo_quoted"><div><div>On Monday, March 2, 2026 at 10:15:00 AM CST, Maria &lt;m@x.example&gt; wrote:</div><div>We regret it.</div></div></div>',
    "GMX": '<div>Ja.</div><div name="quote" style="border-left:2px solid"><div><b>Gesendet:</b> Montag, 2. März 2026<br><b>Von:</b> "Maria" &lt;m@x.example&gt;<br><b>An:</b> dana@example.org<br><b>Betreff:</b> Gespräch</div><div name="quoted-content">We regret it.</div></div>',
    "Proton": '<div>Yes.</div><div class="protonmail_quote">On Monday, March 2nd, 2026 at 10:15 AM, Maria &lt;m@x.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">We regret it.</blockquote></div>',
}  # fmt: skip


@pytest.mark.parametrize("html", HTML_REPLIES.values(), ids=HTML_REPLIES)
def test_quotations_in_html(html: str) -> None:
    found = visible(html=html)
    assert found.text in ("Yes.", "Ja.")
    assert "We regret it." in found.quoted


@pytest.mark.parametrize("mark", ['class="gmail_signature"', 'id="Signature"', 'id="ms-outlook-mobile-signature"'])
def test_signatures_that_html_marks(mark: str) -> None:
    found = visible(
        html=f"<div>Tuesday suits us.</div><div {mark}><div>M. L.</div><div>We hire the best talent there is.</div></div>"
    )
    assert found.text == "Tuesday suits us."
    assert found.signature.split("\n") == ["--", "M. L.", "We hire the best talent there is."]


def test_an_answer_inside_a_quotation_in_html() -> None:
    html = "<blockquote type=cite>Tuesday?</blockquote><div>Yes.</div><blockquote type=cite>Or Friday?</blockquote><div>No.</div>"
    assert visible(html=html).text.split() == ["Yes.", "No."]


@pytest.mark.parametrize(
    ("plain", "html", "shown"),
    [
        ("Hello", "<p>Hello, richly</p>", "Hello"),
        (None, "<p>Hello</p>", "Hello"),
        (" \n", "<p>Hello</p>", "Hello"),
        ("Please view this email in your browser.", "<p>Dear Dana, we invite you to an interview on Monday.</p>", "Dear Dana, we invite you to an interview on Monday."),
        ("Your mail client does not support HTML.", "<p>Hi</p>", "Your mail client does not support HTML."),
        ("<html><body><p>Hello</p><p>you</p></body></html>", None, "Hello\n\nyou"),
        ("<div>Hello</div><div>you<br></div>", "<p>Hello there</p>", "Hello there"),
        (None, None, ""),
        ("Hello\u200b\u00a0you\u00ad", None, "Hello you"),
    ],
)  # fmt: skip
def test_which_part_speaks(plain: str | None, html: str | None, shown: str) -> None:
    assert visible(plain, html).text == shown


# --- limits --------------------------------------------------------------------------------------------------------

MEGABYTE = 1_000_000
SLOW_TEXTS = ["On ", "On 1:00\n", "a:\n", "From: a@b.example\n", "Von:\n", "--\n", "> x\n", "\n", " ", "Best,\n", "wrote:\n", "Sent from\n", "_ ", "a", "@", "<", "é", "Thanks,\nMaria Lopez\n\n", "\nThis message and any", "I am out of the office "]  # fmt: skip
SLOW_MARKUP = [
    "<div>",
    "<blockquote>",
    "<",
    "<a href='http://x.example'>",
    "<br>",
    "<table><tr><td>",
    "<ul><li>x",
    "<span>x",
    "<p hidden>",
    "&amp;",
    "<pre>\n",
]


@pytest.mark.slow
@pytest.mark.parametrize("piece", SLOW_TEXTS)
def test_a_megabyte_of_text_takes_less_than_a_second(piece: str) -> None:
    _in_a_second(lambda: visible(piece * (MEGABYTE // len(piece))))


@pytest.mark.slow
@pytest.mark.parametrize("piece", SLOW_MARKUP)
def test_a_megabyte_of_markup_takes_less_than_a_second(piece: str) -> None:
    _in_a_second(lambda: visible(html=piece * (MEGABYTE // len(piece))))


def _in_a_second(read: object) -> None:
    assert callable(read)
    start = time.process_time()
    read()
    assert time.process_time() - start < 1


def test_text_is_cut_to_a_sane_size() -> None:
    assert len(visible("word " * 100_000).text) == text.MAX_VISIBLE


LINES = st.sampled_from(
    ["Hello", "", "> old", ">> older", "On Mon, Mar 2, 2026 Maria <m@x.example> wrote:", "From: a", "Sent: b", "Subject: c", "-- ", "Best,", "Maria", "Sent from my iPhone", "_" * 32, "Begin forwarded message:", "wrote:", "\u2028", "\x00"]
)  # fmt: skip


@settings(max_examples=200)
@given(st.lists(LINES, max_size=30))
def test_every_line_ends_in_exactly_one_place(lines: list[str]) -> None:
    found = visible("\n".join(lines))
    shown = f"{found.text}\n{found.signature}\n{found.quoted}"
    assert sorted(shown.split()) == sorted(" ".join(lines).replace("\u2028", " ").split())


@given(st.text(max_size=500))
def test_no_text_raises(body: str) -> None:
    assert len(visible(body).text) <= len(unicodedata.normalize("NFC", body))
    assert isinstance(visible(html=body).text, str)


@given(
    st.lists(
        st.sampled_from(
            [
                "<div>",
                "</div>",
                "<p",
                ">",
                "<a href=",
                "'http://x'",
                "</a>",
                "<blockquote>",
                "</blockquote>",
                "<br>",
                "<pre>",
                "</pre>",
                "x",
                "<!--",
                "-->",
                "&#0;",
                "<td>",
                "<hr>",
                "\n",
            ]
        ),
        max_size=40,
    )
)
def test_no_markup_raises(pieces: list[str]) -> None:
    assert isinstance(to_text("".join(pieces)), str)


# --- shared fixtures -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="needs the shared fixtures")
def test_the_shared_quotations() -> None:
    assert {row.group: row.failed for row in quotes.score("followupd", quotes.ours) if row.passed < row.total} == {}


@pytest.mark.slow
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="needs the shared fixtures")
def test_every_fixture_has_a_text() -> None:
    for path in (p for p in FIXTURES.rglob("*") if p.is_file()):
        email = rfc5322.parse(path.read_bytes(), id=EmailId("1"), role=MailboxRole.INBOX, received_at=NOW)
        assert len(text.visible(email).text) <= text.MAX_VISIBLE, path
