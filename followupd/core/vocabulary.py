"""How much a text speaks of hiring: the number of ideas of a hiring process that it touches, whatever it says about them."""

from __future__ import annotations

from functools import cache

import re2

from followupd.core.datafiles import load


@cache
def _ideas(language: str) -> re2.Set | None:
    ideas = load("vocabulary.toml").get(language)
    if ideas is None:
        return None
    options = re2.Options()
    options.case_sensitive = False
    found = re2.Set.SearchSet(options)
    for idea in ideas:
        found.Add(rf"(?:^|[^\pL\pN])(?:{idea})(?:$|[^\pL\pN])")
    found.Compile()
    return found


def ideas(text: str, language: str | None) -> int:
    """How many ideas of hiring ``text`` touches, in the vocabulary of ``language``; 0 for a language without one."""
    known = _ideas(language) if language else None
    return len(known.Match(text) or ()) if known else 0
