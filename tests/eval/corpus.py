"""The project's own labelled mail: processes, their messages, and what a careful person says of each.

A file of ``tests/corpus/mail`` holds ``[[process]]`` tables:

is            whether it is a hiring process of the user's (default: true)
company, role, contact, requisition   of the whole process; ``company_any``, ``role_any`` are further right answers
not_company   names in it that are no employer of this process
stage, turn, outcome   as they stand on 1 April 2026; each left out: not judged
interviews    its rows then, as "START STATE"; left out: not judged

and in each ``[[process.mail]]``:

from, to, cc  "me" is Dana Reyes; ``to`` is "me" where it is left out
at            the Date; ``subject``; ``body``; ``html``; ``ics``; ``headers`` to add
re            number of the message (from 1) of this process that it answers
status        the text of a message/delivery-status part (RFC 3464); ``returns`` the number of the message it is about
origin        human (the default), auto_reply, bounce, automated, bulk; "?": not judged
says          what it says; ``?x`` may be found or not
promise       the last day of what they named; left out: no date is named; "?": not judged
times         starts of the interview times it names; left out: not judged
events        its calendar part, as "METHOD START", "METHOD DAY" (all day) or "METHOD uncertain" (no zone)
back, through the first day they are back, or the last day away; both left out where it says ``away``: no date is named
refers        the address that it hands the user on to
signed        the name under the text, ``signed_any`` further right answers; left out: none; "?": not judged
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_string, policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Any

from followupd.core import rfc5322
from followupd.core.mail import Email, EmailId, MailboxRole

FOLDER = Path(__file__).resolve().parents[1] / "corpus" / "mail"
ME = ("Dana Reyes", "dana.reyes@example.org")


@dataclass(frozen=True, slots=True)
class Mail:
    """One labelled message; ``index`` counts from 1 within its process."""

    process: Process
    index: int
    label: dict[str, Any]

    @property
    def id(self) -> str:
        return f"{self.process.id}.{self.index}"

    @property
    def mine(self) -> bool:
        return bool(self.label["from"] == "me")

    @property
    def role(self) -> MailboxRole:
        return MailboxRole.SENT if self.mine else MailboxRole.INBOX

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.label["at"])

    @property
    def says(self) -> frozenset[str]:
        """What it must be found to say."""
        return frozenset(w for w in self.label.get("says", "").split() if w[0] != "?")

    @property
    def may_say(self) -> frozenset[str]:
        """What it may be found to say."""
        return frozenset(w.lstrip("?") for w in self.label.get("says", "").split())

    @property
    def events(self) -> frozenset[str] | None:
        """Its calendar part in words, instants in UTC; None where that is not judged."""
        return frozenset(map(_in_utc, self.label["events"])) if "events" in self.label else None

    def writes(self, value: str) -> bool:
        """Whether it has ``value`` in its words, those of a subject that it only answers left out."""
        label = self.label
        subject = "" if "re" in label else label["subject"]
        text = " ".join([label["from"], subject, label.get("body", ""), label.get("html", ""), label.get("ics", "")])
        return value.casefold() in " ".join(text.split()).casefold()

    def octets(self) -> bytes:
        """The message itself, as RFC 5322 has it."""
        label, message = self.label, EmailMessage(policy=policy.SMTP)
        message["From"] = _address(label["from"])
        message["To"] = ", ".join(map(_address, _listed(label.get("to", "me"))))
        if "cc" in label:
            message["Cc"] = ", ".join(map(_address, _listed(label["cc"])))
        message["Subject"] = label["subject"]
        message["Date"] = format_datetime(self.at)
        message["Message-ID"] = _message_id(self.id)
        if chain := [_message_id(f"{self.process.id}.{i}") for i in self._ancestors()]:
            message["In-Reply-To"], message["References"] = chain[-1], " ".join(chain)
        for name, value in label.get("headers", {}).items():
            del message[name]
            message[name] = value
        self._fill(message)
        if "status" in label:
            self._report(message)
        return message.as_bytes()

    def _fill(self, message: EmailMessage) -> None:
        label = self.label
        message.set_content(label.get("body", "").lstrip("\n"))
        if "html" in label:
            message.add_alternative(label["html"], subtype="html")
        if "ics" in label:
            calendar = label["ics"].lstrip("\n")
            method = calendar.partition("METHOD:")[2].partition("\n")[0] or "REQUEST"
            message.add_alternative(calendar.replace("\n", "\r\n"), subtype="calendar", params={"method": method})

    def _report(self, message: EmailMessage) -> None:
        """Make it a multipart/report of what is in ``status`` (RFC 3462, RFC 3464)."""
        message.make_mixed()
        message.set_type("multipart/report")
        message.set_param("report-type", "delivery-status")
        status = EmailMessage(policy=policy.SMTP)
        status.set_type("message/delivery-status")
        status.set_payload([message_from_string(block) for block in self.label["status"].strip().split("\n\n")])
        message.attach(status)
        returned, about = EmailMessage(policy=policy.SMTP), f"{self.process.id}.{self.label['returns']}"
        returned.set_content(f"Message-ID: {_message_id(about)}\n", subtype="rfc822-headers")
        message.attach(returned)

    def _ancestors(self) -> list[int]:
        parent = self.label.get("re")
        return [*self.process.mails[parent - 1]._ancestors(), parent] if parent else []

    def email(self) -> Email:
        return rfc5322.parse(self.octets(), id=EmailId(self.id), role=self.role, received_at=self.at)


@dataclass(frozen=True, slots=True)
class Process:
    """One labelled process; ``id`` is its file and number."""

    id: str
    label: dict[str, Any]

    @property
    def hiring(self) -> bool:
        return bool(self.label.get("is", True))

    @property
    def mails(self) -> list[Mail]:
        return [Mail(self, i, m) for i, m in enumerate(self.label["mail"], 1)]

    def right(self, key: str) -> list[str]:
        """All right answers for ``company`` or ``role``."""
        return [*([self.label[key]] if key in self.label else []), *self.label.get(f"{key}_any", [])]


def processes(files: Collection[str] = ()) -> Iterator[Process]:
    """All of the corpus, or what these files of it hold."""
    for path in sorted(FOLDER.glob("*.toml")):
        if files and path.stem not in files:
            continue
        for i, label in enumerate(tomllib.loads(path.read_text("utf-8"))["process"], 1):
            yield Process(f"{path.stem}-{i}", label)


def maildir(folder: Path) -> None:
    """Lay the corpus out as a Maildir++ at ``folder``, sent mail in ``.Sent``."""
    for name in ("", ".Sent"):
        for part in ("cur", "new", "tmp"):
            (folder / name / part).mkdir(parents=True, exist_ok=True)
    for mail in (m for p in processes() for m in p.mails):
        box = folder / ".Sent" if mail.mine else folder
        (box / "cur" / f"{int(mail.at.timestamp())}.{mail.id}.corpus:2,S").write_bytes(mail.octets())


def _in_utc(event: str) -> str:
    method, _, when = event.partition(" ")
    return f"{method} {datetime.fromisoformat(when).astimezone(UTC).isoformat() if 'T' in when else when}"


def _address(text: str) -> str:
    return formataddr(ME) if text == "me" else text


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _message_id(name: str) -> str:
    return f"<{name}@corpus.example>"
