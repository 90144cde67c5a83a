"""The table of everything that is measured: ``python -m tests.eval [--faults] [FILE …]``.

With names of files of the corpus (``ats robots``) only these are read, as one mailbox, and nothing else is measured. Exit 1
where, over all, a row is under its floor.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from tests.eval import own, public
from tests.eval.floors import below
from tests.eval.table import Tally, lines, together


def main() -> int:
    """Print the table, with ``--faults`` all that is wrong or missed, and what is under its floor."""
    parser = argparse.ArgumentParser(prog="python -m tests.eval", description="Measure how mail is read.")
    parser.add_argument("files", nargs="*", help="files of the corpus, by their bare names: only these")
    parser.add_argument("--faults", action="store_true", help="show each fault")
    options = parser.parse_args()
    seen = own.read(options.files)
    rows = list(own.tallies(seen))
    found = [*rows, together("all of the corpus", rows)]
    if not options.files:
        found += [*own.phrase_tallies(), *public.tallies()]
    _print(lines([t for t in found if t.total or t.wrong]))
    _print([f"messages without a fault: {_faultless(seen, rows)} of {sum(len(p.mails) for p in seen.processes)}"])
    if options.faults:
        _print(f"{t.name}: {fault}" for t in rows for fault in t.faults)
    under = [] if options.files else list(below(found))
    _print(under)
    return 1 if under else 0


def _faultless(seen: own.Read, rows: Iterable[Tally]) -> int:
    """How many messages no row finds fault with."""
    told = {fault.split()[1].rstrip(":") for t in rows for fault in t.faults}
    return sum(m.id not in told for p in seen.processes for m in p.mails)


def _print(text: Iterable[str]) -> None:
    for line in text:
        print(line)  # noqa: T201 - a program's output


if __name__ == "__main__":
    sys.exit(main())
