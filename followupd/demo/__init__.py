"""The sample mailbox: a few hiring processes among the ordinary mail of a life, all of it invented.

Hiring mail stands in ``due.toml``, ``held.toml`` and ``other.toml``: each ``[[process]]`` has its ``people`` and its ``mail`` in order of
time. ``from`` and ``to`` name a person or ``me``; ``at`` is local time (or has an offset); a mail with a ``subject`` begins a thread, one
without answers the last mail before it that is not ``auto``, and quotes it. Ordinary mail is made from the templates in
``ordinary.toml``. The same files make the same octets every day.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 17, 9, tzinfo=ZONE)
"""The demo's now, a Tuesday."""

ME = ("Mira Solberg", "mira.solberg@example.org")

_POLICY = policy.SMTP.clone(linesep="\n")
_HIRING = ("due", "held", "other")
_FOLDERS = {"inbox": "", "sent": ".Sent", "drafts": ".Drafts"}
_ATTRIBUTIONS = {
    "en": "On {0:%Y-%m-%d at %H:%M}, {1} wrote:",
    "de": "Am {0:%d.%m.%Y um %H:%M} schrieb {1}:",
    "es": "El {0:%d/%m/%Y a las %H:%M}, {1} escribió:",
    "fr": "Le {0:%d/%m/%Y à %H:%M}, {1} a écrit :",
    "it": "Il {0:%d/%m/%Y alle %H:%M}, {1} ha scritto:",
    "nl": "Op {0:%d-%m-%Y om %H:%M} schreef {1}:",
    "pl": "{0:%d.%m.%Y o %H:%M} {1} napisał(a):",
    "pt": "Em {0:%d/%m/%Y às %H:%M}, {1} escreveu:",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One message and where it lies: ``folder`` is ``inbox``, ``sent`` or ``drafts``; ``process`` is its name in the files."""

    process: str
    folder: str
    message: EmailMessage
    at: datetime

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])


def write(home: Path, samples: Iterable[Sample] | None = None) -> Path:
    """Write the mailbox (a Maildir++; all of it, or these ``samples``) and a config into ``home``; returns the config's path."""
    for sample in mail() if samples is None else samples:
        folder = home / "Maildir" / _FOLDERS[sample.folder]
        for sub in ("cur", "new", "tmp"):
            (folder / sub).mkdir(parents=True, exist_ok=True)
        moment = sample.at.timestamp()
        path = folder / "cur" / f"{int(moment)}.{sample.id.strip('<>')}:2,{'D' * (sample.folder == 'drafts')}S"
        path.write_bytes(sample.message.as_bytes())
        os.utime(path, (moment, moment))
    config = home / "config.toml"
    config.touch(mode=0o600)
    config.write_text(_file("config.toml"), encoding="utf-8")
    return config


def mail() -> Iterator[Sample]:
    """Every message of the sample mailbox."""
    yield from hiring()
    for number, template in enumerate(tomllib.loads(_file("ordinary.toml"))["ordinary"]):
        yield from _ordinary(template, f"ordinary-{number}")


def hiring() -> Iterator[Sample]:
    """The mail of the hiring processes, and what looks like it."""
    for name in _HIRING:
        for process in tomllib.loads(_file(f"{name}.toml"))["process"]:
            yield from _process(process)


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


# ---------------------------------------------------------------- the user's hands


def send(home: Path, to: str, at: datetime) -> None:
    """What a mail client does when the user sends the draft to ``to`` (the beginning of an address) at ``at``."""
    path, message = _draft(home, to)
    del message["Date"]
    message["Date"] = format_datetime(at)
    sent = home / "Maildir" / ".Sent" / "cur" / f"{int(at.timestamp())}.sent:2,S"
    sent.write_bytes(message.as_bytes())
    os.utime(sent, (at.timestamp(), at.timestamp()))
    path.unlink()


def reword(home: Path, to: str, line: str) -> None:
    """What a mail client does when the user adds a line at the end of the draft to ``to``."""
    path, message = _draft(home, to)
    message.set_content(f"{message.get_content()}\n{line}\n")
    path.write_bytes(message.as_bytes())


def _draft(home: Path, to: str) -> tuple[Path, EmailMessage]:
    for path in sorted((home / "Maildir" / ".Drafts").glob("*/*")):
        message = message_from_bytes(path.read_bytes(), policy=_POLICY)
        if parseaddr(str(message["To"]))[1].startswith(to):
            return path, message
    raise LookupError(to)


# ---------------------------------------------------------------- hiring


def _process(process: Mapping[str, Any]) -> Iterator[Sample]:
    name, people = process["name"], {k: parseaddr(v) for k, v in process["people"].items()} | {"me": ME}
    parent: Sample | None = None
    for number, spec in enumerate(process["mail"], 1):
        at = spec["at"] if spec["at"].tzinfo else spec["at"].replace(tzinfo=ZONE)
        sample = Sample(
            process=name,
            folder=spec.get("in", "sent" if spec["from"] == "me" else "inbox"),
            message=_message(
                spec, people, at, ident=f"{name}.{number}", parent=parent, language=process.get("language", "en")
            ),
            at=at,
        )
        yield sample
        parent = parent if spec.get("auto") else sample


def _message(
    spec: Mapping[str, Any],
    people: Mapping[str, tuple[str, str]],
    at: datetime,
    *,
    ident: str,
    parent: Sample | None = None,
    language: str = "en",
) -> EmailMessage:
    sender = people[spec["from"]]
    message = EmailMessage(policy=_POLICY)
    message["From"] = formataddr(sender)
    message["To"] = formataddr(people[spec["to"]]) if "to" in spec else _to(sender, parent)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{ident}@{sender[1].rpartition('@')[2]}>"
    body = spec["body"].lstrip("\n")
    if "subject" in spec or parent is None:
        message["Subject"] = spec["subject"]
    else:
        _answer(message, parent)
        body += f"\n{_quoted(parent, language)}"
    for name, value in spec.get("headers", {}).items():
        message[name] = value
    message.set_content(body)
    if "invite" in spec:
        _attach_invite(message, spec["invite"], people, ident)
    if "bounce" in spec:
        return _bounce(message, spec["bounce"], parent)
    return message


def _to(sender: tuple[str, str], parent: Sample | None) -> str:
    """Whom an answer goes to: who wrote the parent, or, where that was oneself, to whom it went."""
    if sender != ME or parent is None:
        return formataddr(ME)
    back = parent.message["To"] if parseaddr(str(parent.message["From"])) == ME else parent.message["From"]
    return str(back)


def _answer(message: EmailMessage, parent: Sample) -> None:
    subject = str(parent.message["Subject"])
    message["Subject"] = subject if subject.startswith("Re: ") else f"Re: {subject}"
    message["In-Reply-To"] = parent.id
    message["References"] = f"{parent.message['References'] or ''} {parent.id}".strip()


def _quoted(parent: Sample, language: str) -> str:
    part = parent.message.get_body(("plain",))
    text = part.get_content() if part else ""
    name = parseaddr(str(parent.message["From"]))[0]
    lines = "".join(f"> {line}".rstrip() + "\n" for line in text.rstrip().splitlines())
    return f"{_ATTRIBUTIONS[language].format(parent.at, name)}\n{lines}"


def _attach_invite(
    message: EmailMessage, spec: Mapping[str, Any], people: Mapping[str, tuple[str, str]], ident: str
) -> None:
    """An invitation as calendars write them (RFC 5545); its organizer is the sender."""
    start, method = spec["start"], spec.get("method", "REQUEST")
    organizer, *guests = (people[p] for p in spec["with"])
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//followupd//sample//EN", f"METHOD:{method}", "BEGIN:VEVENT",
        f"UID:{spec.get('uid', ident)}@{organizer[1].rpartition('@')[2]}", f"SEQUENCE:{spec.get('sequence', 0)}",
        f"DTSTAMP:{_utc(start - timedelta(days=7))}", f"DTSTART:{_utc(start)}",
        f"DTEND:{_utc(start + timedelta(minutes=spec['minutes']))}", f"SUMMARY:{spec['summary'].replace(',', chr(92) + ',')}",
        f"ORGANIZER;CN={organizer[0]}:mailto:{organizer[1]}",
        *(f"ATTENDEE;CN={name};PARTSTAT=NEEDS-ACTION:mailto:{email}" for name, email in (*guests, ME)),
        f"STATUS:{'CANCELLED' if method == 'CANCEL' else 'CONFIRMED'}", "END:VEVENT", "END:VCALENDAR", "",
    )  # fmt: skip
    message.add_alternative("\r\n".join(lines), subtype="calendar", params={"method": method})
    message.set_boundary(f"={ident}=")  # instead of one made at random


def _utc(local: datetime) -> str:
    return (
        (local if local.tzinfo else local.replace(tzinfo=ZONE)).astimezone(ZoneInfo("UTC")).strftime("%Y%m%dT%H%M%SZ")
    )


def _bounce(notice: EmailMessage, address: str, returned: Sample | None) -> EmailMessage:
    """The notice as a delivery status notification (RFC 3464)."""
    status = (
        f"Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1\n"
    )
    headers = "".join(f"{k}: {v}\n" for k, v in returned.message.items()) if returned else ""
    parts = (
        ("text/plain", notice.get_content()),
        ("message/delivery-status", status),
        ("text/rfc822-headers", headers),
    )
    body = "".join(f"--edge\nContent-Type: {kind}; charset=utf-8\n\n{text}\n" for kind, text in parts) + "--edge--\n"
    report = EmailMessage(policy=notice.policy)
    for name in ("From", "To", "Date", "Message-ID", "Subject"):
        report[name] = notice[name]
    report["Auto-Submitted"], report["Return-Path"] = "auto-replied", "<>"
    report["Content-Type"] = 'multipart/report; report-type=delivery-status; boundary="edge"'
    report.set_payload(body)
    return report


# ---------------------------------------------------------------- the rest of a life


def _ordinary(template: Mapping[str, Any], name: str) -> Iterator[Sample]:
    for n in range(template["count"]):
        words = {key: choices[n % len(choices)] for key, choices in template["vary"].items()} | {"n": n + 3}
        day = NOW - timedelta(days=template["first"] + n * template["every"])
        at = day.replace(hour=7 + (n * 5 + len(name)) % 13, minute=n * 17 % 60)
        if at >= NOW:
            at -= timedelta(days=1)
        spec = {k: template[k].format_map(words) for k in ("subject", "body", "answer") if k in template}
        people = {"they": parseaddr(template["from"].format_map(words)), "me": ME}
        language = template.get("language", "en")
        theirs = {**spec, "from": "they", "headers": template.get("headers", {})}
        if "invite_minutes" in template:
            start = (at + timedelta(days=2)).replace(hour=11, minute=0, tzinfo=None)
            theirs["invite"] = {
                "start": start, "minutes": template["invite_minutes"], "with": ["they"], "summary": spec["subject"],
            }  # fmt: skip
        first = Sample(
            process=name,
            folder="inbox",
            at=at,
            message=_message(theirs, people, at, ident=f"{name}.{n}", language=language),
        )
        yield first
        if template.get("to_and_fro") and at + timedelta(hours=2) < NOW:
            at += timedelta(hours=2)
            mine = _message(
                {"from": "me", "body": spec["answer"]},
                people,
                at,
                ident=f"{name}.{n}.mine",
                parent=first,
                language=language,
            )
            yield Sample(process=name, folder="sent", at=at, message=mine)
