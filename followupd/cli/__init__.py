"""The command line. Commands stand in modules of their own and are imported when they are called."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from followupd.core.errors import (
    AuthError,
    ConfigError,
    FollowupdError,
    PermanentError,
    StoreError,
    TransientError,
    UnreachableError,
)

_COMMANDS = {
    "check": ("looking", "validate the config: every problem at once"),
    "run": ("running", "the daemon, in the foreground"),
    "once": ("looking", "one full pass: sync, understand, decide, draft"),
    "status": ("looking", "your hiring processes: stage, turn, what comes next and when"),
    "explain": ("looking", "why an opportunity, thread or draft is as it is"),
    "skip": ("saying", "leave this process alone"),
    "track": ("saying", "this is a process of mine; takes back skip, snooze and outcome"),
    "snooze": ("saying", "nothing before a date"),
    "note": ("saying", "a line for the next letter"),
    "outcome": ("saying", "how it ended"),
    "restore": ("saying", "bring back a draft that was withdrawn"),
    "doctor": ("doctoring", "config, secrets, accounts, folders, clock, service: what is wrong and what to do"),
    "export": ("keeping", "all that is stored, as JSON"),
    "forget": ("keeping", "delete what is stored"),
    "demo": ("running", "the whole thing on a sample mailbox, offline"),
    "auth": ("signing_in", "sign in to an account (again)"),
}
"""Each command's module and its line in the help, so that the help imports none of them."""

EXIT_USAGE, EXIT_UNREACHABLE, EXIT_BUG, EXIT_IO, EXIT_TEMPORARY, EXIT_AUTH, EXIT_CONFIG = 64, 69, 70, 74, 75, 77, 78
"""sysexits.h"""


class _Commands(click.Group):
    """A group that imports a command only when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"followupd.cli.{_COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", "config_path", metavar="FILE", type=click.Path(), help="instead of the default config file")
@click.option("-v", "--verbose", is_flag=True, help="tell more on stderr")
@click.version_option(package_name="followupd", message="followupd %(version)s")
@click.pass_context
def cli(ctx: click.Context, config_path: str | None, verbose: bool) -> None:
    """Watches your hiring mail and puts follow-up drafts where they are due. It never sends."""
    ctx.obj = config_path
    level = logging.INFO if verbose else logging.CRITICAL  # what went wrong is told at the end, with its remedy
    logging.basicConfig(stream=sys.stderr, level=level, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit status; every foreseen error is told in one or two lines on stderr."""
    try:
        return _run(argv)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the outermost frame: what nobody foresaw is a bug, and is said to be one
        return _bug(error)


def _run(argv: Sequence[str]) -> int:
    try:
        result = cli.main(list(argv), prog_name="followupd", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return EXIT_USAGE
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        click.echo("followupd: stopped", err=True)
        return EXIT_TEMPORARY
    except FollowupdError as error:
        tell(error)
        return status_of(error)
    return result if isinstance(result, int) else 0


def _bug(error: Exception) -> int:
    """Say where it happened, but not with which values: they may come from mail. With --verbose the whole traceback."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}, line {frame.lineno}"
    click.echo(f"followupd: a bug: {type(error).__name__} in {place}", err=True)
    click.echo("    Please report it; with --verbose before the command it shows the whole way there.", err=True)
    logging.getLogger("followupd").info("the way there:", exc_info=error)
    return EXIT_BUG


def tell(error: FollowupdError) -> None:
    """The error and its remedy on stderr; of a config error every problem."""
    if isinstance(error, ConfigError):
        for problem in error.problems:
            place = f"line {problem.line}: " if problem.line else ""
            click.echo(f"{place}{problem.key}: {problem.message}\n    {problem.remedy}", err=True)
        return
    click.echo(f"followupd: {error}", err=True)
    if error.remedy:
        click.echo(f"    {error.remedy}", err=True)


def status_of(error: FollowupdError) -> int:
    """The exit status of an error, by what the caller should do."""
    kinds: tuple[tuple[type[FollowupdError], int], ...] = (
        (ConfigError, EXIT_CONFIG),
        (AuthError, EXIT_AUTH),
        (UnreachableError, EXIT_UNREACHABLE),
        (TransientError, EXIT_TEMPORARY),
        (StoreError, EXIT_IO),
        (PermanentError, EXIT_UNREACHABLE),
    )
    return next((status for kind, status in kinds if isinstance(error, kind)), EXIT_USAGE)
