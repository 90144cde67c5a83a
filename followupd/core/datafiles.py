"""Packaged data files, read once."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def load(name: str) -> dict[str, Any]:
    """The content of ``followupd/core/data/NAME`` (TOML)."""
    return tomllib.loads((files("followupd.core") / "data" / name).read_text("utf-8"))
