"""Sets of UIDs, kept and written as the ranges that they are (RFC 9051 section 9, sequence-set)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UidSet:
    """UIDs as ascending ranges, both ends included, that do not touch."""

    ranges: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, uids: Iterable[int]) -> UidSet:
        return cls(_merged((uid, uid) for uid in sorted(uids)))

    @classmethod
    def parse(cls, text: str) -> UidSet:
        """Read a sequence-set without ``*``. Raises ValueError."""
        pairs = (part.partition(":") for part in text.split(",") if part)
        ends = ((int(a), int(b or a)) for a, _, b in pairs)
        return cls(_merged(sorted((min(e), max(e)) for e in ends)))

    def __str__(self) -> str:
        return ",".join(f"{a}:{b}" if a != b else str(a) for a, b in self.ranges)

    def __len__(self) -> int:
        return sum(b - a + 1 for a, b in self.ranges)

    def __iter__(self) -> Iterator[int]:
        for a, b in self.ranges:
            yield from range(a, b + 1)

    @property
    def first(self) -> int:
        return self.ranges[0][0] if self.ranges else 0

    @property
    def last(self) -> int:
        return self.ranges[-1][1] if self.ranges else 0

    def within(self, low: int, high: int) -> UidSet:
        """Those from ``low`` to ``high``, both included."""
        return UidSet(tuple((max(a, low), min(b, high)) for a, b in self.ranges if a <= high and b >= low))

    def plus(self, other: UidSet) -> UidSet:
        if self.ranges and other.ranges and self.last < other.first:  # the usual case: mail comes in order
            if self.last + 1 == other.first:
                joint = (self.ranges[-1][0], other.ranges[0][1])
                return UidSet((*self.ranges[:-1], joint, *other.ranges[1:]))
            return UidSet(self.ranges + other.ranges)
        return UidSet.of((*self, *other)) if self.ranges and other.ranges else UidSet(self.ranges or other.ranges)

    def minus(self, other: UidSet) -> UidSet:
        cuts = other.within(self.first, self.last).ranges
        left: list[tuple[int, int]] = []
        first = 0
        for low, high in self.ranges:
            start = low
            while first < len(cuts) and cuts[first][1] < low:
                first += 1
            at = first
            while at < len(cuts) and cuts[at][0] <= high:
                if start < cuts[at][0]:
                    left.append((start, cuts[at][0] - 1))
                start = cuts[at][1] + 1
                at += 1
            if start <= high:
                left.append((start, high))
        return UidSet(tuple(left))

    def common(self, other: UidSet) -> UidSet:
        """Those in both. ``other`` may be a huge range."""
        return self.minus(self.minus(other))

    def pieces(self, ranges: int) -> Iterator[UidSet]:
        """In pieces of so many ranges, ascending."""
        for i in range(0, len(self.ranges), ranges):
            yield UidSet(self.ranges[i : i + ranges])

    def chunks(self, size: int) -> Iterator[UidSet]:
        """In pieces of ``size`` UIDs, ascending."""
        taken: list[tuple[int, int]] = []
        room = size
        for low, b in self.ranges:
            a = low
            while a <= b:
                end = min(b, a + room - 1)
                taken.append((a, end))
                room -= end - a + 1
                a = end + 1
                if not room:
                    yield UidSet(tuple(taken))
                    taken, room = [], size
        if taken:
            yield UidSet(tuple(taken))


def _merged(ascending: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for low, high in ascending:
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)
