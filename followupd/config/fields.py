"""The kinds of value that the config knows, each checked on its own, so that no mistake hides another.

What is wrong is raised as ``wrong(message, remedy)``. Values are named in messages only where they can be no secret.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from datetime import time, timedelta
from difflib import get_close_matches
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, PlainValidator
from pydantic_core import PydanticCustomError

from followupd.adapters.secrets import SecretKind, SecretRef
from followupd.config import countries
from followupd.core.worktime import Delay

_POLL_FROM, _POLL_TO = timedelta(minutes=1), timedelta(days=1)


def wrong(message: str, remedy: str = "") -> PydanticCustomError:
    """An error with a remedy; without one, the field's example is the remedy."""
    return PydanticCustomError("config", "{what}", {"what": message, "remedy": remedy})


def delay(text: Any) -> Delay:
    """A delay from its text; one that is a default is one already."""
    try:
        return text if isinstance(text, Delay) else Delay.parse(text)
    except (TypeError, ValueError, AttributeError) as e:
        raise wrong("must be a delay: hours, minutes, days or business days") from e


def poll(text: Any) -> timedelta:
    span = delay(text).span()
    if not _POLL_FROM <= span <= _POLL_TO:
        raise wrong("must be from one minute to one day")
    return span


def octets(text: Any) -> int:
    """An amount of data, in octets: "500MB", "2GB", "none" (0)."""
    if text == "none":
        return 0
    found = re.fullmatch(r"(\d{1,4}) ?([MG])B", text) if isinstance(text, str) else None
    if not found or not int(found[1]):
        raise wrong('must be an amount of data, or "none"')
    return int(found[1]) * {"M": 10**6, "G": 10**9}[found[2]]


def window(text: Any) -> tuple[time, time]:
    try:
        opens, closes = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except (TypeError, ValueError, AttributeError) as e:
        raise wrong("must be two times of the day") from e
    if not opens < closes:
        raise wrong("must open before it closes, on the same day")
    return opens, closes


def address(text: Any) -> str:
    if not isinstance(text, str) or not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", text.strip()):
        raise wrong("must be a bare mail address")
    return text.strip()


def secret(given: Any) -> SecretRef:
    """A reference to a secret. What was written is never repeated: it may be the secret itself."""
    if isinstance(given, str):
        raise wrong("is a secret in plain text, which the config must not hold")
    if not isinstance(given, dict) or len(given) != 1 or not set(given) <= set(SecretKind):
        raise wrong("must be exactly one of keyring, credential, file, command and env")
    ((kind, value),) = given.items()
    if kind == SecretKind.COMMAND:
        if not isinstance(value, list) or not value or not all(isinstance(a, str) for a in value):
            raise wrong("must give the command as a list of words")
        return SecretRef(kind=SecretKind.COMMAND, argv=tuple(value))
    if not isinstance(value, str) or not value or (kind == SecretKind.CREDENTIAL and "/" in value):
        raise wrong(f"must give the {kind} by name")
    return SecretRef(kind=SecretKind(kind), name=value)


def zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError) as e:
        close = closest(name.replace(" ", "_"), available_timezones())
        remedy = f'Did you mean "{close}"?' if close else 'Write an IANA name, for example "America/Chicago".'
        raise wrong(f"{name!r} is no time zone", remedy) from e
    return name


def holidays(code: str) -> str:
    """A code of the package ``holidays``: a country (ISO 3166-1), or country-subdivision (ISO 3166-2), or ""."""
    if not code:
        return code
    country, _, part = code.partition("-")
    known = countries.codes()
    if country not in known:
        meant = country.upper() if country.upper() in known else None
        remedy = f'Did you mean "{meant}"?' if meant else 'Write, for example, "US" or "DE-BY"; "" is for none.'
        raise wrong(f"{code!r}: no country has the code {country!r}", remedy)
    if "-" in code and part not in countries.subdivisions(country):
        close = closest(part, countries.subdivisions(country))
        remedy = f'Did you mean "{country}-{close}"?' if close else f'Write "{country}".'
        raise wrong(f"{code!r}: {country} has no holidays of its own for {part!r}", remedy)
    return code


def host(name: str) -> str:
    if re.search(r"[\s/@]|^[^:]*:\d*$", name):
        bare = re.sub(r"^.*//|^.*@|[:/].*$", "", "".join(name.split())) or "imap.example.org"
        raise wrong("must be a bare host name", f'Write, for example: host = "{bare}"')
    return name


def label(name: str) -> str:
    """A label's name, or several nested ones; Gmail takes 225 characters in all."""
    if any(not part.strip() or part != part.strip() for part in name.split("/")) or len(name) > 100:
        raise wrong('must be a name, or several with "/" between them')
    return name


def local_url(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError as e:
        raise wrong("is no URL") from e
    if parts.scheme not in ("http", "https") or not is_loopback(parts.hostname or ""):
        raise wrong("must be a URL on this machine: it is for tests only")
    return url


def is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def closest(name: str, known: Iterable[str]) -> str | None:
    """What was perhaps meant by ``name``, whatever its case."""
    by_lower = {k.lower(): k for k in known}
    found = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


Text = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=0)]
Port = Annotated[int, Field(ge=1, le=65535)]
Language = Annotated[str, Field(pattern="^[a-z]{2}$")]
AutoLanguage = Annotated[str, Field(pattern="^(auto|[a-z]{2})$")]
DelayText = Annotated[Delay, PlainValidator(delay)]
Poll = Annotated[timedelta, PlainValidator(poll)]
Octets = Annotated[int, PlainValidator(octets)]
Window = Annotated[tuple[time, time], PlainValidator(window)]
MailAddress = Annotated[str, PlainValidator(address)]
Secret = Annotated[SecretRef, PlainValidator(secret)]
Zone = Annotated[str, AfterValidator(zone)]
Holidays = Annotated[str, AfterValidator(holidays)]
Host = Annotated[Text, AfterValidator(host)]
LabelText = Annotated[str, AfterValidator(label)]
LocalUrl = Annotated[str, AfterValidator(local_url)]
