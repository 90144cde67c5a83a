"""The fakes are held to the contracts of what they stand for."""

from __future__ import annotations

import pytest

from followupd.core.errors import TransientError
from followupd.core.mail import MailboxRole
from tests.contracts.drafts import DraftsContract
from tests.contracts.history import hold
from tests.contracts.mailbox import LONG_AGO, NOON, MailboxContract
from tests.contracts.messages import draft, message
from tests.fakes.faults import Faults, Faulty, Killed
from tests.fakes.server import FakeServer


class TestMailbox(MailboxContract):
    many = 20

    @pytest.fixture
    def world(self) -> FakeServer:
        return FakeServer()


@pytest.mark.parametrize("durable", [False, True], ids=["imap", "gmail"])
class TestDrafts(DraftsContract):
    @pytest.fixture
    def world(self, *, durable: bool) -> FakeServer:
        return FakeServer(durable=durable)


def test_an_edited_draft_keeps_its_durable_id() -> None:
    server = FakeServer(durable=True)
    server.put_draft(draft("d"))
    before = server.drafts().all()[0].durable_id
    server.edit_draft("<d@contract.example>", draft("d2"))
    assert [d.durable_id for d in server.drafts().all()] == [before]


def test_a_lost_answer_leaves_the_draft() -> None:
    server, faults = FakeServer(), Faults()
    drafts = Faulty(server.drafts(), faults, "drafts")
    faults.fail("drafts.create", TransientError("lost"), after=True)
    faults.fail("drafts.create", TransientError("refused"))
    for _ in range(2):
        with pytest.raises(TransientError):
            drafts.create(draft("d"), parent=None)
    assert len(server.drafts().all()) == 1
    drafts.create(draft("e"), parent=None)
    assert len(server.drafts().all()) == 2


def test_a_process_can_be_killed_at_every_point() -> None:
    server, faults = FakeServer(batch=1), Faults()
    for ident in ("a", "b"):
        server.deliver(message(ident), MailboxRole.INBOX, NOON)
    mailbox = Faulty(server.mailbox(), faults, "mailbox")
    list(mailbox.changes(None, after=LONG_AGO))
    points = faults.steps
    assert points == 4
    for point in range(1, points + 1):
        faults.kill_in(point)
        with pytest.raises(Killed):
            list(mailbox.changes(None, after=LONG_AGO))
    faults.calm()
    assert len(list(mailbox.changes(None, after=LONG_AGO))) == 2


def test_any_history_ends_with_the_truth() -> None:
    hold(FakeServer, examples=30, steps=20)
