"""The shape of the config file, section by section. What leaves this package is ``settings.Settings``.

Each field carries an example, from which a problem's remedy is made. Defaults of delays and limits stand in
``core.policy`` alone; a section that leaves a key out leaves that default.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date, time, timedelta
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, create_model
from pydantic_core import PydanticCustomError

from followupd.adapters.secrets import SecretKind, SecretRef
from followupd.core.policy import Delays, Limits
from followupd.core.worktime import Delay

_POLL_FROM, _POLL_TO = timedelta(minutes=1), timedelta(days=1)


def _delay(text: Any) -> Delay:
    try:
        return Delay.parse(text)
    except (TypeError, ValueError, AttributeError) as e:
        raise PydanticCustomError("delay", "must be a delay: hours, minutes, days or business days") from e


def _poll(text: Any) -> timedelta:
    span = _delay(text).span()
    if not _POLL_FROM <= span <= _POLL_TO:
        raise PydanticCustomError("poll", "must be from one minute to one day")
    return span


def _window(text: Any) -> tuple[time, time]:
    try:
        opens, closes = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except (TypeError, ValueError, AttributeError) as e:
        raise PydanticCustomError("window", "must be two times of the day") from e
    if not opens < closes:
        raise PydanticCustomError("window", "must open before it closes, on the same day")
    return opens, closes


def _address(text: Any) -> str:
    if not isinstance(text, str) or not all(text.strip().partition("@")) or " " in text.strip():
        raise PydanticCustomError("address", "must be a bare mail address")
    return text.strip()


def _secret(given: Any) -> SecretRef:
    """A reference to a secret. What was written is never repeated: it may be the secret itself."""
    if isinstance(given, str):
        raise PydanticCustomError("secret", "is a secret in plain text, which the config must not hold")
    if not isinstance(given, dict) or len(given) != 1 or not set(given) <= set(SecretKind):
        raise PydanticCustomError("secret", "must be exactly one of keyring, credential, file, command and env")
    ((kind, value),) = given.items()
    if kind == SecretKind.COMMAND:
        if not isinstance(value, list) or not value or not all(isinstance(a, str) for a in value):
            raise PydanticCustomError("secret", "must give the command as a list of words")
        return SecretRef(kind=SecretKind.COMMAND, argv=tuple(value))
    if not isinstance(value, str) or not value or (kind == SecretKind.CREDENTIAL and "/" in value):
        raise PydanticCustomError("secret", f"must give the {kind} by name")
    return SecretRef(kind=SecretKind(kind), name=value)


DelayText = Annotated[Delay, PlainValidator(_delay)]
Secret = Annotated[SecretRef, PlainValidator(_secret)]
Text = Annotated[str, Field(min_length=1)]


class Section(BaseModel):
    """A table of the config: nothing is converted, nothing unknown is let pass."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class Me(Section):
    name: Text = Field(examples=["Dana Reyes"])
    emails: list[Annotated[str, PlainValidator(_address)]] = Field(min_length=1, examples=[["dana.reyes@example.org"]])
    time_zone: Text = Field(examples=["America/Chicago"])
    holidays: str = Field("", examples=["US-IL"])
    extra_days_off: list[date] = Field([], examples=[[date(2026, 12, 24)]])
    signature: str = Field("", examples=["Dana Reyes\n+1 312 555 0100"])


class Gmail(Section):
    name: Text = Field(examples=["personal"])
    backend: Literal["gmail"]
    client_secrets: Text | None = Field(None, examples=["client_secret.json"])
    token: Secret | None = Field(None, examples=[{"keyring": "personal"}])
    api_endpoint: Text | None = Field(None, examples=["http://127.0.0.1:4002"])


class Imap(Section):
    name: Text = Field(examples=["other"])
    backend: Literal["imap"]
    host: Text = Field(examples=["imap.example.org"])
    port: int = Field(993, ge=1, le=65535, examples=[993])
    tls: Literal["implicit", "starttls", "none"] = Field("implicit", examples=["implicit"])
    username: Text = Field(examples=["dana"])
    auth: Literal["password", "xoauth2"] = Field("password", examples=["password"])
    password: Secret | None = Field(None, examples=[{"keyring": "other"}])
    token: Secret | None = Field(None, examples=[{"command": ["oama", "access", "dana@example.org"]}])


class Maildir(Section):
    name: Text = Field(examples=["archive"])
    backend: Literal["maildir"]
    path: Text = Field(examples=["Maildir"])


BACKENDS: dict[str, type[Gmail | Imap | Maildir]] = {"gmail": Gmail, "imap": Imap, "maildir": Maildir}


class Watch(Section):
    poll: Annotated[timedelta, PlainValidator(_poll)] = Field(timedelta(minutes=5), examples=["5m"])
    lookback: DelayText = Field(Delay.parse("120d"), examples=["120d"])


class Drafts(Section):
    window: Annotated[tuple[time, time], PlainValidator(_window)] = Field((time(8), time(20)), examples=["08:00-20:00"])
    templates: Text = Field("templates", examples=["templates"])
    language: str = Field("auto", pattern=r"^(auto|[a-z]{2})$", examples=["en"])
    withdraw: bool = Field(default=True, examples=[True])
    labels: bool = Field(default=True, examples=[True])


def _optional(name: str, policy: type[Delays | Limits]) -> type[Section]:
    """A section whose keys are the fields of ``policy``, any of which may be left out."""
    kinds = {Delay: DelayText, int: Annotated[int, Field(ge=0)], bool: bool}
    hints, defaults = get_type_hints(policy), policy()
    keys: dict[str, Any] = {}
    for key in (f.name for f in fields(policy)):
        default = getattr(defaults, key)
        example = str(default) if isinstance(default, Delay) else default
        keys[key] = (kinds[hints[key]], Field(default, examples=[example]))
    return create_model(name, __base__=Section, **keys)


DelaysSection = _optional("DelaysSection", Delays)
LimitsSection = _optional("LimitsSection", Limits)


class Match(Section):
    domain: Text | None = Field(None, examples=["acme.example"])
    company: Text | None = Field(None, examples=["Acme"])
    address: Text | None = Field(None, examples=["maria@acme.example"])
    subject: Text | None = Field(None, examples=["Data Engineer"])
    thread: Text | None = Field(None, examples=["<a1b2@acme.example>"])


class Rule(Section):
    match: Match = Field(examples=[{"domain": "acme.example"}])
    skip: bool | None = Field(None, examples=[True])
    language: str | None = Field(None, pattern="^[a-z]{2}$", examples=["en"])
    delays: DelaysSection = Field(DelaysSection(), examples=[{"interviewed": "8bd"}])  # type: ignore[valid-type]
    limits: LimitsSection = Field(LimitsSection(), examples=[{"check_ins": 1}])  # type: ignore[valid-type]


SECTIONS: dict[str, type[Section]] = {
    "me": Me,
    "watch": Watch,
    "delays": DelaysSection,
    "limits": LimitsSection,
    "drafts": Drafts,
}
LISTS = ("accounts", "rules")
