"""export and forget: what is stored, shown and deleted."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from followupd.cli.common import at_option, moment, print_json, service_of
from followupd.daemon import labels
from followupd.daemon.words import messages_about


@click.command()
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="write it there, readable by you alone"
)
@click.pass_context
def export(ctx: click.Context, output: Path | None) -> None:
    """All that is stored, as JSON."""
    with service_of(ctx) as (_, service):
        document = service.store.export()
    if output is None:
        print_json(document)
        return
    try:
        output.touch(mode=0o600)
        output.chmod(0o600)
        output.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as e:
        raise click.UsageError(f"{output} cannot be written: {e.strerror}") from e
    click.echo(f"written to {output}")


@click.command()
@click.argument("ident", metavar="[ID]", required=False)
@at_option
@click.option("-y", "--yes", is_flag=True, help="do not ask")
@click.pass_context
def forget(ctx: click.Context, ident: str | None, at: datetime | None, yes: bool) -> None:
    """Delete what is stored about one process, or everything. Labels that followupd made go; your mail is not touched, and drafts stay."""
    what = f"what is stored about {ident}" if ident else "everything that is stored"
    if not yes and sys.stdin.isatty():
        click.confirm(f"Delete {what}?", abort=True)
    now = moment(at)
    with service_of(ctx, exclusive=True) as (_, service):
        ids = messages_about(ident, service, now) if ident else None
        notices = labels.forget(service.accounts, service.store, service.policy, ids)
        service.store.forget(ids)
    for notice in notices:
        click.echo(f"followupd: {notice.message}", err=True)
    click.echo(f"deleted {what}")
