"""What a contract suite needs of the thing under test: the mail server or folder behind the port, and its user's hands."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from followupd.core.mail import MailboxRole
from followupd.core.ports import Drafts, Mailbox


class World(Protocol):
    """One account of one backend, empty at first. Messages are named by their Message-ID."""

    def mailbox(self) -> Mailbox:
        """A new connection to it."""
        ...

    def drafts(self) -> Drafts: ...

    def deliver(self, raw: bytes, role: MailboxRole, received_at: datetime) -> None: ...

    def delete(self, message_id: str) -> None:
        """The message goes for good."""
        ...

    def move(self, message_id: str, role: MailboxRole) -> None:
        """The user moves the message to another mailbox."""
        ...

    def mark_read(self, message_id: str) -> None:
        """The user opens the message in another client."""
        ...

    def put_draft(self, raw: bytes) -> None:
        """The user begins a draft in another client."""
        ...

    def edit_draft(self, message_id: str, raw: bytes) -> None:
        """The user saves the draft anew, with the content ``raw``."""
        ...

    def send_draft(self, message_id: str) -> None:
        """The user sends the draft: it goes from Drafts to Sent."""
        ...

    def fingerprint(self) -> object:
        """Equal to an earlier one if nothing has been written in between: no flag, no message, no folder."""
        ...
