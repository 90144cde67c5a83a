"""The word lists behind names of companies, roles and persons, and how two spellings are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from followupd.core.datafiles import load

_PIECES = re.compile(r"[^\W_]+|[&+#]")


@cache
def listed(name: str) -> frozenset[str]:
    """One list of ``entities.toml``."""
    return frozenset(load("entities.toml")[name])


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Lower case, without accents or punctuation, single spaces: what two spellings of a name have in common."""
    spelled = text.lower().replace("'", "").replace("’", "").translate(_UMLAUTS)
    if spelled.isascii():
        return " ".join(_PIECES.findall(spelled))
    folded = "".join(c for c in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(c))
    return " ".join(_PIECES.findall(folded))


@lru_cache(maxsize=8192)
def bare(text: str) -> str:
    """The same with umlauts as their vowels alone, as some spell them."""
    return plain(unicodedata.normalize("NFKD", text)) if not text.isascii() else plain(text)


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ł": "l"})
