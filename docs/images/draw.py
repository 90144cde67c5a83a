# ruff: noqa: INP001 - a script, in no package
"""Draws the pictures of README.md from the demo itself: python docs/images/draw.py"""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path

from rich.console import CONSOLE_SVG_FORMAT, Console
from rich.text import Text

from followupd.cli.demonstration import SECTIONS, staged

_PICTURES = {
    "processes": (130, ("What it understood",)),
    "drafts": (100, ("What it drafted, and why", "One of them, as it lies in the Drafts mailbox")),
    "reasons": (100, ("How it came to that: followupd explain", "Where it holds back, and why")),
}
"""File name: width in columns, and the sections of the demo that are in it."""

_FORMAT = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "font-family: Fira Code, monospace", "font-family: 'Fira Code', 'DejaVu Sans Mono', Menlo, Consolas, monospace"
)
"""Without the fonts that rich would have the reader's browser fetch."""


def main() -> None:
    with tempfile.TemporaryDirectory() as name, staged(Path(name)) as scene:
        for picture, (width, sections) in _PICTURES.items():
            out = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, highlight=False)
            for number, section in enumerate(sections):
                out.print(Text(("\n" if number else "") + f"{section}\n", "bold underline"))
                SECTIONS[section](out, scene)
            svg = out.export_svg(title="followupd demo", code_format=_FORMAT, unique_id=picture)
            Path(__file__).with_name(f"{picture}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
