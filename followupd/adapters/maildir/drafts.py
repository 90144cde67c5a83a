"""The port Drafts over a Maildir++ tree: the only place where files are made or removed."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from followupd.adapters.maildir.tree import File, Folder, Tree, read, translated
from followupd.core import rfc5322
from followupd.core.mail import EmailId, Envelope, MailboxRole
from followupd.core.ports import StoredDraft


@dataclass(frozen=True, slots=True)
class MaildirDrafts:
    """The port Drafts. A handle names a file by its id and its content, so that an edit in place is another version."""

    _tree: Tree

    def all(self) -> Sequence[StoredDraft]:
        files = {f.id: f for folder in self._tree.drafts_folders() for f in self._tree.files(folder)}
        return [draft for file in files.values() if (draft := _draft(file))]

    def create(self, raw: bytes, *, parent: Envelope | None) -> str:
        del parent  # a Maildir has no threads of its own
        try:
            folder = next(iter(self._tree.drafts_folders()), None) or self._make_folder()
            return _deliver(folder, raw.replace(b"\r\n", b"\n"))
        except OSError as e:
            raise translated(e, f"write a draft to {self._tree.root}") from e

    def _make_folder(self) -> Folder:
        path = self._tree.root / ".Drafts"
        for sub in ("tmp", "new", "cur"):
            (path / sub).mkdir(mode=0o700, parents=True, exist_ok=True)
        (path / "maildirfolder").touch(mode=0o600)  # Courier's sign of a Maildir++ folder
        return Folder(name=path.name, path=path, role=MailboxRole.DRAFTS)

    def remove(self, draft: StoredDraft) -> bool:
        for folder in self._tree.drafts_folders():
            for file in self._tree.files(folder):
                if file.id == draft.email.envelope.id:
                    return _unlink(file, draft.id)
        return False


def _draft(file: File) -> StoredDraft | None:
    content = read(file)
    if content is None:
        return None
    email = rfc5322.parse(content.octets, id=file.id, role=MailboxRole.DRAFTS, received_at=content.received_at)
    evidence = email.envelope.evidence
    return StoredDraft(
        id=_handle(file.id, content.octets),
        email=email,
        key=evidence.get("x-followupd-key"),
        digest=evidence.get("x-followupd-digest"),
    )


def _handle(id_: EmailId, octets: bytes) -> str:
    return f"{id_}#{hashlib.sha256(octets).hexdigest()[:16]}"


def _deliver(folder: Folder, octets: bytes) -> str:
    """Write a message beside, flush it to the disk, and only then let it appear: seen and a draft."""
    (folder.path / "tmp").mkdir(mode=0o700, exist_ok=True)
    handle, tmp = tempfile.mkstemp(dir=folder.path / "tmp")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(octets)
            out.flush()
            os.fsync(handle)
            base = _unique_name(os.fstat(handle).st_mtime_ns)
        Path(tmp).rename(folder.path / "cur" / f"{base}:2,DS")
    except OSError:
        with suppress(OSError):
            Path(tmp).unlink()
        raise
    _flush(folder.path / "cur")
    return _handle(File(folder, base, "DS", "").id, octets)


def _unique_name(nanoseconds: int) -> str:
    """A base name as https://cr.yp.to/proto/maildir.html wants it: time, something unique, host."""
    seconds, rest = divmod(nanoseconds, 10**9)
    host = socket.gethostname().replace("/", r"\057").replace(":", r"\072") or "localhost"
    return f"{seconds}.M{rest // 1000}R{secrets.token_hex(8)}.{host}"


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unlink(file: File, handle: str) -> bool:
    """Remove a file if its content is what ``handle`` says; False where it is gone or another."""
    content = read(file)
    if content is None or _handle(file.id, content.octets) != handle:
        return False
    try:
        Path(file.path).unlink()
        _flush(Path(file.path).parent)
    except FileNotFoundError:
        return False
    except OSError as e:
        raise translated(e, f"remove a draft from {file.folder.path}") from e
    return True
