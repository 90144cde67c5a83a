"""From single hits to what a whole message says: strong before weak, and what speaks against what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from followupd.core.phrases.matcher import Hit
from followupd.core.reading import Finding, Says, Strength

S = Says

PARTICULAR: Mapping[Says | None, frozenset[Says]] = {
    S.ASKS: frozenset(
        {
            S.OFFERS_TIMES, S.ASKS_TIMES, S.SCHEDULING_LINK, S.INVITES, S.ASSIGNS, S.CHECKS_IN, S.ASKS_FEEDBACK,
            S.CONFIRMS, S.MOVES, S.REFERS, S.NO_CONTACT, S.DECLINES_TIME,
        }
    ),
    S.PROMISES: frozenset({S.NO_CONTACT, S.CONFIRMS}),
    S.REJECTS: frozenset({S.MOVES, S.CANCELS}),
    S.CONFIRMS: frozenset({S.MOVES, S.CANCELS, S.OFFERS_TIMES}),
    S.OFFERS_TIMES: frozenset({S.DEFERS}),
}  # fmt: skip
"""Within one sentence a general meaning yields to a particular one: "would Tuesday work?" offers a time, no more."""

OVERRULES: Mapping[Says, frozenset[Says]] = {
    S.REJECTS: frozenset({S.MOVES, S.HOLDS, S.OFFERS_JOB, S.ASKS_TIMES}),
    S.OFFERS_JOB: frozenset({S.WITHDRAWS}),
    S.CANCELS: frozenset({S.MOVES}),
    S.ACKNOWLEDGES: frozenset({S.INVITES, S.REJECTS, S.OFFERS_JOB, S.CLOSES_POSITION, S.HOLDS, S.CONFIRMS}),
    S.PROMISES: frozenset({S.REJECTS}),
    S.STILL_DECIDING: frozenset({S.REJECTS, S.OFFERS_JOB}),
    S.OUTREACH: frozenset({S.REJECTS, S.OFFERS_JOB, S.STILL_DECIDING}),
    S.TAKES_LEAVE: frozenset({S.CHECKS_IN, S.ASKS_FEEDBACK}),
    S.RESUMES: frozenset({S.REJECTS, S.HOLDS}),
    S.DELIVERS: frozenset({S.HANDS_IN, S.APPLIES, S.CHECKS_IN, S.TAKES_LEAVE}),
    S.AGREES: frozenset({S.ACCEPTS_OFFER, S.DECLINES_OFFER, S.WITHDRAWS, S.APPLIES}),
}
"""What a message cannot mean, however clearly a phrase says it, when it clearly says one of these."""

AFTERWARDS: Mapping[Says, frozenset[Says]] = {S.REJECTS: frozenset({S.INVITES, S.CONFIRMS, S.OFFERS_TIMES})}
"""What is taken back when one of these follows it: "not for this role, but we would like to meet you for another"."""

AGAINST: Mapping[Says, frozenset[Says]] = {
    S.REJECTS: frozenset(
        {S.INVITES, S.OFFERS_TIMES, S.ASKS_TIMES, S.SCHEDULING_LINK, S.CONFIRMS, S.ASSIGNS, S.STILL_DECIDING, S.CANCELS}
    ),
    S.OFFERS_JOB: frozenset({S.REJECTS, S.HOLDS, S.INVITES, S.OUTREACH, S.ACKNOWLEDGES}),
    S.INVITES: frozenset({S.REJECTS, S.CONDUCTS, S.OTHER_KIND, S.CLOSES_POSITION}),
    S.OUTREACH: frozenset({S.ACKNOWLEDGES, S.REJECTS, S.CONFIRMS}),
    S.CONFIRMS: frozenset({S.REJECTS, S.CANCELS}),
}
"""What weak words cannot mean, however many, when the message clearly says one of these."""


def particular(hits: Sequence[Hit]) -> list[Hit]:
    """The hits of a text without those that a more particular strong one in the same sentence makes superfluous."""
    said = {(h.sentence, h.entry.says) for h in hits if h.entry.strength is Strength.STRONG}
    return [h for h in hits if not said & {(h.sentence, s) for s in PARTICULAR.get(h.entry.says, ())}]


def weigh(hits: Sequence[tuple[str, Hit]]) -> tuple[Finding, ...]:
    """What (part, hit) pairs amount to: one finding for each Says (for each sentence that promises), by position, the text
    before the subject.
    """
    strong = _first(p for p in hits if p[1].entry.strength is Strength.STRONG)
    weak = {s: p for s, p in _doubled(hits).items() if s not in strong}
    weak = {s: p for s, p in weak.items() if not AGAINST.get(s, frozenset()) & strong.keys()}
    kept = strong | weak
    kept = {s: p for s, p in kept.items() if not _overruled(s, p, kept)}
    pairs = [*kept.values(), *(_promised(hits, kept[S.PROMISES]) if S.PROMISES in kept else ())]
    findings = [_finding(hit.entry.says, part, hit) for part, hit in pairs if hit.entry.says]
    if hint := _hint_of_a_no(hits, kept):
        findings.append(_finding(S.MAY_REJECT, *hint))
    return tuple(sorted(findings, key=lambda f: (f.part != "text", f.start)))


def _promised(hits: Sequence[tuple[str, Hit]], first: tuple[str, Hit]) -> Iterator[tuple[str, Hit]]:
    """The promises of the other sentences: each may name a day of its own."""
    told = {(first[0], first[1].sentence)}
    for part, hit in hits:
        if hit.entry.says is S.PROMISES and (part, hit.sentence) not in told:
            told.add((part, hit.sentence))
            yield part, hit


def _hint_of_a_no(hits: Sequence[tuple[str, Hit]], kept: Mapping[Says, object]) -> tuple[str, Hit] | None:
    """A lone weak word of a rejection, in a text that says nothing else: too little to go by, too much to write on."""
    if not kept.keys() <= _SAYS_LITTLE:
        return None
    return next((p for p in hits if p[1].entry.hints and p[0] == "text"), None)


_SAYS_LITTLE = frozenset({S.THANKS, S.CANDIDACY})


def _first(pairs: Iterable[tuple[str, Hit]]) -> dict[Says, tuple[str, Hit]]:
    found: dict[Says, tuple[str, Hit]] = {}
    for part, hit in pairs:
        if hit.entry.says is not None:
            found.setdefault(hit.entry.says, (part, hit))
    return found


def _doubled(pairs: Sequence[tuple[str, Hit]]) -> dict[Says, tuple[str, Hit]]:
    """The meanings that two different weak entries give, in places that do not overlap."""
    found: dict[Says, tuple[str, Hit]] = {}
    for says, (part, hit) in _first(p for p in pairs if p[1].entry.strength is Strength.WEAK).items():
        others = [h for _, h in pairs if h.entry.says is says and h.entry.rule != hit.entry.rule]
        if any(h.start >= hit.end or h.end <= hit.start for h in others):
            found[says] = (part, hit)
    return found


def _overruled(says: Says, pair: tuple[str, Hit], kept: Mapping[Says, tuple[str, Hit]]) -> bool:
    later = AFTERWARDS.get(says, frozenset()) & kept.keys()
    taken_back = any(kept[s][0] == pair[0] and kept[s][1].start > pair[1].start for s in later)
    return taken_back or bool(OVERRULES.get(says, frozenset()) & kept.keys())


def _finding(says: Says, part: str, hit: Hit) -> Finding:
    return Finding(says=says, rule=hit.entry.rule, strength=hit.entry.strength, part=part, start=hit.start, end=hit.end)
