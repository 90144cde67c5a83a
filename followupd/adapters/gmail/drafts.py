"""The port Drafts over the Gmail API: the only place where followupd writes to a Gmail account."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from followupd.adapters.gmail import messages
from followupd.adapters.gmail.api import Api
from followupd.adapters.gmail.faults import NotFoundError
from followupd.adapters.gmail.mailbox import email_of
from followupd.adapters.gmail.pulse import Pulse
from followupd.core import rfc5322
from followupd.core.errors import PermanentError, TransientError, UnreachableError
from followupd.core.mail import Email, EmailId, Envelope, MailboxRole
from followupd.core.ports import StoredDraft

log = logging.getLogger(__name__)

_LONG_AGO = datetime.fromtimestamp(0, UTC)


@dataclass(slots=True)
class GmailDrafts:
    """The port Drafts.

    Gmail's draft id survives edits and is the ``durable_id``; a handle names a draft's message and content too, so that
    an edit makes another one. Gmail has no conditional deletion: between the last look and the deletion lies one request.
    """

    api: Api
    pulse: Pulse = field(default_factory=Pulse)
    _known: dict[str, tuple[str, StoredDraft]] = field(default_factory=dict)
    _listed: tuple[str | None, tuple[StoredDraft, ...]] | None = None

    def all(self) -> Sequence[StoredDraft]:
        """See the port. While Gmail's history tells of nothing, the last answer stands."""
        now = self.pulse.take(self.api)
        if self._listed is None or now is None or now != self._listed[0]:
            pages = self.api.pages(self.api.resource("drafts").list, maxResults=500)
            ids = [entry["id"] for page in pages for entry in page.get("drafts") or ()]
            found = tuple(self._look(ids))
            self._known = {d.durable_id or "": self._known[d.durable_id or ""] for d in found}
            self._listed = (now, found)
        return self._listed[1]

    def _look(self, ids: Iterable[str]) -> Iterator[StoredDraft]:
        """Those of ``ids`` that are drafts now. What has not changed since it was last looked at is not fetched again."""
        fresh: dict[str, Any] = {}
        for id_, draft in self.api.read({i: self._get(i, "minimal") for i in ids}):
            message = draft.get("message", {})
            known = self._known.get(id_)
            if not _is_draft(message):
                continue
            if known is not None and known[0] == _version(message):
                yield known[1]
            else:
                fresh[id_] = self._get(id_, self.api.content_form)
        for id_, draft in self.api.read(fresh):
            if _is_draft(draft.get("message", {})):
                yield self._stored(id_, draft["message"])

    def _get(self, id_: str, form: str) -> Any:
        return self.api.resource("drafts").get(userId="me", id=id_, format=form)

    def _stored(self, id_: str, message: messages.Resource) -> StoredDraft:
        email = email_of(self.api, message, MailboxRole.DRAFTS)
        evidence = email.envelope.evidence
        stored = StoredDraft(
            id=f"{id_}/{message['id']}#{_digest(email)}",
            email=email,
            key=evidence.get("x-followupd-key"),
            digest=evidence.get("x-followupd-digest"),
            durable_id=id_,
        )
        self._known[id_] = (_version(message), stored)
        return stored

    def create(self, raw: bytes, *, parent: Envelope | None) -> str:
        """See the port. When the answer to the request is lost, the draft is looked for, and never asked for again."""
        thread = parent.thread_hint if parent else None
        self._listed = None
        try:
            made = self._create(raw, thread)
        except UnreachableError:
            raise
        except TransientError:
            found = self._find(raw)
            if found is None:
                raise
            return found.id
        stored = next(self._look([made]), None)
        if stored is None:
            raise PermanentError(f"Gmail ({self.api.account}) has not kept the draft that it made.")
        if thread and stored.email.envelope.thread_hint != thread:
            log.warning("account %s: Gmail keeps a draft outside the conversation that it answers", self.api.account)
        return stored.id

    def _create(self, raw: bytes, thread: str | None) -> str:
        message = {"raw": base64.urlsafe_b64encode(raw).decode()} | ({"threadId": thread} if thread else {})
        try:
            return str(self.api.call(self.api.resource("drafts").create(userId="me", body={"message": message}))["id"])
        except NotFoundError:
            if thread is None:
                raise
            return self._create(raw, None)  # the conversation is gone: the headers still tell what is answered

    def _find(self, raw: bytes) -> StoredDraft | None:
        """The draft that was made of ``raw``: of the same key and digest, or, where there is no key, the same Message-ID."""
        wanted = rfc5322.parse(raw, id=EmailId(""), role=MailboxRole.DRAFTS, received_at=_LONG_AGO).envelope
        return next((draft for draft in self.all() if _marks(draft.email.envelope) == _marks(wanted)), None)

    def remove(self, draft: StoredDraft) -> bool:
        id_ = draft.durable_id or draft.id.partition("/")[0]
        self._known.pop(id_, None)  # look with fresh eyes
        self._listed = None
        now = next(self._look([id_]), None)
        if now is None or now.id != draft.id:
            return False
        try:
            self.api.call(self.api.resource("drafts").delete(userId="me", id=id_))
        except NotFoundError:
            return False
        except UnreachableError:
            raise
        except TransientError:  # the answer was lost: what counts is whether the draft is still there
            if next(self._look([id_]), None) is not None:
                raise
        return True


def _is_draft(message: messages.Resource) -> bool:
    labels = set(message.get("labelIds") or ())
    return "DRAFT" in labels and not labels & {"SENT", "TRASH", "SCHEDULED"}


def _version(message: messages.Resource) -> str:
    return f"{message.get('id')}/{message.get('historyId')}"


def _digest(email: Email) -> str:
    """Told apart by it: two versions under one message id, which Gmail never has, but a stand-in may."""
    envelope = email.envelope
    head = (envelope.subject, envelope.from_, envelope.to, envelope.cc, sorted(envelope.evidence.items()))
    content = repr((head, email.plain, email.html, email.attachments))
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:16]


def _marks(envelope: Envelope) -> tuple[str, ...]:
    key = envelope.evidence.get("x-followupd-key")
    return (key, envelope.evidence.get("x-followupd-digest", "")) if key else (envelope.message_id,)
