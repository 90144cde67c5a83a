"""One IMAP account, as the config describes it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable

from followupd.adapters.imap import checkup
from followupd.adapters.imap.budget import Budget
from followupd.adapters.imap.drafts import ImapDrafts
from followupd.adapters.imap.idle import ImapPush
from followupd.adapters.imap.labels import ImapLabels
from followupd.adapters.imap.mailbox import ImapMailbox
from followupd.adapters.imap.session import Access, Auth, Session, Tls
from followupd.core.health import Check


class ImapAccount:
    """A Mailbox and a Drafts port that share one connection, made when first used.

    ``secret`` gives the password or the OAuth access token and is called at every sign-in; ``timeout`` is the longest
    silence of the server that is borne, in seconds. ``trust`` replaces the system's trust in certificates; ``budget`` limits what is
    transferred.
    """

    def __init__(
        self,
        *,
        name: str,
        host: str,
        port: int,
        tls: Tls,
        username: str,
        auth: Auth,
        secret: Callable[[], str],
        timeout: float = 60.0,
        connect_timeout: float = 20.0,
        trust: ssl.SSLContext | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._access = Access(
            name=name,
            host=host,
            port=port,
            tls=tls,
            username=username,
            auth=auth,
            secret=secret,
            timeout=timeout,
            connect_timeout=connect_timeout,
            trust=trust,
            budget=budget,
        )
        self._session = Session(self._access)

    def mailbox(self) -> ImapMailbox:
        return ImapMailbox(self._session)

    def drafts(self) -> ImapDrafts:
        return ImapDrafts(self._session)

    def push(self) -> ImapPush:
        """With a connection of its own."""
        return ImapPush(Session(self._access))

    def thread_labels(self, root: str) -> ImapLabels:
        """Labels of conversations under ``root``, where the server is Gmail's; elsewhere there are none."""
        return ImapLabels(self._session, root)

    def checks(self) -> Iterable[Check]:
        """What to look at for `followupd doctor`."""
        return checkup.checks(self._session)

    def close(self) -> None:
        """Sign out. The next use of a port connects again."""
        self._session.close()
