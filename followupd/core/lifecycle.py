"""The life of a draft, told from what lies in Drafts and in Sent now.

Theory: a draft is known again by the server's lasting id, else by its private header, else by the message it answers and the
closeness of its text (RFC 5322 headers of a draft do not survive every client). Found as we made it, it is *open*; found
otherwise it is *edited*, and stays so: what the user touched is the user's. Gone, it was *sent* if a message of mine answers the
same message, reaches the same person and says the same; else it was *discarded*. A copy in Sent may come late, so a discarded
draft can still turn out to have been sent. ``planned`` is an outbox row: whether the draft was made shows in the mailbox.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from followupd.core import closeness, letters
from followupd.core.ledger import LIVE, DraftId, DraftRecord, DraftState, Kind, OpportunityId
from followupd.core.mail import Email
from followupd.core.messages import Message
from followupd.core.ports import StoredDraft
from followupd.core.reading import Says

_SKEW = timedelta(minutes=10)
_LATE_COPY = timedelta(days=7)
_SAME_WORK = 0.25
"""With the same parent and recipient, texts this close are one letter, much rewritten."""

_DOES = {
    Kind.THANK_YOU: Says.THANKS,
    Kind.CHECK_IN: Says.CHECKS_IN,
    Kind.CLOSING_NOTE: Says.TAKES_LEAVE,
    Kind.FEEDBACK_REQUEST: Says.ASKS_FEEDBACK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A ledger row brought up to date, and the draft that it was found as (None if it lies there no more)."""

    record: DraftRecord
    stored: StoredDraft | None


def reconcile(
    records: Sequence[DraftRecord], stored: Sequence[StoredDraft], mine: Sequence[Message], now: datetime
) -> list[Sighting]:
    """``records`` of one account, brought up to date with the drafts that lie there and the user's own messages."""
    left, claimed = list(stored), {r.sent_as for r in records if r.sent_as}
    sightings = []
    for record in records:
        found = find(record, left) if record.state not in (DraftState.SENT, DraftState.SUPERSEDED) else None
        if found:
            left.remove(found)
        updated = _seen(record, found) if found else _missing(record, [m for m in mine if m.id not in claimed], now)
        if updated.sent_as:
            claimed.add(updated.sent_as)
        sightings.append(Sighting(record=updated, stored=found))
    return sightings


def find(record: DraftRecord, stored: Iterable[StoredDraft]) -> StoredDraft | None:
    """Which of the drafts that lie there is this one."""
    drafts = list(stored)
    by_id = (d for d in drafts if record.durable_id and d.durable_id == record.durable_id)
    by_key = (d for d in drafts if d.key == record.id)
    by_text = (d for d in drafts if d.key is None and record.state in LIVE and _alike(record, d))
    return next(by_id, None) or next(by_key, None) or next(by_text, None)


def _alike(record: DraftRecord, draft: StoredDraft) -> bool:
    envelope = draft.email.envelope
    same_place = record.parent in envelope.in_reply_to if record.parent else envelope.subject == record.subject
    return same_place and closeness.closeness(_sketch(record.body), _own_sketch(draft.email)) >= _SAME_WORK


def is_untouched(record: DraftRecord, draft: StoredDraft) -> bool:
    """Whether a draft lies there just as it was made: text, subject and recipients."""
    envelope = draft.email.envelope
    return (
        letters.digest(draft.email.plain or "") == record.digest
        and draft.email.html is None
        and envelope.subject.strip() == record.subject.strip()
        and {a.key for a in envelope.to} == {t.lower() for t in record.to}
        and {a.key for a in envelope.cc} == {c.lower() for c in record.cc}
        and not draft.email.attachments
    )


def _seen(record: DraftRecord, draft: StoredDraft) -> DraftRecord:
    record = replace(record, handle=draft.id, durable_id=draft.durable_id or record.durable_id)
    if record.state is DraftState.EDITED or not is_untouched(record, draft):
        return replace(record, state=DraftState.EDITED, ended_at=None)
    if record.state is DraftState.WITHDRAWN:
        return record
    return replace(record, state=DraftState.OPEN, ended_at=None)


def adopt(stored: StoredDraft, account: str, opportunity: OpportunityId, what: tuple[Kind, int, str]) -> DraftRecord:
    """The ledger row of a draft that lies there with our key and that no row knows any more: the ledger was lost."""
    envelope, (kind, ordinal, basis) = stored.email.envelope, what
    body = stored.email.plain or ""
    record = DraftRecord(
        id=DraftId(stored.key or ""),
        opportunity=opportunity,
        account=account,
        kind=kind,
        ordinal=ordinal,
        basis=basis,
        state=DraftState.OPEN,
        planned_at=envelope.sent_at or envelope.received_at,
        parent=next(iter(envelope.in_reply_to), None),
        sender=envelope.from_[0].email if envelope.from_ else "",
        to=tuple(a.email for a in envelope.to),
        cc=tuple(a.email for a in envelope.cc),
        names={a.email: a.name for a in (*envelope.to, *envelope.cc) if a.name},
        subject=envelope.subject,
        message_id=envelope.message_id,
        references=envelope.references,
        body=body,
        digest=stored.digest or "",
        reason="found again in Drafts",
    )
    return _seen(record, stored)


def _missing(record: DraftRecord, mine: Collection[Message], now: datetime) -> DraftRecord:
    late = record.state is DraftState.DISCARDED and record.ended_at and now - record.ended_at <= _LATE_COPY
    if record.state not in LIVE and not late:
        return record
    if sent := sent_copy(record, mine):
        return replace(record, state=DraftState.SENT, sent_as=sent.id, ended_at=sent.when, handle=None)
    return record if late else replace(record, state=DraftState.DISCARDED, ended_at=now, handle=None)


def sent_copy(record: DraftRecord, mine: Iterable[Message]) -> Message | None:
    """The message of mine that is this draft, sent; the closest if several could be."""
    body = _sketch(record.body)
    rated = [(closeness.closeness(body, m.reading.sketch), m) for m in mine if _could_be(record, m)]
    rated = [(c, m) for c, m in rated if _is(record, m, c)]
    return max(rated, key=lambda r: r[0])[1] if rated else None


def _could_be(record: DraftRecord, message: Message) -> bool:
    return message.when >= record.planned_at - _SKEW and any(message.reaches(t) for t in record.to)


def _is(record: DraftRecord, message: Message, close: float) -> bool:
    answers = record.parent in message.copy.in_reply_to if record.parent else not message.copy.in_reply_to
    if close >= closeness.SAME_LETTER:
        return True
    if not answers:
        return False
    return record.state is DraftState.EDITED or close >= _SAME_WORK or message.says(_DOES[record.kind])


def _sketch(body: str) -> tuple[int, ...]:
    from followupd.core import text

    return closeness.sketch(text.visible_of(body))


def _own_sketch(email: Email) -> tuple[int, ...]:
    from followupd.core import text

    return closeness.sketch(text.visible(email).text)
