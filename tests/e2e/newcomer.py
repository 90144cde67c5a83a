"""Someone who signs in for the first time, on a server without a browser."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Newcomer:
    """A home folder with a config and a client_secret.json, a terminal in it, and a browser that ``allow`` stands for."""

    home: Path
    config: str
    client: Mapping[str, Any]
    ports: list[int]
    allow: Callable[[str], object]

    def __post_init__(self) -> None:
        self.home.mkdir()
        self.write("config.toml", self.config)
        self.write("client_secret.json", json.dumps(self.client))

    def write(self, name: str, text: str) -> None:
        (self.home / name).write_text(text)
        (self.home / name).chmod(0o600)

    @property
    def token(self) -> Path:
        return self.home / "personal-token.json"

    def start(self, *command: str) -> subprocess.Popen[str]:
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG")}  # noqa: TID251 - what a shell hands on
        env = kept | {
            "HOME": str(self.home), "XDG_STATE_HOME": str(self.home / "state"), "PYTHONUNBUFFERED": "1",
            "OAUTHLIB_INSECURE_TRANSPORT": "1",  # Google's own addresses are https
        }  # fmt: skip
        line = [sys.executable, "-m", "followupd", "--config", str(self.home / "config.toml"), *command]
        return subprocess.Popen(line, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *command: str) -> tuple[int, str, str]:
        process = self.start(*command)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def sign_in(self) -> tuple[int, str, str]:
        process = self.start("auth", "personal", "--no-browser", "--port", str(self.ports.pop()))
        assert process.stdout is not None
        told = ""
        while not (found := re.search(r"https?://\S+code_challenge=\S+", told)):
            line = process.stdout.readline()
            if not line:
                break
            told += line
        if found:
            self.allow(found[0])
        out, err = process.communicate(timeout=30)
        return process.returncode, told + out, err
