"""From the file to Settings: read, check each section on its own, check what concerns several, then build.

Sections are checked one by one, so that a mistake in one hides none in another.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from followupd.config import model
from followupd.config.building import build
from followupd.config.positions import Key
from followupd.config.problems import Problems, dotted
from followupd.config.settings import Settings
from followupd.core.errors import ConfigError, Problem

M = TypeVar("M", bound=model.Section)


def load(path: Path, env: Mapping[str, str], changes: Iterable[str] = ()) -> Settings:
    """See ``followupd.config.load``."""
    text = _text(path)
    raw = _parsed(text)
    for change in changes:
        _apply(raw, change)
    problems = Problems(text)
    found = _sections(raw, problems)
    _check_accounts(raw, problems)
    if problems.found:
        raise ConfigError(sorted(problems.found, key=lambda p: (p.line or 0, p.key)))
    return build(found, path.absolute(), env)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _unusable(
            f"there is no config at {path}",
            "Write one (config.example.toml shows every key), or name one with --config.",
        ) from None
    except OSError as e:
        raise _unusable(f"{path} cannot be read: {e.strerror}", "Let followupd read it.") from e
    except UnicodeDecodeError:
        raise _unusable(f"{path} is no UTF-8 text", "Save it as UTF-8.") from None


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        at = re.search(r"at line (\d+)", str(e))
        line = int(at[1]) if at else len(text.splitlines())
        what = re.sub(r" \(at .*\)$", "", str(e))
        raise _unusable(f"is no TOML: {what}", "See https://toml.io for how to write it.", line) from e


def _unusable(message: str, remedy: str, line: int | None = None) -> ConfigError:
    return ConfigError([Problem(key="config", line=line, message=message, remedy=remedy)])


def _apply(raw: dict[str, Any], change: str) -> None:
    """Write ``KEY=VALUE`` over what the file says. A value that is no TOML is text, so that ``5bd`` needs no quotes."""
    key, equals, value = change.partition("=")
    *tables, name = key.strip().split(".")
    if not equals or not name:
        raise _unusable(f"{change!r} is no change", "Write, for example: delays.repeat=4bd")
    try:
        new: Any = tomllib.loads(f"v = {value}")["v"]
    except tomllib.TOMLDecodeError:
        new = value.strip()
    table = reduce(lambda outer, part: outer.setdefault(part, {}), tables, raw)
    table[name] = new


def _sections(raw: Mapping[str, Any], problems: Problems) -> dict[Key, model.Section]:
    """Every section that is right in itself, under its key."""
    found: dict[Key, model.Section] = {}
    for name in raw.keys() - model.SECTIONS.keys() - set(model.LISTS):
        problems.unknown((name,), [*model.SECTIONS, *model.LISTS])
    for name, shape in model.SECTIONS.items():
        _take(found, raw.get(name, {}), shape, (name,), problems)
    for at, account in _items(raw, "accounts", problems):
        if backend := _backend(account, at, problems):
            _take(found, account, backend, at, problems)
    for at, rule in _items(raw, "rules", problems):
        _take(found, rule, model.Rule, at, problems)
    return found


def _take(found: dict[Key, model.Section], raw: Any, shape: type[M], at: Key, problems: Problems) -> None:
    if not isinstance(raw, dict):
        problems.add(at, "must be a table", f"Write [{dotted(at)}] on a line of its own, and its keys below.")
        return
    try:
        found[at] = shape.model_validate(raw)
    except ValidationError as error:
        problems.take(error, shape, at)


def _items(raw: Mapping[str, Any], name: str, problems: Problems) -> Iterable[tuple[Key, dict[str, Any]]]:
    items = raw.get(name, [])
    if isinstance(items, list) and all(isinstance(item, dict) for item in items):
        return [((name, index), item) for index, item in enumerate(items)]
    problems.add((name,), "must be a list of tables", f"Write [[{name}]] on a line of its own, and its keys below.")
    return []


def _check_accounts(raw: Mapping[str, Any], problems: Problems) -> None:
    """There must be an account, and no two of one name."""
    if not raw.get("accounts", []):
        problems.add(("accounts",), "is missing", "Add an account: [[accounts]], and its keys below.")
    seen: set[Any] = set()
    for at, account in _items(raw, "accounts", Problems("")):
        name = account.get("name")
        if isinstance(name, str) and name in seen:
            problems.add((*at, "name"), f"is {name!r} a second time", "Give each account its own name.")
        seen |= {name} if isinstance(name, str) else set()


def _backend(account: Mapping[str, Any], at: Key, problems: Problems) -> type[model.Section] | None:
    backend = account.get("backend")
    if isinstance(backend, str) and backend in model.BACKENDS:
        return model.BACKENDS[backend]
    what = "is missing" if backend is None else "must be one of gmail, imap and maildir"
    problems.add((*at, "backend"), what, 'Write, for example: backend = "imap"')
    return None
