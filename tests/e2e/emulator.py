"""npm's ``emulate``: a Google that others wrote. Installed once into pytest's cache, one process a test run."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from followupd.adapters.gmail import GmailAccount, GmailDrafts, GmailMailbox
from followupd.adapters.gmail.quota import Bucket
from followupd.core.mail import MailboxRole
from tests.adapters.gmail_world import LABELS, PLACES

PACKAGE = "emulate@0.12.2"
USERS = 2000


def _missing(reason: str) -> None:
    if os.environ.get("FOLLOWUPD_REQUIRE_SERVERS") == "1":  # noqa: TID251 - how the test run is told what it must have
        pytest.fail(reason)
    pytest.skip(reason)


def installed(cache: Path) -> Path:
    """The folder from which node finds ``emulate``."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        _missing("node and npm are needed for npm's emulate")
    if not (cache / "node_modules" / "emulate" / "package.json").exists():
        done = subprocess.run(
            ["npm", "install", "--prefix", str(cache), "--no-audit", "--no-fund", "--no-save", PACKAGE],
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        if done.returncode:
            _missing(f"npm could not install {PACKAGE}: {done.stderr[-300:]}")
    return cache


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(cache: Path, *, back: Sequence[int] = (1,)) -> Iterator[str]:
    """The emulator's address while it runs. A sign-in may come back to the ports ``back``."""
    script = installed(cache) / "emulator.mjs"
    shutil.copy(Path(__file__).with_name("emulator.mjs"), script)
    port = free_port()
    process = subprocess.Popen(
        ["node", str(script), str(port), str(USERS), *map(str, back)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if process.stdout is None or process.stdout.readline().strip() != "ready":
            _missing("npm's emulate did not start")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.communicate(timeout=10)


@dataclass
class EmulatedWorld:
    """One of the emulator's users, empty at first, and the user's hands."""

    root: str
    user: int

    def __post_init__(self) -> None:
        self.account = GmailAccount(
            name="personal", secret=self.token, api_endpoint=self.root, bucket=Bucket(burst=1e9)
        )

    def token(self) -> str:
        return json.dumps(
            {"type": "authorized_user", "token": f"token-{self.user}", "token_uri": f"{self.root}/oauth2/token"}
        )

    def ask(self, verb: str, path: str, body: Any = None, **query: Any) -> dict[str, Any]:
        answer = requests.request(
            verb, f"{self.root}/gmail/v1/users/me/{path}", json=body, params=query, timeout=10,
            headers={"Authorization": f"Bearer token-{self.user}"},
        )  # fmt: skip
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    def mailbox(self) -> GmailMailbox:
        return self.account.mailbox()

    def drafts(self) -> GmailDrafts:
        return self.account.drafts()

    def deliver(self, raw: bytes, role: MailboxRole, received_at: datetime) -> None:
        at = str(round(received_at.timestamp() * 1000))
        self.ask("POST", "messages", {"raw": encoded(raw), "labelIds": sorted(LABELS[role]), "internalDate": at})

    def _find(self, message_id: str) -> str:
        listed = self.ask("GET", "messages", includeSpamTrash="true", maxResults=500).get("messages", [])
        return next(m["id"] for m in listed if f"Message-ID: {message_id}".encode() in self.raw(m["id"]))

    def _find_draft(self, message_id: str) -> str:
        wanted = self._find(message_id)
        return next(str(d["id"]) for d in self.ask("GET", "drafts")["drafts"] if d["message"]["id"] == wanted)

    def delete(self, message_id: str) -> None:
        self.ask("DELETE", f"messages/{self._find(message_id)}")

    def _relabel(self, message_id: str, add: set[str], remove: set[str]) -> None:
        body = {"addLabelIds": sorted(add), "removeLabelIds": sorted(remove)}
        self.ask("POST", f"messages/{self._find(message_id)}/modify", body)

    def move(self, message_id: str, role: MailboxRole) -> None:
        self._relabel(message_id, LABELS[role] & PLACES, PLACES - LABELS[role])

    def mark_read(self, message_id: str) -> None:
        self._relabel(message_id, set(), {"UNREAD"})

    def put_draft(self, raw: bytes) -> None:
        self.ask("POST", "drafts", {"message": {"raw": encoded(raw)}})

    def change_draft(self, draft: str, raw: bytes) -> None:
        self.ask("PUT", f"drafts/{draft}", {"message": {"raw": encoded(raw)}})

    def edit_draft(self, message_id: str, raw: bytes) -> None:
        self.change_draft(self._find_draft(message_id), raw)

    def send_draft(self, message_id: str) -> None:
        self.ask("POST", "drafts/send", {"id": self._find_draft(message_id)})

    def raw(self, ident: str) -> bytes:
        return _decoded(self.ask("GET", f"messages/{ident}", format="raw")["raw"])

    def fingerprint(self) -> object:
        listed = self.ask("GET", "messages", includeSpamTrash="true", maxResults=500).get("messages", [])
        return [self.ask("GET", f"messages/{m['id']}", format="raw") for m in listed]


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


def _decoded(data: str) -> bytes:
    return base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
