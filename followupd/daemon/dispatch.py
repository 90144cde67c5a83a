"""Do what the plan says, safely: every draft is written down before it is made, and looked for before it is made again.

Creating: outbox row → look in Drafts for its key → create → read back → record. Removing: row marked withdrawn (its text stays in
the ledger) → fresh look → remove only what is untouched. Killed anywhere, the next pass ends with exactly one draft, or none.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from followupd.core.drafting import octets
from followupd.core.errors import PermanentError
from followupd.core.ledger import DraftRecord, DraftState
from followupd.core.lifecycle import find, is_untouched
from followupd.core.mail import Envelope
from followupd.core.messages import Message
from followupd.core.policy import Policy
from followupd.core.ports import Store, StoredDraft
from followupd.daemon.account import Account

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Performs outbox rows in the Drafts mailboxes."""

    store: Store
    policy: Policy
    accounts: Mapping[str, Account]

    def create(self, record: DraftRecord, parents: Mapping[str, Message]) -> DraftRecord:
        """Make the draft of a planned row, unless it already lies there. Raises the errors of the Drafts port."""
        self.store.put_drafts([record])
        drafts = self.accounts[record.account].drafts
        stored = find(record, drafts.all())
        if stored is None:
            drafts.create(octets(record, self.policy), parent=_parent_copy(record, parents))
            stored = find(record, drafts.all())
        if stored is None:
            raise PermanentError(
                f"{record.account}: the draft was stored but cannot be found again",
                remedy="look into the Drafts mailbox; followupd will look for it again at the next pass",
            )
        made = replace(
            record, handle=stored.id, durable_id=stored.durable_id, state=_state(record, stored), ended_at=None
        )
        self.store.put_drafts([made])
        return made

    def withdraw(self, record: DraftRecord, now: datetime) -> DraftRecord:
        """Take an untouched draft back; one that was changed meanwhile is left alone and known as edited."""
        withdrawn = replace(record, state=DraftState.WITHDRAWN, ended_at=now)
        self.store.put_drafts([withdrawn])
        drafts = self.accounts[record.account].drafts
        stored = find(record, drafts.all())
        if stored is None:
            return withdrawn
        if not is_untouched(record, stored) or not drafts.remove(stored):
            edited = replace(record, state=DraftState.EDITED)
            self.store.put_drafts([edited])
            return edited
        return withdrawn


def _state(record: DraftRecord, stored: StoredDraft) -> DraftState:
    return DraftState.OPEN if is_untouched(record, stored) else DraftState.EDITED


def _parent_copy(record: DraftRecord, parents: Mapping[str, Message]) -> Envelope | None:
    parent = parents.get(record.parent) if record.parent else None
    return parent.copy if parent else None
