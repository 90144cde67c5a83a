"""Which messages answer which: threads by reply headers, as RFC 5256 links them, and by the server's own thread id."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from followupd.core.messages import Message


class Groups:
    """Disjoint sets that can be joined (union by path halving)."""

    def __init__(self) -> None:
        self._parent: dict[Hashable, Hashable] = {}

    def find(self, item: Hashable) -> Hashable:
        parent = self._parent
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(self, items: Iterable[Hashable]) -> None:
        roots = [self.find(i) for i in items]
        for root in roots[1:]:
            self._parent[root] = roots[0]


@dataclass(frozen=True, slots=True)
class Thread:
    """Messages that answer each other, oldest first."""

    messages: tuple[Message, ...]

    @property
    def id(self) -> str:
        """The Message-ID of its first message: stable as long as nothing older turns up."""
        return self.messages[0].id


def link(messages: Sequence[Message]) -> list[Thread]:
    """Sort messages (oldest first) into threads, in order of their first message.

    Two messages that refer to the same third one belong together even where that one was never seen, and a bounce belongs to
    what it returns.
    """
    groups = Groups()
    for message in messages:
        copy = message.copy
        hint = ((message.account, copy.thread_hint),) if copy.thread_hint else ()
        returned = (message.reading.returned_id,) if message.reading.returned_id else ()
        groups.join((message.id, *copy.in_reply_to, *copy.references, *returned, *hint))
    threads: dict[Hashable, list[Message]] = {}
    for message in messages:
        threads.setdefault(groups.find(message.id), []).append(message)
    return [Thread(tuple(t)) for t in threads.values()]
