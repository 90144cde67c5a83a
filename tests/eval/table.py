"""One row of the table for each thing that is measured, with its counts and its interval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import sqrt


@dataclass(slots=True)
class Tally:
    """What was found, right and wrong, and what was missed; ``faults`` tell where."""

    name: str
    right: int = 0
    wrong: int = 0
    missed: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All that should have been found."""
        return self.right + self.missed

    @property
    def precision(self) -> float | None:
        found = self.right + self.wrong
        return self.right / found if found else None

    @property
    def recall(self) -> float | None:
        return self.right / self.total if self.total else None

    def hit(self) -> None:
        self.right += 1

    def err(self, fault: str) -> None:
        self.wrong += 1
        self.faults.append(f"wrong: {fault}")

    def miss(self, fault: str) -> None:
        self.missed += 1
        self.faults.append(f"missed: {fault}")

    def answer(self, value: str | None, right: list[str], fault: str) -> None:
        """A value that is right, wrong or null. A wrong one was not found either."""
        if value is None:
            self.miss(f"{fault}: {right}")
        elif any(_folded(value) == _folded(r) for r in right):
            self.hit()
        else:
            self.err(f"{fault}: {value!r}, not {right}")
            self.missed += bool(right)

    def sets(self, found: frozenset[str], wanted: frozenset[str], allowed: frozenset[str], fault: str) -> None:
        """Of things found together: each counts by itself."""
        for thing in sorted(found | wanted):
            if thing in wanted and thing in found:
                self.hit()
            elif thing in wanted:
                self.miss(f"{fault}: {thing}")
            elif thing not in allowed:
                self.err(f"{fault}: {thing}")


def together(name: str, tallies: Iterable[Tally]) -> Tally:
    """The sum of ``tallies``."""
    parts = list(tallies)
    return Tally(name, *(sum(getattr(t, count) for t in parts) for count in ("right", "wrong", "missed")))


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927)."""
    if not total:
        return (0.0, 1.0)
    z, share = 1.96, hits / total
    middle, spread = share + z * z / (2 * total), z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return ((middle - spread) / (1 + z * z / total), (middle + spread) / (1 + z * z / total))


def lines(tallies: list[Tally]) -> Iterator[str]:
    """The table as text. The interval is that of the recall."""
    yield f"{'':34}{'of':>6}{'right':>7}{'wrong':>7}{'missed':>7}{'precision':>11}{'recall':>9}   95 % of recall"
    for t in tallies:
        low, high = wilson(t.right, t.total)
        yield (
            f"{t.name:34}{t.total:6}{t.right:7}{t.wrong:7}{t.missed:7}{_percent(t.precision):>11}{_percent(t.recall):>9}"
            f"   {100 * low:5.1f} – {100 * high:.1f}"
        )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}"


def _folded(text: str) -> str:
    return " ".join(text.replace("’", "'").casefold().split())
