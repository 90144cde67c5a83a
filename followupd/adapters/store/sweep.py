"""Finding ordinary messages that hiring mail, read since, has made worth reading."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import msgspec

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What makes a message worth reading: Message-IDs that it has or refers to, addresses, domains of its sender."""

    ids: frozenset[str] = _NONE
    people: frozenset[str] = _NONE
    domains: frozenset[str] = _NONE

    @classmethod
    def of(cls, ids: Collection[str], people: Collection[str], domains: Collection[str]) -> Sought:
        return cls(ids=frozenset(ids), people=frozenset(people), domains=frozenset(d.lower() for d in domains))

    @classmethod
    def decode(cls, json: bytes | None) -> Sought:
        return msgspec.json.decode(json, type=Sought) if json else cls()

    def __bool__(self) -> bool:
        return bool(self.ids or self.people or self.domains)

    def without(self, other: Sought) -> Sought:
        return Sought(ids=self.ids - other.ids, people=self.people - other.people, domains=self.domains - other.domains)

    def among(self, rows: Iterable[tuple[int, str, str]]) -> list[int]:
        """The keys of those rows (key, links, people) that hold any of it."""
        return [key for key, links, people in rows if self._is_in(links, people)]

    def _is_in(self, links: str, people: str) -> bool:
        if not self.ids.isdisjoint(links.split("\n")):
            return True
        addresses = people.split("\n")
        return not self.people.isdisjoint(addresses) or (bool(self.domains) and self._has_domain(addresses[0]))

    def _has_domain(self, sender: str) -> bool:
        """Whether ``sender`` writes from one of the domains or a subdomain of one."""
        domain = sender.rpartition("@")[2]
        while domain:
            if domain in self.domains:
                return True
            domain = domain.partition(".")[2]
        return False
