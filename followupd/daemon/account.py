"""An account as the use cases see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from followupd.core.ports import Drafts, Labels, Mailbox

Progress = Callable[[str, int, int | None], None]
"""Told what is being done, how much of it is done, and of how much (None if not known)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account's name and ports; ``labels`` only where the server has any and the user wants them."""

    name: str
    mailbox: Mailbox
    drafts: Drafts
    labels: Labels | None = None
