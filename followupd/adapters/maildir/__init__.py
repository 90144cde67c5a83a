"""A Maildir++ tree as an account: the folder itself is the inbox, its other mailboxes are ``.Name`` folders in it.

The format is that of https://cr.yp.to/proto/maildir.html (files appear in ``new`` and ``cur`` by rename only, and a
name up to its colon never changes) with the folders of Courier's Maildir++. The user's files are never renamed,
moved or written; the only files made here are drafts, and the only ones removed are drafts whose bytes are still
those that were looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from followupd.adapters.maildir import checkup
from followupd.adapters.maildir.drafts import MaildirDrafts
from followupd.adapters.maildir.mailbox import MaildirMailbox
from followupd.adapters.maildir.tree import Tree
from followupd.core.health import Check

__all__ = ["MaildirAccount", "MaildirDrafts", "MaildirMailbox"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaildirAccount:
    """One configured Maildir. ``path`` is the inbox folder."""

    name: str
    path: Path

    def mailbox(self) -> MaildirMailbox:
        return MaildirMailbox(Tree(self.path))

    def drafts(self) -> MaildirDrafts:
        return MaildirDrafts(Tree(self.path))

    def checks(self) -> Iterable[Check]:
        """What to look at for `followupd doctor`."""
        return checkup.checks(Tree(self.path))
