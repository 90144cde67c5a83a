"""The port Labels: what followupd shows on conversations in Gmail, and what the user tells it there.

All labels are nested under one (``followupd/waiting``). A draft can carry no label but Gmail's own, so the newest message
that is none carries them; the user, in Gmail, labels every message of a conversation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from followupd.adapters.gmail import messages
from followupd.adapters.gmail.api import Api
from followupd.adapters.gmail.auth import WRITES_LABELS
from followupd.adapters.gmail.faults import NotFoundError
from followupd.adapters.gmail.pulse import Pulse
from followupd.core.errors import AuthError, FollowupdError

ROOT = "followupd"


@dataclass(slots=True)
class GmailLabels:
    """The labels under ``root`` of one account. Reading needs no scope of its own; writing needs gmail.modify, and an Api
    whose guard allows labels.
    """

    api: Api
    root: str = ROOT
    pulse: Pulse = field(default_factory=Pulse)
    _ids: dict[str, str] | None = None
    _seen: tuple[str | None, Mapping[str, frozenset[str]]] | None = None

    def of_threads(self) -> Mapping[str, frozenset[str]]:
        """See the port. While Gmail's history, last asked for by the drafts, tells of nothing, the last answer stands."""
        now = self.pulse.at
        if self._seen is None or now is None or now != self._seen[0]:
            self._ids = None
            self._seen = (now, self._look())
        return self._seen[1]

    def _look(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for name, id_ in self._known().items():
            for page in self.api.pages(self.api.resource("messages").list, labelIds=[id_], maxResults=500):
                for entry in page.get("messages") or ():
                    found.setdefault(entry["threadId"], set()).add(name)
        return {thread: frozenset(names) for thread, names in found.items()}

    def show(self, thread: str, wanted: Collection[str], *, among: Collection[str]) -> None:
        """See the port. Labels are made when they are first wanted."""
        with self._writing():
            there = self._messages(thread)
            if not there:
                return
            add = {self._id(name) for name in wanted} - {label for m in there for label in m.get("labelIds") or ()}
            others = {n.lower() for n in among} - {n.lower() for n in wanted}
            drop = {id_ for name, id_ in self._known().items() if name in others}
            newest = max(there, key=messages.received_at)
            for message in there:
                self._change(message, add if message is newest else set(), drop & set(message.get("labelIds") or ()))

    def _messages(self, thread: str) -> list[messages.Resource]:
        """The messages of a conversation that can carry labels."""
        try:
            got = self.api.call(self.api.resource("threads").get(userId="me", id=thread, format="minimal"))
        except NotFoundError:
            return []
        return [m for m in got.get("messages") or () if messages.role_of(m)]

    def _change(self, message: messages.Resource, add: Collection[str], drop: Collection[str]) -> None:
        if add or drop:
            body = {"addLabelIds": sorted(add), "removeLabelIds": sorted(drop)}
            self.api.call(self.api.resource("messages").modify(userId="me", id=message["id"], body=body))

    def forget(self) -> None:
        self._ids = None
        with self._writing():
            for id_ in self._known().values():
                self._delete(id_)
        self._ids = self._seen = None

    def _delete(self, id_: str) -> None:
        try:
            self.api.call(self.api.resource("labels").delete(userId="me", id=id_))
        except NotFoundError:
            return  # the user was quicker

    def close(self) -> None:
        self.api.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Refuses what Google would refuse; after a failure nothing that was known is trusted."""
        if self.api.transport.sign_in.lacks(WRITES_LABELS):
            self.api.transport.sign_in.forget()
            raise AuthError(
                f"The sign-in of {self.api.account} does not allow labels to be written (gmail.modify).",
                remedy=f"Run `followupd auth {self.api.account}` or set drafts.labels = false.",
            )
        try:
            yield
        except FollowupdError:
            self._ids = self._seen = None
            raise

    def _known(self) -> dict[str, str]:
        """Ids by name."""
        if self._ids is None:
            listed = self.api.call(self.api.resource("labels").list(userId="me")).get("labels") or ()
            self._ids = {name: label["id"] for label in listed if (name := self._own(label))}
        return self._ids

    def _own(self, label: Mapping[str, Any]) -> str:
        name, root = str(label.get("name", "")).lower(), self.root.lower() + "/"
        return name.removeprefix(root) if name.startswith(root) and label.get("type") == "user" else ""

    def _id(self, name: str) -> str:
        known, key = self._known(), name.lower()
        if key not in known:
            body = {"name": f"{self.root}/{name}", "labelListVisibility": "labelShow", "messageListVisibility": "show"}
            known[key] = str(self.api.call(self.api.resource("labels").create(userId="me", body=body))["id"])
        return known[key]
