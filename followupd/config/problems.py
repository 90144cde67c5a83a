"""What pydantic finds wrong, in words for the user: key, line, what is the matter, what to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from followupd.config.positions import Key, lines
from followupd.core.errors import Problem

_MESSAGES = {
    "missing": "is missing",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "date_type": "must be a date, without quotes",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be one of {expected}",
    "string_pattern_mismatch": "must be a two-letter language code",
}
"""Pydantic's error types in our words. A type that is not here keeps pydantic's own; the input is never repeated."""


@dataclass
class Problems:
    """Problems as they are found in ``document``."""

    document: str
    found: list[Problem] = field(default_factory=list)

    @cached_property
    def _lines(self) -> dict[Key, int]:
        return lines(self.document)

    def add(self, key: Key, message: str, remedy: str) -> None:
        self.found.append(Problem(key=dotted(key), line=self._line(key), message=message, remedy=remedy))

    def _line(self, key: Key) -> int | None:
        """The line of ``key``, or of the list that it is an item of; None where it is missing."""
        while key and key not in self._lines and isinstance(key[-1], int):
            key = key[:-1]
        return self._lines.get(key)

    def take(self, error: ValidationError, model: type[BaseModel], at: Key) -> None:
        """Take over what pydantic found in the section ``at``."""
        for detail in error.errors(include_url=False, include_input=False):
            where = (*at, *detail["loc"])
            if detail["type"] == "extra_forbidden":
                self.unknown(where, siblings(model, detail["loc"]))
            else:
                told = str(detail.get("ctx", {}).get("remedy", ""))
                self.add(where, _message(detail), told or _write(where, _example(model, detail["loc"])))

    def unknown(self, key: Key, known: Iterable[str]) -> None:
        """A key that is none, with the one that was perhaps meant."""
        name = str(key[-1])
        if close := get_close_matches(name.lower(), list(known), n=1, cutoff=0.6):
            self.add(key, "is no key of this table", f"Did you mean {close[0]}?")
        else:
            self.add(key, "is no key of this table", f"Take it out; there are: {', '.join(known)}.")


def dotted(key: Key) -> str:
    """``accounts[0].port``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in key)
    return text.removeprefix(".")


def _message(detail: ErrorDetails) -> str:
    template = _MESSAGES.get(detail["type"])
    return template.format(**detail.get("ctx", {})) if template else detail["msg"]


def _write(key: Key, example: Any) -> str:
    if example is None:
        return "Take it out, or write what config.example.toml shows."
    name = next(str(part) for part in reversed(key) if isinstance(part, str))
    return f"Write, for example: {name} = {toml(example)}"


def toml(value: Any) -> str:
    """``value`` as one line of TOML."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case dict():
            return "{" + ", ".join(f"{k} = {toml(v)}" for k, v in value.items()) + "}"
        case date():
            return value.isoformat()
    return str(value)


def _chain(model: type[BaseModel], loc: tuple[int | str, ...]) -> Iterator[tuple[type[BaseModel], str]]:
    """The models along ``loc``, each with the name that is looked up in it."""
    for part in loc:
        if not isinstance(part, str):
            continue
        yield model, part
        inner = model.model_fields[part].annotation if part in model.model_fields else None
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner


def siblings(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """The keys that could stand where ``loc`` stands."""
    *_, (holder, _) = _chain(model, loc)
    return list(holder.model_fields)


def _example(model: type[BaseModel], loc: tuple[int | str, ...]) -> Any:
    *_, (holder, name) = [(model, ""), *_chain(model, loc)]
    known = holder.model_fields.get(name)
    return known.examples[0] if known and known.examples else None
