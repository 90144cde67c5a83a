"""The port Mailbox over the Gmail API: a first scan by message id, then Gmail's history."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from followupd.adapters.gmail import messages
from followupd.adapters.gmail.api import BATCH, Api
from followupd.adapters.gmail.faults import NotFoundError
from followupd.adapters.gmail.pulse import Pulse
from followupd.core.errors import StateExpiredError, SuddenlyEmptyError
from followupd.core.mail import Changes, Email, EmailId, MailboxRole, State

STEP = 250
"""Messages in one batch of changes."""

_PAGE = 500
_DAY = 86_400
_TYPES = ["messageAdded", "messageDeleted", "labelAdded", "labelRemoved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """What a State stands for: the history id from which to go on, and how far a first scan has come.

    ``since`` is the second from which mail was scanned. Messages are scanned in the order of their ids, so that a scan can
    go on wherever it was cut off, whatever has come or gone meanwhile; ``scanned`` is "" before the first, None after the
    last. Gmail's history ids are text: they may outgrow 64 bits.
    """

    history: str
    since: int
    scanned: str | None = None

    _FORM = re.compile(r"gmail-1 (\d+) since (-?\d+)(?: after ([\w-]+))?", re.ASCII)

    @classmethod
    def of(cls, state: State) -> Cursor:
        found = cls._FORM.fullmatch(state)
        if found is None:
            raise StateExpiredError("What is known of the Gmail account was written by another version or backend.")
        return cls(history=found[1], since=int(found[2]), scanned=found[3])

    @property
    def state(self) -> State:
        scanned = "" if self.scanned is None else f" after {self.scanned}"
        return State(f"gmail-1 {self.history} since {self.since}{scanned}")


@dataclass(slots=True)
class _Touched:
    """The messages of one page of history: those that may be new, those that only moved, those deleted."""

    fresh: dict[str, None] = field(default_factory=dict)
    moved: dict[str, None] = field(default_factory=dict)
    gone: dict[str, None] = field(default_factory=dict)

    def note(self, record: Mapping[str, Any]) -> None:
        for entry in record.get("messagesAdded") or ():
            self._note(self.fresh, entry)
        for entry in record.get("messagesDeleted") or ():
            self._note(self.gone, entry)
        for entry in (*(record.get("labelsAdded") or ()), *(record.get("labelsRemoved") or ())):
            if messages.ROLE_LABELS & set(entry.get("labelIds") or ()):
                self.moved[entry["message"]["id"]] = None
        for entry in record.get("labelsRemoved") or ():
            if messages.HIDING_LABELS & set(entry.get("labelIds") or ()):  # it may never have been seen
                self.fresh[entry["message"]["id"]] = None

    @staticmethod
    def _note(where: dict[str, None], entry: Mapping[str, Any]) -> None:
        """Drafts come and go as messages with every edit; what is sent has lost the label."""
        if "DRAFT" not in (entry["message"].get("labelIds") or ()):
            where[entry["message"]["id"]] = None


@dataclass(slots=True)
class GmailMailbox:
    """The port Mailbox. An EmailId is Gmail's message id; labels are one mailbox role."""

    api: Api
    pulse: Pulse = field(default_factory=Pulse)
    _identities: Sequence[str] | None = None

    def identities(self) -> Sequence[str]:
        """The account's verified send-as addresses."""
        if self._identities is None:
            listed = self.api.call(self.api.users.settings().sendAs().list(userId="me")).get("sendAs") or ()
            self._identities = [
                alias["sendAsEmail"] for alias in listed if alias.get("verificationStatus", "accepted") != "pending"
            ]
        return self._identities

    def changes(self, since: State | None, *, after: datetime) -> Iterator[Changes]:
        """See the port. A lookback that has grown by more than a day ends the State, as older mail has to be scanned too."""
        if since is None:
            return self._scan(Cursor(history=self._history_now(), since=_second_before(after), scanned=""), after)
        cursor = Cursor.of(since)
        if after.timestamp() < cursor.since - _DAY:
            raise StateExpiredError(f"The mail of Gmail ({self.api.account}) was read from a later day on.")
        if cursor.scanned is not None:
            return self._scan(cursor, after)
        return iter(()) if cursor.history == self.pulse.spend() else self._follow(cursor, after)

    # --- the first scan ---

    def _history_now(self) -> str:
        """The history id as it is now: taken before a scan, so that nothing falls between the two."""
        return self.pulse.now(self.api) or self._history_after_newest()

    def _history_after_newest(self) -> str:
        """For a stand-in without profiles."""
        listed = self.api.call(self.api.resource("messages").list(userId="me", maxResults=1, includeSpamTrash=True))
        for entry in listed.get("messages") or ():
            known = self.api.call(self._get(entry["id"], "minimal"))["historyId"]
            listing = self.api.resource("history").list(userId="me", startHistoryId=known, maxResults=1)
            return str(self.api.call(listing)["historyId"])
        return "1"

    def _scan(self, cursor: Cursor, after: datetime) -> Iterator[Changes]:
        """Every message in the order of ids from where ``cursor`` stands. Spam and trash are not listed by Gmail."""
        listing = self.api.resource("messages").list
        pages = self.api.pages(listing, q=f"after:{_second_before(after)}", maxResults=_PAGE)
        listed = {entry["id"] for page in pages for entry in page.get("messages") or ()}
        ids = sorted(i for i in listed if i > (cursor.scanned or ""))
        for start in range(0, len(ids), STEP):
            step = ids[start : start + STEP]
            state = replace(cursor, scanned=None if start + STEP >= len(ids) else step[-1]).state
            headers = (message for _, message in self._headers(step))
            added = tuple(
                messages.envelope(m, at) for m in headers if (at := messages.role_of(m)) and _is_recent(m, after)
            )
            yield Changes(added=added, state=state, total=len(ids))
        if not ids and not cursor.scanned:
            return  # nothing is known, and nothing can have gone
        if not ids:
            self._ensure_not_emptied()
            yield Changes(added=(), state=replace(cursor, scanned=None).state, total=0)
        yield from self._follow(replace(cursor, scanned=None), after)  # what happened meanwhile

    def _headers(self, ids: Iterable[str]) -> Iterator[tuple[str, messages.Resource]]:
        return self.api.read({i: self._header(i) for i in ids})

    def _header(self, id_: str) -> Any:
        if self.api.is_whole:
            return self._get(id_, "metadata", metadataHeaders=list(messages.HEADERS))
        return self._get(id_, "raw")

    def _get(self, id_: str, form: str, **more: Any) -> Any:
        return self.api.resource("messages").get(userId="me", id=id_, format=form, **more)

    # --- what came since ---

    def _follow(self, cursor: Cursor, after: datetime) -> Iterator[Changes]:
        """Page by page of the history; each page's last record is a place from which to go on."""
        try:
            listing = self.api.resource("history").list
            for page in self.api.pages(listing, startHistoryId=cursor.history, historyTypes=_TYPES, maxResults=_PAGE):
                records = page.get("history") or ()
                now = page.get("historyId") if not page.get("nextPageToken") else records[-1]["id"] if records else None
                if now is not None and str(now) != cursor.history:
                    cursor = replace(cursor, history=str(now))
                    yield self._page(records, cursor, after)
        except NotFoundError as e:
            raise StateExpiredError(f"Gmail ({self.api.account}) no longer knows what was read last.") from e

    def _page(self, records: Iterable[Mapping[str, Any]], cursor: Cursor, after: datetime) -> Changes:
        touched = _Touched()
        for record in records:
            touched.note(record)
        found = dict(self._headers(i for i in {**touched.fresh, **touched.moved} if i not in touched.gone))
        roles = {i: at for i, m in found.items() if (at := messages.role_of(m))}
        recent = [i for i in roles if _is_recent(found[i], after)]
        added = tuple(messages.envelope(found[i], roles[i]) for i in recent if i in touched.fresh)
        moved = {EmailId(i): roles[i] for i in recent if i not in touched.fresh}
        left = (i for i in touched.moved if i not in roles and i not in touched.gone)
        removed = tuple(EmailId(i) for i in (*touched.gone, *left))
        if removed and not added and not moved:
            self._ensure_not_emptied()
        return Changes(added=added, removed=removed, moved=moved, state=cursor.state)

    def _ensure_not_emptied(self) -> None:
        listed = self.api.call(self.api.resource("messages").list(userId="me", maxResults=BATCH)).get("messages") or ()
        there = self.api.read({entry["id"]: self._get(entry["id"], "minimal") for entry in listed})
        if not any(messages.role_of(message) for _, message in there):
            raise SuddenlyEmptyError(
                f"The Gmail account {self.api.account} held mail and is now empty.",
                remedy="Look at it in Gmail; nothing was forgotten, and new mail in it ends this error.",
            )

    # --- content ---

    def fetch(self, ids: Sequence[EmailId]) -> Iterator[Email]:
        for _, message in self.api.read({i: self._get(i, self.api.content_form) for i in ids}):
            at = messages.role_of(message)
            if at is not None:
                yield email_of(self.api, message, at)

    def close(self) -> None:
        self._identities = None
        self.api.close()


def email_of(api: Api, message: messages.Resource, at: MailboxRole) -> Email:
    """The email of a resource with ``raw`` or with a payload; of the latter, readable parts kept apart are fetched."""
    if "raw" in message:
        return messages.whole(message, at)
    leaves = list(messages.leaves(message.get("payload", {})))
    return messages.assembled(message, _filled(api, message["id"], leaves), at)


def _filled(api: Api, id_: str, leaves: Sequence[messages.Leaf]) -> list[messages.Leaf]:
    """The leaves with the bodies of those that are wanted and were not sent along."""
    wanted = {leaf.attachment: leaf for leaf in leaves if leaf.attachment and leaf.is_wanted}
    get = api.resource("messages").attachments().get
    bodies = dict(api.read({a: get(userId="me", messageId=id_, id=a) for a in wanted}))
    return [
        replace(leaf, body=messages.octets(bodies[leaf.attachment].get("data"))) if leaf.attachment in bodies else leaf
        for leaf in leaves
    ]


def _is_recent(message: messages.Resource, after: datetime) -> bool:
    return messages.received_at(message) >= after


def _second_before(after: datetime) -> int:
    """For Gmail's ``after:``, which counts whole seconds; what is a second too old is left out by its exact receipt."""
    return int(after.timestamp()) - 1
