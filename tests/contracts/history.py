"""The contract of the port Mailbox, over any history: whatever users and crashes do in between, a pass ends with the truth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from followupd.core.errors import SuddenlyEmptyError
from followupd.core.mail import UNREAD_ROLES, MailboxRole
from tests.contracts.mailbox import LONG_AGO, View
from tests.contracts.messages import message, message_id
from tests.contracts.world import World

ROLES = st.sampled_from([MailboxRole.INBOX, MailboxRole.SENT, MailboxRole.ARCHIVE, MailboxRole.TRASH, MailboxRole.JUNK])


def hold(make: Callable[[], World], *, examples: int, steps: int) -> None:
    """Try ``examples`` histories of at most ``steps`` steps, each in a new and empty world by ``make``."""
    machine = type("HistoryOfWorld", (History,), {"make": staticmethod(make)})
    slow_is_fine = [HealthCheck.too_slow]
    limits = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=slow_is_fine
    )
    run_state_machine_as_test(machine, settings=limits)


class History(RuleBasedStateMachine):
    """One history. ``hold`` makes subclasses of it, whose ``make`` gives the world."""

    make: Callable[[], World]

    @initialize()
    def begin(self) -> None:
        self.world = type(self).make()
        self.view = View()
        self.truth: dict[str, MailboxRole] = {}
        self.count = 0

    @rule(role=ROLES, copies=st.integers(1, 5))
    def deliver(self, role: MailboxRole, copies: int) -> None:
        for _ in range(copies):
            self.count += 1
            ident = f"m{self.count}"
            self.world.deliver(message(ident), role, datetime(2026, 3, 2, 12, tzinfo=UTC))
            self.truth[ident] = role

    @precondition(lambda self: self.truth)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        ident = data.draw(st.sampled_from(sorted(self.truth)))
        self.world.delete(message_id(ident))
        del self.truth[ident]

    @precondition(lambda self: self.truth)
    @rule(data=st.data(), role=ROLES)
    def move(self, data: st.DataObject, role: MailboxRole) -> None:
        ident = data.draw(st.sampled_from(sorted(self.truth)))
        if self.truth[ident] is not role:
            self.world.move(message_id(ident), role)
            self.truth[ident] = role

    @precondition(lambda self: self.truth)
    @rule(data=st.data())
    def mark_read(self, data: st.DataObject) -> None:
        self.world.mark_read(message_id(data.draw(st.sampled_from(sorted(self.truth)))))

    @rule(batches=st.integers(0, 2))
    def begin_a_pass_and_crash(self, batches: int) -> None:
        if not self.emptied():
            self.view.take(islice(self.world.mailbox().changes(self.view.state, after=LONG_AGO), batches))

    @rule()
    def make_a_pass(self) -> None:
        if self.emptied():
            try:
                self.view.sync(self.world.mailbox())
            except SuddenlyEmptyError:
                return
            raise AssertionError("an emptied mailbox was taken for real")
        self.view.sync(self.world.mailbox())
        assert self.view.present() == {ident: {role} for ident, role in self.there().items()}
        assert list(self.world.mailbox().changes(self.view.state, after=LONG_AGO)) == []

    def there(self) -> dict[str, MailboxRole]:
        return {ident: role for ident, role in self.truth.items() if role not in UNREAD_ROLES}

    def emptied(self) -> bool:
        return bool(self.view.present()) and not self.there()
