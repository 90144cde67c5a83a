"""What can be wrong with a Maildir: folders that are missing or closed, and mail that was copied without its times."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from followupd.adapters.maildir.tree import File, Tree, read
from followupd.core import rfc5322
from followupd.core.health import Check, Verdict, failure, fine, warning
from followupd.core.mail import MailboxRole

_SAMPLE = 200
_ENOUGH = 20


def checks(tree: Tree) -> Iterator[Check]:
    yield Check("folders", lambda: _folders(tree))
    yield Check("times", lambda: _times(tree))


def _folders(tree: Tree) -> Verdict:
    sent = [f.name for f in tree.folders() if f.role is MailboxRole.SENT]
    drafts = next(iter(tree.drafts_folders()), None)
    if not os.access(drafts.path if drafts else tree.root, os.W_OK | os.X_OK):
        where = drafts.path if drafts else tree.root
        return failure(
            f"no draft can be written in {where}", "Give the user that followupd runs as write access to it."
        )
    if not sent:
        return warning(
            "no folder of sent mail is found, so that what you send is not seen",
            "Let your mail program, or what synchronises the Maildir, put sent mail into .Sent.",
        )
    made = drafts.name if drafts else "a Drafts folder will be made with the first draft"
    return fine(f"inbox, {sent[0]}, {made}")


def _times(tree: Tree) -> Verdict:
    """Times of files are times of receipt, unless what copied the mail here has made them anew."""
    files = (file for folder in tree.mail_folders() for file in islice(tree.files(folder), _SAMPLE))
    late = [_is_late(file) for file in files]
    if len(late) >= _ENOUGH and 2 * sum(late) > len(late):
        return warning(
            f"{sum(late)} of {len(late)} messages were copied here without their time of receipt",
            "With mbsync, set CopyArrivalDate yes and fetch the mail anew.",
        )
    return fine("files carry the times of receipt")


def _is_late(file: File) -> bool:
    content = read(file, header_only=True)
    if content is None:
        return False
    role, at = file.folder.role, content.received_at
    envelope = rfc5322.envelope(content.octets, id=file.id, role=role, received_at=at, size=content.size)
    return envelope.sent_at is not None and at - envelope.sent_at > timedelta(days=1)
