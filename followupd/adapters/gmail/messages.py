"""From Gmail's message resources to envelopes and emails (https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from followupd.core import mime, rfc5322
from followupd.core.mail import EVIDENCE_HEADERS, Email, EmailId, Envelope, MailboxRole

Resource = Mapping[str, Any]

HEADERS = (
    "Message-ID", "In-Reply-To", "References", "From", "Reply-To", "To", "Cc", "Subject", "Date",
    *("-".join(word.capitalize() for word in name.split("-")) for name in EVIDENCE_HEADERS),
)  # fmt: skip
"""What is asked for with ``format=metadata``."""

_ELSEWHERE = frozenset({"TRASH", "SPAM", "CHAT", "SCHEDULED"})
HIDING_LABELS = _ELSEWHERE | {"DRAFT"}
"""Labels whose loss can bring a message to light."""

ROLE_LABELS = HIDING_LABELS | {"INBOX", "SENT"}
"""Labels that tell where a message lies."""

_SMALL_PART = 1_000_000
_READABLE = re.compile(
    r"text/(calendar|x-vcalendar|rfc822-headers)|application/ics|message/(global-)?delivery-status",
    re.IGNORECASE,
)


def role_of(message: Resource) -> MailboxRole | None:
    """Where a message lies by its labels; None for what is not read: drafts, spam, trash, chats, what is yet to be sent."""
    here = frozenset(message.get("labelIds") or ())
    if here & _ELSEWHERE:
        return None
    if "SENT" in here:  # Gmail can keep DRAFT on a message that was sent
        return MailboxRole.SENT
    if "DRAFT" in here:
        return None
    return MailboxRole.INBOX if "INBOX" in here else MailboxRole.ARCHIVE


def received_at(message: Resource) -> datetime:
    """``internalDate``, in milliseconds since 1970."""
    return datetime.fromtimestamp(int(message.get("internalDate", 0)) / 1000, UTC)


def envelope(message: Resource, at: MailboxRole) -> Envelope:
    """The envelope of a message resource with ``raw`` or a payload."""
    if "raw" in message:
        return _envelope(message, mime.split(octets(message["raw"]))[0], at)
    return _envelope(message, header_block(message.get("payload", {})), at)


def _envelope(message: Resource, header: bytes, at: MailboxRole) -> Envelope:
    return rfc5322.envelope(
        header,
        id=EmailId(message["id"]),
        role=at,
        received_at=received_at(message),
        size=int(message.get("sizeEstimate", 0)),
        thread_hint=message.get("threadId"),
    )


def header_block(part: Resource) -> bytes:
    """The headers of a payload as octets. Gmail has decoded and unfolded them already."""
    lines = (
        f"{h.get('name', '')}: {' '.join(str(h.get('value', '')).splitlines())}" for h in part.get("headers") or ()
    )
    return "\r\n".join(lines).encode("utf-8", "replace")


def whole(message: Resource, at: MailboxRole) -> Email:
    """The email of a resource with ``raw``."""
    return rfc5322.assemble(envelope(message, at), mime.leaves(octets(message.get("raw"))))


def octets(data: object) -> bytes:
    """base64url, with or without padding (RFC 4648 section 5); nothing for what is none."""
    text = data if isinstance(data, str) else ""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One leaf of a payload. ``attachment`` is the id under which Gmail keeps a body that it did not send along."""

    headers: bytes
    kind: str
    name: str
    size: int
    body: bytes | None
    attachment: str | None

    @property
    def is_wanted(self) -> bool:
        """Whether the body is to be read although it was not sent along: texts, calendars and reports."""
        readable = self.is_text or _READABLE.fullmatch(self.kind)
        return bool(self.attachment and self.body is None and readable and self.size <= _SMALL_PART)

    @property
    def is_text(self) -> bool:
        """Whether it is text to be shown, and no file."""
        return self.kind.lower() in ("text/plain", "text/html") and not self.name


def leaves(payload: Resource) -> Iterator[Leaf]:
    """The leaves of a payload in their order. An enclosed message is one: its headers."""
    kind = str(payload.get("mimeType", ""))
    children = payload.get("parts") or ()
    if kind.lower() in ("message/rfc822", "message/global"):
        yield _leaf(payload, header_block(children[0]) if children else None)
    elif children:
        for child in children:
            yield from leaves(child)
    else:
        data = payload.get("body", {}).get("data")
        yield _leaf(payload, None if data is None else octets(data))


def _leaf(part: Resource, body: bytes | None) -> Leaf:
    about = part.get("body", {})
    return Leaf(
        headers=header_block(part),
        kind=str(part.get("mimeType", "")),
        name=str(part.get("filename", "")),
        size=int(about.get("size", 0)),
        body=body,
        attachment=about.get("attachmentId"),
    )


def assembled(message: Resource, found: Iterable[Leaf], at: MailboxRole) -> Email:
    """The email of a resource with a payload and its leaves, those wanted filled in."""
    listed = list(found)
    left = [leaf for leaf in listed if leaf.body is None and leaf.attachment]
    return rfc5322.assemble(
        envelope(message, at),
        [_part(leaf) for leaf in listed if leaf not in left],
        attachments=[leaf.name for leaf in left],
        truncated=any(leaf.is_text for leaf in left),
    )


_ENCODING = re.compile(rb"^content-transfer-encoding:.*\r?\n?", re.IGNORECASE | re.MULTILINE)
_CHARSET = re.compile(rb"(?<=charset=)(\"[^\"]*\"|[^\s;]+)", re.IGNORECASE)


def _part(leaf: Leaf) -> rfc5322.Part:
    """A leaf as a MIME part. Gmail has undone its transfer encoding, and may have made UTF-8 of its text."""
    body = leaf.body or b""
    headers = _ENCODING.sub(b"", leaf.headers)
    if not body.isascii() and _is_utf8(body):
        headers = _CHARSET.sub(b"utf-8", headers)
    return rfc5322.Part(headers, body)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
