"""Settings from sections that are known to be right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from followupd.adapters.secrets import SecretKind, SecretRef
from followupd.config import countries, model
from followupd.config.paths import state_dir
from followupd.config.positions import Key
from followupd.config.settings import AccountSettings, Settings
from followupd.core.mail import Identities
from followupd.core.policy import Delays, LabelNames, Limits, Policy, Rule
from followupd.core.worktime import DaysOff, WorkCalendar


def build(found: Mapping[Key, model.Section], path: Path, env: Mapping[str, str]) -> Settings:
    """The settings. Relative paths count from the folder of ``path``, ``~`` is the home folder."""
    place = _Place(path.parent, Path(env.get("HOME") or Path.home()))
    drafts = cast("model.Drafts", found["drafts",])
    watch = cast("model.Watch", found["watch",])
    accounts = (s for s in found.values() if isinstance(s, (model.Gmail, model.Imap, model.Maildir)))
    return Settings(
        accounts=tuple(_account(section, place) for section in accounts),
        policy=_policy(found, drafts),
        poll=watch.poll,
        lookback=watch.lookback,
        templates=place.of(drafts.templates),
        path=path,
        state_dir=state_dir(env),
        env=env,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where relative paths count from."""

    folder: Path
    home: Path

    def of(self, text: str) -> Path:
        if text == "~" or text.startswith("~/"):
            return self.home / text[2:]
        return self.folder / text

    def of_secret(self, ref: SecretRef | None) -> SecretRef | None:
        if ref is None or ref.kind is not SecretKind.FILE:
            return ref
        return replace(ref, name=str(self.of(ref.name)))


def _account(section: model.Gmail | model.Imap | model.Maildir, place: _Place) -> AccountSettings:
    match section:
        case model.Gmail():
            return _gmail(section, place)
        case model.Imap():
            return AccountSettings(
                name=section.name,
                backend=section.backend,
                host=section.host,
                port=section.port,
                tls=section.tls,
                username=section.username,
                auth=section.auth,
                secret=place.of_secret(section.token if section.auth == "xoauth2" else section.password),
                client_secrets=place.of(section.client_secrets) if section.client_secrets else None,
                daily_traffic=section.daily_traffic,
            )
        case model.Maildir():
            return AccountSettings(name=section.name, backend=section.backend, path=place.of(section.path))


def _gmail(section: model.Gmail, place: _Place) -> AccountSettings:
    token = section.token or SecretRef(kind=SecretKind.KEYRING, name=section.name)
    return AccountSettings(
        name=section.name,
        backend=section.backend,
        client_secrets=place.of(section.client_secrets) if section.client_secrets else None,
        token=place.of_secret(token),
        api_endpoint=section.api_endpoint,
    )


def _policy(found: Mapping[Key, model.Section], drafts: model.Drafts) -> Policy:
    me = cast("model.Me", found["me",])
    opens, closes = drafts.window
    return Policy(
        name=me.name,
        address=me.emails[0],
        me=Identities.of(me.emails),
        calendar=WorkCalendar(zone=ZoneInfo(me.time_zone), days_off=_days_off(me), opens=opens, closes=closes),
        signature=me.signature,
        country=me.holidays.partition("-")[0],
        delays=Delays(**_given(found["delays",])),
        limits=Limits(**_given(found["limits",])),
        rules=tuple(_rule(section) for section in found.values() if isinstance(section, model.Rule)),
        language=drafts.language,
        withdraw=drafts.withdraw,
        labels=drafts.labels,
        label_names=LabelNames(**_given(found["labels",])),
    )


def _given(section: model.Section) -> dict[str, Any]:
    """What the file itself says of a section."""
    return {name: getattr(section, name) for name in section.model_fields_set}


def _rule(section: model.Rule) -> Rule:
    return Rule(
        **_given(section.match),
        skip=section.skip,
        language=section.language,
        delays=_given(section.delays),
        limits=_given(section.limits),
    )


@dataclass(frozen=True, slots=True)
class _Either:
    """Days off by the calendar of a country, or by the user's own list."""

    public: DaysOff
    own: frozenset[date]

    def __contains__(self, day: object, /) -> bool:
        return day in self.own or day in self.public


def _days_off(me: model.Me) -> DaysOff:
    own = frozenset(me.extra_days_off)
    if not me.holidays:
        return own
    country, _, subdivision = me.holidays.partition("-")
    return _Either(countries.days_off(country, subdivision or None), own)
