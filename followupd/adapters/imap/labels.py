"""The port Labels at Gmail over IMAP: a label is a mailbox by its name, and an attribute of messages in All Mail.

Elsewhere there are no labels: nothing is seen, and nothing shown. https://developers.google.com/workspace/gmail/imap/imap-extensions
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from followupd.adapters.imap import rows
from followupd.adapters.imap.search import Finder
from followupd.adapters.imap.session import GMAIL, Selected, Session
from followupd.adapters.imap.uidset import UidSet
from followupd.adapters.imap.wire import parsed
from followupd.core.errors import FollowupdError
from followupd.core.mail import MailboxRole


class _Carrier(NamedTuple):
    """A message of a conversation, and what it carries, as it stands on the wire, in lower case."""

    received: datetime
    uid: int
    labels: frozenset[str]


@dataclass(slots=True)
class ImapLabels:
    """The labels under ``root``. A draft can carry none, so the newest other message of a conversation carries them."""

    session: Session
    root: str
    _seen: tuple[tuple[int, int], Mapping[str, frozenset[str]]] | None = field(default=None, init=False)

    def of_threads(self) -> Mapping[str, frozenset[str]]:
        """See the port. While All Mail's HIGHESTMODSEQ stays, the last answer stands."""
        return self.session.repeatable(self._of_threads)

    def _of_threads(self) -> Mapping[str, frozenset[str]]:
        opened = self._open()
        if opened is None:
            return {}
        version = opened.validity, opened.modseq
        if self._seen is None or not opened.modseq or self._seen[0] != version:
            self._seen = version, self._look(Finder(self.session, opened.exists))
        return self._seen[1]

    def _look(self, finder: Finder) -> Mapping[str, frozenset[str]]:
        carrying = {label: finder.labelled(self._argument(name)) for label, name in self._known().items()}
        threads = self._threads(UidSet.of({uid for uids in carrying.values() for uid in uids}))
        found: dict[str, set[str]] = {}
        for label, uids in carrying.items():
            for uid in (u for u in uids if u in threads):
                found.setdefault(threads[uid], set()).add(label)
        return {thread: frozenset(labels) for thread, labels in found.items()}

    def _threads(self, uids: UidSet) -> dict[int, str]:
        told = self._fetch(uids, "UID X-GM-THRID")
        return {uid: f"{items[b'X-GM-THRID']:x}" for uid, items in told.items() if b"X-GM-THRID" in items}

    def show(self, thread: str, wanted: Collection[str], *, among: Collection[str]) -> None:
        """See the port. Labels are made when they are first wanted."""
        opened = self._open()
        carriers = self._carriers(thread, Finder(self.session, opened.exists)) if opened else []
        if not carriers:
            return
        known = self._known()
        others = {n.lower() for n in among} - {n.lower() for n in wanted}
        drop = [name for label, name in known.items() if label in others]
        add = [known.get(n.lower()) or self._make(n) for n in wanted]
        self._store(carriers, add, drop)

    def _carriers(self, thread: str, finder: Finder) -> list[_Carrier]:
        told = self._fetch(finder.of_thread(int(thread, 16)), "UID INTERNALDATE X-GM-LABELS")
        return [
            _Carrier(items[b"INTERNALDATE"], uid, rows.labels(items))
            for uid, items in told.items()
            if b"INTERNALDATE" in items
        ]

    def _store(self, carriers: Iterable[_Carrier], add: Iterable[str], drop: Iterable[str]) -> None:
        """Write what changes, and nothing else. The mailbox is opened for writing only where something does."""
        newest = max(carriers)
        carried = {label for carrier in carriers for label in carrier.labels}
        missing = [name for name in add if self._told(name) not in carried]
        needless = {name: [c.uid for c in carriers if self._told(name) in c.labels] for name in drop}
        if not missing and not any(needless.values()):
            return
        self.session.left_open()
        with self.session.talking() as client:
            client.select_folder(self._all_mail())
            if missing:
                client.add_gmail_labels([newest.uid], missing, silent=True)
            for name, uids in needless.items():
                if uids:
                    client.remove_gmail_labels(uids, [name], silent=True)

    def forget(self) -> None:
        if self._all_mail() is None:
            return
        self._seen = None
        for name in self._known().values():
            with self.session.talking() as client:
                client.delete_folder(name)
        self.session.forget_boxes()

    def close(self) -> None:
        self.session.close()

    # --- what there is

    def _all_mail(self) -> str | None:
        boxes = self.session.boxes() if self.session.has(GMAIL) else ()
        return next((box.name for box in boxes if box.role is MailboxRole.ALL), None)

    def _open(self) -> Selected | None:
        if (name := self._all_mail()) is None:
            return None
        opened = self.session.examine(name)[0]
        if isinstance(opened, FollowupdError):
            raise opened
        return opened

    def _known(self) -> dict[str, str]:
        """The names of the mailboxes that are labels under the root, by label."""
        with self.session.talking() as client:
            names = [name for _, _, name in client.list_folders()]
        prefix = f"{self.root}/".lower()
        return {n.lower().removeprefix(prefix): n for n in names if n.lower().startswith(prefix)}

    def _make(self, label: str) -> str:
        name = f"{self.root}/{label}"
        with self.session.talking() as client:
            client.create_folder(name)
        self.session.forget_boxes()
        return name

    def _argument(self, name: str) -> str:
        with self.session.talking() as client:
            return client.mailbox_argument(name).decode("ascii")

    def _told(self, name: str) -> str:
        """A label's name as FETCH tells it, in lower case."""
        return self._argument(name).strip('"').lower()

    def _fetch(self, uids: UidSet, items: str) -> dict[int, dict[bytes, Any]]:
        if not uids:
            return {}
        (reply,) = self.session.exchange(f"UID FETCH {uids} ({items})".encode())
        return parsed(reply.responses)
