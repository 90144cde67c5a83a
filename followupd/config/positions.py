"""On which line of a TOML document each key stands.

``tomllib`` does not tell. This scan is only asked about documents that tomllib has taken, so it need not check
anything: it has to know no more of TOML than where a value ends.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

Key = tuple[str | int, ...]
"""A path into the document: names, and indices into arrays of tables."""

_NAME = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_DOTTED = rf"[ \t]*({_NAME}(?:[ \t]*\.[ \t]*{_NAME})*)[ \t]*"
_HEADER = re.compile(rf"[ \t]*(\[\[?){_DOTTED}\]")
_PAIR = re.compile(rf"{_DOTTED}=")
_VALUE = re.compile(
    r'''"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\#[^\n]*|[\[{]|[\]}]|\n|[^\[\]{}"'\#\n]+''',
    re.DOTALL,
)


def lines(document: str) -> dict[Key, int]:
    """The line, counted from 1, of every table header and key."""
    return dict(_walk(document))


def _walk(document: str) -> Iterator[tuple[Key, int]]:
    table: Key = ()
    arrays: dict[Key, int] = {}
    at = 0
    while at < len(document):
        line = document.count("\n", 0, at) + 1
        if header := _HEADER.match(document, at):
            table = _table(_names(header[2]), arrays, is_array=header[1] == "[[")
            yield table, line
            at = _next_line(document, header.end())
        elif pair := _PAIR.match(document, at):
            key = (*table, *_names(pair[1]))
            yield key, line
            yield from _inline(document, pair.end(), key, line)
            at = _end_of_value(document, pair.end())
        else:
            at = _next_line(document, at)


def _next_line(document: str, at: int) -> int:
    return (document.find("\n", at) + 1) or len(document)


def _names(dotted: str) -> list[str]:
    """The parts of a dotted key, unquoted."""
    found: list[str] = []
    inner: Any = tomllib.loads(f"{dotted} = 0")
    while isinstance(inner, dict):
        ((name, inner),) = inner.items()
        found.append(name)
    return found


def _table(names: list[str], arrays: dict[Key, int], *, is_array: bool) -> Key:
    """The path of a header, with the index of each array of tables that it runs through (TOML 1.0, Array of Tables)."""
    path: Key = ()
    for depth, name in enumerate(names, 1):
        path = (*path, name)
        if depth == len(names) and is_array:
            arrays[path] = arrays.get(path, -1) + 1
        if path in arrays:
            path = (*path, arrays[path])
    return path


def _inline(document: str, at: int, key: Key, line: int) -> Iterator[tuple[Key, int]]:
    """The bare keys of an inline table that is the whole value; they stand on the line of its own key."""
    start = document.find("{", at)
    if start >= 0 and not document[at:start].strip():
        table = document[start : _end_of_value(document, at)]
        yield from (((*key, name), line) for name in re.findall(r"[{,][ \t]*([A-Za-z0-9_-]+)[ \t]*=", table))


def _end_of_value(document: str, at: int) -> int:
    """Where the line ends on which a value, which starts at ``at``, ends."""
    depth = 0
    for token in _VALUE.finditer(document, at):
        if token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
        elif token[0] == "\n" and depth == 0:
            return token.end()
    return len(document)
