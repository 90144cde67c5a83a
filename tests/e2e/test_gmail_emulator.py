"""The Gmail backend against npm's emulate, held to the contracts of the ports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import pytest

from followupd.adapters.gmail import GmailLabels, mailbox
from tests.contracts.drafts import DraftsContract
from tests.contracts.history import hold
from tests.contracts.labels import LabelsContract
from tests.contracts.mailbox import MailboxContract
from tests.e2e.emulator import EmulatedWorld, running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("emulate")]

_users = count()


@pytest.fixture(scope="module")
def emulator(pytestconfig: pytest.Config) -> Iterator[str]:
    with running(pytestconfig.cache.mkdir("emulate")) as root:
        yield root


@pytest.fixture
def world(emulator: str) -> EmulatedWorld:
    return EmulatedWorld(emulator, next(_users))


class TestEmulatedMailbox(MailboxContract):
    many = 303

    @pytest.fixture
    def world(self, world: EmulatedWorld) -> EmulatedWorld:
        return world


class TestEmulatedDrafts(DraftsContract):
    @pytest.fixture
    def world(self, world: EmulatedWorld) -> EmulatedWorld:
        return world


@dataclass
class LabelledEmulator(EmulatedWorld):
    def labels(self) -> GmailLabels:
        return replace(self.account, labels=True).thread_labels()

    def thread_of(self, message_id: str) -> str:
        return str(self._message(message_id)["threadId"])

    def _message(self, message_id: str) -> dict[str, Any]:
        return self.ask("GET", f"messages/{self._find(message_id)}", format="minimal")

    def _named(self) -> dict[str, str]:
        return {str(label["id"]): str(label["name"]) for label in self.ask("GET", "labels")["labels"]}

    def label(self, message_id: str, name: str) -> None:
        known = {n: i for i, n in self._named().items()}
        made = known.get(name) or str(self.ask("POST", "labels", {"name": name})["id"])
        for message in self.ask("GET", f"threads/{self.thread_of(message_id)}", format="minimal")["messages"]:
            if "DRAFT" not in message["labelIds"]:
                self.ask("POST", f"messages/{message['id']}/modify", {"addLabelIds": [made]})

    def carried(self, message_id: str) -> set[str]:
        system = {"INBOX", "SENT", "DRAFT", "UNREAD", "SPAM", "TRASH", "STARRED", "IMPORTANT"}
        on = set(self._message(message_id).get("labelIds") or ())
        return {self._named()[i] for i in on if i not in system and not i.startswith("CATEGORY")}


class TestEmulatedLabels(LabelsContract):
    @pytest.fixture
    def world(self, emulator: str) -> LabelledEmulator:
        return LabelledEmulator(emulator, next(_users))


def test_any_history_ends_with_the_truth(emulator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "STEP", 3)
    monkeypatch.setattr(mailbox, "_PAGE", 4)
    hold(lambda: EmulatedWorld(emulator, next(_users)), examples=15, steps=15)
