"""The config: a TOML file becomes frozen Settings, or a ConfigError that names every problem at once.

What pydantic takes to import is paid in ``load`` only, so that ``--help`` and the like stay quick.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from followupd.config.paths import default_config_path, state_dir
from followupd.config.settings import AccountSettings, Settings

__all__ = ["AccountSettings", "Settings", "default_config_path", "load", "state_dir"]


def load(path: Path, env: Mapping[str, str], *, changes: Iterable[str] = ()) -> Settings:
    """The settings in the file ``path``. Raises ConfigError with every problem in it.

    ``changes`` are ``KEY=VALUE`` with dotted keys (``delays.repeat=4bd``), which stand over what the file says. ``env`` is
    the environment, from which the state folder is told. Relative paths in the file count from its own folder.
    """
    from followupd.config.loading import load as read

    return read(path, env, changes)
