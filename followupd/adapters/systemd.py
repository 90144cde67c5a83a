"""Whether a systemd unit of followupd is there (systemd.unit(5): where units are looked for)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from followupd.core.health import Check, Verdict, fine, warning

UNIT = "followupd.service"
_OF_ALL = (
    "/etc/systemd/user", "/run/systemd/user", "/usr/local/lib/systemd/user", "/usr/lib/systemd/user",
    "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
)  # fmt: skip


def checks(env: Mapping[str, str]) -> Iterator[Check]:
    yield Check("service", lambda: _service(env))


def _service(env: Mapping[str, str]) -> Verdict:
    if found := next((p for folder in _folders(env) if (p := folder / UNIT).is_file()), None):
        return fine(f"{found}")
    return warning(
        "no systemd unit is there: followupd runs only while you run it",
        f"Copy systemd/{UNIT} to ~/.config/systemd/user/, then: systemctl --user enable --now followupd.",
    )


def _folders(env: Mapping[str, str]) -> Iterator[Path]:
    home = Path(env.get("HOME") or Path.home())
    yield Path(env.get("XDG_CONFIG_HOME") or home / ".config") / "systemd" / "user"
    yield Path(env.get("XDG_DATA_HOME") or home / ".local" / "share") / "systemd" / "user"
    yield from map(Path, _OF_ALL)
