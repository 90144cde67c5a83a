"""Which mailbox is for what, and what of a message is fetched."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from imapclient.imapclient import Namespace
from imapclient.response_parser import parse_fetch_response

from followupd.adapters.imap.content import pieces
from followupd.adapters.imap.mailboxes import Box, boxes_of, drafts_of, to_read
from followupd.core.mail import MailboxRole

Listed = tuple[tuple[bytes, ...], bytes | None, str]


@dataclass
class Server:
    """A fake of the little that is asked of the client here."""

    listed: list[Listed]
    spaces: Namespace | None = None
    asked: list[str] = field(default_factory=list)

    def folders_with_use(self) -> list[Listed]:
        return self.listed

    def has_capability(self, name: str) -> bool:
        return name == "NAMESPACE" and self.spaces is not None

    def namespace(self) -> Namespace | None:
        return self.spaces


def found(*listed: Listed, spaces: Namespace | None = None) -> dict[str, MailboxRole]:
    return {box.name: box.role for box in boxes_of(Server(list(listed), spaces))}  # type: ignore[arg-type]


def test_the_server_knows_better_than_the_name() -> None:
    assert found(
        ((b"\\HasNoChildren",), b"/", "inbox"),
        ((b"\\Sent",), b"/", "Postausgang 7"),
        ((b"\\JUNK",), b"/", "Kram"),
        ((b"\\All", b"\\HasNoChildren"), b"/", "[Gmail]/Alles"),
        ((b"\\Noselect",), b"/", "[Gmail]"),
        ((), b"/", "Freunde"),
    ) == {
        "inbox": MailboxRole.INBOX,
        "Postausgang 7": MailboxRole.SENT,
        "Kram": MailboxRole.JUNK,
        "[Gmail]/Alles": MailboxRole.ALL,
        "Freunde": MailboxRole.OTHER,
    }


@pytest.mark.parametrize(
    ("name", "separator", "role"),
    [
        ("Gesendet", b"/", MailboxRole.SENT),
        ("INBOX.Sent", b".", MailboxRole.SENT),
        ("INBOX/Entwürfe", b"/", MailboxRole.DRAFTS),
        ("[Gmail]/Corbeille", b"/", MailboxRole.TRASH),
        ("Papierkorb", None, MailboxRole.TRASH),
        ("Elementos enviados", b"/", MailboxRole.SENT),
        ("Archive", b"/", MailboxRole.ARCHIVE),
        ("Sentiment", b"/", MailboxRole.OTHER),
    ],
)
def test_the_usual_names(name: str, separator: bytes | None, role: MailboxRole) -> None:
    assert found(((), separator, name)) == {name: role}


def test_what_lies_in_the_trash_is_trash() -> None:
    roles = found(((b"\\Trash",), b"/", "Ablage P"), ((), b"/", "Ablage P/2024"), ((), b"/", "Ablage Post"))
    assert roles["Ablage P/2024"] is MailboxRole.TRASH
    assert roles["Ablage Post"] is MailboxRole.OTHER


def test_other_peoples_mailboxes_are_left_out() -> None:
    spaces = Namespace((("", "/"),), (("user/", "/"),), None)
    assert found(((), b"/", "INBOX"), ((), b"/", "user/bo/INBOX"), spaces=spaces) == {"INBOX": MailboxRole.INBOX}


def test_of_several_draft_mailboxes_the_servers_own_then_the_topmost() -> None:
    named = Box(name="Drafts", role=MailboxRole.DRAFTS)
    deep = Box(name="INBOX.Work.Drafts", role=MailboxRole.DRAFTS)
    told = Box(name="Entwürfe des Jahres", role=MailboxRole.DRAFTS, told=True)
    assert drafts_of((deep, named, told)) == told
    assert drafts_of((deep, named)) == named
    assert drafts_of(()) is None


def test_at_gmail_all_mail_is_enough() -> None:
    boxes = tuple(Box(name=role.value, role=role) for role in MailboxRole)
    assert [box.role for box in to_read(boxes, gmail=True)] == [MailboxRole.ALL]
    unread = {MailboxRole.JUNK, MailboxRole.TRASH, MailboxRole.DRAFTS}
    assert {box.role for box in to_read(boxes, gmail=False)} == set(MailboxRole) - unread
    hidden = tuple(box for box in boxes if box.role is not MailboxRole.ALL)
    assert to_read(hidden, gmail=True) == to_read(hidden, gmail=False)


# --- structures ----------------------------------------------------------------------------------------------------

PLAIN = b'("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 120 4 NIL NIL NIL NIL)'
HTML = b'("text" "html" ("charset" "utf-8") NIL NIL "base64" 99000 4 NIL NIL NIL NIL)'
PDF = (
    b'("application" "pdf" ("name" "cv.pdf") NIL NIL "base64" 900000 NIL ("attachment" ("filename" "cv.pdf")) NIL NIL)'
)
ICS = b'("application" "octet-stream" ("name" "Invite.ICS") NIL NIL "base64" 900 NIL ("attachment" NIL) NIL NIL)'
NOTE = b'("text" "plain" ("name" "notes.txt") NIL NIL "7bit" 500 9 NIL ("attachment" ("filename" "notes.txt")) NIL NIL)'
STATUS = b'("message" "delivery-status" NIL NIL NIL "7bit" 300 NIL NIL NIL NIL)'
ENVELOPE = b'(NIL "hi" NIL NIL NIL NIL NIL NIL NIL "<a@b>")'
RETURNED = b'("message" "rfc822" NIL NIL NIL "7bit" 5000 %s %s 90 NIL NIL NIL NIL)' % (ENVELOPE, PLAIN)


def asked(structure: bytes) -> list[str]:
    parsed = parse_fetch_response([b"1 (UID 1 BODYSTRUCTURE " + structure + b")"])[1][b"BODYSTRUCTURE"]
    return [piece.item for piece in pieces(parsed)]


@pytest.mark.parametrize(
    ("structure", "items"),
    [
        (PLAIN, ["1"]),
        (b'(%s%s "alternative" ("boundary" "x") NIL NIL NIL)' % (PLAIN, HTML), ["1", "2"]),
        (b'((%s%s "alternative" NIL NIL NIL NIL)%s%s "mixed" NIL NIL NIL NIL)' % (PLAIN, HTML, PDF, ICS),
         ["1.1", "1.2", "", "3"]),
        (b'(%s%s "mixed" NIL NIL NIL NIL)' % (PLAIN, NOTE), ["1", ""]),
        (PDF, [""]),
        (b'(%s%s%s "report" ("report-type" "delivery-status") NIL NIL NIL)' % (PLAIN, STATUS, RETURNED),
         ["1", "2", "3.HEADER"]),
        (b'(%s%s "mixed" NIL NIL NIL NIL)' % (PLAIN, RETURNED), ["1", ""]),
    ],
)  # fmt: skip
def test_text_is_asked_for_and_attachments_are_not(structure: bytes, items: list[str]) -> None:
    assert asked(structure) == items


def test_a_long_part_is_known_to_be_cut() -> None:
    parsed = parse_fetch_response([b"1 (UID 1 BODYSTRUCTURE " + HTML + b")"])[1][b"BODYSTRUCTURE"]
    (piece,) = pieces(parsed)
    assert piece.cut
