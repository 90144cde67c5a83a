"""What the commands share: the moment, the settings, the service, and how a document is printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any, TypeVar

import click

from followupd import bootstrap
from followupd.config import Settings
from followupd.daemon.account import Progress
from followupd.daemon.service import Service

Command = TypeVar("Command", bound=Callable[..., Any])


class Moment(click.ParamType[datetime]):
    """An ISO 8601 date and time with an offset."""

    name = "T"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no ISO 8601 date and time, such as 2026-03-16T09:00:00-05:00", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value!r} has no offset; write it with one, such as {value}-05:00", param, ctx)
        return moment


def at_option(command: Command) -> Command:
    return click.option(
        "--at", "at", type=Moment(), metavar="T", help="the moment to take as now (ISO 8601 with offset)"
    )(command)


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="one JSON document on stdout")(command)


def moment(at: datetime | None) -> datetime:
    return at or bootstrap.clock().now()


def settings_of(ctx: click.Context) -> Settings:
    """The validated settings of the config file that the command line names. Raises ConfigError."""
    return bootstrap.settings(ctx.find_root().obj)


@contextmanager
def service_of(
    ctx: click.Context, *, dry_run: bool = False, exclusive: bool = False
) -> Iterator[tuple[Settings, Service]]:
    """The service as the config wires it; closed afterwards. ``exclusive`` lets no other pass run meanwhile."""
    settings = settings_of(ctx)
    with (
        bootstrap.service(settings, scratch=dry_run) as service,
        service.store.exclusive() if exclusive else nullcontext(),
    ):
        yield settings, service


def print_json(document: Any) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


@contextmanager
def progress_bar(wanted: bool) -> Iterator[Progress]:
    """A progress line on a terminal's stderr; nothing elsewhere."""
    if not wanted or not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def show(what: str, done: int, total: int | None) -> None:
            task = tasks.setdefault(what, None)
            if task is None:
                task = tasks[what] = bar.add_task(what)
            bar.update(task, completed=done, total=total)

        yield show
