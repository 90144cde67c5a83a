"""What each method of the Gmail API does to the fake's account. What is missing here followupd has no business to call."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.fakes.gmail import payload
from tests.fakes.gmail.account import FakeAccount, Message
from tests.fakes.gmail.schema import ViolationError
from tests.fakes.gmail.search import matcher

Query = Mapping[str, Sequence[str]]


class ApiError(Exception):
    """An answer that Google gives to a request it will not do."""

    def __init__(self, status: int, reason: str, message: str = "Requested entity was not found.") -> None:
        super().__init__(message)
        self.status, self.reason, self.message = status, reason, message


def answer(account: FakeAccount, name: str, path: Mapping[str, str], query: Query, body: Any) -> dict[str, Any] | None:
    made = _METHODS.get(name)
    if made is None:
        raise ViolationError(f"followupd never calls {name}")
    return made(account, path, query, body or {})


def _one(query: Query, name: str, default: str = "") -> str:
    return query[name][0] if name in query else default


def _paged(items: Sequence[Any], query: Query, limit: int) -> tuple[Sequence[Any], dict[str, str]]:
    wanted = int(_one(query, "maxResults", "100"))
    if not 0 < wanted <= limit:
        raise ApiError(400, "invalidArgument", "Invalid maxResults")
    start = int(_one(query, "pageToken", "p0")[1:])
    more = {"nextPageToken": f"p{start + wanted}"} if start + wanted < len(items) else {}
    return items[start : start + wanted], more


def _message(account: FakeAccount, ident: str) -> Message:
    if ident not in account.messages:
        raise ApiError(404, "notFound")
    return account.messages[ident]


def _profile(account: FakeAccount, *_: Any) -> dict[str, Any]:
    threads = {m.thread for m in account.messages.values()}
    return {
        "emailAddress": account.email,
        "messagesTotal": len(account.messages),
        "threadsTotal": len(threads),
        "historyId": str(account.history_id),
    }


def _list(account: FakeAccount, _: Any, query: Query, __: Any) -> dict[str, Any]:
    fits = matcher(account, _one(query, "q"))
    hidden = set() if _one(query, "includeSpamTrash") == "true" else {"SPAM", "TRASH"}
    labels = set(query.get("labelIds", ()))
    found = [m for m in account.messages.values() if not m.labels & hidden and labels <= m.labels and fits(m)]
    page, more = _paged(sorted(found, key=lambda m: -m.internal_date), query, 500)
    listed = [{"id": m.id, "threadId": m.thread} for m in page]
    return ({"messages": listed} if listed else {}) | {"resultSizeEstimate": len(found)} | more


def _get(account: FakeAccount, path: Mapping[str, str], query: Query, _: Any) -> dict[str, Any]:
    message = _message(account, path["id"])
    return account.message_resource(message, _one(query, "format", "full"), query.get("metadataHeaders", ()))


def _attachment(account: FakeAccount, path: Mapping[str, str], *_: Any) -> dict[str, Any]:
    message = _message(account, path["messageId"])
    for number, part in payload.numbered(message.parsed):
        if f"att-{number}" == path["id"]:
            octets = payload.content(part)
            return {"size": len(octets), "data": payload.encoded(payload.as_utf8(part, octets))}
    raise ApiError(404, "notFound")


def _history(account: FakeAccount, _: Any, query: Query, __: Any) -> dict[str, Any]:
    start = int(_one(query, "startHistoryId", "0"))
    if start < account.oldest_history or start == 0:
        raise ApiError(404, "notFound")
    page, more = _paged(account.history_since(start), query, 500)
    return ({"history": list(page)} if page else {}) | {"historyId": str(account.history_id)} | more


def _drafts(account: FakeAccount, _: Any, query: Query, __: Any) -> dict[str, Any]:
    page, more = _paged(list(account.drafts), query, 500)
    listed = [
        {"id": d, "message": {"id": account.drafts[d], "threadId": account.messages[account.drafts[d]].thread}}
        for d in page
    ]
    return ({"drafts": listed} if listed else {}) | {"resultSizeEstimate": len(account.drafts)} | more


def _draft(account: FakeAccount, path: Mapping[str, str], query: Query, _: Any) -> dict[str, Any]:
    if path["id"] not in account.drafts:
        raise ApiError(404, "notFound")
    return account.draft_resource(path["id"], _one(query, "format", "full"))


def _create(account: FakeAccount, _: Any, __: Query, body: Mapping[str, Any]) -> dict[str, Any]:
    message = body.get("message", {})
    raw = base64.urlsafe_b64decode(message["raw"])
    if b"\r\n\r\n" not in raw or b"\n" in raw.replace(b"\r\n", b""):
        raise ViolationError("a message has lines that end in CRLF")
    thread = message.get("threadId", "")
    if thread and all(m.thread != thread for m in account.messages.values()):
        raise ApiError(404, "notFound")
    return account.draft_resource(account.create_draft(raw, thread), "minimal")


def _delete_draft(account: FakeAccount, path: Mapping[str, str], *_: Any) -> None:
    if path["id"] not in account.drafts:
        raise ApiError(404, "notFound")
    account.delete_draft(path["id"])


def _send_as(account: FakeAccount, *_: Any) -> dict[str, Any]:
    listed: list[dict[str, Any]] = [{"sendAsEmail": account.email, "isPrimary": True, "isDefault": True}]
    listed += [{"sendAsEmail": a, "verificationStatus": "accepted"} for a in account.aliases]
    return {"sendAs": [*listed, {"sendAsEmail": "claimed@example.net", "verificationStatus": "pending"}]}


def _labels(account: FakeAccount, *_: Any) -> dict[str, Any]:
    kind = {True: "system", False: "user"}
    return {"labels": [{"id": i, "name": n, "type": kind[i == n]} for i, n in account.labels.items()]}


def _create_label(account: FakeAccount, _: Any, __: Query, body: Mapping[str, Any]) -> dict[str, Any]:
    name = body["name"]
    if any(n.lower() == name.lower() for n in account.labels.values()):
        raise ApiError(409, "aborted", "Label name exists or conflicts")
    ident = f"Label_{len(account.labels)}"
    account.labels[ident] = name
    return {"id": ident, "name": name, "type": "user"}


def _delete_label(account: FakeAccount, path: Mapping[str, str], *_: Any) -> None:
    if path["id"] not in account.labels:
        raise ApiError(404, "notFound")
    del account.labels[path["id"]]
    for message in account.messages.values():
        account.relabel(message, remove=[path["id"]])


def _thread(account: FakeAccount, path: Mapping[str, str], query: Query, _: Any) -> dict[str, Any]:
    found = [m for m in account.messages.values() if m.thread == path["id"]]
    if not found:
        raise ApiError(404, "notFound")
    form = _one(query, "format", "full")
    latest = max(m.history for m in found)
    return {"id": path["id"], "historyId": str(latest), "messages": [account.message_resource(m, form) for m in found]}


def _modify(account: FakeAccount, path: Mapping[str, str], _: Query, body: Mapping[str, Any]) -> dict[str, Any]:
    message = _message(account, path["id"])
    if set(body.get("addLabelIds", [])) - account.labels.keys():
        raise ApiError(400, "invalidArgument", "labelId not found")
    if "DRAFT" in message.labels:
        raise ViolationError("a draft can carry no label but its own")
    account.relabel(message, body.get("addLabelIds", ()), body.get("removeLabelIds", ()))
    return account.message_resource(message, "minimal")


_METHODS: dict[str, Callable[..., dict[str, Any] | None]] = {
    "getProfile": _profile,
    "messages.list": _list,
    "messages.get": _get,
    "messages.attachments.get": _attachment,
    "history.list": _history,
    "drafts.list": _drafts,
    "drafts.get": _draft,
    "drafts.create": _create,
    "drafts.delete": _delete_draft,
    "settings.sendAs.list": _send_as,
    "labels.list": _labels,
    "labels.create": _create_label,
    "labels.delete": _delete_label,
    "threads.get": _thread,
    "messages.modify": _modify,
}
