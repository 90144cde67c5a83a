"""The least that is let through, a little below what is reached: (precision, recall) in percent of each row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.eval.table import Tally

FLOORS: dict[str, tuple[float, float]] = {}


def below(found: Iterable[Tally]) -> Iterator[str]:
    """What is under its floor."""
    for tally in found:
        precision, recall = FLOORS.get(tally.name, (0, 0))
        for name, floor, share in (("precision", precision, tally.precision), ("recall", recall, tally.recall)):
            if share is not None and 100 * share < floor:
                yield f"{tally.name}: {name} {100 * share:.1f} is under {floor}"
