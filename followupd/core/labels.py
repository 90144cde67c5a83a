"""Labels of conversations: what the user says by putting one on or taking it off, and which one shows a decision.

Labels come without their prefix and in lower case, as the port Labels reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from dateutil.relativedelta import relativedelta

from followupd.core.course import Stage, Turn
from followupd.core.decide import Decision, Hold
from followupd.core.ledger import LIVE, Command
from followupd.core.policy import LabelNames

_SPAN = re.compile(r"[ /]*(\d{1,3}) ?(d(?:ays?)?|w(?:eeks?)?|m(?:onths?)?)")
_UNITS = {"d": "days", "w": "weeks", "m": "months"}

Conversation = tuple[str, str]
"""An account, and the server's own id of a conversation in it."""


def spoken(labels: Iterable[str], names: LabelNames) -> frozenset[str]:
    """Those of ``labels`` by which the user says something."""
    plain = {names.skip.lower(), names.track.lower()}
    return frozenset(label for label in labels if label in plain or _span(label, names))


def unclear(labels: Iterable[str], names: LabelNames) -> list[str]:
    """Those that were meant for a snooze, and tell no time that can be read."""
    return sorted(n for n in labels if _after(n, names.snooze) is not None and n not in spoken([n], names))


def said(
    before: AbstractSet[str], now: AbstractSet[str], names: LabelNames, today: date, *, snoozed: bool
) -> list[tuple[Command, str]]:
    """What the user said by the labels that came and went, in the order in which it counts: a skip outranks the rest.

    A label that stays says nothing. Without its skip a conversation is tracked; without its snooze, if that still runs
    (``snoozed``), it is awake.
    """
    came, gone = now - before, before - now
    words: list[tuple[Command, str]] = []
    if names.track.lower() in came or names.skip.lower() in gone:
        words.append((Command.TRACK, ""))
    if until := [today + span for label in came if (span := _span(label, names))]:
        words.append((Command.SNOOZE, max(until).isoformat()))
    elif snoozed and any(_span(g, names) for g in gone) and not any(_span(n, names) for n in now):
        words.append((Command.SNOOZE, today.isoformat()))
    if names.skip.lower() in came:
        words.append((Command.SKIP, ""))
    return words


def _span(label: str, names: LabelNames) -> relativedelta | None:
    """How long a snooze lasts, if ``label`` is one."""
    found = _SPAN.fullmatch(_after(label, names.snooze) or "")
    return relativedelta(**{_UNITS[found[2][0]]: int(found[1])}) if found else None


def _after(label: str, name: str) -> str | None:
    """What follows ``name`` in ``label``; None where it does not begin with that word."""
    rest = label.removeprefix(name.lower())
    return rest if rest != label and rest[:1] in ("", " ", "/") else None


def shown(decisions: Sequence[Decision], names: LabelNames) -> Mapping[Conversation, str]:
    """The label of every conversation that has one; of several processes in it, the one that asks most of the user."""
    found: dict[Conversation, set[str]] = {}
    for decision in decisions:
        drafted = _drafted(decision)
        state = _state(decision, names)
        for place in _places(decision):
            if label := names.draft_ready if place in drafted else state:
                found.setdefault(place, set()).add(label)
    order = (names.draft_ready, names.your_turn, names.uncertain, names.waiting)
    return {place: next(label for label in order if label in labels) for place, labels in found.items()}


def _state(decision: Decision, names: LabelNames) -> str | None:
    if decision.stage is Stage.CLOSED or decision.opportunity.skipped:
        return None
    if decision.hold is Hold.UNCERTAIN:
        return names.uncertain
    return {Turn.MINE: names.your_turn, Turn.THEIRS: names.waiting}.get(decision.turn)


def _places(decision: Decision) -> set[Conversation]:
    present = (m for m in decision.opportunity.messages if m.present)
    return {(m.account, m.copy.thread_hint) for m in present if m.copy.thread_hint}


def _drafted(decision: Decision) -> set[Conversation]:
    """Where a draft of ours lies. One that begins a conversation of its own shows on all of the process's."""
    places: set[Conversation] = set()
    at = {m.id: (m.account, m.copy.thread_hint) for m in decision.opportunity.messages if m.copy.thread_hint}
    for draft in (d for d in decision.drafts if d.state in LIVE):
        answered = at.get(draft.parent) if draft.parent else None
        places |= {(answered[0], answered[1] or "")} if answered else _places(decision)
    return set() if decision.opportunity.skipped else places
