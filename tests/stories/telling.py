"""Plays a story: mail that arrives and is sent, moments at which followupd looks, and what must be true then.

A story is a TOML file (README.md beside this file tells the form). It is played in one process, through a real mailbox of any kind
(tests/contracts/world.py), with the config file and the wiring of the program itself.
"""

from __future__ import annotations

import base64
import re
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, getaddresses
from pathlib import Path
from typing import Any

from followupd.adapters.store import open_store
from followupd.adapters.templates import JinjaTemplates
from followupd.cli import documents
from followupd.config import load
from followupd.core.ledger import Command
from followupd.core.mail import MailboxRole
from followupd.core.ports import StoredDraft
from followupd.daemon import words
from followupd.daemon.account import Account
from followupd.daemon.dispatch import Dispatcher
from followupd.daemon.evaluate import evaluate
from followupd.daemon.service import Service
from tests.contracts.world import World

ME = ("Alex Kim", "alex.kim@example.org")
DOMAIN = "story.example"
CONFIG = {
    "me": {
        "name": ME[0],
        "emails": [ME[1]],
        "time_zone": "America/Chicago",
        "holidays": "US",
        "signature": "Alex Kim",
    }
}


_LEFTOVER = re.compile(r"\{\{|\}\}|\{%|\b(?:None|NaN|TODO|undefined)\b|(?i:[\[<](?:your|name|company|role|date)\b)")

# ---------------------------------------------------------------- messages


def message_id(ident: str) -> str:
    return ident if ident.startswith("<") else f"<{ident}@{DOMAIN}>"


def _address(text: str) -> str:
    return formataddr(ME) if text == "me" else text


def _addresses(value: str | list[str]) -> str:
    return ", ".join(_address(v) for v in ([value] if isinstance(value, str) else value))


def octets(spec: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The RFC 5322 octets of one ``[[message]]``."""
    if "raw_base64" in spec:
        return base64.b64decode(spec["raw_base64"])
    if "raw" in spec:
        return str(spec["raw"]).replace("\n", "\r\n").encode()
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = _address(spec["from"])
    if to := spec.get("to", "" if spec["from"] == "me" or spec.get("in", "inbox") != "inbox" else "me"):
        message["To"] = _addresses(to)
    if "cc" in spec:
        message["Cc"] = _addresses(spec["cc"])
    message["Subject"] = spec.get("subject", "")
    message["Date"] = format_datetime(spec["date"])
    message["Message-ID"] = message_id(spec["id"])
    if chain := _chain(spec.get("reply_to"), by_id):
        message["In-Reply-To"], message["References"] = chain[-1], " ".join(chain)
    for name, value in spec.get("headers", {}).items():
        del message[name]
        message[name] = value
    if "html" in spec and "body" not in spec:
        message.set_content(spec["html"], subtype="html")
    else:
        message.set_content(spec.get("body", ""))
        if "html" in spec:
            message.add_alternative(spec["html"], subtype="html")
    if "ics" in spec:
        parameters = {"method": spec.get("ics_method", "REQUEST")}
        message.add_alternative(spec["ics"].replace("\n", "\r\n"), subtype="calendar", params=parameters)
    return message.as_bytes()


def _chain(parent: str | None, by_id: Mapping[str, Mapping[str, Any]]) -> list[str]:
    chain: list[str] = []
    while parent:
        chain.insert(0, message_id(parent))
        parent = by_id.get(parent, {}).get("reply_to")
    return chain


# ---------------------------------------------------------------- the play


@dataclass
class Stage:
    """One story on its way through one mailbox. ``problems`` collects what was not as expected."""

    spec: Mapping[str, Any]
    world: World
    home: Path
    problems: list[str] = field(default_factory=list)
    delivered: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.messages: dict[str, Mapping[str, Any]] = {m["id"]: m for m in self.spec.get("message", [])}
        given = {**CONFIG, **self.spec.get("config", {})}
        given["me"] = CONFIG["me"] | self.spec.get("config", {}).get("me", {})
        rules = given.pop("rules", [])
        text = "".join(f"[{name}]\n{_table(table)}\n" for name, table in given.items())
        text += f'[[accounts]]\nname = "story"\nbackend = "maildir"\npath = "{self.home}"\n'
        text += "".join(f"[[rules]]\n{_table(rule)}\n" for rule in rules)
        path = self.home / "config.toml"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        self.settings = load(path, {"XDG_STATE_HOME": str(self.home / "state")})

    def play(self) -> list[str]:
        for number, step in enumerate(
            self.spec.get("step") or [{"at": self.spec["now"], "expect": self.spec["expect"]}], 1
        ):
            self._step(step, f"step {number}: ")
        return self.problems

    def _step(self, step: Mapping[str, Any], tag: str) -> None:
        at = step["at"]
        if what := step.get("do"):
            self._act(what, step, step.get("act_at", at - timedelta(minutes=5)))
        if step.get("lose_state"):
            shutil.rmtree(self.home / "state")
        self._deliver(at)
        with self._service() as service:
            for command in step.get("run", []):
                self._run(service, command, at)
        dry = step.get("dry_run", False)
        before_it = self.world.fingerprint()
        with self._service(scratch=dry) as service:
            for turn in range(step.get("passes", 1)):
                before = list(map(bytes, self._lying())) if turn else None
                report = service.once(at, dry_run=dry)
                if before is not None and before != list(map(bytes, self._lying())):
                    self.problems.append(tag + "a pass with nothing new changed the drafts")
        if dry and before_it != self.world.fingerprint():
            self.problems.append(tag + "a dry run wrote into the mailbox")
        result = documents.of_report(report, self.settings.policy.calendar.zone)
        self.problems += [tag + p for p in _differences(step.get("expect", {}), result, self._lying())]

    def _service(self, *, scratch: bool = False) -> _Opened:
        return _Opened(self, scratch)

    def _deliver(self, at: datetime) -> None:
        for ident, spec in self.messages.items():
            received = spec.get("received", spec.get("date"))
            if ident in self.delivered or received is None or received > at:
                continue
            role = MailboxRole(spec.get("in") or ("sent" if spec.get("from") == "me" else "inbox"))
            raw = octets(spec, self.messages)
            self.world.put_draft(raw) if role is MailboxRole.DRAFTS else self.world.deliver(raw, role, received)
            self.delivered.add(ident)

    def _run(self, service: Service, command: list[str], at: datetime) -> None:
        name, ident, *value = command
        ident = message_id(ident) if ident in self.messages else ident
        if name == "restore":
            self._restore(service, ident, at)
            return
        about = words.messages_about(ident, service, at)
        words.say(service.store, Command(name), about, value[0] if value else "", at)

    def _restore(self, service: Service, ident: str, at: datetime) -> None:
        evaluation = evaluate(service.store, service.policy, at)
        dispatcher = Dispatcher(service.store, service.policy, {a.name: a for a in service.accounts})
        words.restore(ident, evaluation, dispatcher)

    # ------------------------------------------------------------ the user's hands

    def _lying(self) -> list[EmailMessage]:
        """The drafts that lie there, in a steady order."""
        return sorted((_draft(d) for d in self.world.drafts().all()), key=lambda m: str(m["Message-ID"]))

    def _act(self, what: str, step: Mapping[str, Any], when: datetime) -> None:
        wanted = [m for m in self._lying() if step.get("do_to", "").lower() in str(m["To"]).lower()]
        if not wanted:
            self.problems.append(f"{what}: there is no draft to act on")
        for message in wanted:
            getattr(self, f"_{what}")(message, step, when)

    def _delete_draft(self, message: EmailMessage, _step: Mapping[str, Any], _when: datetime) -> None:
        self.world.delete(str(message["Message-ID"]))

    def _edit_draft(self, message: EmailMessage, _step: Mapping[str, Any], _when: datetime) -> None:
        ident = str(message["Message-ID"])
        message.set_content(message.get_content() + "\nPS: I also published the code that we talked about.\n")
        self.world.edit_draft(ident, message.as_bytes(policy=policy.SMTP))

    def _send_draft(self, message: EmailMessage, step: Mapping[str, Any], when: datetime) -> None:
        ident = str(message["Message-ID"])
        if step.get("send_changed"):
            message.set_content(message.get_content().replace("\n", " ", 1) + "\nAll the best\n")
        for name in [n for n in message if n.lower().startswith("x-")]:
            del message[name]
        sent = step.get("sent_id", f"sent-{int(when.timestamp())}")
        message.replace_header("Date", format_datetime(when))
        message.replace_header("Message-ID", message_id(sent))
        known = {message_id(k): k for k in self.messages}
        parent = known.get(str(message["In-Reply-To"] or "").strip())
        self.messages[sent] = {"id": sent, "reply_to": parent}
        self.delivered.add(sent)
        self.world.delete(ident)
        self.world.deliver(message.as_bytes(policy=policy.SMTP), MailboxRole.SENT, when)


def _draft(stored: StoredDraft) -> EmailMessage:
    """A draft as a mail client holds it."""
    envelope = stored.email.envelope
    message = EmailMessage(policy=policy.SMTP)
    for name, addresses in (("From", envelope.from_), ("To", envelope.to), ("Cc", envelope.cc)):
        if addresses:
            message[name] = ", ".join(formataddr((a.name, a.email)) for a in addresses)
    message["Subject"], message["Message-ID"] = envelope.subject, envelope.message_id
    message["Date"] = format_datetime(envelope.sent_at or envelope.received_at)
    if envelope.in_reply_to:
        message["In-Reply-To"], message["References"] = envelope.in_reply_to[0], " ".join(envelope.references)
    for name, value in (("X-Followupd-Key", stored.key), ("X-Followupd-Digest", stored.digest)):
        if value:
            message[name] = value
    message.set_content(stored.email.plain or "")
    return message


@dataclass
class _Opened:
    """The service for one moment, on a store of its own connection."""

    stage: Stage
    scratch: bool = False

    def __enter__(self) -> Service:
        settings = self.stage.settings
        self.store = open_store(self.stage.home / "state" / "state.sqlite", scratch=self.scratch)
        return Service(
            store=self.store,
            policy=settings.policy,
            accounts=[Account(name="story", mailbox=self.stage.world.mailbox(), drafts=self.stage.world.drafts())],
            templates=JinjaTemplates(settings.templates),
            lookback=settings.lookback,
        )

    def __exit__(self, *_: object) -> None:
        self.store.close()


def _table(table: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_toml(value)}\n" for key, value in table.items())


def _toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        case list():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + "}"
        case date():
            return value.isoformat()
    return repr(value)


# ---------------------------------------------------------------- what must be true


def _alike(got: Any, want: Any) -> bool:
    match want:
        case list():
            return any(_alike(got, w) for w in want)
        case "null":
            return got is None
        case datetime():
            return got is not None and datetime.fromisoformat(str(got)) == want
        case date():
            return str(got)[:10] == want.isoformat()
        case str() if isinstance(got, str):
            return " ".join(got.lower().split()) == " ".join(want.lower().split())
    return bool(got == want)


def _differences(expect: Mapping[str, Any], result: Mapping[str, Any], lying: list[EmailMessage]) -> list[str]:
    problems: list[str] = []
    found, wanted = result["opportunities"], expect.get("draft", [])
    if "opportunities" in expect and len(found) != expect["opportunities"]:
        named = [(o["company"], o["stage"]) for o in found]
        problems.append(f"{len(found)} opportunities, expected {expect['opportunities']}: {named}")
    left = list(lying)
    for want in expect.get("untouched", []):
        kept = [m for m in left if m["Message-ID"] != message_id(want)]
        problems += [f"the user's own draft {want} is gone"] if len(kept) == len(left) else []
        left = kept
    if not expect.get("any_drafts") and len(left) != len(wanted) + expect.get("other_drafts", 0):
        problems.append(
            f"{len(left)} drafts, expected {len(wanted)}: {[(str(m['To']), str(m['Subject'])) for m in left]}"
        )
    for want in wanted:
        problems += _draft_differences(want, left, result)
    for want in expect.get("opportunity", []):
        problems += _opportunity_differences(want, found)
    codes = {w["code"] for w in result["warnings"]}
    problems += [f"no warning {c}" for c in expect.get("warnings", []) if c not in codes]
    problems += [f"warning {c}" for c in expect.get("no_warnings", []) if c in codes]
    return problems


def _opportunity_differences(want: Mapping[str, Any], found: list[dict[str, Any]]) -> list[str]:
    named = want.get("of")
    hits = [
        o for o in found if (message_id(named) in o["message_ids"] if named else _alike(o["company"], want["company"]))
    ]
    label = f"opportunity of {named or want['company']}"
    if want.get("absent"):
        return [f"{label}: should not be one"] if hits else []
    if len(hits) != 1:
        return [f"{label}: expected one, found {len(hits)}"]
    got = hits[0]
    problems = [f"{label}: {m} should belong" for m in want.get("also", []) if message_id(m) not in got["message_ids"]]
    problems += [
        f"{label}: {m} should not belong" for m in want.get("not_also", []) if message_id(m) in got["message_ids"]
    ]
    for key, value in want.items():
        if key in ("of", "absent", "also", "not_also"):
            continue
        rows = value if key == "interviews" else [value] if isinstance(value, dict) else None
        if rows is None:
            problems += [] if _alike(got[key], value) else [f"{label}: {key} is {got[key]!r}, expected {value!r}"]
            continue
        actual = got[key] if key == "interviews" else [got[key] or {}]
        same = len(actual) == len(rows) and all(
            _alike(a.get(k), v) for a, row in zip(actual, rows, strict=True) for k, v in row.items()
        )
        problems += [] if same else [f"{label}: {key} is {got[key]!r}, expected {value!r}"]
    return problems


def _draft_differences(want: Mapping[str, Any], left: list[EmailMessage], result: Mapping[str, Any]) -> list[str]:
    to = sorted(a.lower() for a in want["to"])
    there = [m for m in left if sorted(a.lower() for _, a in getaddresses([str(m["To"])])) == to]
    answering = [m for m in there if str(m["In-Reply-To"]) == message_id(want.get("reply_to", ""))]
    message = next(iter(answering or there), None)
    label = f"draft to {', '.join(to)}"
    if message is None:
        there_are = [str(m["To"]) for m in left]
        return [f"{label}: not there, but {there_are}"]
    left.remove(message)
    body = " ".join(message.get_content().lower().split())
    count = len(body.split())
    problems = [f"{label}: lacks {w!r}" for w in want.get("body_has", []) if not _has(body, w)]
    problems += [f"{label}: has {w!r}" for w in want.get("body_lacks", []) if w.lower() in body]
    problems += [f"{label}: {count} words"] if not 25 <= count <= want.get("max_words", 170) else []
    problems += [f"{label}: has {left_over[0]!r}" for left_over in _LEFTOVER.finditer(message.get_content())]
    if "reply_to" in want and str(message["In-Reply-To"]) != message_id(want["reply_to"]):
        problems.append(f"{label}: answers {message['In-Reply-To']}, expected {message_id(want['reply_to'])}")
    if want.get("new_thread") and message["In-Reply-To"]:
        problems.append(f"{label}: should start a thread of its own")
    if "cc" in want and sorted(a.lower() for _, a in getaddresses([str(message["Cc"] or "")]) if a) != sorted(
        want["cc"]
    ):
        problems.append(f"{label}: Cc is {message['Cc']}, expected {want['cc']}")
    if "subject" in want and not _alike(str(message["Subject"]), want["subject"]):
        problems.append(f"{label}: subject is {message['Subject']}")
    if "from" in want and want["from"] not in str(message["From"]):
        problems.append(f"{label}: From is {message['From']}")
    rows = [
        d for d in result["drafts"] if sorted(t.lower() for t in d["to"]) == to and d["state"] in ("open", "edited")
    ]
    for key in ("kind", "ordinal", "state", "action"):
        if key in want and not any(_alike(d[key], want[key]) for d in rows):
            problems.append(f"{label}: {key} is {[d[key] for d in rows]}, expected {want[key]!r}")
    return problems


def _has(body: str, words_: str | list[str]) -> bool:
    options = [words_] if isinstance(words_, str) else words_
    return any(" ".join(o.lower().split()) in body for o in options)


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


__all__ = ["Stage", "message_id", "octets", "read"]
