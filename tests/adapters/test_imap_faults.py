"""What goes wrong on the line to an IMAP server, and that it stops nothing else."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest

from followupd.core.errors import (
    AuthError,
    FollowupdError,
    PermanentError,
    TransientError,
    UnreachableError,
)
from followupd.core.mail import MailboxRole
from tests.adapters.imap_world import ImapWorld
from tests.contracts.mailbox import LONG_AGO, NOON, View
from tests.contracts.messages import draft, message, message_id
from tests.fakes.imap_faults import Line, Rule

pytestmark = pytest.mark.slow

HEADERS = b"HEADER.FIELDS"


def fill(world: ImapWorld, count: int = 5) -> set[str]:
    for number in range(count):
        world.deliver(message(f"m{number}"), MailboxRole.INBOX, NOON + timedelta(minutes=number))
    return {f"m{number}" for number in range(count)}


def test_a_line_cut_in_a_literal_fails_and_the_next_pass_mends_it(world: ImapWorld, line: Line) -> None:
    wanted = fill(world)
    line.rules.append(Rule(on=HEADERS, cut=2000))
    mailbox, view = world.mailbox(), View()
    with pytest.raises(TransientError):
        view.sync(mailbox)
    assert view.state is None
    assert set(view.sync(mailbox)) == wanted


def test_a_connection_that_died_between_passes_is_made_anew(world: ImapWorld, line: Line) -> None:
    mailbox, view = world.mailbox(), View()
    fill(world)
    view.sync(mailbox)
    world.deliver(message("late"), MailboxRole.INBOX, NOON)
    line.drop()
    assert view.sync(mailbox) == ["late"]
    assert line.connections == 2
    line.drop()
    assert len(list(mailbox.fetch(list(view.roles)))) == 6


def test_a_line_cut_between_batches_brings_nothing_twice(
    world: ImapWorld, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("followupd.adapters.imap.mailbox.BATCH", 2)
    wanted = fill(world)
    mailbox, view = world.mailbox(), View()
    assert view.sync(mailbox, after=NOON + timedelta(days=1)) == []  # the connection is open from here on
    line.rules.append(Rule(on=b"UID FETCH 3:4", cut=500))
    found = view.sync(mailbox)
    assert sorted(found) == sorted(wanted)
    assert line.connections == 2


def test_a_server_that_falls_silent_is_given_up(world: ImapWorld, line: Line) -> None:
    fill(world)
    line.rules.append(Rule(on=HEADERS, hang=True))
    began = time.monotonic()
    with pytest.raises(TransientError):
        View().sync(world.account(timeout=0.5).mailbox())
    assert time.monotonic() - began < 5


def test_a_server_that_does_not_say_goodbye_is_left(world: ImapWorld, line: Line) -> None:
    fill(world)
    account = world.account(timeout=30.0)
    View().sync(account.mailbox())
    line.rules.append(Rule(on=b"LOGOUT", hang=True))
    began = time.monotonic()
    account.close()
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("text", "kind", "wait"),
    [
        (b"NO [THROTTLED] slow down", TransientError, timedelta(minutes=15)),
        (b"NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)", TransientError, timedelta(hours=1)),
        (b"NO [UNAVAILABLE] Temporary failure", TransientError, timedelta(minutes=5)),
        (b"NO [AUTHORIZATIONFAILED] no longer", AuthError, None),
        (b"BAD what is that", PermanentError, None),
    ],
)
def test_a_refusal_says_what_to_do(
    world: ImapWorld, line: Line, text: bytes, kind: type[FollowupdError], wait: timedelta | None
) -> None:
    fill(world)
    line.rules.append(Rule(on=HEADERS, refuse=text))
    with pytest.raises(kind) as raised:
        View().sync(world.mailbox())
    assert getattr(raised.value, "retry_after", None) == wait
    assert raised.value.remedy or wait


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (b"NO [AUTHENTICATIONFAILED] Invalid credentials for dana@example.org (Failure)", AuthError),
        (b"NO [ALERT] Application-specific password required: https://support.google.com (Failure)", AuthError),
        (b"NO Login failed.", AuthError),
        (b"NO [ALERT] Too many simultaneous connections. (Failure)", TransientError),
        (b"NO [UNAVAILABLE] try later", TransientError),
    ],
)
def test_a_refused_sign_in(world: ImapWorld, line: Line, text: bytes, kind: type[FollowupdError]) -> None:
    line.rules.append(Rule(on=b"LOGIN", refuse=text))
    with pytest.raises(kind) as raised:
        View().sync(world.mailbox())
    assert "secret" not in str(raised.value)
    assert "dana@" not in str(raised.value)
    assert "followupd auth" in raised.value.remedy or kind is TransientError


def test_a_wrong_password_is_asked_for_once(world: ImapWorld, line: Line) -> None:
    with pytest.raises(AuthError):
        View().sync(world.account(secret=lambda: "wrong").mailbox())
    assert sum(b"LOGIN" in command for command in line.commands) == 1


def test_a_password_that_was_refused_is_left_alone_until_there_is_another(world: ImapWorld, line: Line) -> None:
    secrets = ["wrong"]
    mailbox = world.account(secret=lambda: secrets[-1]).mailbox()
    for _ in range(3):
        with pytest.raises(AuthError) as raised:
            View().sync(mailbox)
        assert "followupd auth" in raised.value.remedy
    assert sum(b"LOGIN" in command for command in line.commands) == 1
    secrets.append(world.server.password)
    assert View().sync(mailbox) == []


def test_a_line_cut_while_signing_in_is_no_wrong_password(world: ImapWorld, line: Line) -> None:
    line.rules.append(Rule(on=b"LOGIN", cut=3))
    with pytest.raises(TransientError):
        View().sync(world.mailbox())


def test_a_server_that_turns_us_away(world: ImapWorld, line: Line) -> None:
    line.greeting = b"* BYE too many connections\r\n"
    with pytest.raises(TransientError):
        View().sync(world.mailbox())
    line.greeting = b"HTTP/1.1 400 Bad Request\r\n\r\n"
    with pytest.raises(UnreachableError) as raised:
        View().sync(world.mailbox())
    assert raised.value.remedy


def test_a_port_where_nobody_listens(world: ImapWorld, line: Line) -> None:
    line.close()
    with pytest.raises(UnreachableError) as raised:
        View().sync(world.mailbox())
    assert raised.value.remedy


def test_uids_that_are_lies_fail_and_are_mended(world: ImapWorld, line: Line) -> None:
    wanted = fill(world)
    lie = Rule(on=HEADERS, times=9, answer=lambda text: re.sub(rb"\(UID (\d+)", rb"(UID 9\g<1>", text))
    line.rules.append(lie)
    view = View()
    with pytest.raises(TransientError):
        view.sync(world.mailbox())
    lie.times = 0
    assert set(view.sync(world.mailbox())) == wanted


def test_a_search_that_names_more_than_there_is(world: ImapWorld, line: Line) -> None:
    fill(world)
    line.rules.append(Rule(on=b"SINCE", answer=lambda text: text.replace(b"ALL 1:5", b"ALL 1:4294967295")))
    view = View()
    view.take(world.mailbox().changes(None, after=LONG_AGO))
    assert len(view.roles) == 5


def test_a_uidnext_that_is_a_lie_is_mended(world: ImapWorld, line: Line) -> None:
    wanted = fill(world)
    line.rules.append(
        Rule(on=b'EXAMINE "INBOX"', times=2, answer=lambda text: text.replace(b"UIDNEXT 6", b"UIDNEXT 3"))
    )
    view = View()
    mailbox = world.mailbox()
    first = view.sync(mailbox)
    assert set(first) | set(view.sync(mailbox)) == wanted


def test_one_message_that_the_server_cannot_give_costs_no_other(world: ImapWorld, line: Line) -> None:
    wanted = fill(world)
    line.rules += [
        Rule(on=b"UID FETCH 1:5 ", refuse=b"NO [SERVERBUG2] Internal error"),
        Rule(on=b"UID FETCH 3 (UID INTERNALDATE", refuse=b"NO message is corrupt"),
    ]
    view = View()
    assert set(view.sync(world.mailbox())) == wanted - {"m2"}
    assert view.sync(world.mailbox()) == []


def test_an_answer_that_cannot_be_read_costs_no_other(world: ImapWorld, line: Line) -> None:
    wanted = fill(world)
    spoil = Rule(on=b"UID FETCH 1:5 (UID INTERNALDATE", answer=lambda text: text.replace(b"(UID 2 ", b"(UID (2 "))
    line.rules.append(spoil)
    assert set(View().sync(world.mailbox())) == wanted


def test_a_new_uidvalidity_reads_the_mailbox_again(world: ImapWorld, line: Line) -> None:
    wanted = fill(world)
    world.deliver(message("sent"), MailboxRole.SENT, NOON)
    view = View()
    view.sync(world.mailbox())
    line.rules.append(
        Rule(on=b'EXAMINE "INBOX"', times=99, answer=lambda text: re.sub(rb"UIDVALIDITY \d+", b"UIDVALIDITY 77", text))
    )
    old = {id_ for id_ in view.roles if view.roles[id_] is MailboxRole.INBOX}
    assert set(view.sync(world.mailbox())) == wanted
    assert not old & view.roles.keys()
    assert len(view.roles) == 6
    assert list(world.mailbox().fetch(list(old))) == []


def test_a_draft_whose_answer_is_lost_is_not_made_twice(world: ImapWorld, line: Line) -> None:
    drafts = world.drafts()
    assert drafts.all() == ()
    line.rules.append(Rule(on=b"APPEND", cut=60))
    with pytest.raises(TransientError):
        drafts.create(draft("d"), parent=None)
    assert [d.email.envelope.message_id for d in drafts.all()] == [message_id("d")]
