"""Where config and state lie (XDG Base Directory Specification 0.8; systemd.exec(5) for STATE_DIRECTORY)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def default_config_path(env: Mapping[str, str]) -> Path:
    """``$FOLLOWUPD_CONFIG``, else ``config.toml`` in followupd's config folder."""
    if named := env.get("FOLLOWUPD_CONFIG"):
        return Path(named)
    return _base(env, "XDG_CONFIG_HOME", ".config") / "followupd" / "config.toml"


def state_dir(env: Mapping[str, str]) -> Path:
    """``$STATE_DIRECTORY`` (the first, where systemd gives several), else followupd's state folder."""
    if given := env.get("STATE_DIRECTORY"):
        return Path(given.partition(":")[0])
    return _base(env, "XDG_STATE_HOME", ".local/state") / "followupd"


def _base(env: Mapping[str, str], variable: str, otherwise: str) -> Path:
    """The folder that ``variable`` names; a relative one is to be ignored, as the specification says."""
    named = Path(env.get(variable, ""))
    return named if named.is_absolute() else Path(env.get("HOME") or Path.home()) / otherwise
