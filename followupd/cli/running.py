"""run and demo: the daemon in the foreground, and the whole thing on a sample mailbox."""

from __future__ import annotations

import logging

import click

from followupd import bootstrap
from followupd.cli.common import moment, service_of
from followupd.core.errors import FollowupdError
from followupd.daemon.service import Service

log = logging.getLogger("followupd")


@click.command()
@click.pass_context
def run(ctx: click.Context) -> None:
    """The daemon, in the foreground: a pass at every poll, sooner where a server has news, until SIGTERM or Ctrl-C."""
    logging.getLogger("followupd").setLevel(logging.INFO)
    with service_of(ctx) as (settings, service):
        log.info("watching %d accounts, every %s", len(settings.accounts), settings.poll)
        bootstrap.repeat(lambda: _pass(service), settings.poll, service.accounts)
        log.info("stopped")


def _pass(service: Service) -> None:
    """One pass; what goes wrong, foreseen or not, is logged, and the next poll tries again."""
    try:
        with service.store.exclusive():
            report = service.once(moment(None))
    except FollowupdError as error:
        log.error("no pass: %s. %s", error, error.remedy)  # noqa: TRY400 - foreseen, a traceback would not help
        return
    except Exception:
        log.exception("no pass: a fault of followupd's own")
        return
    actions = [d.action for d in report.drafts if d.action in ("created", "withdrawn")]
    log.info(
        "%d processes; drafts: %d made, %d taken back",
        len(report.decisions),
        actions.count("created"),
        actions.count("withdrawn"),
    )
    for account in report.accounts:
        if account.error:
            log.error("%s: %s. %s", account.name, account.error, account.error.remedy)


@click.command()
@click.option("--keep", is_flag=True, help="keep the sample mailbox and say where it is")
@click.option("--json", "as_json", is_flag=True, help="one JSON document on stdout")
def demo(keep: bool, as_json: bool) -> None:
    """The whole thing on a sample mailbox in a temporary folder: no account, no network."""
    from followupd.cli import demonstration

    demonstration.play(keep=keep, as_json=as_json)
