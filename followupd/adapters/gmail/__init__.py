"""A Gmail account over the Gmail API: read, and given drafts; nothing is ever sent, moved or marked.

This package imports google-api-python-client and is itself imported only where a Gmail account is configured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from followupd.adapters.gmail.api import Api
from followupd.adapters.gmail.checkup import Checkup
from followupd.adapters.gmail.drafts import GmailDrafts
from followupd.adapters.gmail.guard import GOOGLE, Guard
from followupd.adapters.gmail.labels import ROOT, GmailLabels
from followupd.adapters.gmail.mailbox import GmailMailbox
from followupd.adapters.gmail.pulse import Pulse
from followupd.adapters.gmail.quota import Bucket
from followupd.adapters.gmail.transport import SignIn, Transport
from followupd.core.health import Check

__all__ = ["GmailAccount", "GmailDrafts", "GmailLabels", "GmailMailbox"]


@dataclass(slots=True, kw_only=True)
class GmailAccount:
    """One configured Gmail account.

    ``secret`` brings the token as JSON of the kind ``authorized_user`` (it may raise AuthError), ``save`` stores it anew
    after a refresh (None: it is not kept). ``api_endpoint`` moves every request to a loopback address, for tests;
    any other address raises PermanentError. ``labels`` allows labels of conversations to be written, by the port Labels alone.
    """

    name: str
    secret: Callable[[], str]
    save: Callable[[str], None] | None = None
    api_endpoint: str | None = None
    labels: bool = False
    bucket: Bucket = field(default_factory=Bucket)
    _pulse: Pulse = field(default_factory=Pulse)
    _sign_in: SignIn = field(init=False)

    def __post_init__(self) -> None:
        self._sign_in = SignIn(self.name, self.secret, self.save)

    def mailbox(self) -> GmailMailbox:
        return GmailMailbox(self.api(), self._pulse)

    def drafts(self) -> GmailDrafts:
        return GmailDrafts(self.api(), self._pulse)

    def thread_labels(self, root: str = ROOT) -> GmailLabels:
        return GmailLabels(self.api(labels=self.labels), root, self._pulse)

    def checks(self, now: datetime) -> Iterable[Check]:
        """What to look at for `followupd doctor`."""
        return Checkup(self.api(), now, self.labels).checks()

    def api(self, *, labels: bool = False) -> Api:
        """A connection of its own; all of an account share one token and one quota, and belong to one thread."""
        return Api(Transport(self._sign_in, Guard(self.api_endpoint or GOOGLE, labels)), self.bucket)
