"""The Drafts mailbox over IMAP: the one place that is written to, by APPEND and by the removal of single UIDs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from imapclient import DELETED, DRAFT, SEEN

from followupd.adapters.imap import content
from followupd.adapters.imap.mailboxes import Box, drafts_of
from followupd.adapters.imap.search import Finder
from followupd.adapters.imap.session import GMAIL, Selected, Session
from followupd.adapters.imap.state import email_id, place
from followupd.adapters.imap.uidset import UidSet
from followupd.core import headers
from followupd.core.errors import FollowupdError, PermanentError, TransientError
from followupd.core.mail import Email, Envelope, MailboxRole
from followupd.core.mime import split
from followupd.core.ports import StoredDraft

_NEWEST = 500
"""Drafts that are looked at: nobody has more that matter, and ours are among the newest."""
_APPENDUID = re.compile(rb"\[APPENDUID (\d+) (\d+)\]", re.IGNORECASE)
_FLAGS = (DRAFT, SEEN)


@dataclass(slots=True)
class ImapDrafts:
    r"""The Drafts port on one session. Messages never change under their UID, so each is read once.

    Where the server lacks UIDPLUS (RFC 4315) a removed draft is only marked \Deleted: a plain EXPUNGE would also take
    what the user, or another program, has marked. Such drafts count as gone here, and mail programs hide them.
    Gmail is not asked to expunge: it would keep the draft among all mail, as if it were none. It goes to the trash.
    """

    session: Session
    _read: dict[str, StoredDraft] = field(default_factory=dict, init=False)

    def all(self) -> Sequence[StoredDraft]:
        return self.session.repeatable(self._all)

    def create(self, raw: bytes, *, parent: Envelope | None) -> str:  # noqa: ARG002 - IMAP finds the thread by References
        name = self._box().name
        with self.session.talking() as client:
            answer = client.append(name, raw, _FLAGS, _date(raw))
        if placed := _APPENDUID.search(answer):
            return email_id(name, int(placed[1]), int(placed[2]))
        return self._find(name, raw)

    def remove(self, draft: StoredDraft) -> bool:
        where = place(draft.id)
        if where is None or not self.session.repeatable(lambda: self._is_there(*where)):
            return False
        name, _, uid = where
        trash = self._trash() if self.session.has(GMAIL) else None
        self.session.left_open()
        with self.session.talking() as client:
            if client.select_folder(name)[b"UIDVALIDITY"] != where[1]:
                return False
            if trash:
                client.move([uid], trash)
                return True
            client.add_flags([uid], [DELETED], silent=True)
            if client.has_capability("UIDPLUS"):
                client.uid_expunge([uid])
        return True

    # --- what is there

    def _all(self) -> Sequence[StoredDraft]:
        box = drafts_of(self.session.boxes())
        if box is None:
            return ()
        opened = self._open(box.name)
        uids = tuple(Finder(self.session, opened.exists).undeleted())[-_NEWEST:]
        ids = {email_id(box.name, opened.validity, uid): uid for uid in uids}
        self._read = {id_: draft for id_, draft in self._read.items() if id_ in ids}
        for some in UidSet.of(uid for id_, uid in ids.items() if id_ not in self._read).chunks(content.BATCH):
            found = content.emails(self.session, box, opened.validity, some, every_form=True)
            self._read |= {email.envelope.id: _stored(email) for email in found}
        return tuple(self._read[id_] for id_ in ids if id_ in self._read)

    def _is_there(self, name: str, validity: int, uid: int) -> bool:
        """A fresh look: neither gone nor marked for removal by someone else."""
        opened = self.session.examine(name)[0]
        if isinstance(opened, TransientError):
            raise opened
        if isinstance(opened, FollowupdError) or opened.validity != validity:
            return False
        return uid in set(Finder(self.session, opened.exists).undeleted())

    def _find(self, name: str, raw: bytes) -> str:
        """The handle of a draft just stored, on servers that do not tell (UIDPLUS, RFC 4315)."""
        opened = self._open(name)
        (message_id, *_) = headers.fields(split(raw)[0]).get("message-id", [""])
        found = Finder(self.session, opened.exists).with_header("Message-ID", message_id)
        if not found:
            raise TransientError("the draft was stored, but the server does not show it yet; the next pass looks again")
        return email_id(name, opened.validity, found.last)

    def _open(self, name: str) -> Selected:
        opened = self.session.examine(name)[0]
        if isinstance(opened, FollowupdError):
            raise opened
        return opened

    # --- where they lie

    def _trash(self) -> str:
        found = (box.name for box in self.session.boxes() if box.role is MailboxRole.TRASH)
        if (name := next(found, None)) is None:
            raise PermanentError(
                "Gmail shows no trash over IMAP, so that a draft cannot be taken back",
                remedy="In Gmail's settings, under Labels, let Trash be shown in IMAP.",
            )
        return name

    def _box(self) -> Box:
        return drafts_of(self.session.repeatable(self.session.boxes)) or self._make()

    def _make(self) -> Box:
        """Create a Drafts mailbox where there is none, beside the others (RFC 2342), marked as such (RFC 6154)."""
        with self.session.talking() as client:
            personal = client.namespace().personal if client.has_capability("NAMESPACE") else ()
            name = (personal[0][0] if personal else "") + "Drafts"
            use = b" (USE (\\Drafts))" if client.has_capability("CREATE-SPECIAL-USE") else b""
            self.session.exchange(b"CREATE " + client.mailbox_argument(name) + use)
            client.subscribe_folder(name)
        self.session.forget_boxes()
        return Box(name=name, role=MailboxRole.DRAFTS, told=bool(use))


def _stored(email: Email) -> StoredDraft:
    evidence = email.envelope.evidence
    return StoredDraft(
        id=email.envelope.id,
        email=email,
        key=evidence.get("x-followupd-key"),
        digest=evidence.get("x-followupd-digest"),
    )


def _date(raw: bytes) -> datetime | None:
    """The draft's own Date: a mailbox shows it by its time of receipt, which is to be the same."""
    found = headers.fields(split(raw)[0]).get("date")
    return headers.date(found[0]) if found else None
