"""Judge everything that is known at one moment: from the store's rows to a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from followupd.core.decide import decide
from followupd.core.ledger import DraftRecord, DraftState
from followupd.core.lifecycle import Sighting, adopt, reconcile
from followupd.core.messages import Message, gather
from followupd.core.opportunities import Opportunity, understand
from followupd.core.plan import Plan, belongs, plan, purpose
from followupd.core.policy import Policy
from followupd.core.ports import Store, StoredDraft
from followupd.core.route import dead_addresses
from followupd.core.silence import returns
from followupd.core.steps import Surroundings

Seen = Mapping[str, Sequence[StoredDraft]]
"""Drafts by account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The plan for one moment, and what it was made from. ``changed`` are ledger rows that the mailbox has overtaken."""

    plan: Plan
    messages: tuple[Message, ...]
    ledger: tuple[DraftRecord, ...]
    changed: tuple[DraftRecord, ...]
    sightings: tuple[Sighting, ...]
    own_drafts: Seen


def evaluate(
    store: Store, policy: Policy, now: datetime, *, drafts: Seen | None = None, own: Seen | None = None
) -> Evaluation:
    """Judge what the store holds, as of ``now``.

    ``drafts`` is what lies in the Drafts mailbox of each account that could be looked into; without it the ledger is
    taken at its word, and ``own`` tells which drafts are the user's own.
    """
    messages = gather(store.filed(), policy.me, now)
    ledger = list(store.drafts())
    sightings = _look(ledger, drafts or {}, messages, now)
    fresh = {s.record.id: s.record for s in sightings}
    changed = tuple(r for old in ledger if (r := fresh.get(old.id, old)) != old)
    ledger = [fresh.get(r.id, r) for r in ledger]
    own = _own(sightings, drafts) if drafts is not None else (own or {})
    opportunities = understand(messages, me=policy.me, words=store.words(), now=now)
    if adopted := list(_adopted(own, opportunities, {r.id for r in ledger})):
        ledger += (s.record for s in adopted)
        changed += tuple(s.record for s in adopted)
        sightings += adopted
        own = _own(sightings, own)
    people = Surroundings(now=now, dead=dead_addresses(messages), away=returns(messages, policy.calendar))
    decisions = [decide(o, policy, a) for o, a in _around(opportunities, ledger, own, people)]
    return Evaluation(
        plan=plan(decisions, policy, now),
        messages=tuple(messages),
        ledger=tuple(ledger),
        changed=changed,
        sightings=tuple(sightings),
        own_drafts=own,
    )


def _look(
    ledger: Sequence[DraftRecord],
    drafts: Seen,
    messages: Sequence[Message],
    now: datetime,
) -> list[Sighting]:
    mine = [m for m in messages if m.mine and m.human]
    return [
        sighting
        for account, stored in drafts.items()
        for sighting in reconcile([r for r in ledger if r.account == account], stored, mine, now)
    ]


def _own(sightings: Sequence[Sighting], drafts: Seen) -> dict[str, list[StoredDraft]]:
    """The drafts that are the user's own: all but those known to be ours."""
    ours = {(s.record.account, s.stored.id) for s in sightings if s.stored}
    return {a: [d for d in stored if (a, d.id) not in ours] for a, stored in drafts.items()}


def _adopted(own: Seen, opportunities: Sequence[Opportunity], known: AbstractSet[str]) -> Iterator[Sighting]:
    """Drafts with our key that the ledger knows nothing of: it was lost, and they are ours all the same."""
    for account, stored in own.items():
        unknown = {d.key: d for d in stored if d.key and d.key not in known and d.email.envelope.to}
        for key, draft in unknown.items():
            recipient = draft.email.envelope.to[0].key
            for opportunity in opportunities:
                bases = [*opportunity.message_ids, *(i.key for i in opportunity.interviews)]
                if what := purpose(key, bases, recipient):
                    yield Sighting(record=adopt(draft, account, opportunity.id, what), stored=draft)
                    break


def _around(
    opportunities: Sequence[Opportunity], ledger: Sequence[DraftRecord], own: Seen, people: Surroundings
) -> Iterator[tuple[Opportunity, Surroundings]]:
    """Each opportunity with its drafts, and whether one of the user's own lies in it; the rest as ``people`` tells."""
    answered = [_answers(d) for drafts in own.values() for d in drafts]
    for opportunity in opportunities:
        ids = frozenset({*opportunity.message_ids, *(i.key for i in opportunity.interviews)})
        yield (
            opportunity,
            replace(
                people,
                drafts=tuple(r for r in ledger if r.state is not DraftState.SUPERSEDED and belongs(r, ids)),
                own_draft=any(not ids.isdisjoint(a) for a in answered),
            ),
        )


def _answers(draft: StoredDraft) -> frozenset[str]:
    envelope = draft.email.envelope
    return frozenset({*envelope.in_reply_to, *envelope.references})
