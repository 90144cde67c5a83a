"""Whether anything at all has happened in an account: asked once in a pass, for drafts, mail and labels together."""

from __future__ import annotations

from dataclasses import dataclass

from followupd.adapters.gmail.api import Api
from followupd.adapters.gmail.faults import NotFoundError


@dataclass(slots=True)
class Pulse:
    """Gmail's history id, by which every change shows. The ports of one account share it, and are used by one thread.

    ``at`` is the id when it was last asked for; None before, and at a stand-in that does not tell.
    """

    at: str | None = None
    _unspent: bool = False

    def take(self, api: Api) -> str | None:
        """Ask now, and keep the answer for one ``spend``."""
        self.at = (_after(api, self.at) if self.at else None) or _now(api)
        self._unspent = self.at is not None
        return self.at

    def spend(self) -> str | None:
        """The id that was asked for since the last ``spend``, so that nobody has to ask again; None if there is none."""
        fresh, self._unspent = self._unspent, False
        return self.at if fresh else None

    def now(self, api: Api) -> str | None:
        """The id, spent: as it was asked for just before, else asked for now."""
        fresh = self.spend() or self.take(api)
        self._unspent = False
        return fresh


def _after(api: Api, known: str) -> str | None:
    """The id now, by the history since ``known``; None where that is forgotten."""
    try:
        return str(api.call(api.resource("history").list(userId="me", startHistoryId=known, maxResults=1))["historyId"])
    except NotFoundError:
        return None


def _now(api: Api) -> str | None:
    try:
        return str(api.call(api.users.getProfile(userId="me"))["historyId"])
    except NotFoundError:
        return None
