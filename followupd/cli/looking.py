"""check, once, status, explain: what is true, and why."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import click

from followupd.cli import documents, status_of, tell
from followupd.cli.common import at_option, json_option, moment, print_json, progress_bar, service_of, settings_of
from followupd.core.errors import ConfigError
from followupd.daemon.explain import explain as explained
from followupd.daemon.explain import spans
from followupd.daemon.words import UnknownIdError, find_decision


@click.command()
@json_option
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> int:
    """Validate the config: every problem at once, each with its key, its line and what to write instead."""
    try:
        settings = settings_of(ctx)
    except ConfigError as error:
        if not as_json:
            raise
        print_json(
            {"ok": False, "path": ctx.find_root().obj, "accounts": [], "problems": list(map(asdict, error.problems))}
        )
        return status_of(error)
    names = [a.name for a in settings.accounts]
    if as_json:
        print_json({"ok": True, "path": str(settings.path), "accounts": names, "problems": []})
    else:
        click.echo(f"{settings.path} is in order: {len(names)} account{'s' * (len(names) != 1)} ({', '.join(names)})")
    return 0


@click.command()
@at_option
@click.option("--dry-run", is_flag=True, help="write no draft and no state")
@json_option
@click.pass_context
def once(ctx: click.Context, at: datetime | None, dry_run: bool, as_json: bool) -> int:
    """One full pass: sync, understand, decide, draft."""
    now = moment(at)
    with service_of(ctx, dry_run=dry_run, exclusive=True) as (settings, service), progress_bar(not as_json) as progress:
        report = service.once(now, dry_run=dry_run, progress=progress)
    if as_json:
        print_json(documents.of_report(report, settings.policy.calendar.zone))
    else:
        from followupd.cli import screens

        screens.show_pass(screens.console(), report, settings.policy)
    errors = [a.error for a in report.accounts if a.error]
    for error in errors:
        tell(error)
    return status_of(errors[0]) if errors else 0


@click.command()
@at_option
@json_option
@click.pass_context
def status(ctx: click.Context, at: datetime | None, as_json: bool) -> None:
    """Your hiring processes as they are known: stage, turn, waiting since, what comes next and when."""
    with service_of(ctx) as (settings, service):
        report = service.status(moment(at))
    if as_json:
        print_json(documents.of_report(report, settings.policy.calendar.zone))
    else:
        from followupd.cli import screens

        screens.show_status(screens.console(), report, settings.policy)


@click.command()
@click.argument("ident", metavar="ID")
@at_option
@json_option
@click.pass_context
def explain(ctx: click.Context, ident: str, at: datetime | None, as_json: bool) -> None:
    """Why an opportunity, thread or draft is as it is: each rule, the message and the words it rests on."""
    with service_of(ctx) as (settings, service):
        report = service.status(moment(at))
        decision = find_decision(ident, report.decisions)
        if decision is None:
            raise UnknownIdError(ident)
        told = explained(decision, service.quote(spans(decision), decision.opportunity.messages))
    if as_json:
        print_json(documents.of_explanation(told, report, settings.policy.calendar.zone))
    else:
        from followupd.cli import screens

        screens.show_explanation(screens.console(), told, settings.policy)
