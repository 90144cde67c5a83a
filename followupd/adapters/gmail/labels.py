"""Labels of conversations: what followupd shows in Gmail, and what the user tells it there.

All of them are nested under one (``followupd/waiting``). A draft can carry no label but Gmail's own, so the newest message
that is none carries them; the user, in Gmail, labels every message of a conversation.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from followupd.adapters.gmail import messages
from followupd.adapters.gmail.api import Api
from followupd.adapters.gmail.faults import NotFoundError

ROOT = "followupd"


@dataclass(slots=True)
class GmailLabels:
    """The labels under ``root`` of one account. Needs the scope gmail.modify, and an Api whose guard allows labels.

    Names are given and taken without the root, in lower case. All methods raise what the ports of the mailbox raise.
    """

    api: Api
    root: str = ROOT
    _ids: dict[str, str] = field(default_factory=dict)

    def of_threads(self) -> Mapping[str, frozenset[str]]:
        """By thread id, the labels that any message of the conversation carries; spam and trash do not count."""
        self._load()
        found: dict[str, set[str]] = {}
        for name, id_ in self._ids.items():
            for page in self.api.pages(self.api.resource("messages").list, labelIds=[id_], maxResults=500):
                for entry in page.get("messages") or ():
                    found.setdefault(entry["threadId"], set()).add(name)
        return {thread: frozenset(names) for thread, names in found.items()}

    def show(self, thread: str, wanted: Collection[str], *, among: Collection[str]) -> None:
        """Let the conversation carry, of the labels ``among``, exactly ``wanted``; its others stay. One that is gone is left.

        Labels are made when they are first wanted.
        """
        try:
            got = self.api.call(self.api.resource("threads").get(userId="me", id=thread, format="minimal"))
        except NotFoundError:
            return
        there = [m for m in got.get("messages") or () if messages.role_of(m)]
        if not there:
            return
        self._load()
        add = {self._id(name) for name in wanted} - {label for m in there for label in m.get("labelIds") or ()}
        drop = {self._ids[name] for name in set(among) - set(wanted) if name in self._ids}
        newest = max(there, key=messages.received_at)
        for message in there:
            self._change(message, add if message is newest else set(), drop & set(message.get("labelIds") or ()))

    def _change(self, message: messages.Resource, add: Collection[str], drop: Collection[str]) -> None:
        if add or drop:
            body = {"addLabelIds": sorted(add), "removeLabelIds": sorted(drop)}
            self.api.call(self.api.resource("messages").modify(userId="me", id=message["id"], body=body))

    def forget(self) -> None:
        """Remove every label under the root, and so from every message."""
        self._load()
        for id_ in self._ids.values():
            self._delete(id_)
        self._ids.clear()

    def _delete(self, id_: str) -> None:
        try:
            self.api.call(self.api.resource("labels").delete(userId="me", id=id_))
        except NotFoundError:
            return  # the user was quicker

    def _load(self) -> None:
        listed = self.api.call(self.api.resource("labels").list(userId="me")).get("labels") or ()
        self._ids = {name: label["id"] for label in listed if (name := self._own(label))}

    def _own(self, label: Mapping[str, Any]) -> str:
        root, _, name = str(label.get("name", "")).partition("/")
        return name.lower() if root.lower() == self.root.lower() and label.get("type") == "user" else ""

    def _id(self, name: str) -> str:
        if name not in self._ids:
            body = {"name": f"{self.root}/{name}", "labelListVisibility": "labelShow", "messageListVisibility": "show"}
            self._ids[name] = str(self.api.call(self.api.resource("labels").create(userId="me", body=body))["id"])
        return self._ids[name]
