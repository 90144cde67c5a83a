"""What belongs together: threads become opportunities, by evidence, strongest first (policy section 2).

A *strand* is a thread with what its messages tell about the process: people, employer domains, company, role, requisition,
calendar UIDs. Strands that show the user as a candidate seed clusters; others join one that they share a person, a UID or
the employer with. Strands that could belong to two clusters, or that only a company's name connects, join none: they are the
doubts of those clusters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from followupd.core import domains, entities, senders
from followupd.core.mail import Identities, MessageId
from followupd.core.messages import Message
from followupd.core.reading import Claim, Origin, Says
from followupd.core.threads import Thread, link

_SURE = 3
"""A claim of this weight or more can set two strands apart."""

_TO_A_CANDIDATE = frozenset({
    Says.INVITES, Says.CONFIRMS, Says.MOVES, Says.CANCELS, Says.ASSIGNS, Says.SCHEDULING_LINK, Says.HOLDS, Says.CLOSES_POSITION,
    Says.OFFERS_JOB,
})  # fmt: skip
_BEYOND_DOUBT = frozenset({Says.ACKNOWLEDGES, Says.REJECTS, Says.OFFERS_JOB})
_OF_A_CANDIDATE = frozenset({Says.APPLIES, Says.WITHDRAWS, Says.ACCEPTS_OFFER, Says.DECLINES_OFFER})
_SCHEDULING = frozenset({
    Says.OFFERS_TIMES, Says.ASKS_TIMES, Says.STILL_DECIDING, Says.PROMISES, Says.CHECKS_IN, Says.ACCEPTS_TIME, Says.HANDS_IN,
})  # fmt: skip
_TO_ONE_KNOWN = frozenset({Says.PROMISES, Says.STILL_DECIDING})
_BOOKED = frozenset({Says.CONFIRMS, Says.MOVES, Says.CANCELS})
"""What a scheduler's notice says about an interview."""
_NEWS = frozenset({Says.RECEIVES_WORK, Says.WITHDRAWS, Says.ACCEPTS_OFFER})
"""What a machine says of a process that is known already."""
_HARMLESS = frozenset({Says.ACKNOWLEDGES, Says.THANKS, Says.AWAY})

_FROM_A_STRANGER, _IN_A_TALK = 3, 2
"""Ideas of hiring that a thread must touch to be one without naming a role: if I never wrote in it, and if I did."""


class Rank(IntEnum):
    """How strongly a strand is tied to a cluster."""

    NONE = 0
    COMPANY = 1  # the same company name, and nothing else
    SECOND_SIGN = 2  # the name and the same robot, the name and its domain, or the role and the same tracking system
    EMPLOYER = 3  # the employer's domain, or company and role
    PERSON = 4
    CERTAIN = 5  # a calendar UID, a requisition id


@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """A thread and what it tells. Addresses and domains are in lower case; a system's tenant counts as a domain.

    ``systems`` are the tracking systems that it came through.
    """

    thread: Thread
    people: frozenset[str]
    robots: frozenset[str]
    domains: frozenset[str]
    systems: frozenset[str]
    uids: frozenset[str]
    requisitions: frozenset[str]
    company: str | None
    role: str | None
    ideas: int
    invited: bool
    said: frozenset[Says]
    said_by_me: frozenset[Says]
    answered: bool
    candidacy: bool

    @property
    def first(self) -> datetime:
        return self.thread.messages[0].when

    @property
    def last(self) -> datetime:
        return self.thread.messages[-1].when


@dataclass(slots=True)
class Cluster:
    """Strands of one hiring process with all that they tell together, and messages that may belong to it but were left out."""

    strands: list[Strand] = field(default_factory=list)
    doubts: list[Message] = field(default_factory=list)
    people: set[str] = field(default_factory=set)
    robots: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    systems: set[str] = field(default_factory=set)
    uids: set[str] = field(default_factory=set)
    requisitions: set[str] = field(default_factory=set)
    companies: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)

    def add(self, strand: Strand) -> None:
        self.strands.append(strand)
        self.people |= strand.people
        self.robots |= strand.robots
        self.domains |= strand.domains
        self.systems |= strand.systems
        self.uids |= strand.uids
        self.requisitions |= strand.requisitions
        self.companies |= {strand.company} if strand.company else set()
        self.roles |= {strand.role} if strand.role else set()

    def touches(self, strand: Strand) -> bool:
        """Whether it could share an employer or more with ``strand``: a quick look before the careful one."""
        return bool(strand.company and strand.role) or not (
            self.people.isdisjoint(strand.people)
            and self.domains.isdisjoint(strand.domains)
            and self.uids.isdisjoint(strand.uids)
            and self.requisitions.isdisjoint(strand.requisitions)
        )

    @property
    def first(self) -> datetime:
        return min(s.first for s in self.strands)

    @property
    def messages(self) -> list[Message]:
        return sorted((m for s in self.strands for m in s.thread.messages), key=lambda m: (m.when, m.id))


def cluster(messages: Sequence[Message], me: Identities, tracked: Collection[MessageId] = ()) -> list[Cluster]:
    """The hiring processes among ``messages`` (oldest first), in order of their first message.

    ``tracked`` are messages of which the user said that they belong to a process.
    """
    strands = [
        _strand(t, me) for t in link([m for m in messages if m.reading.origin is not Origin.BULK or m.id in tracked])
    ]
    forced = {s.thread.id for s in strands if _holds(s, tracked)}
    foreign = _foreign(strands, forced)
    strands = [s for s in strands if s.thread.id not in foreign]
    seeds = [s for s in strands if s.thread.id in forced or is_candidates(s)]
    clusters: list[Cluster] = []
    for strand in seeds:
        _seed(strand, clusters)
    taken = {s.thread.id for s in seeds}
    for strand in strands:
        if strand.thread.id not in taken:
            _attach(strand, clusters)
    return sorted(clusters, key=lambda c: (c.first, c.messages[0].id))


def _holds(strand: Strand, ids: Collection[MessageId]) -> bool:
    return any(m.id in ids for m in strand.thread.messages)


# ---------------------------------------------------------------- strands


def _strand(thread: Thread, me: Identities) -> Strand:
    messages = thread.messages
    people, robots = _people(messages, me)
    theirs = [m for m in messages if not m.mine and m.reading.origin not in (Origin.AUTO_REPLY, Origin.BOUNCE)]
    return Strand(
        thread=thread,
        people=people,
        robots=robots,
        domains=frozenset(d for e in people | robots if (d := domains.employer(e))),
        systems=frozenset(s for e in people | robots if (s := domains.system(e))),
        uids=frozenset(i.uid for m in messages for i in m.reading.invites),
        requisitions=frozenset(r.upper() for m in messages for r in m.reading.requisitions),
        company=best((c for m in messages for c in m.reading.companies if c.weight >= _SURE), entities.same_company),
        role=best((c for m in messages for c in m.reading.roles if c.weight >= _SURE), entities.same_role),
        ideas=max((m.reading.ideas for m in messages), default=0),
        invited=any(i.method in ("REQUEST", "PUBLISH", "") for m in theirs for i in m.reading.invites),
        said=frozenset(f.says for m in theirs for f in m.reading.findings),
        said_by_me=frozenset(f.says for m in messages if m.mine for f in m.reading.findings),
        answered=any(m.mine and m.human for m in messages),
        candidacy=any(m.reading.candidacy and m.human for m in theirs),
    )


def _people(messages: Iterable[Message], me: Identities) -> tuple[frozenset[str], frozenset[str]]:
    people, robots = set[str](), set[str]()
    for message in messages:
        reading = message.reading
        if reading.origin is Origin.BOUNCE:
            continue
        machine = reading.origin is Origin.AUTOMATED and not reading.invites
        for address in message.others(me):
            robot = senders.is_robot(address) or (machine and address is message.sender)
            (robots if robot else people).add(address.key)
        people |= {a.key for a in message.copy.reply_to if machine and not senders.is_robot(a) and not me.has(a.email)}
        for invite in reading.invites:
            named = [a.address for a in invite.attendees if a.person] + [invite.organizer] * bool(invite.organizer)
            people |= {a.key for a in named if a and not me.has(a.email) and not senders.is_robot(a)}
        people |= {a.key for a in (reading.referral, *reading.interviewers) if a}
    return frozenset(people), frozenset(robots - people)


def best(claims: Iterable[Claim], same: Callable[[str, str], bool], fuller: Callable[[str], bool] = bool) -> str | None:
    """The value with the most weight behind it; spellings of one name count together, and of them a ``fuller`` one, then the
    most usual one is taken, else the one that goes on furthest.
    """
    weights: Counter[str] = Counter()
    for claim in claims:
        weights[claim.value] += claim.weight
    together = {v: sum(w for o, w in weights.items() if same(v, o)) for v in weights}
    begun = {v: sum(v.startswith(f"{o} ") for o in weights) for v in weights}
    return max(weights, key=lambda v: (together[v], fuller(v), weights[v], begun[v]), default=None)


def is_candidates(strand: Strand) -> bool:
    """Whether this thread by itself shows the user as a candidate (policy section 2).

    Words of a process count only in mail that is about hiring: it names a role, or touches enough ideas of hiring. With a
    role it is enough that an employer promises an answer or sends a calendar invite, or that they speak of the user's
    application. More is asked of mail that the user never answered and that names no company; and an offer of a job out of
    the blue, from an address that anybody can have, is a swindler's.
    """
    said = strand.said | strand.said_by_me
    if Says.OFFERS_JOB in said and not (strand.answered or strand.domains or strand.robots):
        return False
    known = strand.answered or strand.company
    about_hiring = bool(strand.role) or strand.ideas >= (_IN_A_TALK if known else _FROM_A_STRANGER)
    if Says.OUTREACH in strand.said and not strand.answered:
        return bool(strand.said & _BEYOND_DOUBT) and about_hiring
    if strand.said_by_me & _OF_A_CANDIDATE:
        return about_hiring or (Says.APPLIES in strand.said_by_me and strand.ideas >= 1)
    if strand.said & _BEYOND_DOUBT:
        return about_hiring or strand.ideas >= _IN_A_TALK
    if strand.answered and (Says.OUTREACH in strand.said or (strand.role and said & _SCHEDULING)):
        return about_hiring
    employer = strand.domains or strand.systems or strand.answered
    met = employer and (strand.ideas or strand.company) and (strand.invited or strand.said & _TO_ONE_KNOWN)
    expected = strand.role and (strand.candidacy or met)
    return about_hiring and bool(strand.said & _TO_A_CANDIDATE or expected)


def _foreign(strands: Iterable[Strand], forced: Collection[str]) -> set[str]:
    """Threads of processes in which the user is no candidate: those that say so, and invites among the same people."""
    foreign, company = set(), set[str]()
    for strand in strands:
        said = strand.said | strand.said_by_me
        candidate = bool(said & _BEYOND_DOUBT or strand.said_by_me & {Says.APPLIES})
        employer = bool(strand.role and (strand.company or strand.domains or strand.robots))
        other = Says.OTHER_KIND in said and not (candidate and employer)
        if strand.thread.id not in forced and (other or (Says.CONDUCTS in said and not candidate)):
            foreign.add(strand.thread.id)
            company |= strand.people
    for strand in strands:
        if strand.uids and not strand.answered and strand.people & company and strand.thread.id not in forced:
            foreign.add(strand.thread.id)
    return foreign


# ---------------------------------------------------------------- joining


def _seed(strand: Strand, clusters: list[Cluster]) -> None:
    rank, hits = _hits(strand, clusters)
    if rank is Rank.CERTAIN or (rank >= Rank.SECOND_SIGN and len(hits) == 1):
        _merge(strand, hits, clusters)
    elif rank >= Rank.SECOND_SIGN or (rank is Rank.COMPANY and not strand.role):
        if rank is Rank.COMPANY and len(hits) == 1 and strand.said <= _HARMLESS:
            hits[0].add(strand)
        else:
            _doubt(strand, hits)
    else:
        fresh = Cluster()
        fresh.add(strand)
        clusters.append(fresh)


def _attach(strand: Strand, clusters: list[Cluster]) -> None:
    """A thread that proves nothing by itself joins the process of its people, if there is one and only one.

    What was written before the process began joins only where it speaks of hiring.
    """
    arranges = bool(strand.said & (_TO_A_CANDIDATE | _NEWS))
    machine = all(m.reading.origin is Origin.AUTOMATED and not m.reading.invites for m in strand.thread.messages)
    if machine and not (strand.role or strand.requisitions or arranges):
        return
    hiring = bool(strand.role) or strand.ideas >= _IN_A_TALK
    enough = Rank.SECOND_SIGN if arranges or (strand.systems and not machine) else Rank.EMPLOYER
    near = (c for c in clusters if enough < Rank.EMPLOYER or c.touches(strand))
    rank, hits = _hits(strand, [c for c in near if hiring or strand.last >= c.first])
    hits = [c for c in hits if rank >= Rank.PERSON or strand.first >= c.first]
    if rank >= enough and len(hits) == 1:
        hits[0].add(strand)
    elif rank >= Rank.EMPLOYER and hits and not strand.said <= _HARMLESS:
        _doubt(strand, hits)


def _hits(strand: Strand, clusters: Iterable[Cluster]) -> tuple[Rank, list[Cluster]]:
    ranked = [(_rank(strand, c), c) for c in clusters]
    top = max((r for r, _ in ranked), default=Rank.NONE)
    return top, [c for r, c in ranked if r is top and r is not Rank.NONE]


def _merge(strand: Strand, hits: list[Cluster], clusters: list[Cluster]) -> None:
    first, *others = hits
    first.add(strand)
    for other in others:
        for joined in other.strands:
            first.add(joined)
        first.doubts += other.doubts
        clusters.remove(other)


def _doubt(strand: Strand, hits: Iterable[Cluster]) -> None:
    for hit in hits:
        hit.doubts += strand.thread.messages


def _rank(strand: Strand, cluster: Cluster) -> Rank:
    if strand.uids & cluster.uids:
        return Rank.CERTAIN
    if _apart(strand, cluster):
        return Rank.NONE
    employer = bool(strand.domains & cluster.domains)
    company = any(entities.same_company(strand.company, c) for c in cluster.companies) if strand.company else False
    spelled = _domain_says(strand, cluster)
    ranks = (
        (Rank.CERTAIN, (employer or company) and bool(strand.requisitions & cluster.requisitions)),
        (Rank.PERSON, bool(strand.people & cluster.people)),
        (Rank.EMPLOYER, employer or (company and bool(strand.role and cluster.roles))),
        (Rank.SECOND_SIGN, spelled or _same_machine(strand, cluster, company=company)),
        (Rank.COMPANY, company),
    )
    return next((rank for rank, applies in ranks if applies), Rank.NONE)


def _same_machine(strand: Strand, cluster: Cluster, *, company: bool) -> bool:
    """Whether mail about the company comes from the cluster's robot or tracking system, or through that system mail that
    names no company, about its role.
    """
    if company:
        return bool(strand.robots & cluster.robots or strand.systems & cluster.systems)
    return bool(not strand.company and strand.role and cluster.roles and strand.systems & cluster.systems)


def _domain_says(strand: Strand, cluster: Cluster) -> bool:
    """Whether mail comes from a domain that spells the company of the cluster. (That a company's name in some mail spells
    a domain known there says no more than the name.)
    """
    return any(
        entities.company_matches_domain(company, domain) for company in cluster.companies for domain in strand.domains
    )


def _apart(strand: Strand, cluster: Cluster) -> bool:
    """Whether something sets them apart: another requisition, another role, another company."""
    known = cluster.requisitions
    if strand.requisitions and known:
        return not strand.requisitions & known
    if strand.role and (roles := cluster.roles) and not any(entities.same_role(strand.role, r) for r in roles):
        return True
    companies = cluster.companies
    return bool(strand.company and companies and not any(entities.same_company(strand.company, c) for c in companies))
