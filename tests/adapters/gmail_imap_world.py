"""A Gmail over IMAP as the contract suites need it, and the hands of its user: labels, not folders."""

from __future__ import annotations

from datetime import datetime

from followupd.adapters.imap.labels import ImapLabels
from followupd.core.mail import MailboxRole
from tests.adapters.imap_world import NOW, ImapWorld
from tests.fakes.gmail_imap import ALL, SPAM, TRASH, GmailImap, Known, keyword, known, threads_of

PLACES = {
    MailboxRole.INBOX: (ALL, "\\Inbox"),
    MailboxRole.SENT: (ALL, "\\Sent"),
    MailboxRole.ARCHIVE: (ALL, ""),
    MailboxRole.JUNK: (SPAM, ""),
    MailboxRole.TRASH: (TRASH, ""),
}


class GmailImapWorld(ImapWorld):
    def __init__(self, gmail: GmailImap, *, port: int | None = None) -> None:
        super().__init__(gmail.server, port=port or gmail.port)
        self.gmail = gmail

    def labels(self) -> ImapLabels:
        return self.account().thread_labels("followupd")

    def deliver(self, raw: bytes, role: MailboxRole, received_at: datetime, flags: str = "") -> None:
        place, label = PLACES[role]
        self.append(place, raw, received_at, f"{flags} {keyword(label)}" if label else flags)

    def put_draft(self, raw: bytes) -> None:
        self.append(ALL, raw, NOW, r"\Draft \Seen")

    def move(self, message_id: str, role: MailboxRole) -> None:
        place, label = PLACES[role]
        ((name, uid),) = self._copies(message_id)
        self.hand.select(name)
        old = " ".join(keyword(label) for _, label in PLACES.values() if label)
        self.hand.uid("store", uid, "-FLAGS.SILENT", rf"({old} \Draft)")
        if label:
            self.hand.uid("store", uid, "+FLAGS.SILENT", f"({keyword(label)})")
        if name != _quoted(place):
            self.hand.uid("move", uid, _quoted(place))

    def send_draft(self, message_id: str) -> None:
        """Gmail makes another message of it."""
        ((name, uid),) = self._copies(message_id)
        self.hand.select(name)
        raw = self.hand.uid("fetch", uid, "(BODY.PEEK[])")[1][0][1]
        self.delete(message_id)
        self.deliver(raw, MailboxRole.SENT, NOW)

    def names(self) -> list[str]:
        return [_quoted(name) for name in (ALL, SPAM, TRASH)]

    # --- labels

    def _all(self) -> list[Known]:
        return known(self.hand, _quoted(ALL))

    def _one(self, message_id: str) -> Known:
        return next(k for k in self._all() if k.ident == message_id)

    def thread_of(self, message_id: str) -> str:
        return f"{threads_of(self._all())[message_id]:x}"

    def label(self, message_id: str, name: str) -> None:
        self.hand.create(_quoted(name))
        threads = threads_of(self._all())
        for one in self._all():
            if threads[one.ident] == threads[message_id] and not one.is_draft:
                self.hand.select(_quoted(ALL))
                self.hand.uid("store", str(one.uid), "+FLAGS.SILENT", f"({keyword(name)})")

    def carried(self, message_id: str) -> set[str]:
        listed = (line.rpartition(b' "/" ')[2].decode().strip('"') for line in self.hand.list()[1])
        named = {name.lower(): name for name in listed}
        return {named.get(n, n) for n in self._one(message_id).labels if not n.startswith("\\")}


def _quoted(name: str) -> str:
    return f'"{name}"'
