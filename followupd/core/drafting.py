"""From a step that is due to the draft that it becomes: the facts of the letter, its headers, its ledger row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b

from followupd.core import entities, letters
from followupd.core.course import Stage
from followupd.core.interviews import Interview, InterviewState
from followupd.core.ledger import DraftRecord, DraftState
from followupd.core.letters import LetterFacts
from followupd.core.mail import Address, MessageId
from followupd.core.opportunities import Opportunity
from followupd.core.plan import Order
from followupd.core.policy import Policy
from followupd.core.ports import Templates
from followupd.core.reading import Origin, Says


@dataclass(frozen=True, slots=True)
class Desk:
    """Where letters are written: the templates, and the languages that they are there in."""

    templates: Templates

    def draft(self, order: Order, now: datetime) -> DraftRecord:
        """The outbox row of ``order``, with the letter written. Raises TemplateError."""
        step, opportunity, policy = order.step, order.decision.opportunity, order.decision.policy
        facts = facts_of(order, self._language(opportunity, policy), now)
        body = self.templates.render(step.kind, facts.language, facts)
        parent = step.route.parent
        sender = step.route.sender.email if step.route.sender else policy.address
        return DraftRecord(
            id=order.id,
            opportunity=opportunity.id,
            account=(parent or opportunity.messages[-1]).account,
            kind=step.kind,
            ordinal=step.ordinal,
            basis=step.basis,
            state=DraftState.PLANNED,
            planned_at=now,
            parent=parent.id if parent else None,
            sender=sender,
            to=tuple(a.email for a in step.route.to),
            cc=tuple(a.email for a in step.route.cc),
            names={a.email: a.name for a in (*step.route.to, *step.route.cc) if a.name},
            subject=letters.reply_subject(parent.copy.subject) if parent else letters.new_subject(facts),
            message_id=_message_id(order, sender, now),
            references=letters.references_for(parent.copy) if parent else (),
            body=body,
            digest=letters.digest(body),
            reason=step.reason,
        )

    def _language(self, opportunity: Opportunity, policy: Policy) -> str:
        wished = policy.language if policy.language != "auto" else opportunity.language
        return wished if wished and wished in self.templates.languages() else "en"


def octets(record: DraftRecord, policy: Policy) -> bytes:
    """The RFC 5322 message of a ledger row: the same octets each time it is made."""
    return letters.message(
        sender=Address(email=record.sender, name=policy.name),
        to=[_named(record, t) for t in record.to],
        cc=[_named(record, c) for c in record.cc],
        subject=record.subject,
        body=record.body,
        date=record.planned_at.astimezone(policy.calendar.zone),
        message_id=record.message_id,
        in_reply_to=record.parent,
        references=record.references,
        key=record.id,
        digest=record.digest,
    )


def _named(record: DraftRecord, email: str) -> Address:
    return Address(email=email, name=record.names.get(email, ""))


def _message_id(order: Order, sender: str, now: datetime) -> MessageId:
    unique = blake2b(f"{order.id} {now.isoformat()}".encode(), digest_size=9).hexdigest()
    return MessageId(f"<{unique}@{sender.rpartition('@')[2]}>")


# ---------------------------------------------------------------- facts


def facts_of(order: Order, language: str, now: datetime) -> LetterFacts:
    """Everything that a letter for this step may say: from the mail, the config and the user's notes alone."""
    step, decision = order.step, order.decision
    opportunity, policy, calendar = decision.opportunity, decision.policy, decision.policy.calendar
    today, reader = calendar.local_date(now), step.route.to[0]
    interview = step.interview or _last_held(opportunity, now)
    spoken_to = interview and decision.stage is not Stage.APPLIED
    held_on = calendar.local_date(interview.start) if interview and spoken_to else None
    check_ins = decision.silence.check_ins
    return LetterFacts(
        kind=step.kind,
        language=language,
        written_on=today,
        my_name=policy.name,
        signature=policy.signature or policy.name,
        ordinal=step.ordinal,
        stage=decision.stage,
        first_name=entities.first_name(reader, opportunity.signature_of(reader)),
        salutation_name=_salutation(opportunity, reader),
        company=opportunity.company,
        role=opportunity.role,
        interview_on=held_on,
        interviewed_today=held_on == today,
        applied_on=_applied_on(opportunity, policy),
        promised_by=step.promised if step.promised and step.promised < today else None,
        assignment_sent_on=_day_of(opportunity, policy, Says.HANDS_IN),
        last_sent_on=calendar.local_date(check_ins[-1].when) if check_ins else None,
        note=opportunity.notes[-1] if opportunity.notes else None,
        formal=opportunity.formal if opportunity.formal is not None else True,
        variant=step.variant,
        earlier=tuple(d.body for d in decision.drafts),
    )


def _salutation(opportunity: Opportunity, reader: Address) -> str | None:
    """How the user greeted the reader before, where that was with a title; else the reader's name as the mail shows it."""
    greeted = opportunity.greeting_of(reader)
    return greeted if greeted and letters.is_titled(greeted) else reader.name or None


def _last_held(opportunity: Opportunity, now: datetime) -> Interview | None:
    held = [i for i in opportunity.interviews if i.state is InterviewState.HELD and i.end <= now]
    return held[-1] if held else None


def _applied_on(opportunity: Opportunity, policy: Policy) -> date | None:
    """The day of the application: my own mail, else the day of its receipt."""
    by_receipt = next(
        (
            policy.calendar.local_date(m.when)
            for m in opportunity.messages
            if m.says(Says.ACKNOWLEDGES) and m.reading.origin is Origin.AUTOMATED
        ),
        None,
    )
    return _day_of(opportunity, policy, Says.APPLIES) or by_receipt


def _day_of(opportunity: Opportunity, policy: Policy, says: Says) -> date | None:
    days = [policy.calendar.local_date(m.when) for m in opportunity.messages if m.mine and m.says(says)]
    return days[0] if days else None


__all__ = ["Desk", "facts_of", "octets"]
