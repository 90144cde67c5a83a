"""skip, track, snooze, note, outcome, restore: the user's word, which outranks every inference."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import click

from followupd.cli.common import at_option, moment, service_of
from followupd.core.course import Outcome
from followupd.core.ledger import Command
from followupd.daemon import words
from followupd.daemon.dispatch import Dispatcher
from followupd.daemon.evaluate import evaluate


def _say(ctx: click.Context, ident: str, command: Command, value: str, at: datetime | None) -> None:
    now = moment(at)
    with service_of(ctx, exclusive=True) as (_, service):
        about = words.messages_about(ident, service, now)
        words.say(service.store, command, about, value, now)
    click.echo(f"{command}: noted for {len(about)} message{'s' * (len(about) != 1)}; the next pass acts on it")


def _saying(name: Command, text: str) -> Callable[[Callable[..., Any]], click.Command]:
    return click.command(name, help=text)


@_saying(Command.SKIP, "Leave this process alone: nothing is drafted, and an untouched draft goes.")
@click.argument("ident", metavar="ID")
@at_option
@click.pass_context
def skip(ctx: click.Context, ident: str, at: datetime | None) -> None:
    _say(ctx, ident, Command.SKIP, "", at)


@_saying(
    Command.TRACK,
    "This is a process of mine. Takes back skip, snooze and outcome, and asks again for a declined draft.",
)
@click.argument("ident", metavar="ID")
@at_option
@click.pass_context
def track(ctx: click.Context, ident: str, at: datetime | None) -> None:
    _say(ctx, ident, Command.TRACK, "", at)


@_saying(Command.SNOOZE, "Nothing before DATE (YYYY-MM-DD).")
@click.argument("ident", metavar="ID")
@click.argument("day", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]))
@at_option
@click.pass_context
def snooze(ctx: click.Context, ident: str, day: datetime, at: datetime | None) -> None:
    _say(ctx, ident, Command.SNOOZE, date(day.year, day.month, day.day).isoformat(), at)


@_saying(Command.NOTE, "A line for the next letter of this process, printed word for word.")
@click.argument("ident", metavar="ID")
@click.argument("text")
@at_option
@click.pass_context
def note(ctx: click.Context, ident: str, text: str, at: datetime | None) -> None:
    _say(ctx, ident, Command.NOTE, text, at)


@_saying(Command.OUTCOME, "How it ended.")
@click.argument("ident", metavar="ID")
@click.argument("result", metavar="OUTCOME", type=click.Choice([o.value for o in Outcome]))
@at_option
@click.pass_context
def outcome(ctx: click.Context, ident: str, result: str, at: datetime | None) -> None:
    _say(ctx, ident, Command.OUTCOME, result, at)


@click.command()
@click.argument("ident", metavar="ID")
@at_option
@click.pass_context
def restore(ctx: click.Context, ident: str, at: datetime | None) -> None:
    """Bring back a draft that followupd withdrew. It is yours from then on, and is never taken back again."""
    with service_of(ctx, exclusive=True) as (settings, service):
        evaluation = evaluate(service.store, settings.policy, moment(at))
        dispatcher = Dispatcher(service.store, settings.policy, {a.name: a for a in service.accounts})
        record = words.restore(ident, evaluation, dispatcher)
    click.echo(f"“{record.subject}” lies in your Drafts mailbox again")
