"""An account as the use cases see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from followupd.core.ports import Drafts, Labels, Mailbox, Push

Progress = Callable[[str, int, int | None], None]
"""Told what is being done, how much of it is done, and of how much (None if not known)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account's name and ports; ``labels`` only where the server has any and the user wants them.

    ``push`` only where the server may tell of news. ``sign_in_ends`` tells when the sign-in ends by itself; None where nothing is known of that.
    """

    name: str
    mailbox: Mailbox
    drafts: Drafts
    labels: Labels | None = None
    push: Push | None = None
    sign_in_ends: Callable[[], datetime | None] = lambda: None
