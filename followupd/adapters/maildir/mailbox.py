"""The port Mailbox over a Maildir++ tree."""

from __future__ import annotations

import base64
import logging
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from followupd.adapters.maildir.tree import MAX_MESSAGE, File, Tree, read
from followupd.core import rfc5322
from followupd.core.errors import StateExpiredError, SuddenlyEmptyError
from followupd.core.mail import Changes, Email, EmailId, Envelope, MailboxRole, State

log = logging.getLogger(__name__)

BATCH = 1000
ENOUGH = 20
"""New messages from which on it can be told that a tree was copied without the times of its files."""


@dataclass(slots=True)
class Known:
    """The ids that a State stands for: compressed lists, one for each batch, so that a batch costs only its own size.

    Files older than the lookback are not in it: they are told from new ones by their time, so that a longer lookback
    finds them.
    """

    ids: set[str] = field(default_factory=set)
    packs: list[str] = field(default_factory=list)

    FORMAT = "maildir-1"
    MAX_PACKS = 200

    @classmethod
    def of(cls, state: State | None) -> Known:
        if state is None:
            return cls()
        version, *packs = state.split("\n")
        if version != cls.FORMAT:
            raise StateExpiredError("The Maildir was last read by another version of followupd.")
        known = cls(packs=packs)
        try:
            for pack in packs:
                known.ids.update(zlib.decompress(base64.b64decode(pack)).decode().split("\0"))
        except (ValueError, zlib.error) as e:
            raise StateExpiredError("What is known of the Maildir cannot be read any more.") from e
        return known

    def add(self, ids: Sequence[str]) -> None:
        self.ids.update(ids)
        self.packs.append(_pack(ids))
        if len(self.packs) > self.MAX_PACKS:
            self._repack()

    def drop(self, ids: Iterable[str]) -> None:
        self.ids.difference_update(ids)
        self._repack()

    def _repack(self) -> None:
        self.packs = [_pack(sorted(self.ids))] if self.ids else []

    @property
    def state(self) -> State:
        return State("\n".join((self.FORMAT, *self.packs)))


def _pack(ids: Sequence[str]) -> str:
    return base64.b64encode(zlib.compress("\0".join(ids).encode(), 1)).decode()


@dataclass(slots=True)
class MaildirMailbox:
    """The port Mailbox. Receipt is the file's modification time, as Dovecot has it; a State lists the known ids."""

    _tree: Tree
    _files: dict[EmailId, File] = field(default_factory=dict)

    def identities(self) -> Sequence[str]:
        return ()

    def changes(self, since: State | None, *, after: datetime) -> Iterator[Changes]:
        known = Known.of(since)
        gone = self._gone(known)
        fresh = self._fresh(known, after)
        if gone:
            known.drop(gone)
        late = 0
        for start in range(0, len(fresh), BATCH) or (0,):
            added = tuple(e for file in fresh[start : start + BATCH] if (e := _envelope(file)))
            if added:
                known.add([e.id for e in added])
            if added or gone:
                yield Changes(added=added, removed=gone, state=known.state, total=len(fresh))
            gone = ()
            late += sum(_is_late(e) for e in added)
        if 2 * late > len(fresh) >= ENOUGH:
            log.warning("Most mail was copied here without its time of receipt. With mbsync, set CopyArrivalDate yes.")

    def _gone(self, known: Known) -> tuple[EmailId, ...]:
        """Known messages that are there no more. A rename can hide a file from one listing, so nothing goes by one alone."""
        self._files = self._listing()
        if known.ids and not self._files:
            raise SuddenlyEmptyError(
                f"The Maildir at {self._tree.root} held mail and is now empty.",
                remedy="Check that it is mounted and whole; nothing was forgotten, and new mail in it ends this error.",
            )
        if known.ids - self._files.keys():
            self._files |= self._listing()
        return tuple(EmailId(i) for i in sorted(known.ids - self._files.keys()))

    def _fresh(self, known: Known, after: datetime) -> list[File]:
        """Unknown messages received since ``after``, oldest first."""
        limit = after.timestamp()
        aged = []
        for id_ in self._files.keys() - known.ids:
            with suppress(FileNotFoundError):  # renamed since it was listed: the next pass finds it
                received = os.stat(self._files[id_].path).st_mtime  # noqa: PTH116 - 100,000 Paths cost a second
                if received >= limit:
                    aged.append((received, id_))
        return [self._files[id_] for _, id_ in sorted(aged)]

    def _listing(self) -> dict[EmailId, File]:
        """Every message whose mail counts. A draft is none of them, wherever a synchroniser has put a copy of it."""
        return {
            file.id: file
            for folder in self._tree.mail_folders()
            for file in self._tree.files(folder)
            if "D" not in file.flags or folder.role is MailboxRole.SENT
        }

    def fetch(self, ids: Sequence[EmailId]) -> Iterator[Email]:
        missed = []
        for id_ in ids:
            if email := self._email(id_):
                yield email
            else:
                missed.append(id_)
        if missed:  # never listed, or renamed since
            self._files = self._listing()
            yield from (email for id_ in missed if (email := self._email(id_)))

    def _email(self, id_: EmailId) -> Email | None:
        file = self._files.get(id_)
        content = read(file) if file else None
        if file is None or content is None:
            return None
        email = rfc5322.parse(content.octets, id=id_, role=file.folder.role, received_at=content.received_at)
        return replace(email, truncated=True) if content.size > MAX_MESSAGE else email

    def close(self) -> None:
        self._files = {}


def _envelope(file: File) -> Envelope | None:
    content = read(file, header_only=True)
    if content is None:
        return None
    return rfc5322.envelope(
        content.octets, id=file.id, role=file.folder.role, received_at=content.received_at, size=content.size
    )


def _is_late(envelope: Envelope) -> bool:
    """Whether a message is said to have come more than a day after it was written."""
    return envelope.sent_at is not None and envelope.received_at - envelope.sent_at > timedelta(days=1)
