"""What is measured of whole processes: their names, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from followupd.core.decide import Decision, decide
from followupd.core.interviews import Interview
from followupd.core.steps import Surroundings
from tests.eval.corpus import Process
from tests.eval.table import Tally

if TYPE_CHECKING:
    from tests.eval.own import Read


def tallies(seen: Read, now: datetime) -> Iterator[Tally]:
    """Each process of the corpus as it is judged at ``now``."""
    judged = {p.id: _judged(seen, p, now) for p in seen.processes if p.hiring}
    hiring = [(p, judged[p.id]) for p in seen.processes if p.hiring]
    yield from _named(hiring)
    yield from _standing(hiring)


_Judged = list[tuple[Process, Decision | None]]


def _judged(seen: Read, process: Process, now: datetime) -> Decision | None:
    found = seen.holder(process)
    return decide(found, seen.policy, Surroundings(now=now)) if found else None


def _named(hiring: _Judged) -> Iterator[Tally]:
    companies, roles, contacts = (Tally(n) for n in ("company of a process", "role of a process", "contact name"))
    for process, decision in hiring:
        found = decision and decision.opportunity
        if (found and found.company) or any(m.writes(c) for m in process.mails for c in process.right("company")):
            companies.answer(found and found.company, process.right("company"), process.id)
        if "role" in process.label:
            roles.answer(found and found.role, process.right("role"), process.id)
        contact = decision and decision.contact
        wanted = process.right("contact")
        if wanted or (contact and contact.name):
            contacts.answer((contact and contact.name) or None, wanted, process.id)
    yield from (companies, roles, contacts)


def _standing(hiring: _Judged) -> Iterator[Tally]:
    stages, turns, outcomes, interviews = (Tally(n) for n in ("stage", "turn", "outcome", "interviews of a process"))
    for process, decision in hiring:
        label = process.label
        if "stage" in label:
            stages.answer(decision and str(decision.stage), [label["stage"]], process.id)
        if "outcome" in label:
            found = str(decision.outcome) if decision and decision.outcome else None
            outcomes.answer(found, [label["outcome"]], process.id)
        if "turn" in label:
            turns.answer(decision and str(decision.turn), [label["turn"]], process.id)
        if "interviews" in label:
            rows = frozenset(map(_row, decision.opportunity.interviews)) if decision else frozenset()
            wanted = frozenset(map(_labelled, label["interviews"]))
            interviews.sets(rows, wanted, wanted, process.id)
    yield from (stages, turns, outcomes, interviews)


def _row(interview: Interview) -> str:
    return f"{interview.start.astimezone(UTC).isoformat()} {interview.state}"


def _labelled(row: str) -> str:
    start, _, state = row.partition(" ")
    return f"{datetime.fromisoformat(start).astimezone(UTC).isoformat()} {state}"
