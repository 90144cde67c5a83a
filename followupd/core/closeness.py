"""How alike two texts are, told without keeping either: bottom-k sketches of their word shingles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from hashlib import blake2b

SHINGLE = 3
"""Words in one shingle."""

SKETCH_SIZE = 32
"""Hashes kept of a text; the estimate's standard error is about ``sqrt(j * (1 - j) / 32)``, 0.09 at the worst."""

SAME_LETTER = 0.4
"""At this closeness a sent message is our draft, slightly changed."""


def sketch(text: str) -> tuple[int, ...]:
    """The ``SKETCH_SIZE`` smallest hashes of the text's shingles, ascending; the same on every machine and run.

    Case, punctuation and white space make no difference. A text without words has an empty sketch.
    """
    hashes = {int.from_bytes(blake2b(s.encode(), digest_size=8).digest(), "big") >> 1 for s in _shingles(text)}
    return tuple(sorted(hashes)[:SKETCH_SIZE])


def closeness(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    """An estimate, from two sketches, of the Jaccard similarity of the texts' shingles, 0.0 to 1.0.

    Of the smallest hashes of both texts together, the share that both have (Cohen and Kaplan, bottom-k sketches).
    """
    smallest = set(sorted({*a, *b})[:SKETCH_SIZE])
    return len(smallest.intersection(a, b)) / len(smallest) if smallest else 0.0


def contained(text: str, others: Collection[str]) -> float:
    """The share of ``text``'s shingles that occur somewhere in ``others``, 0.0 to 1.0; exact, for short texts."""
    own = _shingles(text) if others else set()
    seen = set[str]().union(*map(_shingles, others))
    return len(own & seen) / len(own) if own else 0.0


def _shingles(text: str) -> set[str]:
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())
    return {" ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))} if words else set()
