"""The shape of the config file, section by section. What leaves this package is ``settings.Settings``.

Each field carries an example, from which a problem's remedy is made. Defaults of delays and limits stand in
``core.policy`` alone; a section that leaves a key out leaves that default. A field that depends on another stands after
it, and is judged by it if that one is right.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date, time, timedelta
from typing import Any, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, create_model, field_validator, model_validator

from followupd.adapters.secrets import SecretRef
from followupd.config.fields import (
    AutoLanguage,
    Count,
    DelayText,
    Holidays,
    Host,
    LabelText,
    Language,
    LocalUrl,
    MailAddress,
    Octets,
    Poll,
    Port,
    Secret,
    Text,
    Window,
    Zone,
    is_loopback,
    wrong,
)
from followupd.core.policy import Delays, LabelNames, Limits
from followupd.core.worktime import Delay


class Section(BaseModel):
    """A table of the config: nothing is converted, nothing unknown is let pass."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class Me(Section):
    name: Text = Field(examples=["Dana Reyes"])
    emails: list[MailAddress] = Field(min_length=1, examples=[["dana.reyes@example.org"]])
    time_zone: Zone = Field(examples=["America/Chicago"])
    holidays: Holidays = Field("", examples=["US-IL"])
    extra_days_off: list[date] = Field([], examples=[[date(2026, 12, 24)]])
    signature: str = Field("", examples=["Dana Reyes\n+1 312 555 0100"])


class Gmail(Section):
    name: Text = Field(examples=["personal"])
    backend: Literal["gmail"]
    token: Secret | None = Field(None, examples=[{"keyring": "personal"}])
    client_secrets: Text | None = Field(None, examples=["client_secret.json"], validate_default=True)
    api_endpoint: LocalUrl | None = Field(None, examples=["http://127.0.0.1:4002"])

    @field_validator("client_secrets")
    @classmethod
    def _or_token(cls, client_secrets: str | None, info: ValidationInfo) -> str | None:
        if client_secrets is None and info.data.get("token", "wrong") is None:
            raise wrong(
                "is missing, and token too",
                'Write client_secrets = "client_secret.json", the file of an OAuth client from the Google Cloud console.',
            )
        return client_secrets


class Imap(Section):
    name: Text = Field(examples=["other"])
    backend: Literal["imap"]
    host: Host = Field(examples=["imap.example.org"])
    port: Port = Field(993, examples=[993])
    tls: Literal["implicit", "starttls", "none"] = Field("implicit", examples=["implicit"])
    username: Text = Field(examples=["dana"])
    auth: Literal["password", "xoauth2"] = Field("password", examples=["password"])
    password: Secret | None = Field(None, examples=[{"keyring": "other"}], validate_default=True)
    token: Secret | None = Field(
        None, examples=[{"command": ["oama", "access", "dana@example.org"]}], validate_default=True
    )
    client_secrets: Text | None = Field(None, examples=["client_secret.json"])
    daily_traffic: Octets | None = Field(None, examples=["2GB"])

    @field_validator("client_secrets")
    @classmethod
    def _with_xoauth2_only(cls, client_secrets: str | None, info: ValidationInfo) -> str | None:
        auth = info.data.get("auth", "xoauth2")
        if client_secrets is not None and auth != "xoauth2":
            raise wrong(f'has no use with auth = "{auth}"', 'Take it out, or write auth = "xoauth2" and token.')
        return client_secrets

    @field_validator("tls")
    @classmethod
    def _none_on_loopback_only(cls, tls: str, info: ValidationInfo) -> str:
        if tls == "none" and not is_loopback(info.data.get("host", "localhost")):
            raise wrong(
                "is none, which would send mail and password in the clear",
                'Write tls = "implicit" (port 993) or tls = "starttls" (port 143); none is for this machine only.',
            )
        return tls

    @field_validator("password", "token")
    @classmethod
    def _as_auth_needs(cls, secret: SecretRef | None, info: ValidationInfo) -> SecretRef | None:
        auth = info.data.get("auth")
        needed = "token" if auth == "xoauth2" else "password"
        name = info.data.get("name", "NAME")
        if auth and info.field_name == needed and secret is None:
            remedy = f'Write {needed} = {{keyring = "{name}"}}, and store it with: followupd auth {name}'
            raise wrong(f'is missing, with auth = "{auth}"', remedy)
        if auth and info.field_name != needed and secret is not None:
            raise wrong(f'has no use with auth = "{auth}"', f"Take it out; it needs {needed}.")
        return secret


class Maildir(Section):
    name: Text = Field(examples=["archive"])
    backend: Literal["maildir"]
    path: Text = Field(examples=["Maildir"])


BACKENDS: dict[str, type[Gmail | Imap | Maildir]] = {"gmail": Gmail, "imap": Imap, "maildir": Maildir}


class Watch(Section):
    poll: Poll = Field(timedelta(minutes=5), examples=["5m"])
    lookback: DelayText = Field(Delay.parse("120d"), examples=["120d"])


class Drafts(Section):
    window: Window = Field((time(8), time(20)), examples=["08:00-20:00"])
    templates: Text = Field("templates", examples=["templates"])
    language: AutoLanguage = Field("auto", examples=["en"])
    withdraw: bool = Field(default=True, examples=[True])
    labels: bool = Field(default=True, examples=[True])


def _until_after_thank_you(until: Delay, info: ValidationInfo) -> Delay:
    earliest = info.data.get("thank_you")
    if earliest and until.span() < earliest.span():
        raise wrong("is over before thank_you has passed", f'Write at least thank_you_until = "{earliest}".')
    return until


def _each_its_own(name: str, info: ValidationInfo) -> str:
    others = {k: v for k, v in info.data.items() if k != "prefix"}
    if other := next((k for k, v in others.items() if v.casefold() == name.casefold()), None):
        raise wrong(f"is {name!r}, as {other} is", "Give each label its own name.")
    if "snooze" in others and name.casefold().startswith(others["snooze"].casefold()):
        raise wrong(f"is {name!r}, which reads as a snooze", "Give each label its own name.")
    return name


def _optional(name: str, policy: type[Delays | Limits | LabelNames], **validators: Any) -> type[Section]:
    """A section whose keys are the fields of ``policy``, any of which may be left out."""
    kinds = {Delay: DelayText, int: Count, bool: bool, str: LabelText}
    hints, defaults = get_type_hints(policy), policy()
    keys: dict[str, Any] = {}
    for key in (f.name for f in fields(policy)):
        default = getattr(defaults, key)
        example = str(default) if isinstance(default, Delay) else default
        keys[key] = (kinds[hints[key]], Field(default, examples=[example], validate_default=key in validators))
    checks = {f"_{key}": field_validator(key)(check) for key, check in validators.items()}
    return create_model(name, __base__=Section, __validators__=checks, **keys)


DelaysSection = _optional("DelaysSection", Delays, thank_you_until=_until_after_thank_you)
LimitsSection = _optional("LimitsSection", Limits)
LabelsSection = _optional(
    "LabelsSection", LabelNames, **{f.name: _each_its_own for f in fields(LabelNames) if f.name != "prefix"}
)
RuleDelays = _optional("RuleDelays", Delays)


class Match(Section):
    domain: Text | None = Field(None, examples=["acme.example"])
    company: Text | None = Field(None, examples=["Acme"])
    address: Text | None = Field(None, examples=["maria@acme.example"])
    subject: Text | None = Field(None, examples=["Data Engineer"])
    thread: Text | None = Field(None, examples=["<a1b2@acme.example>"])


class Rule(Section):
    match: Match = Field(examples=[{"domain": "acme.example"}])
    skip: bool | None = Field(None, examples=[True])
    language: Language | None = Field(None, examples=["en"])
    delays: RuleDelays = Field(RuleDelays(), examples=[{"interviewed": "8bd"}])  # type: ignore[valid-type]
    limits: LimitsSection = Field(LimitsSection(), examples=[{"check_ins": 1}])  # type: ignore[valid-type]

    @field_validator("match")
    @classmethod
    def _matches_something(cls, match: Match) -> Match:
        if not match.model_fields_set:
            raise wrong("matches nothing")
        return match

    @model_validator(mode="after")
    def _says_something(self) -> Rule:
        if self.model_fields_set == {"match"}:
            raise wrong("says nothing of what it matches", "Add skip = true, or delays or limits.")
        return self


SECTIONS: dict[str, type[Section]] = {
    "me": Me,
    "watch": Watch,
    "delays": DelaysSection,
    "limits": LimitsSection,
    "drafts": Drafts,
    "labels": LabelsSection,
}
LISTS = ("accounts", "rules")
