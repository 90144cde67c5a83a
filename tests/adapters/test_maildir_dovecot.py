"""The Maildir adapter beside a real Dovecot that serves the same tree: what one writes, the other understands."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from followupd.adapters.maildir import MaildirAccount, MaildirDrafts, MaildirMailbox
from followupd.core.mail import Envelope, MailboxRole
from followupd.core.ports import StoredDraft
from tests.adapters.imap_world import ImapWorld
from tests.contracts.drafts import DraftsContract, only
from tests.contracts.mailbox import NOON, MailboxContract, View
from tests.contracts.messages import draft, message
from tests.servers import dovecot as servers

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dovecot")]


@dataclass(frozen=True)
class Handed:
    """The adapter's drafts, made over to the user whose mail it is where the tests run as root."""

    drafts: MaildirDrafts
    folder: Path
    owner: tuple[int, int] | None

    def all(self) -> Sequence[StoredDraft]:
        return self.drafts.all()

    def remove(self, draft: StoredDraft) -> bool:
        return self.drafts.remove(draft)

    def create(self, raw: bytes, *, parent: Envelope | None) -> str:
        handle = self.drafts.create(raw, parent=parent)
        if self.owner:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, *self.owner)
        return handle


class World(ImapWorld):
    """The user works over IMAP; followupd reads and writes the files below."""

    @property
    def tree(self) -> Path:
        return self.server.home(self.user) / "mail"

    def mailbox(self) -> MaildirMailbox:  # type: ignore[override]
        return MaildirAccount(name="archive", path=self.tree).mailbox()

    def drafts(self) -> Handed:  # type: ignore[override]
        drafts = MaildirAccount(name="archive", path=self.tree).drafts()
        return Handed(drafts, self.tree / ".Drafts", self.server.owner)


@pytest.fixture
def world(dovecot: servers.Dovecot) -> Iterator[World]:
    found = World(dovecot)
    for name in servers.SPECIAL_USE:
        found.hand.create(name)
    found.hand.select("INBOX")
    yield found
    found.close()


class TestMailbox(MailboxContract):
    many = 30

    @pytest.fixture
    def world(self, world: World) -> World:
        return world


class TestDrafts(DraftsContract):
    @pytest.fixture
    def world(self, world: World) -> World:
        return world


def test_dovecot_shows_our_draft_as_a_draft(world: World) -> None:
    world.drafts().create(draft("d"), parent=None)
    world.hand.select("Drafts")
    (head, octets), flags = world.hand.uid("fetch", "1", "(BODY.PEEK[] FLAGS)")[1]
    assert octets == draft("d")
    assert rb"\Seen \Draft" in head + flags


def test_flags_and_folders_of_any_name(world: World) -> None:
    world.hand.create("Jobs.M&APw-nchen")
    world.append("Jobs.M&APw-nchen", message("a"), NOON, r"\Flagged \Answered custom")
    world.append("INBOX", message("b"), NOON, r"\Deleted")
    view = View()
    assert view.sync(world.mailbox()) == ["a"]
    assert view.present() == {"a": {MailboxRole.OTHER}}
    assert view.copies[view.id("a")].received_at == NOON
    world.hand.select("Jobs.M&APw-nchen")
    world.hand.uid("move", "1", "Archive")
    view.sync(world.mailbox())
    assert view.present() == {"a": {MailboxRole.ARCHIVE}}


def test_a_draft_flagged_in_dovecot_is_the_same_version(world: World) -> None:
    drafts = world.drafts()
    drafts.create(draft("d"), parent=None)
    ours = only(drafts)
    world.hand.select("Drafts")
    world.hand.uid("store", "1:*", "+FLAGS", r"(\Flagged)")
    assert only(drafts).id == ours.id
    assert drafts.remove(ours) is True
    world.hand.select("Drafts")
    assert not world.hand.uid("search", "ALL")[1][0]
