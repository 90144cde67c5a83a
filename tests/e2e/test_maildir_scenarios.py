"""The shared stories, played through the command and a real Maildir."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

STORIES = Path(__file__).resolve().parents[2] / "../shared/scenarios"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not STORIES.is_dir(), reason="the shared scenarios are not there"),
]


def test_every_story_on_a_maildir() -> None:
    command = [sys.executable, str(STORIES / "run.py"), "--followupd", f"{sys.executable} -m followupd", str(STORIES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stdout + done.stderr
