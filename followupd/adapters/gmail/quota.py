"""Gmail's quota units, and a bucket that keeps one account under its limit."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

COSTS = {
    "users.getProfile": 1, "users.messages.list": 5, "users.messages.get": 5, "users.messages.attachments.get": 5,
    "users.history.list": 2, "users.drafts.list": 5, "users.drafts.get": 5, "users.drafts.create": 10,
    "users.drafts.delete": 10, "users.labels.list": 1, "users.labels.create": 5, "users.labels.delete": 5,
    "users.threads.get": 10, "users.messages.modify": 5, "users.settings.sendAs.list": 1,
}  # fmt: skip
"""Units of a call (https://developers.google.com/workspace/gmail/api/reference/quota)."""

PER_SECOND = 200.0
BURST = 3000.0
"""A minute then holds at most 15,000 units, which is what Google grants a user."""


@dataclass(slots=True)
class Bucket:
    """A token bucket. ``clock`` counts seconds, ``sleep`` waits for some."""

    per_second: float = PER_SECOND
    burst: float = BURST
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    spent: float = 0.0
    _level: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._level, self._at = self.burst, self.clock()

    def take(self, units: float) -> None:
        """Wait until ``units`` may be spent."""
        self.spent += units
        now = self.clock()
        self._level = min(self.burst, self._level + (now - self._at) * self.per_second) - units
        self._at = now
        if self._level < 0:
            self.sleep(-self._level / self.per_second)
