"""How much a text speaks of hiring: the number of ideas of a hiring process that it touches, whatever it says about them, and
whether it speaks of the reader's own application.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import re2

from followupd.core.datafiles import load


@cache
def _ideas(language: str) -> re2.Set | None:
    ideas = load("vocabulary.toml").get(language)
    return None if ideas is None else _set(ideas)


@cache
def _table(name: str, language: str) -> re2.Set | None:
    patterns = load("vocabulary.toml")[name].get(language)
    return None if patterns is None else _set(patterns)


def _set(patterns: Iterable[str]) -> re2.Set:
    options = re2.Options()
    options.case_sensitive = False
    found = re2.Set.SearchSet(options)
    for pattern in patterns:
        found.Add(rf"(?:^|[^\pL\pN])(?:{pattern})(?:$|[^\pL\pN])")
    found.Compile()
    return found


def ideas(text: str, language: str | None) -> int:
    """How many ideas of hiring ``text`` touches, in the vocabulary of ``language``; 0 for a language without one."""
    known = _ideas(language) if language else None
    return len(known.Match(text) or ()) if known else 0


def candidacy(text: str, language: str) -> bool:
    """Whether ``text`` speaks of its reader's application as one that is there, and asks for none."""
    line = " ".join(text.split())
    there, wanted = _table("candidacy", language), _table("call_to_apply", language)
    return bool(there and there.Match(line)) and not (wanted and wanted.Match(line))
