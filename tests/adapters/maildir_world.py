"""A Maildir++ tree and a user's mail client working in it, for the contract suites and the end-to-end tests."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

from followupd.adapters.maildir import MaildirAccount, MaildirDrafts, MaildirMailbox
from followupd.core.mail import MailboxRole

FOLDERS = {
    MailboxRole.INBOX: "",
    MailboxRole.SENT: ".Sent",
    MailboxRole.DRAFTS: ".Drafts",
    MailboxRole.ARCHIVE: ".Archive",
    MailboxRole.TRASH: ".Trash",
    MailboxRole.JUNK: ".Junk",
    MailboxRole.OTHER: ".Jobs",
}


@dataclass
class MaildirWorld:
    root: Path
    _serial: count[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        for name in FOLDERS.values():
            for sub in ("cur", "new", "tmp"):
                (self.root / name / sub).mkdir(parents=True, exist_ok=True)

    @property
    def account(self) -> MaildirAccount:
        return MaildirAccount(name="archive", path=self.root)

    def mailbox(self) -> MaildirMailbox:
        return self.account.mailbox()

    def drafts(self) -> MaildirDrafts:
        return self.account.drafts()

    def deliver(self, raw: bytes, role: MailboxRole, received_at: datetime) -> None:
        moment = received_at.timestamp()
        base = f"{int(moment)}.M{next(self._serial)}P1.host"
        flags = {MailboxRole.SENT: "cur/{}:2,S", MailboxRole.DRAFTS: "cur/{}:2,DS"}.get(role, "new/{}")
        path = self.root / FOLDERS[role] / flags.format(base)
        path.write_bytes(raw)
        os.utime(path, (moment, moment))

    def files(self) -> list[Path]:
        return sorted(p for p in self.root.rglob("*") if p.is_file() and p.parent.name in ("cur", "new"))

    def find(self, message_id: str) -> Path:
        return next(p for p in self.files() if f"Message-ID: {message_id}".encode() in p.read_bytes())

    def delete(self, message_id: str) -> None:
        self.find(message_id).unlink()

    def move(self, message_id: str, role: MailboxRole) -> None:
        path = self.find(message_id)
        path.rename(self.root / FOLDERS[role] / "cur" / path.name)

    def mark_read(self, message_id: str) -> None:
        path = self.find(message_id)
        base, _, flags = path.name.partition(":2,")
        path.rename(path.parent.parent / "cur" / f"{base}:2,{''.join(sorted({*flags, 'S'}))}")

    def put_draft(self, raw: bytes) -> None:
        self.deliver(raw, MailboxRole.DRAFTS, datetime.fromisoformat("2026-03-02T12:00:00Z"))

    def edit_draft(self, message_id: str, raw: bytes) -> None:
        self.delete(message_id)
        self.put_draft(raw)

    def send_draft(self, message_id: str) -> None:
        path = self.find(message_id)
        raw = path.read_bytes()
        path.unlink()
        self.deliver(raw, MailboxRole.SENT, datetime.fromisoformat("2026-03-02T12:30:00Z"))

    def fingerprint(self) -> object:
        return [(str(p), s.st_mtime_ns, s.st_ino, s.st_size) for p in sorted(self.root.rglob("*")) for s in [p.stat()]]
