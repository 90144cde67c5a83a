"""To whom a follow-up goes, and in which thread (policy section 5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from followupd.core import domains, senders
from followupd.core.interviews import Interview
from followupd.core.mail import Address, Identities
from followupd.core.messages import Message
from followupd.core.opportunities import Opportunity
from followupd.core.reading import Says


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a letter goes. ``parent`` is the message that it answers, None for a thread of its own.

    ``sender`` is the identity of mine that the thread uses, None where it uses none. ``mismatch`` is an odd Reply-To that
    was not followed.
    """

    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    parent: Message | None = None
    sender: Address | None = None
    mismatch: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoRoute:
    """Nobody can be written to. ``bounced`` tells that there was somebody, whose address is dead."""

    bounced: bool


def dead_addresses(messages: Iterable[Message]) -> frozenset[str]:
    """Addresses that bounced and from which nothing came since (lower case)."""
    dead: dict[str, datetime] = {}
    for message in messages:
        for address in message.reading.bounced:
            dead[address.lower()] = message.when
        if message.human and not message.mine and message.sender:
            dead.pop(message.sender.key, None)
    return frozenset(dead)


def for_nudge(opportunity: Opportunity, me: Identities, dead: Collection[str]) -> Route | NoRoute:
    """The route of a check-in, a closing note or a feedback request: the thread of the last human word."""
    last = _last_word(opportunity)
    if last is None:
        return _to_organizer(opportunity, me, dead)
    thread = [m for m in opportunity.thread_of(last).messages if m.human]
    return _in_thread(_handed_over(thread, opportunity) or thread, me, dead)


def for_thanks(opportunity: Opportunity, person: Address, me: Identities) -> Route:
    """The route of a thank-you to ``person``: the thread in which they wrote last, else a thread of its own."""
    written = [m for m in opportunity.messages if m.human and not m.mine and m.sender and m.sender.key == person.key]
    if not written:
        return Route(to=(person,), sender=_identity(opportunity.messages, me))
    thread = [m for m in opportunity.thread_of(written[-1]).messages if m.human]
    target, mismatch = _reply_address(written[-1], thread, me)
    return Route(to=(target,), parent=_parent(thread), sender=_identity(thread, me), mismatch=mismatch)


def interviewers(opportunity: Opportunity, interview: Interview, dead: Collection[str]) -> tuple[Address, ...]:
    """Whom to thank: the people of the invite or named in the thread, else who called it; a coordinator only if nobody
    else is known.
    """
    taking_part = tuple(_taking_part(opportunity, interview))
    invited = [a for a in (*interview.attendees, *interview.named, *taking_part) if _can_be_written_to(a, dead)]
    coordinators = _coordinators(opportunity) - {a.key for a in taking_part}
    hosts = [a for a in invited if a.key not in coordinators]
    callers = (a for a in (interview.organizer, interview.correspondent) if a and _can_be_written_to(a, dead))
    caller = [a for a in callers if not _mine_among(a, opportunity)][:1]
    chosen = (
        hosts
        or [
            a for a in caller if a is interview.organizer and a.key not in coordinators and not senders.is_collective(a)
        ]
        or invited
        or caller
        or _last_writer(opportunity, dead)
    )
    return tuple({a.key: a for a in chosen}.values())


# ---------------------------------------------------------------- which thread


def _last_word(opportunity: Opportunity) -> Message | None:
    """The last human word, less thank-yous to interviewers who never wrote: those do not move the conversation."""
    words = [e.message for e in opportunity.words if e.message]
    writers = opportunity.writers()
    kept = [m for m in words if not (m.mine and m.says(Says.THANKS) and not _reaches_any(m, writers))]
    return (kept or words)[-1] if words else None


def _reaches_any(message: Message, people: Collection[str]) -> bool:
    return not people or any(a.key in people for a in (*message.copy.to, *message.copy.cc))


def _handed_over(thread: Sequence[Message], opportunity: Opportunity) -> list[Message]:
    """The thread with the person to whom ``thread`` was last handed over, once they or I have written there."""
    named = next((m.reading.referral for m in reversed(thread) if not m.mine and m.reading.referral), None)
    if named is None or any(m.sender and m.sender.key == named.key for m in thread):
        return []
    met = [m for m in opportunity.messages if m.human and any(a.key == named.key for a in _writes_or_is_written_to(m))]
    return [m for m in opportunity.thread_of(met[-1]).messages if m.human] if met else []


def _writes_or_is_written_to(message: Message) -> tuple[Address, ...]:
    return tuple(message.copy.to) if message.mine else tuple(message.copy.from_)


def _in_thread(thread: Sequence[Message], me: Identities, dead: Collection[str]) -> Route | NoRoute:
    theirs = [m for m in thread if not m.mine]
    target, mismatch = _target(theirs, thread, me, dead)
    successor = _successor(thread, dead)
    if successor:
        to: tuple[Address, ...] = (successor,)
    elif target:
        to = (target,)
    elif theirs:
        to = tuple(_bystanders(theirs, me, dead))[:1]
    else:
        to = tuple(a for a in thread[-1].copy.to if _can_be_written_to(a, dead) and not me.has(a.email))
    if not to:
        return NoRoute(bounced=any(a.key in dead for m in thread for a in m.others(me)))
    parent = _parent(thread)
    cc = tuple(_copies(parent or thread[-1], to, me, dead))
    return Route(to=to, cc=cc, parent=parent, sender=_identity(thread, me), mismatch=mismatch)


def _successor(thread: Sequence[Message], dead: Collection[str]) -> Address | None:
    """The colleague to whom the last of them handed over, once I turned to that colleague in the thread, not in copy only."""
    at = max((n for n, m in enumerate(thread) if not m.mine), default=None)
    person = thread[at].reading.referral if at is not None else None
    if at is None or person is None or not _can_be_written_to(person, dead):
        return None
    return person if any(a.key == person.key for m in thread[at + 1 :] for a in m.copy.to) else None


def _target(
    theirs: Sequence[Message], thread: Sequence[Message], me: Identities, dead: Collection[str]
) -> tuple[Address | None, Address | None]:
    for message in reversed(theirs):
        address, mismatch = _reply_address(message, thread, me)
        if _can_be_written_to(address, dead):
            return address, mismatch
    return None, None


def _reply_address(message: Message, thread: Iterable[Message], me: Identities) -> tuple[Address, Address | None]:
    """Where an answer to ``message`` goes, and the Reply-To that was not trusted, if there was one."""
    writer = message.copy.from_[0]
    if not message.copy.reply_to:
        return writer, None
    wished = message.copy.reply_to[0]
    known = {d for a in _seen_before(message, thread, me) if (d := domains.employer_domain(a.email))}
    trusted = (
        wished.key == writer.key
        or wished.domain == writer.domain
        or domains.employer_domain(wished.email) in known
        or senders.is_reply_token(wished)
    )
    if not trusted:
        return writer, wished
    nameless = not wished.name or senders.is_collective(wished)
    return (Address(email=wished.email, name=writer.name) if nameless else wished), None


def _seen_before(message: Message, thread: Iterable[Message], me: Identities) -> Iterator[Address]:
    """Those of their side who wrote in the thread, and who were in copy before ``message``."""
    for other in thread:
        if other.when < message.when:
            yield from other.others(me)
        elif not other.mine:
            yield from other.copy.from_


def _bystanders(theirs: Sequence[Message], me: Identities, dead: Collection[str]) -> Iterator[Address]:
    for message in reversed(theirs):
        for address in message.others(me):
            if _can_be_written_to(address, dead):
                yield address


def _can_be_written_to(address: Address, dead: Collection[str]) -> bool:
    return address.key not in dead and "@" in address.email and not senders.is_robot(address)


def _parent(thread: Sequence[Message]) -> Message | None:
    return next((m for m in reversed(thread) if m.present), None)


def _copies(parent: Message, to: Sequence[Address], me: Identities, dead: Collection[str]) -> Iterator[Address]:
    """Cc as in the last exchange: all who read it, less me, the recipients, robots and the dead."""
    taken = {a.key for a in to} | ({parent.sender.key} if parent.sender else set())
    for address in (*parent.copy.to, *parent.copy.cc):
        if address.key not in taken and not me.has(address.email) and _can_be_written_to(address, dead):
            taken.add(address.key)
            yield address


def _identity(thread: Sequence[Message], me: Identities) -> Address | None:
    """The identity of mine that wrote last in the thread, else the one that was written to."""
    for message in reversed(thread):
        if message.mine and message.sender:
            return message.sender
    for message in reversed(thread):
        for address in (*message.copy.to, *message.copy.cc):
            if me.has(address.email):
                return address
    return None


# ---------------------------------------------------------------- without a human word


def _to_organizer(opportunity: Opportunity, me: Identities, dead: Collection[str]) -> Route | NoRoute:
    """Only robots and invites so far: whoever called the interview, else whoever sat in it."""
    people = [a for i in reversed(opportunity.interviews) for a in (i.organizer, *i.attendees) if a]
    to = next((a for a in people if _can_be_written_to(a, dead) and not me.has(a.email)), None)
    if to is None:
        return NoRoute(bounced=False)
    return Route(to=(to,), sender=_identity(opportunity.messages, me))


# ---------------------------------------------------------------- thanks

_ARRANGES = (
    Says.INVITES,
    Says.OFFERS_TIMES,
    Says.ASKS_TIMES,
    Says.SCHEDULING_LINK,
    Says.CONFIRMS,
    Says.MOVES,
    Says.REFERS,
)


def _coordinators(opportunity: Opportunity) -> frozenset[str]:
    """Those who arranged interviews in writing."""
    return frozenset(
        m.sender.key for m in opportunity.messages if m.human and not m.mine and m.sender and m.says(*_ARRANGES)
    )


def _taking_part(opportunity: Opportunity, interview: Interview) -> Iterator[Address]:
    """Those who wrote, on the way to this interview, that they would be in it themselves."""
    before = max((i.end for i in opportunity.interviews if i.end <= interview.start), default=None)
    for message in opportunity.messages:
        on_the_way = message.when < interview.start and (before is None or message.when > before)
        if on_the_way and message.human and not message.mine and message.sender and message.says(Says.HOSTS):
            yield message.sender


def _mine_among(address: Address, opportunity: Opportunity) -> bool:
    return any(m.mine and m.sender and m.sender.key == address.key for m in opportunity.messages)


def _last_writer(opportunity: Opportunity, dead: Collection[str]) -> list[Address]:
    theirs = (m.sender for m in reversed(opportunity.messages) if m.human and not m.mine and m.sender)
    return [a for a in theirs if _can_be_written_to(a, dead)][:1]
