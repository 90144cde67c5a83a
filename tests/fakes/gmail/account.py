"""One Gmail mailbox: messages with labels, threads, drafts and a history, as Gmail keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message as Parsed
from functools import cached_property
from typing import Any

from tests.fakes.gmail import payload

SYSTEM = ("INBOX", "SENT", "DRAFT", "TRASH", "SPAM", "CHAT", "UNREAD", "STARRED", "IMPORTANT", "CATEGORY_PERSONAL")


@dataclass
class Message:
    id: str
    thread: str
    raw: bytes
    labels: set[str]
    internal_date: int
    history: int = 0

    @cached_property
    def parsed(self) -> Parsed:
        return payload.parsed(self.raw)

    def header(self, name: str) -> str:
        return " ".join(str(self.parsed.get(name, "")).split())


@dataclass
class Record:
    id: int
    kind: str
    message: str
    thread: str
    labels: tuple[str, ...]
    changed: tuple[str, ...] = ()


@dataclass
class FakeAccount:
    email: str = "dana.reyes@example.org"
    aliases: tuple[str, ...] = ()
    now: int = 1_772_452_800_000
    messages: dict[str, Message] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=lambda: {name: name for name in SYSTEM})
    history: list[Record] = field(default_factory=list)
    history_id: int = 100_000
    oldest_history: int = 0
    known_ids: dict[str, list[str]] = field(default_factory=dict)
    _counter: int = 0x18F0_0000_0000_0000

    @property
    def send_as(self) -> list[str]:
        return [self.email, *self.aliases]

    # --- what every change does ---

    def _next(self) -> str:
        """Ids are hexadecimal and in no order that means anything."""
        self._counter += 1
        return f"{(self._counter * 0x9E37_79B9_7F4A_7C15) % 2**64:016x}"

    def _record(self, kind: str, message: Message, changed: Iterable[str] = ()) -> None:
        self.history_id += 7
        message.history = self.history_id
        self.history.append(
            Record(self.history_id, kind, message.id, message.thread, tuple(sorted(message.labels)), tuple(changed))
        )

    def _add(self, raw: bytes, labels: Iterable[str], at: int, thread: str) -> Message:
        message = Message(self._next(), thread, raw, set(labels), at)
        message.thread = message.thread or message.id
        self.messages[message.id] = message
        self.known_ids.setdefault(message.header("Message-ID"), []).append(message.id)
        self._record("messageAdded", message)
        return message

    def _gone(self, message: Message) -> None:
        del self.messages[message.id]
        self._record("messageDeleted", message)

    # --- threads ---

    def conversation(self, raw: bytes, wanted: str = "") -> str:
        """The thread of a new message: it refers to one in it, and has its subject; ``wanted`` has to be that very thread."""
        parsed = payload.parsed(raw)
        refers = set(re.findall(r"<[^<>\s]+>", f"{parsed.get('References', '')} {parsed.get('In-Reply-To', '')}"))
        for message in (self.messages.get(i) for name in refers for i in self.known_ids.get(name, ())):
            if message is None or wanted not in ("", message.thread):
                continue
            if _plain(message.header("Subject")) == _plain(str(parsed.get("Subject", ""))):
                return message.thread
        return ""

    # --- the world ---

    def deliver(self, raw: bytes, labels: Iterable[str], at: datetime) -> Message:
        return self._add(raw, labels, int(at.timestamp() * 1000), self.conversation(raw))

    def relabel(self, message: Message, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        added, removed = set(add) - message.labels, set(remove) & message.labels
        message.labels = (message.labels | added) - removed
        if added:
            self._record("labelAdded", message, sorted(added))
        if removed:
            self._record("labelRemoved", message, sorted(removed))

    def delete(self, message: Message) -> None:
        self.drafts = {d: m for d, m in self.drafts.items() if m != message.id}
        self._gone(message)

    def by_message_id(self, message_id: str) -> Message:
        return next(m for m in self.messages.values() if m.header("Message-ID") == message_id)

    def draft_of(self, message_id: str) -> str:
        message = self.by_message_id(message_id)
        return next(d for d, m in self.drafts.items() if m == message.id)

    def label_id(self, name: str) -> str:
        return next((i for i, n in self.labels.items() if n.lower() == name.lower()), name)

    # --- drafts ---

    def create_draft(self, raw: bytes, thread: str = "") -> str:
        """Without a thread named, or against Google's conditions, a draft is a conversation of its own."""
        self.now += 1000
        kept = self.conversation(raw, thread) if thread else ""
        message = self._add(raw, ["DRAFT"], self.now, kept)
        draft = f"r{int(message.id, 16) % 10**18}"
        self.drafts[draft] = message.id
        return draft

    def update_draft(self, draft: str, raw: bytes) -> None:
        """Every edit makes another message; the draft's id stays."""
        old = self.messages[self.drafts[draft]]
        self.now += 1000
        self._gone(old)
        self.drafts[draft] = self._add(raw, ["DRAFT"], self.now, self.conversation(raw, old.thread) or old.thread).id

    def send_draft(self, draft: str) -> Message:
        old = self.messages[self.drafts.pop(draft)]
        self.now += 1000
        self._gone(old)
        return self._add(old.raw, ["SENT"], self.now, old.thread)

    def delete_draft(self, draft: str) -> None:
        self._gone(self.messages[self.drafts.pop(draft)])

    # --- resources ---

    def message_resource(self, message: Message, form: str = "full", names: Iterable[str] = ()) -> dict[str, Any]:
        made: dict[str, Any] = {
            "id": message.id,
            "threadId": message.thread,
            "labelIds": sorted(message.labels),
            "snippet": "",
            "historyId": str(message.history),
            "internalDate": str(message.internal_date),
            "sizeEstimate": len(message.raw),
        }
        if form == "raw":
            made["raw"] = payload.encoded(message.raw)
        elif form == "full":
            made["payload"] = payload.resource(message.parsed)
        elif form == "metadata":
            wanted = {n.lower() for n in names}
            headers = [h for h in payload.header_list(message.parsed) if not wanted or h["name"].lower() in wanted]
            made["payload"] = {"mimeType": message.parsed.get_content_type(), "headers": headers}
        return made

    def draft_resource(self, draft: str, form: str = "full") -> dict[str, Any]:
        return {"id": draft, "message": self.message_resource(self.messages[self.drafts[draft]], form)}

    def history_since(self, start: int) -> list[dict[str, Any]]:
        names = {
            "messageAdded": "messagesAdded", "messageDeleted": "messagesDeleted", "labelAdded": "labelsAdded",
            "labelRemoved": "labelsRemoved",
        }  # fmt: skip
        return [
            {
                "id": str(r.id),
                "messages": [{"id": r.message, "threadId": r.thread}],
                names[r.kind]: [
                    {"message": {"id": r.message, "threadId": r.thread, "labelIds": list(r.labels)}}
                    | ({"labelIds": list(r.changed)} if r.changed else {})
                ],
            }
            for r in self.history
            if r.id > start
        ]

    def expire_history(self) -> None:
        """What was before now is forgotten, as Gmail does after a week or so."""
        self.oldest_history = self.history_id + 1
        self.history_id += 7
        self.history.clear()

    def fingerprint(self) -> object:
        return (
            self.history_id,
            tuple(sorted((m.id, m.raw, tuple(sorted(m.labels))) for m in self.messages.values())),
            tuple(sorted(self.drafts.items())),
            tuple(sorted(self.labels.items())),
        )


def _plain(subject: str) -> str:
    return re.sub(r"^(\s*(re|aw|fwd?|wg|sv|antw)\s*:)+\s*", "", subject, flags=re.IGNORECASE).strip().lower()
