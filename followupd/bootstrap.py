"""Settings in, Service out: the one place where adapters are chosen and wired, and the real clock is read."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Any

import followupd
from followupd import config
from followupd.adapters.secrets import resolve
from followupd.adapters.secrets import store as store_secret
from followupd.adapters.store import open_store
from followupd.config import AccountSettings, Settings
from followupd.core.errors import AuthError
from followupd.core.health import Check, Finding
from followupd.core.ports import Clock, Store, Templates
from followupd.daemon.account import Account
from followupd.daemon.service import Service

if TYPE_CHECKING:
    from followupd.adapters.gmail import GmailAccount
    from followupd.adapters.gmail.transport import SignIn
    from followupd.adapters.imap import ImapAccount
    from followupd.adapters.imap.budget import Budget
    from followupd.adapters.maildir import MaildirAccount


@dataclass(frozen=True, slots=True)
class _SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the one clock


def clock() -> Clock:
    return _SystemClock()


def settings(path: str | None, env: Mapping[str, str] = os.environ) -> Settings:  # noqa: TID251 - the one reader
    """The settings in the file ``path``, else in the default one. Raises ConfigError."""
    return config.load(Path(path) if path else config.default_config_path(env), env)


@dataclass
class _LaterTemplates:
    """The port Templates, with what it takes to import paid when the first letter is written."""

    own: Path

    @cached_property
    def _templates(self) -> Templates:
        from followupd.adapters.templates import JinjaTemplates

        return JinjaTemplates(self.own)

    def render(self, name: str, language: str, facts: object) -> str:
        return self._templates.render(name, language, facts)

    def languages(self) -> Collection[str]:
        return self._templates.languages()


@contextmanager
def service(given: Settings, *, scratch: bool = False) -> Iterator[Service]:
    """The service for these settings, closed afterwards.

    With ``scratch`` it works on a copy of the state that nobody keeps. Raises StoreError.
    """
    with ExitStack() as stack:
        store = open_store(given.state_dir / "state.sqlite", scratch=scratch)
        stack.callback(store.close)
        yield Service(
            store=store,
            policy=given.policy,
            accounts=[_account(a, given, store, stack) for a in given.accounts],
            templates=_LaterTemplates(given.templates),
            lookback=given.lookback,
        )


def _account(account: AccountSettings, given: Settings, store: Store, stack: ExitStack) -> Account:
    made = _BACKENDS[account.backend](account, given, store)
    stack.callback(made.mailbox.close)
    for port in (made.labels, made.push):
        if port:
            stack.callback(port.close)
    return made


def _maildir(account: AccountSettings, given: Settings, store: Store) -> Account:  # noqa: ARG001 - one signature for all
    opened = _maildir_account(account)
    return Account(name=account.name, mailbox=opened.mailbox(), drafts=opened.drafts())


def _maildir_account(account: AccountSettings) -> MaildirAccount:
    from followupd.adapters.maildir import MaildirAccount

    return MaildirAccount(name=account.name, path=account.path)


def _imap(account: AccountSettings, given: Settings, store: Store) -> Account:
    from followupd.adapters.imap.budget import Budget

    traffic = _Traffic(store, account.name)
    budget = Budget(account.name, traffic, now=clock().now, limit=account.daily_traffic)
    opened = _imap_account(account, _imap_secret(account, given), budget)
    labels = opened.thread_labels(given.policy.label_names.prefix) if given.policy.labels else None
    return Account(
        name=account.name,
        mailbox=opened.mailbox(),
        drafts=opened.drafts(),
        labels=labels,
        push=opened.push(),
        sign_in_ends=partial(_sign_in_ends, account, given),
    )


def _imap_secret(account: AccountSettings, given: Settings) -> Callable[[], str]:
    """What brings the password, or the access token, out of what is kept then: the user may have signed in again."""
    if not account.signs_in_with_google:
        return partial(_kept_secret, account, given)
    from followupd.adapters.gmail.transport import access_token

    return lambda: access_token(_google_sign_in(account, given))


def _kept_secret(account: AccountSettings, given: Settings) -> str:
    try:
        return resolve(account.secret, given.env)
    except AuthError as error:
        if account.secret is None or not account.secret.storable:
            raise
        remedy = f"Run `followupd auth {account.name}`, if you have not yet. {error.remedy}"
        raise AuthError(str(error), remedy=remedy) from error


def _google_sign_in(account: AccountSettings, given: Settings) -> SignIn:
    from followupd.adapters.gmail.transport import SignIn

    place = account.kept_in
    save = (lambda text: store_secret(place, text)) if place and place.storable else None
    return SignIn(account.name, lambda: resolve(place, given.env), save)


def _sign_in_ends(account: AccountSettings, given: Settings) -> datetime | None:
    return _google_sign_in(account, given).ends_at if account.signs_in_with_google else None


@dataclass(frozen=True, slots=True)
class _Traffic:
    """One account's traffic, as the store keeps it. It is told by the real clock: servers have no other."""

    store: Store
    account: str

    def spent(self) -> int:
        return self.store.transferred(self.account, clock().now())

    def spend(self, octets: int) -> None:
        self.store.transfer(self.account, octets, clock().now())


def _imap_account(account: AccountSettings, secret: Callable[[], str], budget: Budget | None = None) -> ImapAccount:
    from followupd.adapters.imap import ImapAccount

    return ImapAccount(
        name=account.name,
        host=account.host,
        port=account.port,
        tls=account.tls,
        username=account.username,
        auth=account.auth,
        secret=secret,
        budget=budget,
    )


def _gmail(account: AccountSettings, given: Settings, store: Store) -> Account:  # noqa: ARG001 - one signature for all
    opened = _gmail_account(account, given)
    labels = opened.thread_labels(given.policy.label_names.prefix) if given.policy.labels else None
    return Account(
        name=account.name,
        mailbox=opened.mailbox(),
        drafts=opened.drafts(),
        labels=labels,
        sign_in_ends=partial(_sign_in_ends, account, given),
    )


def _gmail_account(account: AccountSettings, given: Settings) -> GmailAccount:
    from followupd.adapters.gmail import GmailAccount

    sign_in = _google_sign_in(account, given)
    return GmailAccount(
        name=account.name,
        secret=sign_in.secret,
        save=sign_in.save,
        api_endpoint=account.api_endpoint,
        labels=given.policy.labels,
    )


_BACKENDS: dict[str, Callable[[AccountSettings, Settings, Store], Account]] = {
    "maildir": _maildir,
    "imap": _imap,
    "gmail": _gmail,
}


def health(given: Settings) -> Iterator[Finding]:
    """What `followupd doctor` finds: the accounts, the state, the letters, the service. Nothing is written."""
    from followupd.adapters import systemd
    from followupd.adapters.store import checkup
    from followupd.daemon.health import examine, letters

    for account in given.accounts:
        yield from examine(_checks(account, given), account.name)
    yield from examine(checkup.checks(given.state_dir / "state.sqlite"))
    yield from examine([Check("templates", lambda: letters(_LaterTemplates(given.templates)))])
    yield from examine(systemd.checks(given.env))


def _checks(account: AccountSettings, given: Settings) -> Iterator[Check]:
    if account.backend == "gmail":
        yield from _gmail_account(account, given).checks(clock().now())
    elif account.backend == "imap":
        with closing(_imap_account(account, _imap_secret(account, given))) as imap:
            yield from imap.checks()
        if account.signs_in_with_google:
            from followupd.adapters.gmail.checkup import age

            yield Check("token_age", lambda: age(_google_sign_in(account, given), clock().now()))
    else:
        yield from _maildir_account(account).checks()


def proof_of_not_sending(given: Settings) -> dict[str, Any]:
    """What every account's sign-in would allow, all that may be asked of Gmail, and what became of trying to send.

    Nothing leaves the machine. ``scopes`` is None for an account whose sign-in does not tell, or cannot be had.
    """
    from followupd.adapters.gmail.checkup import prove

    proof = prove(labels=given.policy.labels)
    return {
        "scopes": {a.name: _scopes(a, given) for a in given.accounts if a.signs_in_with_google},
        "allowed": [{"method": method, "path": path} for method, path in proof.allowed],
        "imports_smtplib": "smtplib" in _imported(),
        "tried": list(proof.tried),
        "refused": proof.refused,
        "requests_made": proof.requests_made,
    }


def _scopes(account: AccountSettings, given: Settings) -> list[str] | None:
    from followupd.adapters.gmail import auth

    try:
        granted = auth.granted(resolve(account.kept_in, given.env))
    except AuthError:
        return None
    return sorted(granted) if granted else None


def _imported() -> AbstractSet[str]:
    """Every module that is there once all of followupd is imported."""
    names = (module.name for module in walk_packages(followupd.__path__, "followupd."))
    for name in names:
        if ".migrations" not in name and not name.endswith("__main__"):  # scripts, which act when they are imported
            import_module(name)
    return sys.modules.keys()


def sign_in(account: AccountSettings, given: Settings, *, secret: str | None, browser: bool, port: int) -> None:
    """Sign in to ``account`` and keep its secret: Google's page for Gmail, else ``secret``, once the server took it.

    Raises AuthError, UnreachableError; nothing is kept then.
    """
    place = account.kept_in
    if place is None or not place.storable:
        raise AuthError(
            f"followupd cannot keep the secret of {account.name} in {place}.",
            remedy="Name a keyring or a file for it in the config, or put it there yourself.",
        )
    if account.signs_in_with_google:
        from followupd.adapters.gmail import auth

        wanted = auth.scopes(labels=given.policy.labels) if account.backend == "gmail" else auth.FOR_IMAP
        secret = auth.sign_in(
            _client_secrets(account),
            now=clock().now,
            wanted=wanted,
            browser=browser,
            port=port,
            login_hint=account.username or None,
        )
    else:
        _try(account, secret or "")
    store_secret(place, secret or "")


def _client_secrets(account: AccountSettings) -> dict[str, Any]:
    path = account.client_secrets or Path()
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise AuthError(
            f"The client secrets of {account.name} cannot be read from {path}.",
            remedy="Download them from the Google console (docs/gmail.md) and name the file as client_secrets.",
        ) from error
    return found


def _try(account: AccountSettings, secret: str) -> None:
    """Open an IMAP account once with ``secret``."""
    opened = _imap_account(account, lambda: secret)
    try:
        next(iter(opened.mailbox().changes(None, after=clock().now())), None)
    finally:
        opened.close()


def repeat(task: Callable[[], None], every: timedelta, accounts: Iterable[Account]) -> None:
    """Run ``task`` now and every so often until the process is told to stop, and when a server has news."""
    from followupd.adapters import scheduler
    from followupd.daemon.watch import watch

    scheduler.repeat(task, every, [partial(watch, a.name, a.push) for a in accounts if a.push])
