"""So much a day and no more: what goes over the line is counted, kept, and ends in a pause instead of a lock-out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from followupd.adapters.imap.budget import AT_GMAIL, Budget
from followupd.core.errors import TransientError
from followupd.core.mail import MailboxRole
from tests.adapters.imap_world import ImapWorld
from tests.contracts.mailbox import NOON, View
from tests.contracts.messages import message
from tests.fakes.imap_faults import Line

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Kept:
    """What a store keeps, and the clock beside it."""

    now: datetime = NOW
    rows: list[tuple[datetime, int]] = field(default_factory=list)

    def spent(self) -> int:
        return sum(octets for at, octets in self.rows if at > self.now - timedelta(days=1))

    def spend(self, octets: int) -> None:
        self.rows.append((self.now, octets))

    def budget(self, limit: int | None) -> Budget:
        return Budget("personal", self, now=lambda: self.now, limit=limit)


def test_it_ends_and_begins_again_as_the_hours_pass() -> None:
    kept = Kept()
    budget = kept.budget(1000)
    budget.check(gmail=True)
    budget.count(999)
    budget.check(gmail=True)
    budget.count(1)
    with pytest.raises(TransientError) as raised:
        budget.check(gmail=True)
    assert "daily_traffic" in str(raised.value)
    assert "personal" in raised.value.remedy
    assert raised.value.retry_after
    kept.now += timedelta(hours=23)
    with pytest.raises(TransientError):
        budget.check(gmail=True)
    kept.now += timedelta(hours=1)
    budget.check(gmail=True)


def test_it_outlives_the_process() -> None:
    kept = Kept()
    first = kept.budget(1000)
    first.count(1000)
    first.keep()
    with pytest.raises(TransientError):
        kept.budget(1000).check(gmail=False)


def test_only_gmail_has_a_limit_by_itself() -> None:
    kept = Kept(rows=[(NOW, AT_GMAIL)])
    kept.budget(None).check(gmail=False)
    kept.budget(0).check(gmail=True)
    with pytest.raises(TransientError):
        kept.budget(None).check(gmail=True)


@pytest.mark.slow
def test_every_octet_counts(world: ImapWorld, line: Line) -> None:
    world.deliver(message("a", body="Hello\n" * 5000), MailboxRole.INBOX, NOON)
    kept = Kept()
    account, view = world.account(budget=kept.budget(None)), View()
    view.sync(account.mailbox())
    list(account.mailbox().fetch(list(view.roles)))
    account.close()
    over_the_line = line.up + line.down
    assert over_the_line * 0.95 < kept.spent() <= over_the_line


@pytest.mark.slow
def test_a_first_pass_goes_on_where_the_budget_ended(world: ImapWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("followupd.adapters.imap.mailbox.BATCH", 5)
    for number in range(20):
        world.deliver(message(f"m{number}"), MailboxRole.INBOX, NOON)
    kept, view = Kept(), View()
    mailbox = world.account(budget=kept.budget(9_000)).mailbox()
    found: list[str] = []
    for _ in range(9):
        try:
            found += view.sync(mailbox)
        except TransientError:
            kept.now += timedelta(days=1)
        found = [e.message_id for e in view.copies.values()]
    assert len(found) == len(set(found)) == 20
    assert kept.now > NOW
