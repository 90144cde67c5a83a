"""doctor: whether everything that a pass needs is there, and the proof that nothing can be sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from followupd import bootstrap
from followupd.cli import EXIT_UNREACHABLE, status_of
from followupd.cli.common import json_option, print_json, settings_of
from followupd.config import Settings
from followupd.core.errors import ConfigError
from followupd.core.health import Finding, Level, failure, fine

_COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}


@click.command()
@click.option("--prove-no-send", is_flag=True, help="show what may be asked of Gmail, and that sending is refused")
@json_option
@click.pass_context
def doctor(ctx: click.Context, prove_no_send: bool, as_json: bool) -> int:
    """Look at config, secrets, accounts, folders, state, letters, clock and service; nothing is written."""
    try:
        settings = settings_of(ctx)
    except ConfigError as error:
        return _tell(_of_config(error), as_json=as_json)
    if prove_no_send:
        return _prove(settings, as_json=as_json)
    config = Finding(check="config", account=None, verdict=fine(f"{settings.path} is in order"))
    return _tell([config, *bootstrap.health(settings)], as_json=as_json)


def _of_config(error: ConfigError) -> list[Finding]:
    found = []
    for problem in error.problems:
        place = f"line {problem.line}: " if problem.line else ""
        verdict = failure(f"{place}{problem.key}: {problem.message}", problem.remedy)
        found.append(Finding(check="config", account=None, verdict=verdict, error=error))
    return found


def _tell(findings: Iterable[Finding], *, as_json: bool) -> int:
    """Show the findings; the exit status is that of the first failure."""
    found = list(findings)
    failed = [f for f in found if f.verdict.level is Level.FAIL]
    if as_json:
        print_json({"ok": not failed, "checks": [_document(f) for f in found]})
    else:
        for finding in found:
            _show(finding)
    error = next((f.error for f in failed if f.error), None)
    return status_of(error) if error else EXIT_UNREACHABLE if failed else 0


def _document(finding: Finding) -> dict[str, Any]:
    verdict = finding.verdict
    return {
        "check": finding.check,
        "account": finding.account,
        "status": verdict.level.value,
        "message": verdict.message,
        "remedy": verdict.remedy or None,
    }


def _show(finding: Finding) -> None:
    verdict = finding.verdict
    mark = click.style(f"{verdict.level:<5}", fg=_COLOURS[verdict.level])
    what = f"{finding.account}: {finding.check}" if finding.account else finding.check
    click.echo(f"{mark}{what.replace('_', ' '):<22} {verdict.message}")
    if verdict.remedy:
        click.echo(f"{'':27} {verdict.remedy}")


# ------------------------------------------------------------------------------------------------ the proof


def _prove(settings: Settings, *, as_json: bool) -> int:
    proof = bootstrap.proof_of_not_sending(settings)
    cannot = proof["refused"] and not proof["requests_made"] and not proof["imports_smtplib"]
    if as_json:
        print_json({"ok": cannot, **proof})
    else:
        _show_proof(proof)
        for account in (a for a in settings.accounts if a.backend == "imap"):
            click.echo(f"{account.name} is read over IMAP, which has no command that sends.")
        click.echo(
            "followupd cannot send." if cannot else "THIS FOLLOWUPD IS NOT WHOLE: do not use it, install it again."
        )
    return 0 if cannot else EXIT_UNREACHABLE


def _show_proof(proof: dict[str, Any]) -> None:
    for account, scopes in proof["scopes"].items():
        told = (
            f"Google has allowed {', '.join(scopes)}" if scopes else "what Google has allowed is not told by a sign-in"
        )
        click.echo(f"{account}: {told}")
    click.echo("All that followupd may ask of Gmail (method, path):")
    for entry in proof["allowed"]:
        click.echo(f"    {entry['method']:<7}{entry['path']}")
    loaded = "is imported, which it must not be" if proof["imports_smtplib"] else "is imported nowhere"
    click.echo(f"The module smtplib, which speaks SMTP, {loaded}.")
    for tried in proof["tried"]:
        click.echo(f"Tried {tried}: {'refused before it was sent' if proof['refused'] else 'NOT REFUSED'}")
    click.echo(f"Requests that left this machine meanwhile: {proof['requests_made']}")
