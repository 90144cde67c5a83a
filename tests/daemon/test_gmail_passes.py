"""Whole passes over a fake Gmail: what a sign-in, a history or a mailbox that goes missing does to what is known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from followupd import bootstrap
from followupd.adapters.gmail import auth
from followupd.core.decide import Hold
from followupd.core.errors import AuthError
from followupd.daemon.account import Account
from followupd.daemon.service import Service
from tests.daemon.seeker import APPLIED, DUE, EARLY, LATER, Seeker, only
from tests.fakes.gmail import FakeGmail
from tests.fakes.gmail.server import Fault
from tests.stories.telling import message_id


def forget_history(fake: FakeGmail) -> None:
    """As Google does after a week or so."""
    fake.account.expire_history()


def test_what_went_while_history_was_forgotten_is_known_to_be_gone(seeker: Seeker) -> None:
    seeker.answer("Dear Alex, unfortunately we have decided to move forward with other candidates. Best, Leif")
    seeker.deliver(APPLIED | {"id": "n1", "to": "Ada Brook <ada@brook.example>", "subject": "Lunch", "body": "Hi Ada!"})
    with bootstrap.service(seeker.settings) as service:
        assert only(service.once(EARLY)).outcome == "rejected"
        seeker.fake.account.delete(seeker.fake.account.by_message_id(message_id("n1")))
        seeker.answer("Dear Alex, that was a mistake of mine: we would like to go on with you. Best, Leif", "b2")
        forget_history(seeker.fake)
        seeker.fake.calls.clear()
        report = service.once(EARLY)
        assert report.accounts[0].error is None
        assert message_id("b2") in only(report).opportunity.message_ids
        present = {f.envelope.message_id: f.present for f in service.store.filed()}
        assert (present[message_id("n1")], present[message_id("a1")]) == (False, True)
        seeker.fake.calls.clear()
        service.once(EARLY)
        assert dict(seeker.fake.calls) == {"history.list": 1}, "the new id was kept: no second scan"


def test_a_history_that_is_forgotten_at_once_is_not_read_again_at_every_pass(seeker: Seeker) -> None:
    with bootstrap.service(seeker.settings) as service:
        service.once(EARLY)
        seeker.answer("Dear Alex, could you tell us your salary expectations? Best, Leif")
        seeker.fake.faults.append(Fault("history.list", 404, "notFound", times=10**6))
        report = service.once(EARLY)
        assert "forgets at once" in str(report.accounts[0].error)
        assert only(report).turn == "mine", "what could be read was read"
        listed = seeker.fake.calls["messages.list"]
        for minutes in range(5, 60, 5):
            service.once(EARLY + timedelta(minutes=minutes))
        assert seeker.fake.calls["messages.list"] == listed
        seeker.fake.faults.clear()
        assert service.once(EARLY + timedelta(hours=7)).accounts[0].error is None


@pytest.fixture
def pair(seeker: Seeker, tmp_path: Path) -> Iterator[tuple[Seeker, FakeGmail, Service]]:
    """The seeker's service with a second account, which lies in a Gmail of its own."""
    with ExitStack() as stack:
        other = stack.enter_context(FakeGmail())
        home = tmp_path / "other"
        home.mkdir()
        beside = stack.enter_context(bootstrap.service(Seeker(other, home).settings))
        service = stack.enter_context(bootstrap.service(seeker.settings))
        second: Account = replace(beside.accounts[0], name="other")
        yield seeker, other, replace(service, accounts=[*service.accounts, second])


def test_a_sign_in_that_was_taken_back_stops_only_its_account(pair: tuple[Seeker, FakeGmail, Service]) -> None:
    seeker, other, service = pair
    service.once(EARLY)
    known = [service.store.seen(name) for name in ("exam", "other")]
    seeker.fake.sign_in.revoke()
    report = service.once(DUE)
    first, second = report.accounts
    assert isinstance(first.error, AuthError)
    assert "invalid_grant" in str(first.error)
    assert "followupd auth exam" in first.error.remedy
    assert (second.error, [service.store.seen(name) for name in ("exam", "other")]) == (None, known)
    assert seeker.drafts == len(other.account.drafts) == 0, "nothing is drafted in a process that was not read in full"

    kept = seeker.settings.accounts[0].token
    assert kept is not None
    Path(kept.name).write_text(seeker.fake.sign_in.token(frozenset(auth.scopes(labels=True))))
    assert [a.error for a in service.once(LATER).accounts] == [None, None]
    assert seeker.drafts + len(other.account.drafts) == 1


def test_a_promise_is_quoted_and_a_quiet_pass_stays_quiet(seeker: Seeker) -> None:
    seeker.answer("Dear Alex, thank you. We will get back to you by Friday, April 17. Best, Leif")
    with bootstrap.service(seeker.settings) as service:
        first = service.once(EARLY)
        quote = next(iter(first.quotes.values()))
        assert "April 17" in quote
        service.once(EARLY)
        seeker.fake.calls.clear()
        assert service.once(EARLY).quotes == first.quotes
        assert dict(seeker.fake.calls) == {"history.list": 1}


def test_a_draft_that_the_user_deleted_in_gmail_is_not_made_again(seeker: Seeker) -> None:
    seeker.once(DUE)
    seeker.fake.account.delete_draft(next(iter(seeker.fake.account.drafts)))
    for at in (DUE, LATER, LATER + timedelta(days=3)):
        assert only(seeker.once(at)).hold is Hold.DECLINED
    assert seeker.drafts == 0


def test_a_draft_lies_in_its_conversation_with_all_three_of_googles_conditions(seeker: Seeker) -> None:
    seeker.once(DUE)
    account = seeker.fake.account
    made = account.messages[next(iter(account.drafts.values()))]
    parent = account.by_message_id(message_id("a1"))
    assert (made.thread, made.labels) == (parent.thread, {"DRAFT"})
    assert made.header("In-Reply-To") == made.header("References") == message_id("a1")
    assert made.header("Subject") == f"Re: {parent.header('Subject')}"
