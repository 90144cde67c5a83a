"""What a message itself adds: its text without quotations, signature, disclaimer and forwarded mail (policy section 1)."""

from __future__ import annotations

from followupd.core.mail import Email
from followupd.core.text.body import body_of
from followupd.core.text.quotes import split_quotes
from followupd.core.text.signature import split_signature
from followupd.core.text.visible import Visible

__all__ = ["Visible", "visible"]

MAX_VISIBLE = 65_536
"""Characters of visible text that are kept."""


def visible(email: Email) -> Visible:
    """The text that ``email`` adds; what was taken off is in ``signature`` and ``quoted``. Lines stay as they were broken."""
    split = split_quotes(body_of(email))
    text, signature = split_signature(split.new, senders=email.envelope.from_)
    return Visible(
        text=_joined(text)[:MAX_VISIBLE],
        signature=_joined(signature)[:MAX_VISIBLE],
        quoted=_joined(split.old)[:MAX_VISIBLE],
        forwarded=split.forwarded,
    )


def _joined(lines: list[str]) -> str:
    out: list[str] = []
    for line in lines:
        if line.strip() or (out and out[-1]):
            out.append(line.rstrip())
    return "\n".join(out).strip("\n")
