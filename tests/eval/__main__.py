"""The table of everything that is measured: ``python -m tests.eval [--faults]``; exit 1 where one is under its floor."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from tests.eval import own, public
from tests.eval.floors import below
from tests.eval.table import lines


def main() -> int:
    """Print the table, with ``--faults`` all that is wrong or missed, and what is under its floor."""
    found = [*own.tallies(own.read()), *own.phrase_tallies(), *public.tallies()]
    _print(lines(found))
    if "--faults" in sys.argv:
        _print(f"{t.name}: {fault}" for t in found for fault in t.faults)
    under = list(below(found))
    _print(under)
    return 1 if under else 0


def _print(text: Iterable[str]) -> None:
    for line in text:
        print(line)  # noqa: T201 - a program's output


if __name__ == "__main__":
    sys.exit(main())
