"""The lean reader of large FETCHes, held against imapclient's parser on the same octets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient.response_parser import parse_fetch_response

from followupd.adapters.imap.rows import Row, internal_date, rows
from followupd.core.mail import MailboxRole

FIELDS = b"BODY[HEADER.FIELDS (DATE FROM TO)]"
HEADER = b"From: Maria <maria@acme.example>\r\nDate: x\r\n\r\n"


def usual(uid: int, header: bytes = HEADER, date: bytes = b"17-Jul-1996 02:44:25 -0700") -> list[bytes]:
    head = b'1 FETCH (UID %d INTERNALDATE "%s" RFC822.SIZE 4286 %s {%d}\r\n' % (uid, date, FIELDS, len(header))
    return [head, header, b")"]


def by_imapclient(pieces: list[bytes]) -> dict[int, Row]:
    """What imapclient makes of the same response, in imaplib's form."""
    data = [(pieces[0].removesuffix(b"\r\n").replace(b" FETCH", b""), pieces[1]), pieces[2]]
    return {
        uid: Row(uid, items[b"INTERNALDATE"], items[b"RFC822.SIZE"], items[FIELDS])
        for uid, items in parse_fetch_response(data, False, True).items()
    }


@given(
    uid=st.integers(1, 2**32 - 1),
    header=st.binary(max_size=200),
    moment=st.integers(31_536_000, 4_102_444_799).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    minutes=st.integers(-12 * 60, 14 * 60),
)
def test_reads_what_imapclient_reads(uid: int, header: bytes, moment: datetime, minutes: int) -> None:
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    date = f"{moment.day:2}-{months[moment.month - 1]}-{moment:%Y %H:%M:%S} {zone}".encode()
    pieces = usual(uid, header, date)
    assert rows([list(pieces)]) == by_imapclient(pieces)


@pytest.mark.parametrize(
    "pieces",
    [
        [b'1 FETCH (RFC822.SIZE 4286 INTERNALDATE "17-Jul-1996 02:44:25 -0700" UID 7 %s {45}\r\n' % FIELDS, HEADER, b")"],
        [b"1 FETCH (UID 7 %s {45}\r\n" % FIELDS, HEADER, b' INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 4286)'],
        [b'1 FETCH (UID 7 FLAGS (\\Seen) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 4286 %s {45}\r\n' % FIELDS,
         HEADER, b")"],
        [b'1 Fetch (Uid 7 InternalDate "17-Jul-1996 02:44:25 -0700" rfc822.size 4286 body[header.fields (date from)] {45}\r\n',
         HEADER, b")"],
        [b'1 FETCH (UID 7 MODSEQ (12) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 4286 %s {45}\r\n' % FIELDS,
         HEADER, b" FLAGS (a))"],
    ],
)  # fmt: skip
def test_reads_items_in_any_order(pieces: list[bytes]) -> None:
    received = datetime(1996, 7, 17, 2, 44, 25, tzinfo=timezone(timedelta(hours=-7)))
    assert rows([pieces]) == {7: Row(7, received, 4286, HEADER)}


@pytest.mark.parametrize("nothing", [b"NIL", b'""'])
def test_a_message_without_header_has_an_empty_one(nothing: bytes) -> None:
    pieces = [b'1 FETCH (UID 7 INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 2 %s %s)' % (FIELDS, nothing)]
    assert rows([pieces])[7].header == b""


@pytest.mark.parametrize(
    "odd",
    [
        [b"12 EXISTS"],
        [b"3 FETCH (FLAGS (\\Seen))"],
        [b"3 FETCH (UID 3 FLAGS (\\Seen))"],
        [b"VANISHED 4"],
        [b"OK [ALERT] hello"],
        [b"3 FETCH (UID (3 RFC822.SIZE"],
        [b"3 FETCH (UID x INTERNALDATE NIL RFC822.SIZE 1 BODY[HEADER.FIELDS (TO)] {1}\r\n", b"x", b")"],
        [b"FETCH"],
        [b""],
    ],
)
def test_other_and_broken_answers_cost_nothing(odd: list[bytes]) -> None:
    assert rows([odd, usual(5)]).keys() == {5}


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=5))
def test_no_octets_raise(pieces: list[bytes]) -> None:
    rows([[b"1 FETCH " + pieces[0], *pieces[1:]], usual(5)])


@pytest.mark.parametrize("text", [b"", b"yesterday", b"31-Feb-2026 10:00:00 +0000", b" 1-Foo-2026 10:00:00 +0000"])
def test_a_date_that_is_none(text: bytes) -> None:
    assert internal_date(text) == datetime(1970, 1, 1, tzinfo=UTC)


def test_gmail_labels_give_the_role() -> None:
    row = Row(1, datetime(2026, 3, 2, tzinfo=UTC), 5, b"", 255, frozenset({"\\sent", "\\inbox"}))
    assert row.envelope("[Gmail]/All Mail", 9, MailboxRole.ALL).role is MailboxRole.SENT
    assert row.envelope("[Gmail]/All Mail", 9, MailboxRole.ALL).thread_hint == "ff"
    assert row.envelope("Jobs", 9, MailboxRole.OTHER).role is MailboxRole.OTHER
