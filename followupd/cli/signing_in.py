"""auth: sign in to an account, and keep its secret where the config says."""

from __future__ import annotations

import click

from followupd import bootstrap
from followupd.cli.common import settings_of
from followupd.config import AccountSettings, Settings

_EVERYTHING = (
    "Over IMAP Google knows one permission only, for everything (https://mail.google.com/): with it a program could also send and\n"
    'delete. followupd does neither, but you allow more than it needs. backend = "gmail" asks for less, and an app password\n'
    "spares you Google's console: docs/gmail.md.\n"
)


@click.command()
@click.argument("name", metavar="ACCOUNT")
@click.option("--no-browser", is_flag=True, help="print the address to open instead (for a server)")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="where Google's page comes back to (0: any free port)"
)
@click.pass_context
def auth(ctx: click.Context, name: str, no_browser: bool, port: int) -> None:
    """Sign in (again): Google's page for a Gmail account, the password for an IMAP account (Google's page with client_secrets)."""
    settings = settings_of(ctx)
    account = _account(settings, name)
    if account.backend == "maildir":
        raise click.UsageError(f"{name!r} is a Maildir: there is nobody to sign in to")
    if account.backend == "imap" and account.signs_in_with_google:
        click.echo(_EVERYTHING)
    what = "Access token" if account.auth == "xoauth2" else "Password"
    secret = None if account.signs_in_with_google else click.prompt(what, hide_input=True)
    bootstrap.sign_in(account, settings, secret=secret, browser=not no_browser, port=port)
    click.echo(f"{name}: signed in")


def _account(settings: Settings, name: str) -> AccountSettings:
    found = next((a for a in settings.accounts if a.name == name), None)
    if found is None:
        known = ", ".join(a.name for a in settings.accounts)
        raise click.UsageError(f"there is no account {name!r}; the config has {known}")
    return found
