"""The data files, one a language: what a message may say, and the facts it names, as patterns with their test lines.

A file holds ``language``, any number of ``[[phrase]]`` and ``[[claim]]`` entries, an optional ``[guard]`` and ``[let]``:

``[[phrase]]``
    ``says``: a value of Says. ``side``: ``theirs``, ``mine`` or ``both``: in whose messages it counts. ``strength``:
    ``strong``, or ``weak`` for what counts only together with another weak entry of the same meaning. ``pattern``: RE2
    syntax, matched without regard to case within one sentence whose white space is single and whose quotes, dashes and
    spaces are ASCII; word borders on both ends are added; a list of patterns matches where one of them does. ``unless``:
    cancels the entry in a sentence that it matches.
    ``part``: ``text``, ``subject`` or, if left out, both. ``case = true`` minds capitals. ``hints = true``: a lone weak one, in a
    text that says nothing else, is too much to write on (only of ``rejects``). ``match`` and ``not``: lines
    that the entry must and must not match.
``[[claim]]``
    ``kind`` and ``weight`` (1 to 5) of a fact whose words are the pattern's group ``value``; the rest as above, but
    ``match`` maps a line to the value that it gives.
``[guard]``
    ``condition``: what opens an if-clause: a decision that stands behind it, with no comma between, is none.
    ``hypothesis``: a sentence beginning thus is about what may happen: nothing is decided, fixed or offered in it.
``[let]``
    Pieces of patterns that come again and again: ``{weekday}`` in any pattern, or in a later piece, stands for the piece
    ``weekday``; a piece may be a list, as a pattern may. Names have two or more small letters, so that neither a quantifier nor a class is one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import re2

from followupd.core.reading import Says, Strength

_PIECE = re.compile(r"\{([a-z]{2,})\}")
_LETTERS = r"a-zA-Z\x{aa}\x{b5}\x{ba}\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{24f}"
_BORDER = f"[^0-9_{_LETTERS}]"
_WIDER = r"a-zA-Z\x{80}-\x{10ffff}"
_GAP = re.compile(r"\.\{\d+,\d+\}")
_CLASS = re.compile(rf"(\[\^[^\]]*?)?{re.escape(_LETTERS)}")
_TOKEN = re.compile(r"\\p\{L\}|\\p\{\w+\}|\\.|\[\^?|\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One pattern of a data file; ``rule`` names it. Exactly one of ``says`` and ``kind`` is set."""

    rule: str
    side: str
    pattern: str
    says: Says | None = None
    kind: str | None = None
    strength: Strength = Strength.STRONG
    weight: int = 0
    unless: str | None = None
    part: str = "both"
    case: bool = False
    hints: bool = False
    match: Mapping[str, str | None] = field(default_factory=dict)
    no_match: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One data file, in the order in which it stands."""

    code: str
    entries: tuple[Entry, ...]
    condition: str | None = None
    hypothesis: str | None = None


@cache
def bordered(pattern: str) -> str:
    """``pattern`` between two characters that border a word, which are part of the match; RE2's own knows ASCII only.

    The text is to stand between line breaks (``Sentence.line``): so each of its words has both borders, and a match needs
    no group to tell what lies between them, which is what costs RE2 most. For the same reason ``^`` and ``$`` are those of
    a line.
    """
    return f"(?m){_BORDER}(?:{pattern}){_BORDER}"


def coarse(pattern: str) -> str:
    """What is shorter to compile than ``pattern`` and matches wherever it does: gaps unbounded, letters of any script."""
    loose = _CLASS.sub(lambda m: f"{m[1]}a-zA-Z" if m[1] else _WIDER, bordered(pattern))
    return _GAP.sub(".*", loose).replace("(?P<value>", "(?:")


@cache
def compiled(pattern: str, case: bool = False) -> Any:
    """``pattern`` in RE2. Raises ValueError when it is not RE2 syntax."""
    try:
        return re2.compile(pattern, options(case=case))
    except re2.error as e:
        raise ValueError(f"pattern is not RE2 syntax: {pattern}") from e


def options(*, case: bool) -> re2.Options:
    made = re2.Options()
    made.case_sensitive = case
    made.log_errors = False
    return made


def latin(pattern: str) -> str:
    r"""``pattern`` with every ``\p{L}`` as the letters of the Latin languages: all of Unicode's cost RE2 much to compile."""
    pieces, depth, last = [], 0, 0
    for token in _TOKEN.finditer(pattern):
        pieces.append(pattern[last : token.start()])
        last, word = token.end(), token[0]
        if word == r"\p{L}":
            word = _LETTERS if depth else f"[{_LETTERS}]"
        depth = 1 if word[0] == "[" and not word.startswith(f"[{_LETTERS}") else 0 if word == "]" else depth
        pieces.append(word)
    return "".join(pieces) + pattern[last:]


@cache
def codes() -> frozenset[str]:
    """The languages that have a data file (ISO 639-1)."""
    names = (f.name for f in resources.files(__package__).iterdir())
    return frozenset(n.removesuffix(".toml") for n in names if n.endswith(".toml"))


@cache
def load(code: str) -> Language:
    """The data file of one language. Raises FileNotFoundError, or ValueError naming the entry that is wrong."""
    data = tomllib.loads(resources.files(__package__).joinpath(f"{code}.toml").read_text(encoding="utf-8"))
    pieces: dict[str, str] = {}
    for name, piece in data.get("let", {}).items():
        pieces[name] = f"(?:{_filled(_joined(piece), pieces)})"
    guard = {name: latin(_filled(pattern, pieces)) for name, pattern in data.get("guard", {}).items()}
    phrases = [_phrase(code, i, _patterns(row, pieces)) for i, row in enumerate(data.get("phrase", []), 1)]
    claims = [_claim(code, i, _patterns(row, pieces)) for i, row in enumerate(data.get("claim", []), 1)]
    return Language(code=code, entries=(*phrases, *claims), **guard)


def _patterns(row: dict[str, Any], pieces: Mapping[str, str]) -> dict[str, Any]:
    return row | {key: latin(_filled(_joined(row[key]), pieces)) for key in ("pattern", "unless") if key in row}


def _joined(pattern: str | list[str]) -> str:
    return pattern if isinstance(pattern, str) else "|".join(pattern)


def _filled(pattern: str, pieces: Mapping[str, str]) -> str:
    try:
        return _PIECE.sub(lambda m: pieces[m[1]], pattern)
    except KeyError as e:
        raise ValueError(f"no piece is called {e}: {pattern}") from e


def _phrase(code: str, number: int, row: dict[str, Any]) -> Entry:
    rule = f"{code}:{row.get('says')}:{number}"
    try:
        says, strength = Says(row.pop("says")), Strength(row.pop("strength"))
        match = dict.fromkeys(_lines(row.pop("match")))
        return Entry(rule=rule, says=says, strength=strength, match=match, **_common(row))
    except (KeyError, TypeError, ValueError) as e:
        raise ValueError(f"phrase {rule}: {e}") from e


def _claim(code: str, number: int, row: dict[str, Any]) -> Entry:
    rule = f"{code}:{row.get('kind')}:claim {number}"
    try:
        return Entry(rule=rule, match=dict(row.pop("match")), **_common(row))
    except (KeyError, TypeError, ValueError) as e:
        raise ValueError(f"{rule}: {e}") from e


def _common(row: dict[str, Any]) -> dict[str, Any]:
    row["no_match"] = _lines(row.pop("not", []))
    if row.get("side") not in ("theirs", "mine", "both"):
        raise ValueError(f"side is {row.get('side')!r}")
    if row.get("part", "both") not in ("text", "subject", "both"):
        raise ValueError(f"part is {row.get('part')!r}")
    return row


def _lines(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"expected a list of lines, not {value!r}")
    return tuple(str(v) for v in value)
