"""The entry point: ``followupd`` and ``python -m followupd``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its status. ``--version`` answers before anything heavy is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from followupd import __version__

        print(f"followupd {__version__}")  # noqa: T201 - the one answer that must not wait for the rest
        raise SystemExit(0)
    from followupd.cli import run

    raise SystemExit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
