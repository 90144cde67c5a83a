"""The folders and message files of a Maildir++ tree, and how a file is read."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from followupd.adapters.mailbox_names import role_of
from followupd.core.errors import FollowupdError, PermanentError, TransientError, UnreachableError
from followupd.core.mail import UNREAD_ROLES, EmailId, MailboxRole

log = logging.getLogger(__name__)

_MAX_HEADER = 1 << 18
MAX_MESSAGE = 1 << 25
"""Octets of one message that are read; what a larger one has more is attachments, which nobody reads here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """One mailbox. ``name`` is "" for the inbox, else ``.Sent`` and the like."""

    name: str
    path: Path
    role: MailboxRole


@dataclass(frozen=True, slots=True)
class File:
    """One message file. ``base`` is its name up to the colon, which stays the same for life; ``flags`` follow ``2,``."""

    folder: Folder
    base: str
    flags: str
    path: str

    @property
    def id(self) -> EmailId:
        """Folder and base name, as text that any database takes: octets that are no UTF-8 are written out."""
        return EmailId(os.fsencode(f"{self.folder.name}/{self.base}").decode("utf-8", "backslashreplace"))


@dataclass(frozen=True, slots=True)
class Content:
    """What was read of a file. ``size`` is that of the whole file, ``received_at`` its modification time (UTC)."""

    octets: bytes
    size: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Tree:
    """What lies there now. Its methods raise UnreachableError, PermanentError or TransientError."""

    root: Path

    def folders(self) -> list[Folder]:
        """The inbox, then every other mailbox by name. Raises UnreachableError where there is no Maildir."""
        try:
            found = self._folders()
        except OSError as e:
            raise translated(e, f"read the Maildir at {self.root}") from e
        if not found:
            raise UnreachableError(
                f"There is no Maildir at {self.root}.",
                remedy="Set the account's path to a folder that holds cur, new and tmp; if it is on a mount, mount it.",
            )
        return found

    def _folders(self) -> list[Folder]:
        if not (self.root / "cur").is_dir() and not (self.root / "new").is_dir():
            return []
        names = sorted(e.name for e in _scan(self.root) if e.name.startswith(".") and e.is_dir())
        inbox = Folder(name="", path=self.root, role=MailboxRole.INBOX)
        return [inbox, *(self._folder(name) for name in names if (self.root / name / "cur").is_dir())]

    def _folder(self, name: str) -> Folder:
        return Folder(name=name, path=self.root / name, role=role_of(name[1:], separator="."))

    def mail_folders(self) -> list[Folder]:
        """Every mailbox whose mail counts: not junk, trash or drafts."""
        return [f for f in self.folders() if f.role not in UNREAD_ROLES]

    def drafts_folders(self) -> list[Folder]:
        """Where drafts lie; the one that new drafts go to is the first."""
        found = [f for f in self.folders() if f.role is MailboxRole.DRAFTS]
        return sorted(found, key=lambda f: (f.name.count("."), f.name != ".Drafts", f.name))

    def files(self, folder: Folder) -> Iterator[File]:
        """The messages of one folder that are not trashed. What is no plain file (a symbolic link, say) is none.

        ``new`` is listed before ``cur``: a message that moves meanwhile is seen twice rather than not at all.
        """
        for sub in ("new", "cur"):
            for entry in _scan(folder.path / sub):
                base, _, info = entry.name.partition(":")
                flags = info.removeprefix("2,")
                if base and not base.startswith(".") and "T" not in flags and entry.is_file(follow_symlinks=False):
                    yield File(folder, base, flags, entry.path)


def _scan(path: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(path) as entries:
            yield from entries
    except FileNotFoundError:
        return
    except OSError as e:
        raise translated(e, f"read the folder {path}") from e


def translated(error: OSError, doing: str) -> FollowupdError:
    """A file system's refusal as an error of ours. ``doing`` names the act and the folder, never a message."""
    what = f"Cannot {doing}: {error.strerror}."
    if isinstance(error, PermissionError):
        return PermanentError(what, remedy="Give the user that followupd runs as read and write access to the Maildir.")
    return TransientError(what, remedy="Check the disk or mount that the Maildir lies on.")


def read(file: File, *, header_only: bool = False) -> Content | None:
    """The content of a message; None where it is gone or cannot be read, which stops only itself."""
    try:
        handle = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            stat = os.fstat(handle)
            octets = _header(handle) if header_only else os.read(handle, min(stat.st_size, MAX_MESSAGE))
        finally:
            os.close(handle)
    except FileNotFoundError:
        return None
    except OSError as e:
        log.warning("A message of the Maildir cannot be read: %s", e.strerror)
        return None
    return Content(octets, stat.st_size, _moment(stat.st_mtime))


def _header(handle: int) -> bytes:
    """What stands before the first empty line, and perhaps some more."""
    octets = b""
    while chunk := os.read(handle, 8192):
        octets += chunk
        if b"\n\n" in octets or b"\r\n\r\n" in octets or len(octets) >= _MAX_HEADER:
            break
    return octets


def _moment(mtime: float) -> datetime:
    """``mtime`` in UTC; times outside what a calendar holds are moved to its nearer end."""
    return datetime.fromtimestamp(min(max(mtime, 0), 253_402_300_799), UTC)
