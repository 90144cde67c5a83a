"""A user of Gmail with one application, and a config file: stories in a fake Gmail, with the wiring of the program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from followupd import bootstrap
from followupd.adapters.gmail import auth
from followupd.core.decide import Decision
from followupd.core.mail import MailboxRole
from followupd.daemon import words
from followupd.daemon.report import PassReport
from tests.adapters.gmail_world import GmailWorld
from tests.e2e.gmail_boxes import TokenFiles
from tests.fakes.gmail import FakeGmail
from tests.stories.telling import message_id, octets

LEIF = "Leif Osgood <leif.osgood@tidepool.example>"
APPLIED: Mapping[str, Any] = {
    "id": "a1", "from": "me", "to": LEIF, "date": datetime.fromisoformat("2026-04-06T09:00:00-05:00"),
    "subject": "Application for Diver at Tidepool",
    "body": "Dear Leif, I am applying for the Diver position at Tidepool. Kind regards, Alex Kim",
}  # fmt: skip
EARLY = datetime.fromisoformat("2026-04-08T09:00:00-05:00")
DUE = datetime.fromisoformat("2026-04-20T09:00:00-05:00")
LATER = datetime.fromisoformat("2026-04-21T09:00:00-05:00")
CONFIG = """
[me]
name = "Alex Kim"
emails = ["alex.kim@example.org"]
time_zone = "America/Chicago"
[[accounts]]
name = "exam"
backend = "gmail"
api_endpoint = "{root}"
token = {{file = "{token}"}}
{more}
"""


@dataclass
class Seeker:
    """A user with a Gmail account and a config file."""

    fake: FakeGmail
    home: Path
    messages: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world = GmailWorld(self.fake)
        self.configure()
        self.deliver(APPLIED)

    def configure(self, more: str = "", *, labels: bool = True, told: bool = True) -> None:
        scopes = frozenset(auth.scopes(labels=labels))
        token = self.fake.sign_in.token(scopes)
        if told:
            token = token[:-1] + f', "scopes": {sorted(scopes)}}}'.replace("'", '"')
        file = TokenFiles(self.home).account(self.fake.root, token)["token"]["file"]
        self.path = self.home / "config.toml"
        self.path.write_text(CONFIG.format(root=self.fake.root, token=file, more=more))
        self.env = {"XDG_STATE_HOME": str(self.home / "state"), "HOME": str(self.home)}
        self.settings = bootstrap.settings(str(self.path), self.env)

    def deliver(self, spec: Mapping[str, Any]) -> None:
        self.messages[spec["id"]] = spec
        role = MailboxRole.SENT if spec["from"] == "me" else MailboxRole.INBOX
        self.world.deliver(octets(spec, self.messages), role, spec["date"])

    def answer(self, body: str, ident: str = "b1") -> None:
        at = datetime.fromisoformat("2026-04-07T09:00:00-05:00")
        subject = "Re: Application for Diver at Tidepool"
        self.deliver({"id": ident, "from": LEIF, "date": at, "subject": subject, "reply_to": "a1", "body": body})

    def once(self, at: datetime, *, dry_run: bool = False) -> PassReport:
        with bootstrap.service(self.settings, scratch=dry_run) as service:
            return service.once(at, dry_run=dry_run)

    def say(self, command: words.Command, at: datetime) -> None:
        with bootstrap.service(self.settings) as service:
            words.say(service.store, command, words.messages_about(message_id("a1"), service, at), "", at)

    # ---- the user's hands in Gmail

    def label(self, name: str, ident: str = "a1") -> None:
        """Gmail's page labels every message of a conversation."""
        kept = self.fake.account
        label = next((i for i, n in kept.labels.items() if n == name), f"Label_{len(kept.labels) + 100}")
        kept.labels[label] = name
        for message in self._conversation(ident):
            kept.relabel(message, add=[label])

    def unlabel(self, name: str, ident: str = "a1") -> None:
        label = self.fake.account.label_id(name)
        for message in self._conversation(ident):
            self.fake.account.relabel(message, remove=[label])

    def _conversation(self, ident: str) -> list[Any]:
        thread = self.fake.account.by_message_id(message_id(ident)).thread
        return [m for m in self.fake.account.messages.values() if m.thread == thread and "DRAFT" not in m.labels]

    # ---- what there is to see

    def shown(self, ident: str = "a1") -> set[str]:
        named = self.fake.account.labels
        return {named[i] for m in self._conversation(ident) for i in m.labels if i.startswith("Label_")}

    @property
    def drafts(self) -> int:
        return len(self.fake.account.drafts)


def only(report: PassReport) -> Decision:
    (decision,) = report.decisions
    return decision
