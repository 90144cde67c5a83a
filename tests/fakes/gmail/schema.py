"""Requests and answers held against the discovery document that google-api-python-client ships."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

from googleapiclient.discovery_cache import get_static_doc


class ViolationError(Exception):
    """What the client or the fake itself did is not in the document."""


@cache
def document() -> dict[str, Any]:
    return json.loads(get_static_doc("gmail", "v1"))


@dataclass(frozen=True)
class Method:
    id: str
    verb: str
    pattern: re.Pattern[str]
    spec: Mapping[str, Any]

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(self.spec.get("scopes", ()))


def walk(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from resource.get("methods", {}).values()
    for child in resource.get("resources", {}).values():
        yield from walk(child)


@cache
def methods() -> tuple[Method, ...]:
    return tuple(
        Method(
            spec["id"],
            spec["httpMethod"],
            re.compile("/" + re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/:]+)", re.escape(spec["path"])) + r"\Z"),
            spec,
        )
        for spec in walk(document())
    )


def find(verb: str, path: str) -> tuple[Method, dict[str, str]]:
    """The method that is asked for, and the parameters in its path; the most literal match wins."""
    hits = [(m, found) for m in methods() if m.verb == verb and (found := m.pattern.match(path))]
    if not hits:
        raise ViolationError(f"no method for {verb} {path}")
    method, found = min(hits, key=lambda hit: len(hit[1].groups()))
    return method, {k: unquote(v) for k, v in found.groupdict().items()}


def check_query(method: Method, query: Mapping[str, Sequence[str]]) -> None:
    known = {**document()["parameters"], **method.spec.get("parameters", {})}
    for name, values in query.items():
        spec = known.get(name)
        if spec is None or spec.get("location") == "path":
            raise ViolationError(f"{method.id} has no parameter {name}")
        if len(values) > 1 and not spec.get("repeated"):
            raise ViolationError(f"{method.id}: {name} is given twice")
        for value in values:
            _check_parameter(f"{method.id}: {name}", value, spec)


def _check_parameter(where: str, value: str, spec: Mapping[str, Any]) -> None:
    kind, form = spec.get("type"), spec.get("format", "")
    if kind == "boolean" and value not in ("true", "false"):
        raise ViolationError(f"{where} is no boolean")
    if (kind == "integer" or "int64" in form) and not value.isdigit():
        raise ViolationError(f"{where} is no number")
    if "enum" in spec and value not in spec["enum"]:
        raise ViolationError(f"{where} cannot be {value}")


def check_body(method: Method, part: str, value: Any) -> None:
    """Hold a request's or response's JSON against its schema; ``part`` is ``request`` or ``response``."""
    reference = method.spec.get(part, {}).get("$ref")
    if reference is None:
        if value not in (None, {}):
            raise ViolationError(f"{method.id} has no {part}")
        return
    _check(f"{method.id} {part}", {} if value is None else value, {"$ref": reference})


_PLAIN = {"string": str, "integer": int, "boolean": bool, "number": (int, float)}


def _check(where: str, value: Any, spec: Mapping[str, Any]) -> None:
    if "$ref" in spec:
        spec = document()["schemas"][spec["$ref"]]
    kind = spec.get("type")
    if kind == "object":
        if not isinstance(value, dict):
            raise ViolationError(f"{where} is no object")
        for name, inner in value.items():
            if name not in spec.get("properties", {}):
                raise ViolationError(f"{where} has no property {name}")
            _check(f"{where}.{name}", inner, spec["properties"][name])
    elif kind == "array":
        if not isinstance(value, list):
            raise ViolationError(f"{where} is no list")
        for inner in value:
            _check(f"{where}[]", inner, spec["items"])
    elif kind in _PLAIN and (not isinstance(value, _PLAIN[kind]) or (kind == "integer" and isinstance(value, bool))):
        raise ViolationError(f"{where} is no {kind}")
