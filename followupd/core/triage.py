"""From the envelope alone: is a message's text worth fetching?"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from followupd.core import domains, origin
from followupd.core.datafiles import load
from followupd.core.mail import Address, Envelope, Identities, MailboxRole, MessageId


def is_candidate(
    envelope: Envelope,
    *,
    me: Identities,
    people: Collection[str] = (),
    threads: Collection[MessageId] = (),
) -> bool:
    """Whether the message may matter to a hiring process.

    Mail between persons always may. A machine's or a list's may where its subject, its sender's host or its content type
    says so, or where it belongs to known ``people`` (lower-case addresses) or ``threads`` (ids of their mail). Mail from
    me to me alone never does.
    """
    sender = envelope.from_[0] if envelope.from_ else None
    if envelope.role is MailboxRole.SENT or (sender is not None and me.has(sender.email)):
        return any(not me.has(a.email) for a in (*envelope.to, *envelope.cc)) or not (envelope.to or envelope.cc)
    if sender is not None and not _is_bulk_shaped(envelope) and not _is_machine(sender):
        return True
    return _is_known(envelope, people, threads) or _has_sign(envelope, sender)


def _is_bulk_shaped(envelope: Envelope) -> bool:
    evidence = envelope.evidence
    return (
        "list-unsubscribe" in evidence
        or "list-id" in evidence
        or "auto-submitted" in evidence
        or "precedence" in evidence
        or evidence.get("return-path") == "<>"
    )


@lru_cache(maxsize=8192)
def _is_machine(sender: Address) -> bool:
    return origin.is_robot(sender)


def _is_known(envelope: Envelope, people: Collection[str], threads: Collection[MessageId]) -> bool:
    if people and any(a.key in people for a in (*envelope.from_, *envelope.reply_to)):
        return True
    return bool(threads) and any(i in threads for i in (*envelope.in_reply_to, *envelope.references))


def _has_sign(envelope: Envelope, sender: Address | None) -> bool:
    kind = envelope.evidence.get("content-type", "").lower()
    if "calendar" in kind or "multipart/report" in kind or "x-failed-recipients" in envelope.evidence:
        return True
    if sender is None or _is_hiring_host(sender.domain):
        return True
    return bool(_hiring_subject().search(envelope.subject))


@lru_cache(maxsize=8192)
def _is_hiring_host(domain: str) -> bool:
    return domains.is_host("ats", domain) or domains.is_host("scheduler", domain)


@lru_cache(maxsize=1)
def _hiring_subject() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(w) for w in load("triage.toml")["subject"]), re.IGNORECASE)
