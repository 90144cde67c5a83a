"""From the envelope alone: is a message's text worth fetching?"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Any

import re2

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

    Mail between persons always may, and so may automatic answers and reports of the mail system. Other machines' mail and
    lists may where the subject or the sender's host says so, or where they belong to known ``people`` (lower-case
    addresses) or ``threads`` (ids of their mail). Mail from me to me alone never does.
    """
    sender = envelope.from_[0] if envelope.from_ else None
    if envelope.role is MailboxRole.SENT or (sender is not None and _is_me(sender.email, me)):
        return any(not _is_me(a.email, me) for a in (*envelope.to, *envelope.cc)) or not (envelope.to or envelope.cc)
    listed = _is_listed(envelope)
    if sender is None or not (listed or _is_machine(sender)):
        return True
    return (
        _is_known(envelope, people, threads)
        or _is_answer_or_report(envelope)
        or _has_hiring_sign(envelope, sender, listed=listed)
        or (_is_unsubscribed_only(envelope) and _is_persons_address(sender))
    )


@lru_cache(maxsize=8192)
def _is_me(email: str, me: Identities) -> bool:
    return me.has(email)


def _is_listed(envelope: Envelope) -> bool:
    evidence = envelope.evidence
    return "list-unsubscribe" in evidence or "list-id" in evidence or "precedence" in evidence


def _is_unsubscribed_only(envelope: Envelope) -> bool:
    return "list-id" not in envelope.evidence and "precedence" not in envelope.evidence


@lru_cache(maxsize=8192)
def _is_machine(sender: Address) -> bool:
    return origin.is_robot(sender) or _is_hiring_host(sender.domain)


@lru_cache(maxsize=8192)
def _is_persons_address(sender: Address) -> bool:
    """Whether the display name is a person's, and the address is made from it: recruiters' tools add List-Unsubscribe."""
    words = [w for w in re.findall(r"[^\W\d_]+", sender.name.lower()) if len(w) > 2]
    return not origin.is_collective(sender) and any(w in sender.key.partition("@")[0] for w in words)


def _is_known(envelope: Envelope, people: Collection[str], threads: Collection[MessageId]) -> bool:
    if people and any(a.key in people for a in (*envelope.from_, *envelope.reply_to)):
        return True
    return bool(threads) and any(i in threads for i in (*envelope.in_reply_to, *envelope.references))


def _is_answer_or_report(envelope: Envelope) -> bool:
    """An automatic answer, or what a mail system says of a delivery: in doubt about mail of mine."""
    evidence = envelope.evidence
    if evidence.get("auto-submitted", "").lower().startswith("auto-replied") or "x-failed-recipients" in evidence:
        return True
    kind = evidence.get("content-type", "")[:40].lower()
    return kind.startswith(("multipart/report", "text/calendar")) or evidence.get("return-path", "").strip() == "<>"


def _has_hiring_sign(envelope: Envelope, sender: Address, *, listed: bool) -> bool:
    """A host of hiring systems, or words in the subject; a job alert's subject does not count."""
    if _is_hiring_host(sender.domain):
        return True
    if listed and origin.is_job_alert(envelope.subject):
        return False
    subject = envelope.subject.lower().encode("utf-8", "replace")  # a broken header may leave lone surrogates
    return bool(_words("strong").search(subject) or (not listed and _words("weak").search(subject)))


@lru_cache(maxsize=8192)
def _is_hiring_host(domain: str) -> bool:
    return domains.is_host("ats", domain) or domains.is_host("scheduler", domain)


@lru_cache(maxsize=2)
def _words(strength: str) -> Any:  # re2 has no types
    """To be looked for in lower case."""
    return re2.compile("|".join(re2.escape(w.lower()) for w in load("triage.toml")[strength]))
