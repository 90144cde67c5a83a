"""Accounts whose server asked to be left alone for a while, and for how long."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from followupd.core.errors import FollowupdError, TransientError


@dataclass(slots=True)
class Pauses:
    """Lasts as long as the process: whoever starts a pass by hand means it."""

    _until: dict[str, tuple[datetime, FollowupdError]] = field(default_factory=dict)

    def begin(self, account: str, error: FollowupdError, now: datetime) -> None:
        """Leave ``account`` alone for as long as its server wishes, if ``error`` tells such a wish."""
        if isinstance(error, TransientError) and error.retry_after:
            self._until[account] = now + error.retry_after, error

    def running(self, now: datetime) -> dict[str, FollowupdError]:
        """The accounts that are still to be left alone at ``now``, and why."""
        self._until = {name: (until, error) for name, (until, error) in self._until.items() if until > now}
        return {name: error for name, (_, error) in self._until.items()}
