"""What can be wrong with the state: a file that is damaged, newer than this program, or open to others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from followupd.adapters.store.sqlite import open_store
from followupd.core.health import Check, Verdict, fine, warning


def checks(path: Path) -> Iterator[Check]:
    yield Check("state", lambda: _state(path))


def _state(path: Path) -> Verdict:
    """Nothing is made where there is nothing yet. What is there is read whole, as a copy."""
    if not path.exists():
        return fine(f"{path} will be made at the first pass")
    with closing(open_store(path, scratch=True)) as store:
        words = len(store.words())
    open_to_others = [p for p in (path.parent, path) if p.stat().st_mode & 0o077]
    if open_to_others:
        names = " ".join(map(str, open_to_others))
        return warning(f"others can look into {names}", f"Run: chmod go= {names}")
    return fine(f"{path} is whole and private" + (f"; it keeps {words} words of yours" if words else ""))
