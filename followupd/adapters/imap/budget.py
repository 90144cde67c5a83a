"""How much may be transferred in 24 hours. Gmail shuts out, for a day, whoever has read about 2.5 GB over IMAP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol

from followupd.core.errors import TransientError

AT_GMAIL = 2_000_000_000
"""Octets, where the user names no limit: the rest of what Gmail allows is for the user's other mail programs."""

_KEEP_EVERY = 1 << 20
_LOOK_AGAIN = timedelta(hours=1)


class Traffic(Protocol):
    """What outlives the process: how much was transferred."""

    def spent(self) -> int:
        """Octets in the last 24 hours."""
        ...

    def spend(self, octets: int) -> None: ...


@dataclass(slots=True)
class Budget:
    """Counts octets both ways. ``limit`` is for 24 hours; None means Gmail's at Gmail, and none elsewhere; 0 means none.

    May be used from several threads.
    """

    account: str
    traffic: Traffic
    now: Callable[[], datetime]
    limit: int | None = None
    _fresh: int = field(default=0, init=False)
    _spent: int = field(default=0, init=False)
    _looked_at: datetime | None = field(default=None, init=False)
    _turn: Lock = field(default_factory=Lock, init=False)

    def count(self, octets: int) -> None:
        with self._turn:
            self._fresh += octets
            if self._fresh >= _KEEP_EVERY:
                self._keep()

    def keep(self) -> None:
        """Write down what was counted."""
        with self._turn:
            self._keep()

    def _keep(self) -> None:
        if self._fresh:
            self.traffic.spend(self._fresh)
            self._spent, self._fresh = self._spent + self._fresh, 0

    def check(self, *, gmail: bool) -> None:
        """Raise TransientError once the limit is reached, until enough of it is a day old."""
        limit = AT_GMAIL if self.limit is None and gmail else self.limit
        if not limit:
            return
        with self._turn:
            now = self.now()
            if self._looked_at is None or now - self._looked_at >= _LOOK_AGAIN:
                self._keep()
                self._spent, self._looked_at = self.traffic.spent(), now
            if self._spent + self._fresh >= limit:
                self._keep()
                raise TransientError(
                    f"{limit / 1e9:.3g} GB of mail were transferred in 24 hours, which is what daily_traffic allows; "
                    "reading goes on by itself as those hours pass",
                    remedy=f"Wait, or raise daily_traffic of {self.account}; Gmail locks out whoever reads over 2.5 GB a day.",
                    retry_after=_LOOK_AGAIN,
                )
