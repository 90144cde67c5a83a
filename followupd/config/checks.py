"""What one field alone cannot show: zones and countries that exist, accounts that can work, keys that agree."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from followupd.config import model
from followupd.config.positions import Key
from followupd.config.problems import Problems


def check(raw: Mapping[str, Any], found: Mapping[Key, model.Section], problems: Problems) -> None:
    """Add what is wrong with sections that are each right in themselves."""
    if not raw.get("accounts", []):
        problems.add(("accounts",), "is missing", "Add an account: [[accounts]], and its keys below.")
    _names(raw, problems)
    for at, section in found.items():
        match section:
            case model.Me():
                _zone(section, at, problems)
                _holidays(section, at, problems)
            case model.Gmail():
                _gmail(section, at, problems)
            case model.Imap():
                _imap(section, at, problems)
            case model.DelaysSection():
                _delays(section, at, problems)
            case model.Rule():
                _rule(section, at, problems)


def _names(raw: Mapping[str, Any], problems: Problems) -> None:
    seen: set[str] = set()
    for index, name in _account_names(raw.get("accounts")):
        if name in seen:
            problems.add(("accounts", index, "name"), f"is {name!r} a second time", "Give each account its own name.")
        seen.add(name)


def _account_names(accounts: Any) -> Iterator[tuple[int, str]]:
    for index, account in enumerate(accounts if isinstance(accounts, list) else ()):
        if isinstance(account, dict) and isinstance(account.get("name"), str):
            yield index, account["name"]


def _zone(me: model.Me, at: Key, problems: Problems) -> None:
    try:
        ZoneInfo(me.time_zone)
    except (LookupError, ValueError, OSError):
        close = _closest(me.time_zone, available_timezones())
        remedy = f'Did you mean "{close}"?' if close else 'Write an IANA name, for example "America/Chicago".'
        problems.add((*at, "time_zone"), f"{me.time_zone!r} is no time zone", remedy)


def _holidays(me: model.Me, at: Key, problems: Problems) -> None:
    """The code must be one of the package ``holidays``: a country (ISO 3166-1), or country-subdivision (ISO 3166-2)."""
    if not me.holidays:
        return
    import holidays

    country, _, subdivision = me.holidays.partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    key = (*at, "holidays")
    if country not in known:
        close = _closest(country, known)
        hint = (
            f'Did you mean "{close}"?' if close and close == country.upper() else 'Write, for example, "US" or "DE-BY".'
        )
        problems.add(key, f"{me.holidays!r}: no country has the code {country!r}", f'{hint} "" is for none.')
    elif "-" in me.holidays and subdivision not in known[country]:
        close = _closest(subdivision, known[country])
        hint = f'Did you mean "{country}-{close}"?' if close else f'Write "{country}".'
        problems.add(key, f"{me.holidays!r}: {country} has no holidays of its own for {subdivision!r}", hint)


def _closest(name: str, known: Any) -> str | None:
    by_lower = {k.lower(): k for k in known}
    found = get_close_matches(name.lower().replace(" ", "_"), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def _gmail(account: model.Gmail, at: Key, problems: Problems) -> None:
    if account.client_secrets is None and account.token is None:
        problems.add(
            (*at, "client_secrets"), "is missing, and token too",
            'Write client_secrets = "client_secret.json", the file of an OAuth client from the Google Cloud console.',
        )  # fmt: skip
    if account.api_endpoint is not None and not _is_loopback(urlsplit(account.api_endpoint).hostname or ""):
        problems.add(
            (*at, "api_endpoint"), "must be a URL on this machine: it is for tests only",
            'Take it out, to use Google\'s own, or write, for example: api_endpoint = "http://127.0.0.1:4002"',
        )  # fmt: skip


def _imap(account: model.Imap, at: Key, problems: Problems) -> None:
    if re.search(r"[\s/@]|^[^:]*:\d*$", account.host):
        problems.add((*at, "host"), "must be a bare host name", f'Write, for example: host = "{_bare(account.host)}"')
    if account.tls == "none" and not _is_loopback(account.host):
        problems.add(
            (*at, "tls"), "is none, which would send mail and password in the clear",
            'Write tls = "implicit" (port 993) or tls = "starttls" (port 143); none is for this machine only.',
        )  # fmt: skip
    wanted, other = ("token", "password") if account.auth == "xoauth2" else ("password", "token")
    if getattr(account, wanted) is None:
        problems.add(
            (*at, wanted), f'is missing, with auth = "{account.auth}"',
            f'Write {wanted} = {{keyring = "{account.name}"}}, and store it with: followupd auth {account.name}',
        )  # fmt: skip
    if getattr(account, other) is not None:
        problems.add((*at, other), f'has no use with auth = "{account.auth}"', f"Take it out; it needs {wanted}.")


def _bare(host: str) -> str:
    """The host name in what looks like a URL, an address or a host with its port."""
    return re.sub(r"^.*//|^.*@|[:/].*$", "", "".join(host.split())) or "imap.example.org"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _delays(delays: Any, at: Key, problems: Problems) -> None:
    if delays.thank_you.span() > delays.thank_you_until.span():
        problems.add(
            (*at, "thank_you_until"), "is over before thank_you has passed",
            f'Write at least thank_you_until = "{delays.thank_you}".',
        )  # fmt: skip


def _rule(rule: model.Rule, at: Key, problems: Problems) -> None:
    if not rule.match.model_fields_set:
        problems.add((*at, "match"), "matches nothing", 'Write, for example: match = {domain = "acme.example"}')
    if rule.model_fields_set == {"match"}:
        problems.add(at, "says nothing of what it matches", "Add skip = true, or delays or limits.")
