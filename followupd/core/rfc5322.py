"""From octets to an Envelope and an Email; never raises, whatever the octets are (RFC 5322, RFC 2045, RFC 2047)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from followupd.core import headers, mime
from followupd.core.mail import EVIDENCE_HEADERS, Address, Email, EmailId, Envelope, MailboxRole, MessageId
from followupd.core.mime import Part

__all__ = ["Part", "assemble", "envelope", "parse"]

_EVIDENCE = frozenset(EVIDENCE_HEADERS)
_IDENTIFYING = ("from", "to", "cc", "subject", "date", "in-reply-to", "references")
_READ = _EVIDENCE.union(_IDENTIFYING, ("reply-to", "message-id"))


def envelope(
    header: bytes,
    *,
    id: EmailId,  # noqa: A002 - the field's name
    role: MailboxRole,
    received_at: datetime,
    size: int = 0,
    thread_hint: str | None = None,
) -> Envelope:
    """The envelope in a header block (RFC 5322 section 3.6); what follows an empty line is not looked at.

    Of a repeated From, Subject, Date or Message-ID the first counts; repeated address lists and id lists are joined.
    """
    found = headers.fields(header, _READ)
    return Envelope(
        id=id,
        role=role,
        message_id=_message_id(found, received_at),
        received_at=received_at,
        sent_at=headers.date(found["date"][0]) if "date" in found else None,
        in_reply_to=_ids(found, "in-reply-to"),
        references=_ids(found, "references"),
        from_=headers.addresses(found["from"][0]) if "from" in found else (),
        reply_to=_list(found, "reply-to"),
        to=_list(found, "to"),
        cc=_list(found, "cc"),
        subject=headers.words(found["subject"][0]) if "subject" in found else "",
        size=size,
        thread_hint=thread_hint,
        evidence={name: "\n".join(values) for name, values in found.items() if name in _EVIDENCE},
    )


def _list(found: dict[str, list[str]], name: str) -> tuple[Address, ...]:
    return headers.addresses(", ".join(found[name])) if name in found else ()


def _ids(found: dict[str, list[str]], name: str) -> tuple[MessageId, ...]:
    return headers.message_ids(" ".join(found[name])) if name in found else ()


def _message_id(found: dict[str, list[str]], received_at: datetime) -> MessageId:
    for value in found.get("message-id", ()):
        if ids := headers.message_ids(value):
            return ids[0]
        if (bare := value.strip("<> ")) and " " not in bare and "\t" not in bare:
            return MessageId(f"<{bare}>")
    return _stand_in(found, received_at)


def _stand_in(found: dict[str, list[str]], received_at: datetime) -> MessageId:
    """An id that every copy of a message without one gets alike; only an undated one needs its receipt for that."""
    values = ["\n".join(found.get(name, ())) for name in _IDENTIFYING]
    if "date" not in found:
        values.append(str(received_at.timestamp()))
    digest = hashlib.sha256("\0".join(values).encode("utf-8", "surrogatepass")).hexdigest()
    return MessageId(f"<{digest[:32]}@missing.invalid>")


def parse(
    raw: bytes,
    *,
    id: EmailId,  # noqa: A002 - the field's name
    role: MailboxRole,
    received_at: datetime,
    thread_hint: str | None = None,
) -> Email:
    """The whole message in ``raw``, with its texts, calendar and report parts, and the names of its attachments."""
    raw_size, raw = len(raw), raw.lstrip(b"\r\n")
    head, _ = mime.split(raw)
    env = envelope(head, id=id, role=role, received_at=received_at, size=raw_size, thread_hint=thread_hint)
    return assemble(env, mime.leaves(raw))


def assemble(
    envelope: Envelope,  # the function of that name is not needed here
    parts: Iterable[Part],
    *,
    attachments: Iterable[str] = (),
    truncated: bool = False,
) -> Email:
    """The Email of an envelope and its leaf parts in the order in which they stand in the message.

    ``attachments`` names further parts that were not fetched. A plain part and the HTML part right after it are taken as
    two forms of one text; all texts that are shown inline are joined in order.
    """
    content = mime.read(parts, report="multipart/report" in envelope.evidence.get("content-type", "").lower())
    return Email(
        envelope=envelope,
        plain=content.plain,
        html=content.html,
        calendars=tuple(content.calendars),
        report=content.report,
        returned=content.returned,
        attachments=(*content.attachments, *attachments),
        truncated=truncated,
    )
