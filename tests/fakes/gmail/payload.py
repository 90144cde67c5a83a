"""From octets to Gmail's payload: headers decoded and unfolded, transfer encodings undone, attachments kept apart."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from typing import Any


def parsed(raw: bytes) -> Message:
    return message_from_bytes(raw)


def header_list(part: Message) -> list[dict[str, str]]:
    return [{"name": name, "value": _decoded(value)} for name, value in part.items()]


def _decoded(value: Any) -> str:
    text = " ".join(str(value).split())
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, ValueError):
        return text


def encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode()


def resource(part: Message, number: str = "") -> dict[str, Any]:
    """The payload of a message, or one part of it. Text comes as UTF-8, whatever its header says."""
    made: dict[str, Any] = {
        "partId": number,
        "mimeType": part.get_content_type(),
        "filename": part.get_filename() or "",
        "headers": header_list(part),
    }
    if has_parts(part):
        made["body"] = {"size": 0}
        made["parts"] = [resource(p, f"{number}.{i}" if number else str(i)) for i, p in enumerate(part.get_payload())]
        return made
    octets = content(part)
    if is_kept_apart(part):
        made["body"] = {"attachmentId": f"att-{number or '0'}", "size": len(octets)}
    else:
        made["body"] = {"size": len(octets), "data": encoded(as_utf8(part, octets))}
    return made


def has_parts(part: Message) -> bool:
    return part.is_multipart() and part.get_content_type() != "message/delivery-status"


def content(part: Message) -> bytes:
    if part.is_multipart():  # the blocks of a delivery status, which the library has taken apart
        return b"\n".join(block.as_bytes() for block in part.get_payload())
    return part.get_payload(decode=True) or b""


def as_utf8(part: Message, octets: bytes) -> bytes:
    try:
        return octets.decode(part.get_content_charset() or "utf-8").encode()
    except (LookupError, UnicodeDecodeError):
        return octets


def is_kept_apart(part: Message) -> bool:
    return bool(part.get_filename()) or part.get_content_maintype() != "text"


def numbered(part: Message, number: str = "") -> Iterator[tuple[str, Message]]:
    if has_parts(part):
        for i, p in enumerate(part.get_payload()):
            yield from numbered(p, f"{number}.{i}" if number else str(i))
    else:
        yield number or "0", part
