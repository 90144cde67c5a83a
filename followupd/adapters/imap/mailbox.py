"""Mailbox over IMAP: what came and went since a State, and the content of single messages. Read-only throughout.

Whether a mailbox changed is told by arithmetic on what EXAMINE answers: UIDs only grow, so with the same UIDNEXT and
the same number of messages nothing came and nothing went. That needs no extension, one round trip for all mailboxes,
and no flag change ever makes traffic. Which ones went is then asked for: from the server's VANISHED list where it keeps
one (QRESYNC, RFC 7162 section 3.2.6), else by a search among the UIDs that are known.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from followupd.adapters.imap import content, rows, search
from followupd.adapters.imap.mailboxes import Box, to_read
from followupd.adapters.imap.refusals import LineDroppedError
from followupd.adapters.imap.session import GMAIL, Selected, Session
from followupd.adapters.imap.state import Mark, dump, email_id, load, place
from followupd.adapters.imap.uidset import UidSet
from followupd.core.errors import FollowupdError, PermanentError, SuddenlyEmptyError, TransientError
from followupd.core.mail import Changes, Email, EmailId, Envelope, MailboxRole, State

log = logging.getLogger(__name__)

BATCH = 1000
"""Messages a FETCH: fewer cost time, many more make the command too long for some servers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is to be done for one mailbox: ``base`` is its mark before, ``end`` after all of it."""

    box: Box
    base: Mark
    end: Mark
    added: UidSet = field(default_factory=UidSet)
    removed: tuple[EmailId, ...] = ()
    moved: Mapping[EmailId, MailboxRole] = field(default_factory=dict)

    @property
    def is_quiet(self) -> bool:
        return not (self.added or self.removed or self.moved)


class _Step(NamedTuple):
    """A batch of one mailbox, with the mark from which a restart goes on."""

    added: tuple[Envelope, ...]
    removed: tuple[EmailId, ...]
    moved: Mapping[EmailId, MailboxRole]
    mark: Mark


@dataclass(slots=True)
class ImapMailbox:
    """The Mailbox port on one session."""

    session: Session

    def identities(self) -> Sequence[str]:
        return ()

    def changes(self, since: State | None, *, after: datetime) -> Iterator[Changes]:
        marks = load(since)
        left_open = self.session.is_open
        while True:
            try:
                for batch, latest in self._changes(marks, after):
                    marks, left_open = latest, True
                    yield batch
            except LineDroppedError:
                if not left_open:
                    raise
                left_open = False
            else:
                return

    def fetch(self, ids: Sequence[EmailId]) -> Iterator[Email]:
        for (name, validity), uids in _by_mailbox(ids).items():
            box = next((box for box in self.session.boxes() if box.name == name), None)
            if box is None:
                continue
            for some in UidSet.of(uids).chunks(content.BATCH):
                yield from self.session.repeatable(partial(content.emails, self.session, box, validity, some))

    def close(self) -> None:
        self.session.close()

    # --- planning

    def _changes(self, marks: dict[str, Mark], after: datetime) -> Iterator[tuple[Changes, dict[str, Mark]]]:
        plans = self._plans(marks, after)
        _refuse_sudden_emptiness(marks, plans)
        total = sum(len(plan.added) for plan in plans)
        marks = marks | {plan.box.name: plan.end for plan in plans if plan.is_quiet}
        for plan in plans:
            for step in self._read(plan, after):
                marks = {name: m for name, m in (marks | {plan.box.name: step.mark}).items() if m.validity}
                changes = Changes(
                    added=step.added, removed=step.removed, moved=step.moved, state=dump(marks), total=total
                )
                yield changes, marks

    def _plans(self, marks: dict[str, Mark], after: datetime) -> list[_Plan]:
        boxes = to_read(self.session.boxes(), gmail=self.session.has(GMAIL))
        opened = self.session.examine(*(box.name for box in boxes))
        plans = [self._plan(b, o, marks.get(b.name), after) for b, o in zip(boxes, opened, strict=True)]
        names = {box.name for box in boxes}
        return [*plans, *(_gone(name, mark) for name, mark in marks.items() if name not in names)]

    def _plan(self, box: Box, opened: Selected | FollowupdError, mark: Mark | None, after: datetime) -> _Plan:
        if isinstance(opened, FollowupdError):
            if box.role is MailboxRole.INBOX or not isinstance(opened, PermanentError):
                raise opened
            log.warning("a mailbox cannot be opened and is left out: %s", opened)
            return _Plan(box=box, base=mark or _NONE, end=mark or _NONE)
        following = opened.next or (mark.next if mark else 1)
        if mark is None or mark.validity != opened.validity or following < mark.next:
            base = Mark(validity=opened.validity, floor=after.timestamp())
            lost = () if mark is None else _ids(box.name, mark.validity, mark.known)
        else:
            base, lost = mark, ()
        end = replace(base, next=following, exists=opened.exists, modseq=opened.modseq)
        if base.floor > after.timestamp():
            base, end = replace(base, exists=None), replace(end, floor=after.timestamp())
        if end == replace(base, modseq=end.modseq) or not (opened.exists or base.known):
            return _Plan(box=box, base=base, end=end, removed=lost, moved=self._relabelled(box, base, end))
        return self._compare(box, base, end, lost, after)

    def _relabelled(self, box: Box, base: Mark, end: Mark) -> Mapping[EmailId, MailboxRole]:
        """Known messages of Gmail's that may have moved: there a move is a change of labels, and only MODSEQ tells of it."""
        unchanged = not base.modseq or base.modseq == end.modseq
        if unchanged or not base.known or box.role is not MailboxRole.ALL or not self.session.has(GMAIL):
            return {}
        if not self.session.open(box.name, end.validity):
            return {}
        changed = rows.roles_changed(self.session, base.known, base.modseq)
        return {email_id(box.name, end.validity, uid): role for uid, role in changed.items()}

    def _compare(self, box: Box, base: Mark, end: Mark, lost: tuple[EmailId, ...], after: datetime) -> _Plan:
        """Ask what came and what went, where the numbers say that something did."""
        if not self.session.open(box.name, end.validity):
            raise TransientError("a mailbox changed its identity while it was read; the next pass reads it again")
        assert end.exists is not None  # noqa: S101 - set by the caller, for the type checker
        finder = search.Finder(self.session, end.exists)
        new = finder.count(base.next, end.next - 1)
        stayed = end.exists - new
        again = end.floor < base.floor or (base.exists is not None and stayed > base.exists)
        went = UidSet()
        if base.known and stayed != base.exists:
            went = finder.gone(base.known, base.modseq)
        added = UidSet()
        if new or again:
            drafts_too = box.role is not MailboxRole.ALL
            added = finder.window(1 if again else base.next, end.next - 1, after, drafts_too=drafts_too)
        removed = (*lost, *_ids(box.name, end.validity, went))
        known = base.known.minus(went)
        return _Plan(
            box=box,
            base=replace(base, known=known),
            end=replace(end, known=known),
            added=added.minus(known),
            removed=removed,
            moved=self._relabelled(box, replace(base, known=known), end),
        )

    # --- reading

    def _read(self, plan: _Plan, after: datetime) -> Iterator[_Step]:
        """The batches of one mailbox."""
        step = _Step((), plan.removed, plan.moved, replace(plan.base, exists=None))
        for uids, then in pairwise((*plan.added.chunks(BATCH), UidSet())):
            found = self._envelopes(plan, uids, then)
            known = step.mark.known.plus(uids if len(found) == len(uids) else UidSet.of(found))
            mark = replace(step.mark, next=max(step.mark.next, uids.last + 1)) if then else plan.end
            added = tuple(e for uid in uids if (e := found.get(uid)) and e.received_at >= after)
            yield (step := step._replace(added=added, mark=replace(mark, known=known)))
            step = step._replace(removed=(), moved={})
        if step.removed or step.moved:
            yield step._replace(mark=plan.end)

    def _envelopes(self, plan: _Plan, uids: UidSet, then: UidSet) -> dict[int, Envelope]:
        name, validity, role = plan.box.name, plan.end.validity, plan.box.role
        if not self.session.open(name, validity):
            raise TransientError("a mailbox changed its identity while it was read; the next pass reads it again")
        return rows.fetch(self.session, uids, lambda row: row.envelope(name, validity, role), then)


_NONE = Mark(validity=0)


def _gone(name: str, mark: Mark) -> _Plan:
    """The plan for a mailbox that is no longer there."""
    box = Box(name=name, role=MailboxRole.OTHER)
    return _Plan(box=box, base=mark, end=_NONE, removed=_ids(name, mark.validity, mark.known))


def _ids(name: str, validity: int, uids: UidSet) -> tuple[EmailId, ...]:
    return tuple(email_id(name, validity, uid) for uid in uids)


def _refuse_sudden_emptiness(marks: dict[str, Mark], plans: list[_Plan]) -> None:
    known = sum(len(mark.known) for mark in marks.values())
    if known and sum(len(plan.removed) for plan in plans) >= known and not any(plan.added for plan in plans):
        raise SuddenlyEmptyError(
            f"all {known} messages of the account have gone at once",
            remedy="Look at the mailbox with another program; if it is meant to be empty, run `followupd forget`.",
        )


def _by_mailbox(ids: Sequence[EmailId]) -> dict[tuple[str, int], list[int]]:
    found: dict[tuple[str, int], list[int]] = {}
    for id_ in ids:
        if where := place(id_):
            found.setdefault(where[:2], []).append(where[2])
    return found
