"""A Dovecot account as the contract suites need it, and the hands of its user."""

from __future__ import annotations

import imaplib
import itertools
import os
from datetime import UTC, datetime

from followupd.adapters.imap import ImapAccount
from followupd.adapters.imap.drafts import ImapDrafts
from followupd.adapters.imap.mailbox import ImapMailbox
from followupd.core.mail import MailboxRole
from tests.servers.dovecot import Dovecot

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAMES = {
    MailboxRole.INBOX: "INBOX",
    MailboxRole.SENT: "Sent",
    MailboxRole.DRAFTS: "Drafts",
    MailboxRole.TRASH: "Trash",
    MailboxRole.JUNK: "Junk",
    MailboxRole.ARCHIVE: "Archive",
}
_serial = itertools.count()


class ImapWorld:
    """A ``user`` of ``server``, else a new one; ``port`` reaches it through something in between."""

    def __init__(self, server: Dovecot, *, port: int | None = None, user: str | None = None) -> None:
        self.server = server
        self.user = user or f"u{os.getpid()}x{next(_serial)}"
        self.port = port or server.port
        self.accounts: list[ImapAccount] = []
        self.hand = imaplib.IMAP4(server.host, server.port)
        self.hand.login(self.user, server.password)

    def account(self, **changed: object) -> ImapAccount:
        settings: dict[str, object] = {
            "name": "test",
            "host": self.server.host,
            "port": self.port,
            "tls": "none",
            "username": self.user,
            "auth": "password",
            "secret": lambda: self.server.password,
            "timeout": 5.0,
        }
        account = ImapAccount(**(settings | changed))  # type: ignore[arg-type]
        self.accounts.append(account)
        return account

    def mailbox(self) -> ImapMailbox:
        return self.account().mailbox()

    def drafts(self) -> ImapDrafts:
        return self.account().drafts()

    def deliver(self, raw: bytes, role: MailboxRole, received_at: datetime, flags: str = "") -> None:
        self.append(NAMES[role], raw, received_at, flags)

    def append(self, name: str, raw: bytes, received_at: datetime, flags: str = "") -> None:
        status, answer = self.hand.append(f'"{name}"', f"({flags})", imaplib.Time2Internaldate(received_at), raw)
        assert status == "OK", answer

    def delete(self, message_id: str) -> None:
        for name, uid in self._copies(message_id):
            self.hand.select(name)
            self.hand.uid("store", uid, "+FLAGS", r"(\Deleted)")
            self.hand.expunge()

    def move(self, message_id: str, role: MailboxRole) -> None:
        ((name, uid),) = self._copies(message_id)
        self.hand.select(name)
        self.hand.uid("move", uid, NAMES[role])

    def mark_read(self, message_id: str) -> None:
        for name, uid in self._copies(message_id):
            self.hand.select(name)
            self.hand.uid("store", uid, "+FLAGS", r"(\Seen)")

    def put_draft(self, raw: bytes) -> None:
        self.deliver(raw, MailboxRole.DRAFTS, NOW, r"\Draft \Seen")

    def edit_draft(self, message_id: str, raw: bytes) -> None:
        self.delete(message_id)
        self.put_draft(raw)

    def send_draft(self, message_id: str) -> None:
        self.move(message_id, MailboxRole.SENT)
        self.mark_read(message_id)

    def fingerprint(self) -> object:
        """Every mailbox with its messages, their flags and their octets."""
        found = []
        for name in self.names():
            self.hand.select(name, readonly=True)
            found.append((name, self.hand.uid("fetch", "1:*", "(FLAGS BODY.PEEK[])")[1]))
        return found

    def names(self) -> list[str]:
        return sorted(line.rpartition(b" ")[2].decode() for line in self.hand.list()[1])

    def close(self) -> None:
        for account in self.accounts:
            account.close()
        self.hand.logout()

    def _copies(self, message_id: str) -> list[tuple[str, str]]:
        found = []
        for name in self.names():
            self.hand.select(name)
            uids = self.hand.uid("search", "HEADER", "Message-ID", message_id)[1][0].decode().split()
            found += [(name, uid) for uid in uids]
        return found
