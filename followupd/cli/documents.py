"""The JSON documents of the contract, from the values of a report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from followupd.core.decide import Decision
from followupd.core.interviews import Interview
from followupd.core.ledger import DraftState
from followupd.core.mail import Address
from followupd.daemon.explain import Evidence, Explanation
from followupd.daemon.report import AccountReport, DraftReport, Notice, PassReport


def of_report(report: PassReport, zone: Any) -> dict[str, Any]:
    """The document of ``once`` and ``status``; instants are shown in ``zone``."""
    return {
        "at": instant(report.at, zone),
        "accounts": [_account(a, zone) for a in report.accounts],
        "opportunities": [_opportunity(d, report, zone) for d in report.decisions],
        "drafts": [_draft(d) for d in report.drafts],
        "warnings": [_notice(n) for n in report.notices],
    }


def instant(moment: datetime | None, zone: Any) -> str | None:
    return moment.astimezone(zone).isoformat() if moment else None


def _account(account: AccountReport, zone: Any) -> dict[str, Any]:
    return {
        "name": account.name,
        "ok": account.error is None,
        "error": str(account.error) if account.error else None,
        "remedy": (account.error.remedy or None) if account.error else None,
        "seen": account.seen,
        "synced_at": instant(account.synced_at, zone),
    }


def _opportunity(decision: Decision, report: PassReport, zone: Any) -> dict[str, Any]:
    opportunity, step, promise = decision.opportunity, decision.next, decision.silence.promise
    return {
        "id": opportunity.id,
        "company": opportunity.company,
        "role": opportunity.role,
        "contact": _person(decision.contact),
        "stage": decision.stage,
        "turn": decision.turn,
        "outcome": decision.outcome,
        "interviews": [_interview(i, zone) for i in opportunity.interviews],
        "promise": {
            "date": promise.by.isoformat(),
            "quote": report.quotes.get(decision.silence.promised_in.id),
            "message_id": decision.silence.promised_in.id,
        }
        if promise and decision.silence.promised_in
        else None,
        "waiting_since": instant(decision.waiting_since, zone),
        "threads": [t.id for t in opportunity.threads],
        "message_ids": list(opportunity.message_ids),
        "next": {"kind": step.kind, "ordinal": step.ordinal, "due": instant(step.due, zone)} if step else None,
        "hold": decision.hold,
        "reasons": [r.text + (f" ({r.message})" if r.message else "") for r in decision.reasons],
    }


def of_explanation(told: Explanation, report: PassReport, zone: Any) -> dict[str, Any]:
    """The document of ``explain``."""
    return {
        "opportunity": _opportunity(told.decision, report, zone),
        "rules": list(told.rules),
        "would_change": told.change,
        "messages": [_evidence(e, zone) for e in told.evidence],
    }


def _evidence(evidence: Evidence, zone: Any) -> dict[str, Any]:
    message = evidence.message
    return {
        "message_id": message.id,
        "when": instant(message.when, zone),
        "from": message.sender.email if message.sender else None,
        "mine": message.mine,
        "origin": message.reading.origin,
        "origin_rule": message.reading.origin_rule or None,
        "says": [{"what": f.says, "rule": f.rule, "quote": quote} for f, quote in evidence.says],
    }


def _person(address: Address | None) -> dict[str, Any] | None:
    return {"name": address.name or None, "email": address.email} if address else None


def _interview(interview: Interview, zone: Any) -> dict[str, Any]:
    return {
        "start": instant(interview.start, zone),
        "end": instant(interview.end, zone),
        "state": interview.state,
    }


def _draft(draft: DraftReport) -> dict[str, Any]:
    record = draft.record
    return {
        "id": record.id,
        "opportunity": record.opportunity,
        "kind": record.kind,
        "ordinal": record.ordinal,
        "action": draft.action,
        "state": None if record.state is DraftState.PLANNED else record.state,  # nothing lies there yet
        "to": list(record.to),
        "cc": list(record.cc),
        "subject": record.subject,
        "message_id": record.message_id,
        "in_reply_to": record.parent,
        "reason": record.reason,
    }


def _notice(notice: Notice) -> dict[str, Any]:
    return {"code": notice.code, "message": notice.message, "opportunity": notice.opportunity}
