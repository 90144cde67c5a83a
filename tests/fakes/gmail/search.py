"""Gmail's search operators, as far as the API documents them (https://support.google.com/mail/answer/7190)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fakes.gmail.account import FakeAccount, Message

Matcher = Callable[["Message"], bool]

_LABELS = {
    "inbox": "INBOX",
    "sent": "SENT",
    "draft": "DRAFT",
    "drafts": "DRAFT",
    "spam": "SPAM",
    "trash": "TRASH",
    "chats": "CHAT",
}
_SPANS = {"d": 86_400_000, "m": 30 * 86_400_000, "y": 365 * 86_400_000}


def matcher(account: FakeAccount, query: str) -> Matcher:
    """What ``query`` finds: terms are joined by AND, ``OR`` stands between two, ``-`` negates."""
    terms = re.findall(r'-?\w+:"[^"]*"|-?\w+:\([^)]*\)|"[^"]*"|\S+', query)
    groups: list[list[Matcher]] = []
    joined = False
    for term in terms:
        if term == "OR":
            joined = True
            continue
        one = _term(account, term)
        if joined and groups:
            groups[-1].append(one)
        else:
            groups.append([one])
        joined = False
    return lambda message: all(any(one(message) for one in group) for group in groups)


def _term(account: FakeAccount, term: str) -> Matcher:
    if term.startswith("-"):
        inner = _term(account, term[1:])
        return lambda message: not inner(message)
    name, colon, value = term.partition(":")
    value = value.strip('"()')
    if not colon:
        word = term.strip('"').lower().encode()
        return lambda message: word in message.raw.lower()
    if name not in _OPERATORS:
        raise ValueError(f"the fake does not know {name}:")
    return _OPERATORS[name](account, value)


def _instant(value: str) -> int:
    if not value.isdigit():
        raise ValueError(f"only seconds since 1970 are exact: {value}")
    return int(value) * 1000


def _newer(account: FakeAccount, value: str) -> Matcher:
    limit = account.now - int(value[:-1]) * _SPANS[value[-1]]
    return lambda message: message.internal_date >= limit


def _sender(account: FakeAccount, value: str) -> Matcher:
    wanted: Sequence[str] = account.send_as if value == "me" else [value.lower()]
    return lambda message: any(w in message.header("From").lower() for w in wanted)


_OPERATORS: dict[str, Callable[[FakeAccount, str], Matcher]] = {
    "after": lambda _, v: lambda m: m.internal_date >= _instant(v),
    "before": lambda _, v: lambda m: m.internal_date < _instant(v),
    "newer_than": _newer,
    "in": lambda _, v: (lambda _m: True) if v == "anywhere" else (lambda m: _LABELS[v] in m.labels),
    "label": lambda a, v: lambda m: a.label_id(v) in m.labels,
    "from": _sender,
    "to": lambda _, v: lambda m: v.lower() in m.header("To").lower(),
    "subject": lambda _, v: lambda m: v.lower() in m.header("Subject").lower(),
    "rfc822msgid": lambda _, v: lambda m: m.header("Message-ID").strip("<> ") == v.strip("<>"),
    "larger": lambda _, v: lambda m: len(m.raw) > int(v),
}
