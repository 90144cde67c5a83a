"""The whole loop under a machine: mail comes in, passes are run and cut off anywhere, the user edits, sends and deletes.

Whatever happens in whatever order: never two drafts for one follow-up, none lost, none that the user touched is changed or
removed, and a pass with nothing new changes nothing.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from followupd.adapters.store import open_store
from followupd.adapters.templates import JinjaTemplates
from followupd.core import letters
from followupd.core.errors import TransientError
from followupd.core.ledger import LIVE
from followupd.core.mail import Identities, MailboxRole
from followupd.core.policy import Delays, Limits, Policy
from followupd.core.ports import Drafts, Mailbox, Store, StoredDraft
from followupd.core.worktime import Delay, Unit, WorkCalendar
from followupd.daemon.account import Account
from followupd.daemon.report import PassReport
from followupd.daemon.service import Service
from tests.fakes.faults import Faults, Faulty, Killed
from tests.fakes.server import FakeServer

ME = "alex.kim@example.org"
ZONE = ZoneInfo("America/Chicago")
START = datetime(2026, 3, 2, 15, tzinfo=UTC)
POLICY = Policy(
    name="Alex Kim",
    me=Identities.of([ME]),
    address=ME,
    calendar=WorkCalendar(zone=ZONE),
    signature="Alex Kim",
    country="US",
    delays=Delays(applied=Delay(2, Unit.DAYS), repeat=Delay(2, Unit.DAYS), give_up=Delay(200, Unit.DAYS)),
    limits=Limits(applied_check_ins=5),
)
"""Short silences, so that much happens in few steps."""

EMPLOYERS = ("acorn", "birch", "cedar")
ANSWERS = (
    "Hi Alex,\n\nThank you for your patience. The team is still deciding.\n\nBest,\n{name}\n",
    "Hi Alex,\n\nCould you tell me your salary expectations?\n\nBest,\n{name}\n",
    "Hi Alex,\n\nUnfortunately we have decided to move forward with another candidate.\n\nBest,\n{name}\n",
)


def _mail(ident: str, route: tuple[str, str], subject: str, body: str, at: datetime, parent: str | None) -> bytes:  # noqa: PLR0917 - a table row
    message = EmailMessage(policy=SMTP)
    (message["From"], message["To"]), message["Subject"] = route, subject
    message["Date"], message["Message-ID"] = format_datetime(at.astimezone(ZONE)), f"<{ident}@machine.example>"
    if parent:
        message["In-Reply-To"] = message["References"] = parent
    message.set_content(body)
    return message.as_bytes()


class Loop(RuleBasedStateMachine):
    """One account with a process at each employer."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.server = FakeServer()
        self.faults = Faults()
        self.now = START
        self.serial = 0
        self.last: dict[str, str] = {}
        self.touched: dict[str, str] = {}
        self.deleted: set[str] = set()

    def teardown(self) -> None:
        self.folder.cleanup()

    @initialize(durable=st.booleans())
    def apply(self, durable: bool) -> None:
        self.server.durable = durable
        for name in EMPLOYERS:
            body = f"Dear {name.title()} team,\n\nI would like to apply for the Data Engineer position at {name.title()}.\n\nAlex Kim\n"
            self._deliver(name, body, mine=True)
        self.wait(3)
        self.look()

    # ------------------------------------------------------------ mail

    def _deliver(self, name: str, body: str, *, mine: bool) -> None:
        self.serial += 1
        ident = f"m{self.serial}"
        person = f"{name.title()} Person <person@{name}.example>"
        me = f"Alex Kim <{ME}>"
        sender, to = (me, person) if mine else (person, me)
        parent = self.last.get(name)
        subject = f"Application for Data Engineer at {name.title()}"
        raw = _mail(ident, (sender, to), f"Re: {subject}" if parent else subject, body, self.now, parent)
        self.server.deliver(raw, MailboxRole.SENT if mine else MailboxRole.INBOX, self.now)
        self.last[name] = f"<{ident}@machine.example>"

    @rule(name=st.sampled_from(EMPLOYERS), answer=st.sampled_from(ANSWERS))
    def answer(self, name: str, answer: str) -> None:
        self._deliver(name, answer.format(name=f"{name.title()} Person"), mine=False)

    @rule(name=st.sampled_from(EMPLOYERS))
    def write_by_hand(self, name: str) -> None:
        self._deliver(name, "Hello,\n\nis there any news on my application?\n\nAlex\n", mine=True)

    @rule(days=st.integers(min_value=1, max_value=4))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    # ------------------------------------------------------------ the user's hands

    def drafts(self) -> list[StoredDraft]:
        return list(self.server.drafts().all())

    @precondition(lambda self: self.drafts())
    @rule(data=st.data(), keep_headers=st.booleans())
    def edit(self, data: st.DataObject, keep_headers: bool) -> None:
        draft = data.draw(st.sampled_from(self.drafts()))
        envelope = draft.email.envelope
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"] = f"Alex Kim <{ME}>", envelope.to[0].email
        message["Subject"], message["Message-ID"] = envelope.subject, f"<edit{self.serial}@machine.example>"
        message["Date"] = format_datetime(self.now)
        if envelope.in_reply_to:
            message["In-Reply-To"] = message["References"] = envelope.in_reply_to[0]
        if keep_headers and draft.key:
            message["X-Followupd-Key"], message["X-Followupd-Digest"] = draft.key, draft.digest or ""
        body = (draft.email.plain or "") + f"\nPS: one more thing, number {self.serial}.\n"
        message.set_content(body)
        self.serial += 1
        self.touched.pop(envelope.message_id, None)
        self.server.edit_draft(envelope.message_id, message.as_bytes())
        self.touched[str(message["Message-ID"])] = letters.digest(body)

    @precondition(lambda self: self.drafts())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        draft = data.draw(st.sampled_from(self.drafts()))
        self.touched.pop(draft.email.envelope.message_id, None)
        self.server.delete(draft.email.envelope.message_id)

    @precondition(lambda self: self.drafts())
    @rule(data=st.data())
    def send(self, data: st.DataObject) -> None:
        draft = data.draw(st.sampled_from(self.drafts()))
        envelope = draft.email.envelope
        name = envelope.to[0].domain.partition(".")[0]
        self.touched.pop(envelope.message_id, None)
        self.server.delete(envelope.message_id)
        self._deliver(name, draft.email.plain or "", mine=True)

    # ------------------------------------------------------------ passes

    def _pass(self) -> PassReport:
        store = open_store(Path(self.folder.name) / "state.sqlite")
        try:
            account = Account(
                name="fake",
                mailbox=cast("Mailbox", Faulty(self.server.mailbox(), self.faults, "mailbox")),
                drafts=cast("Drafts", Faulty(self.server.drafts(), self.faults, "drafts")),
            )
            service = Service(
                store=cast("Store", Faulty(store, self.faults, "store")),
                policy=POLICY,
                accounts=[account],
                templates=JinjaTemplates(),
                lookback=Delay(400, Unit.DAYS),
            )
            return service.once(self.now)
        finally:
            store.close()

    @rule()
    def look(self) -> None:
        """A pass, and one more: the second finds nothing to do."""
        report = self._pass()
        assert not any(a.error for a in report.accounts)
        before = self.server.fingerprint()
        again = self._pass()
        assert self.server.fingerprint() == before
        assert [d.record.id for d in again.drafts if d.record.state in LIVE] == [
            d.record.id for d in report.drafts if d.record.state in LIVE
        ]

    @rule(steps=st.integers(min_value=1, max_value=60))
    def cut_off(self, steps: int) -> None:
        """A pass that is killed before or after some call to the server or the store took effect."""
        self.faults.kill_in(steps)
        with suppress(Killed):
            self._pass()
        self.faults.calm()

    @rule(call=st.sampled_from(["drafts.create", "drafts.remove", "drafts.all", "mailbox.fetch"]), after=st.booleans())
    def lose_an_answer(self, call: str, after: bool) -> None:
        """A pass in which the line drops: the call took effect, or not, and nobody was told."""
        self.faults.fail(call, TransientError("The line dropped."), after=after)
        self._pass()
        self.faults.calm()

    # ------------------------------------------------------------ what always holds

    @invariant()
    def one_draft_for_each_process(self) -> None:
        ours = [d.email.envelope.to[0].key for d in self.drafts()]
        assert len(ours) == len(set(ours)), f"two drafts to one person: {ours}"

    @invariant()
    def what_the_user_touched_is_as_it_was(self) -> None:
        lying = {d.email.envelope.message_id: letters.digest(d.email.plain or "") for d in self.drafts()}
        for ident, digest in self.touched.items():
            assert lying.get(ident) == digest, "a draft that the user changed was changed or removed"


@pytest.mark.slow
def test_nothing_is_made_twice_lost_or_overwritten() -> None:
    run_state_machine_as_test(
        Loop,
        settings=settings(
            max_examples=40,
            stateful_step_count=20,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_machine_has_something_to_go_wrong_with() -> None:
    """A plain run through it makes, sends and answers drafts, so that what it holds is not held of nothing."""
    loop = Loop()
    loop.apply(durable=False)
    assert len(loop.drafts()) == len(EMPLOYERS)
    first = loop.drafts()[0].email.envelope
    loop.server.delete(first.message_id)
    loop.answer(first.to[0].domain.partition(".")[0], ANSWERS[0])
    loop.answer(loop.drafts()[0].email.envelope.to[0].domain.partition(".")[0], ANSWERS[2])
    loop.look()
    assert len(loop.drafts()) == len(EMPLOYERS) - 2
    loop.teardown()
