"""What a message itself adds: its text without quotations, signature, disclaimer and forwarded mail (policy section 1)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from followupd.core.mail import Address, Email
from followupd.core.text.body import body_of, clean
from followupd.core.text.quotes import split_quotes
from followupd.core.text.signature import split_device, split_signature
from followupd.core.text.visible import Visible

__all__ = ["Visible", "visible", "visible_of"]

MAX_VISIBLE = 65_536
"""Characters of visible text that are kept."""


def visible(email: Email) -> Visible:
    """The text that ``email`` adds; what was taken off is in ``signature`` and ``quoted``. Lines stay as they were broken."""
    return _taken_apart(body_of(email), email.envelope.from_, email.envelope.subject)


def visible_of(plain: str) -> str:
    """The same for a bare plain text of nobody in particular."""
    return _taken_apart(clean(plain), (), "").text


_FORWARD = re.compile(r"\s*(?:\[[^\]]{1,30}\]\s*)?(?:fwd?|wg|tr|rv|enc|i|doorst|pd|vs|vb|fs)\s*[:：]", re.IGNORECASE)


def _taken_apart(lines: list[str], senders: Iterable[Address], subject: str) -> Visible:
    split = split_quotes(lines)
    new, device, below = split_device(split.new)
    text, signature = split_signature(new, senders=senders)
    return Visible(
        text=_joined(text)[:MAX_VISIBLE],
        signature=_joined(signature + device)[:MAX_VISIBLE],
        quoted=_joined(below + split.old)[:MAX_VISIBLE],
        forwarded=split.forwarded or (split.headed and bool(_FORWARD.match(subject))),
    )


def _joined(lines: list[str]) -> str:
    out: list[str] = []
    for line in lines:
        if line.strip() or (out and out[-1]):
            out.append(line.rstrip())
    return "\n".join(out).strip("\n")
