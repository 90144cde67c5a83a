"""The mailboxes of the shared scenario runner, over the fake Gmail, over npm's emulate and over Gmail's IMAP."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from followupd.core.mail import MailboxRole
from tests.adapters.gmail_imap_world import GmailImapWorld
from tests.adapters.gmail_world import GmailWorld
from tests.e2e.emulator import EmulatedWorld
from tests.fakes.gmail_imap import ALL

ROLES = {
    "inbox": MailboxRole.INBOX,
    "sent": MailboxRole.SENT,
    "archive": MailboxRole.ARCHIVE,
    "junk": MailboxRole.JUNK,
    "trash": MailboxRole.TRASH,
}


class Hands(Protocol):
    """What the user does to drafts in Gmail."""

    def at(self, when: datetime) -> None:
        """What follows is done at that moment."""

    def listed(self) -> list[tuple[str, bytes]]: ...
    def put(self, raw: bytes) -> None: ...
    def change(self, draft: str, raw: bytes) -> None: ...
    def send(self, draft: str) -> None: ...
    def discard(self, draft: str) -> None: ...


@dataclass
class FakeHands:
    world: GmailWorld

    def at(self, when: datetime) -> None:
        self.world.fake.account.now = int(when.timestamp() * 1000)

    def listed(self) -> list[tuple[str, bytes]]:
        account = self.world.fake.account
        return [(draft, account.messages[message].raw) for draft, message in account.drafts.items()]

    def put(self, raw: bytes) -> None:
        self.world.put_draft(raw)

    def change(self, draft: str, raw: bytes) -> None:
        self.world.fake.account.update_draft(draft, raw)

    def send(self, draft: str) -> None:
        self.world.fake.account.send_draft(draft)

    def discard(self, draft: str) -> None:
        self.world.fake.account.delete_draft(draft)


@dataclass
class EmulatedHands:
    world: EmulatedWorld

    def at(self, when: datetime) -> None:
        """The emulator goes by the Date header."""

    def listed(self) -> list[tuple[str, bytes]]:
        drafts = self.world.ask("GET", "drafts").get("drafts") or []
        return [(str(d["id"]), self.world.raw(d["message"]["id"])) for d in drafts]

    def put(self, raw: bytes) -> None:
        self.world.put_draft(raw)

    def change(self, draft: str, raw: bytes) -> None:
        self.world.change_draft(draft, raw)

    def send(self, draft: str) -> None:
        self.world.ask("POST", "drafts/send", {"id": draft})

    def discard(self, draft: str) -> None:
        self.world.ask("DELETE", f"drafts/{draft}")


@dataclass
class GmailBox:
    """A box of the runner. It takes a draft out and puts a changed or sent one in; in Gmail that is one and the same draft."""

    world: GmailWorld | EmulatedWorld
    hands: Hands
    account: dict[str, Any]
    _taken: tuple[str, bytes] | None = None

    def config(self) -> dict[str, Any]:
        return self.account

    def add(self, box: str, raw: bytes, when: datetime) -> None:
        self.hands.at(when)
        if self._taken and _alike(raw, self._taken[1]) and box in ("drafts", "sent"):
            (draft, _), self._taken = self._taken, None
            self.hands.change(draft, raw)
            if box == "sent":
                self.hands.send(draft)
            return
        self._settle()
        if box == "drafts":
            self.hands.put(raw)
        else:
            self.world.deliver(raw, ROLES[box], when)

    def drafts(self) -> list[tuple[str, bytes]]:
        self._settle()
        return self.hands.listed()

    def remove(self, key: str) -> None:
        found = dict(self.drafts())
        self._taken = (key, found[key])

    def _settle(self) -> None:
        if self._taken:
            (draft, _), self._taken = self._taken, None
            self.hands.discard(draft)

    def close(self) -> None:
        self._settle()


@dataclass
class GmailImapBox:
    """A box of the runner: Gmail over IMAP, where a draft that is changed or sent is another message."""

    world: GmailImapWorld

    def config(self) -> dict[str, Any]:
        return {
            "name": "exam", "backend": "imap", "host": "127.0.0.1", "port": self.world.port, "tls": "none",
            "username": self.world.user, "password": {"command": ["echo", self.world.server.password]},
        }  # fmt: skip

    def add(self, box: str, raw: bytes, when: datetime) -> None:
        if box == "drafts":
            self.world.append(ALL, raw, when, r"\Draft \Seen")
        else:
            self.world.deliver(raw, ROLES[box], when)

    def drafts(self) -> list[tuple[str, bytes]]:
        hand = self.world.hand
        hand.select(f'"{ALL}"')
        uids = hand.uid("search", "DRAFT")[1][0].decode().split()
        return [(uid, hand.uid("fetch", uid, "(BODY.PEEK[])")[1][0][1]) for uid in uids]

    def remove(self, key: str) -> None:
        self.world.hand.select(f'"{ALL}"')
        self.world.hand.uid("store", key, "+FLAGS", r"(\Deleted)")
        self.world.hand.expunge()

    def close(self) -> None:
        self.world.close()


def _alike(one: bytes, other: bytes) -> bool:
    first, second = message_from_bytes(one), message_from_bytes(other)
    return all(str(first[name]).split() == str(second[name]).split() for name in ("To", "Subject", "In-Reply-To"))


@dataclass
class TokenFiles:
    """Writes each account's token where the config can name it."""

    folder: Path
    _serial: count[int] = field(default_factory=count)

    def account(self, root: str, token: str) -> dict[str, Any]:
        path = self.folder / f"token-{next(self._serial)}.json"
        path.write_text(token)
        path.chmod(0o600)
        return {"name": "exam", "backend": "gmail", "api_endpoint": root, "token": {"file": str(path)}}
