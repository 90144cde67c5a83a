"""The user's word: what it is about, and what it changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from followupd.core.decide import Decision
from followupd.core.errors import FollowupdError
from followupd.core.ledger import Command, DraftRecord, DraftState, Word
from followupd.core.mail import MessageId
from followupd.core.messages import gather
from followupd.core.ports import Store
from followupd.core.threads import link
from followupd.daemon.dispatch import Dispatcher
from followupd.daemon.evaluate import Evaluation
from followupd.daemon.service import Service


class UnknownIdError(FollowupdError):
    """No opportunity, thread, draft or message goes by that id."""

    def __init__(self, ident: str) -> None:
        super().__init__(
            f"nothing is known as {ident!r}",
            remedy="take an id from `followupd status`, or the Message-ID of a mail",
        )


def find_decision(ident: str, decisions: Iterable[Decision]) -> Decision | None:
    """The opportunity that ``ident`` names: its own id, or that of a thread, a draft or a message of it."""
    bare = ident.strip().strip("<>")
    for decision in decisions:
        opportunity = decision.opportunity
        ids = {opportunity.id, *(t.id for t in opportunity.threads), *opportunity.message_ids}
        ids |= {d.id for d in decision.drafts} | {d.message_id for d in decision.drafts}
        if bare in {i.strip("<>") for i in ids}:
            return decision
    return None


def messages_about(ident: str, service: Service, now: datetime) -> list[MessageId]:
    """The Message-IDs that a word about ``ident`` is about: its opportunity's, else its thread's.

    Mail that is not known yet is read first, and mail whose text seemed not worth fetching too: now, or at the next pass
    where its account does not answer. Raises UnknownIdError.
    """
    if found := _known_about(ident, service, now):
        return found
    service.read_mail(now)
    if found := _known_about(ident, service, now):
        return found
    named = MessageId(f"<{ident.strip().strip('<>')}>")
    promoted = [service.store.promote(a.name, message_ids=[named], people=(), domains=()) for a in service.accounts]
    if not any(promoted):
        raise UnknownIdError(ident)
    service.read_mail(now)
    return _known_about(ident, service, now) or [named]


def _known_about(ident: str, service: Service, now: datetime) -> list[MessageId]:
    if decision := find_decision(ident, service.status(now).decisions):
        return list(decision.opportunity.message_ids)
    for thread in link(gather(service.store.filed(), service.policy.me, now)):
        if ident.strip().strip("<>") in {m.id.strip("<>") for m in thread.messages}:
            return [m.id for m in thread.messages]
    return []


def say(store: Store, command: Command, about: Sequence[MessageId], value: str, now: datetime) -> None:
    store.put_word(Word(command=command, about=tuple(about), said_at=now, value=value))


def restore(ident: str, evaluation: Evaluation, dispatcher: Dispatcher) -> DraftRecord:
    """Bring a withdrawn draft back; from then on it is the user's own and is never taken back again.

    ``ident`` is the draft's own id, or any id of its opportunity: then the one withdrawn last is meant. Raises
    UnknownIdError where no withdrawn draft goes by that id, and the errors of the Drafts port.
    """
    withdrawn = [r for r in evaluation.ledger if r.state is DraftState.WITHDRAWN]
    bare = ident.strip().strip("<>")
    named = [r for r in withdrawn if bare in (r.id, r.message_id.strip("<>"))]
    decision = find_decision(ident, evaluation.plan.decisions)
    of_it = {d.id for d in decision.drafts} if decision else set()
    chosen = max(named or [r for r in withdrawn if r.id in of_it], key=_withdrawn_at, default=None)
    if chosen is None:
        raise UnknownIdError(ident)
    made = dispatcher.create(chosen, {m.id: m for m in evaluation.messages})
    kept = replace(made, state=DraftState.EDITED)
    dispatcher.store.put_drafts([kept])
    return kept


def _withdrawn_at(record: DraftRecord) -> datetime:
    return record.ended_at or record.planned_at
