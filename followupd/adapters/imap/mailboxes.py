"""Which mailboxes an account has and what each is for: RFC 6154 where the server speaks it, else their names."""

from __future__ import annotations

from dataclasses import dataclass

from followupd.adapters.imap.wire import Client
from followupd.adapters.mailbox_names import role_of
from followupd.core.mail import UNREAD_ROLES, MailboxRole

_USES = {
    b"\\all": MailboxRole.ALL,
    b"\\archive": MailboxRole.ARCHIVE,
    b"\\drafts": MailboxRole.DRAFTS,
    b"\\junk": MailboxRole.JUNK,
    b"\\sent": MailboxRole.SENT,
    b"\\trash": MailboxRole.TRASH,
}
_CLOSED = frozenset({b"\\noselect", b"\\nonexistent"})
_ORDER = (MailboxRole.INBOX, MailboxRole.SENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One mailbox that can be opened. ``name`` is decoded; ``told`` says that the server itself gave the role."""

    name: str
    role: MailboxRole
    told: bool = False


def boxes_of(client: Client) -> tuple[Box, ...]:
    """The user's own mailboxes, the inbox and sent mail first."""
    listed = client.folders_with_use()
    foreign = _foreign(client)
    parents = tuple(
        (name + separator.decode(), role)
        for attributes, separator, name in listed
        if separator and (role := _use(attributes)) in UNREAD_ROLES
    )
    boxes = [
        _box(attributes, separator, name, parents)
        for attributes, separator, name in listed
        if not _CLOSED & {a.lower() for a in attributes} and not name.startswith(foreign)
    ]
    return tuple(sorted(boxes, key=lambda box: (_rank(box.role), box.name)))


def to_read(boxes: tuple[Box, ...], *, gmail: bool) -> tuple[Box, ...]:
    """Those whose mail counts. At Gmail, All Mail alone: it holds every other's messages, with labels that tell which.

    Elsewhere a mailbox of all mail is read beside the others: RFC 6154 does not promise that it is a mere view, and an
    answer seen twice is harmless, one not seen is not.
    """
    if gmail and (everything := tuple(box for box in boxes if box.role is MailboxRole.ALL)):
        return everything[:1]
    return tuple(box for box in boxes if box.role not in UNREAD_ROLES)


def drafts_of(boxes: tuple[Box, ...]) -> Box | None:
    """Where drafts lie: what the server calls so, else the mailbox of the usual name nearest to the top."""
    found = [box for box in boxes if box.role is MailboxRole.DRAFTS]
    return min(found, key=lambda box: (not box.told, len(box.name)), default=None)


def _box(
    attributes: tuple[bytes, ...],
    separator: bytes | None,
    name: str,
    parents: tuple[tuple[str, MailboxRole | None], ...],
) -> Box:
    if name.upper() == "INBOX":
        return Box(name=name, role=MailboxRole.INBOX, told=True)
    if role := _use(attributes):
        return Box(name=name, role=role, told=True)
    for prefix, inherited in parents:
        if inherited and name.startswith(prefix):
            return Box(name=name, role=inherited)
    return Box(name=name, role=role_of(name, separator=separator.decode() if separator else "\0"))


def _use(attributes: tuple[bytes, ...]) -> MailboxRole | None:
    return next((_USES[a.lower()] for a in attributes if a.lower() in _USES), None)


def _foreign(client: Client) -> tuple[str, ...]:
    """The prefixes of other people's and of shared mailboxes (RFC 2342): not this user's mail."""
    if not client.has_capability("NAMESPACE"):
        return ()
    spaces = client.namespace()
    return tuple(prefix for space in (spaces.other, spaces.shared) for prefix, _ in space or () if prefix)


def _rank(role: MailboxRole) -> int:
    return _ORDER.index(role) if role in _ORDER else len(_ORDER)
