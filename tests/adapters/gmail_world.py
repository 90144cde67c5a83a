"""A fake Gmail and its user at work in it, for the contract suites."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from followupd.adapters.gmail import GmailAccount, GmailDrafts, GmailMailbox
from followupd.adapters.gmail.quota import Bucket
from followupd.core.mail import MailboxRole
from tests.fakes.gmail import FakeGmail

LABELS = {
    MailboxRole.INBOX: {"INBOX", "UNREAD", "CATEGORY_PERSONAL"},
    MailboxRole.SENT: {"SENT"},
    MailboxRole.ARCHIVE: set(),
    MailboxRole.JUNK: {"SPAM", "UNREAD"},
    MailboxRole.TRASH: {"TRASH"},
}
PLACES = {"INBOX", "SENT", "SPAM", "TRASH"}


@dataclass
class GmailWorld:
    fake: FakeGmail

    def __post_init__(self) -> None:
        token = self.fake.sign_in.token()
        self.account = GmailAccount(
            name="personal", secret=lambda: token, api_endpoint=self.fake.root, bucket=Bucket(burst=1e9)
        )

    def mailbox(self) -> GmailMailbox:
        return self.account.mailbox()

    def drafts(self) -> GmailDrafts:
        return self.account.drafts()

    def deliver(self, raw: bytes, role: MailboxRole, received_at: datetime) -> None:
        self.fake.account.deliver(raw, LABELS[role], received_at)

    def delete(self, message_id: str) -> None:
        self.fake.account.delete(self.fake.account.by_message_id(message_id))

    def move(self, message_id: str, role: MailboxRole) -> None:
        message = self.fake.account.by_message_id(message_id)
        self.fake.account.relabel(message, LABELS[role] & PLACES, PLACES - LABELS[role])

    def mark_read(self, message_id: str) -> None:
        self.fake.account.relabel(self.fake.account.by_message_id(message_id), remove=["UNREAD"])

    def put_draft(self, raw: bytes) -> None:
        self.fake.account.create_draft(raw)

    def edit_draft(self, message_id: str, raw: bytes) -> None:
        self.fake.account.update_draft(self.fake.account.draft_of(message_id), raw)

    def send_draft(self, message_id: str) -> None:
        self.fake.account.send_draft(self.fake.account.draft_of(message_id))

    def fingerprint(self) -> object:
        return self.fake.account.fingerprint()
