"""Filed copies become messages: one for each Message-ID, with its moment and whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from followupd.core.mail import UNREAD_ROLES, Address, Envelope, Identities, MailboxRole, MessageId
from followupd.core.ports import Filed
from followupd.core.reading import Finding, Origin, Reading, Says

_CREDIBLE = timedelta(days=1)
_PASSED = re.compile(r"\b(?:dkim|dmarc|spf)=pass\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message, however many copies of it lie about.

    ``when`` is the Date header, or the receipt where the header is missing or more than a day away from it.
    ``mine`` tells whether the user wrote it. ``copy`` is the envelope of the copy that a reply would refer to, ``present``
    whether any copy still lies in a mailbox that counts.
    """

    copy: Envelope
    account: str
    reading: Reading
    when: datetime
    mine: bool
    present: bool

    @property
    def id(self) -> MessageId:
        return self.copy.message_id

    @property
    def human(self) -> bool:
        """Whether a person speaks here: only such words change whose turn it is."""
        return self.reading.origin is Origin.HUMAN and not (self.mine and self.reading.invites)

    @property
    def sender(self) -> Address | None:
        return self.copy.from_[0] if self.copy.from_ else None

    def says(self, *wanted: Says) -> bool:
        return self.reading.says(*wanted)

    def finding(self, *wanted: Says) -> Finding | None:
        return self.reading.finding(*wanted)

    def others(self, me: Identities) -> Iterator[Address]:
        """Everybody in From, To and Cc who is not the user."""
        for address in (*self.copy.from_, *self.copy.to, *self.copy.cc):
            if not me.has(address.email):
                yield address

    def reaches(self, email: str) -> bool:
        """Whether it was addressed to ``email``."""
        return any(a.key == email.lower() for a in (*self.copy.to, *self.copy.cc))


def moment(envelope: Envelope) -> datetime:
    """When a message was written, as far as its header can be believed."""
    sent, received = envelope.sent_at, envelope.received_at
    return sent if sent is not None and abs(sent - received) <= _CREDIBLE else received


def gather(filed: Iterable[Filed], me: Identities, until: datetime) -> list[Message]:
    """The messages among ``filed`` that exist at ``until``, oldest first.

    Left out are junk, trash and drafts, the user's notes to self, and mail in the inbox that only claims to be the
    user's: with no twin in Sent and no pass of its authentication.
    """
    copies: dict[MessageId, list[Filed]] = {}
    for item in filed:
        if item.envelope.role not in UNREAD_ROLES and item.envelope.received_at <= until:
            copies.setdefault(item.envelope.message_id, []).append(item)
    found = (_message(group, me) for group in copies.values())
    return sorted((m for m in found if m), key=lambda m: (m.when, m.id))


def _message(copies: list[Filed], me: Identities) -> Message | None:
    best = min(copies, key=_preference)
    envelope = best.envelope
    mine = envelope.role is MailboxRole.SENT or any(me.has(a.email) for a in envelope.from_)
    if mine and _to_self(envelope, me):
        return None
    if mine and envelope.role is MailboxRole.INBOX and not _authentic(envelope):
        return None
    return Message(
        copy=envelope,
        account=best.account,
        reading=best.reading,
        when=moment(envelope),
        mine=mine,
        present=any(c.present for c in copies),
    )


def _preference(item: Filed) -> tuple[bool, bool, bool, datetime]:
    role = item.envelope.role
    return (not item.present, role is not MailboxRole.SENT, role is not MailboxRole.INBOX, item.envelope.received_at)


def _to_self(envelope: Envelope, me: Identities) -> bool:
    recipients = (*envelope.to, *envelope.cc)
    return bool(recipients) and all(me.has(a.email) for a in recipients)


def _authentic(envelope: Envelope) -> bool:
    return bool(_PASSED.search(envelope.evidence.get("authentication-results", "")))
