"""How long the command takes to begin, beside the bare interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.corpus import hiring_maildir

AT = datetime(2026, 3, 16, 15, tzinfo=UTC)
OPPORTUNITIES = 200
_CONFIG = """
[me]
name = "Dana Reyes"
emails = ["dana.reyes@example.org"]
time_zone = "America/Chicago"
holidays = "US"

[[accounts]]
name = "bench"
backend = "maildir"
path = "{path}"
"""


def measure() -> list[tuple[str, float, float]]:
    """Ratios of wall time, best of several."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        hiring_maildir(root / "Maildir", OPPORTUNITIES, AT - timedelta(days=20))
        config = root / "config.toml"
        config.write_text(_CONFIG.format(path=root / "Maildir"), encoding="utf-8")
        config.chmod(0o600)
        environment = {"PATH": os.defpath, "HOME": folder, "XDG_STATE_HOME": f"{folder}/state"}
        followupd = [sys.executable, "-m", "followupd"]
        with_config = [*followupd, "--config", str(config)]
        _run([*with_config, "once", "--at", AT.isoformat(), "--json"], environment)
        bare = _best([sys.executable, "-c", "pass"], environment)
        version = _best([*followupd, "--version"], environment)
        status = _best([*with_config, "status", "--at", AT.isoformat(), "--json"], environment)
    return [
        ("followupd --version beside the bare interpreter", version / bare, 8.0),
        (f"followupd status, {OPPORTUNITIES} opportunities, beside it", status / bare, 25.0),
    ]


def _best(command: list[str], environment: dict[str, str], times: int = 7) -> float:
    return min(_run(command, environment) for _ in range(times))


def _run(command: list[str], environment: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return time.perf_counter() - began
