"""What is measured on public mail, where the folder ``shared`` lies beside the repository."""

from __future__ import annotations

import email.policy
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from followupd.core import origin, rfc5322, triage
from followupd.core.mail import Email, EmailId, Envelope, MailboxRole, MessageId
from followupd.core.messages import gather
from followupd.core.opportunities import understand
from followupd.core.ports import Filed
from followupd.core.reader import Reader
from followupd.core.reading import Origin, Says
from followupd.core.text import visible
from tests.core.test_origin import NO_MAIL_BOUNCES
from tests.eval import quotes
from tests.eval.own import policy_for
from tests.eval.table import Tally

DATA = Path(__file__).resolve().parents[3] / "shared/data"
NOW = datetime(2026, 3, 2, 16, tzinfo=UTC)
NOBODY = "dana.reyes@example.org"
_FORWARDED = ("lhost-sendmail-14", "make-test-36")
"""A person forwards a bounce: that is the person's mail, whatever other readers of bounces make of it."""
_BOUNCES_AFTER_ALL = ("rb-issue-368-bug",)
"""Filed as none since its reader knows nothing of that system; it says that a message was rejected and discarded."""
_SKIPPED = ("neg_check", "dup_copy", "borderline", "bulk")


def tallies() -> Iterator[Tally]:
    """All that there is data for."""
    for path in sorted(DATA.glob("ordinary_*_raw.jsonl")):
        yield _false_alarms(path)
    if (path := DATA / "hiring_enron_train.jsonl").is_file():
        yield from _hiring(path)
    if (path := DATA / "rejections_masked.jsonl").is_file():
        yield _rejections(path)
    if (folder := DATA / "fixtures/sisimai+set-of-emails").is_dir():
        yield _bounces(folder)
    yield from _quotes()


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def _false_alarms(path: Path) -> Tally:
    """Each message is a mailbox of its own; ``right`` are those that make no opportunity."""
    tally = Tally(f"no alarm: {path.stem.split('_')[1]}")
    for row in _rows(path):
        if row["label"] not in _SKIPPED:
            tally.miss(row["id"]) if _alarms(row["raw"]) else tally.hit()
    return tally


def _alarms(raw: str) -> bool:
    octets = raw.encode("utf-8", "surrogateescape")
    mail = rfc5322.parse(octets, id=EmailId("1"), role=MailboxRole.INBOX, received_at=NOW)
    me = mail.envelope.to[0].email if mail.envelope.to else NOBODY
    policy = policy_for(me)
    if not triage.is_candidate(mail.envelope, me=policy.me):
        return False
    filed = [Filed(account="a", envelope=mail.envelope, reading=Reader(policy).read(mail))]
    return bool(understand(gather(filed, policy.me, NOW), me=policy.me, words=(), now=NOW))


def _hiring(path: Path) -> Iterator[Tally]:
    """Bodies with words of hiring, without headers: a candidate's own are mail of mine, all others mail to me.

    ``right`` are a candidate's that make an opportunity, and the others that make none: left alone, and answered.
    """
    own, alone, answered = Tally("own process: hiring words"), Tally("no alarm: hiring words"), Tally("  and answered")
    for row in _rows(path):
        if row["label"] == "borderline":
            continue
        if row["label"] == "hire":
            mine = row["state"] not in ("ats_ack", "offer_to_candidate")
            own.hit() if _make_opportunity(_wrapped(row, mine=mine)) else own.miss(row["id"])
            continue
        mail = _wrapped(row, mine=False)
        alone.miss(row["id"]) if _make_opportunity(mail) else alone.hit()
        answered.miss(row["id"]) if _make_opportunity(mail, _answer(row)) else answered.hit()
    yield from (own, alone, answered)


def _wrapped(row: dict[str, Any], *, mine: bool) -> bytes:
    people = {"From": "Terry Shaw <terry.shaw@prairie.example>", "To": NOBODY}
    return _mail(row, people if not mine else {"From": NOBODY, "To": people["From"]}, row["subject"], row["body"])


def _answer(row: dict[str, Any]) -> bytes:
    headers = {
        "From": NOBODY,
        "To": "Terry Shaw <terry.shaw@prairie.example>",
        "In-Reply-To": f"<{row['id']}@row.example>",
    }
    return _mail({"id": f"answer-{row['id']}"}, headers, f"Re: {row['subject']}", "Thanks, will do.")


def _mail(row: dict[str, Any], headers: dict[str, str], subject: str, body: str) -> bytes:
    message = EmailMessage(policy=email.policy.SMTP)
    headers |= {
        "Subject": " ".join(subject.split()),
        "Date": format_datetime(NOW),
        "Message-ID": f"<{row['id']}@row.example>",
    }
    for name, value in headers.items():
        message[name] = value
    message.set_content(body)
    return message.as_bytes()


def _make_opportunity(*mails: bytes) -> bool:
    policy, filed = policy_for(NOBODY), []
    for number, octets in enumerate(mails):
        mine = f"From: {NOBODY}".encode() in octets
        role = MailboxRole.SENT if mine else MailboxRole.INBOX
        mail = rfc5322.parse(octets, id=EmailId(str(number)), role=role, received_at=NOW + timedelta(hours=number))
        filed.append(Filed(account="a", envelope=mail.envelope, reading=Reader(policy).read(mail)))
    later = NOW + timedelta(days=1)
    return bool(understand(gather(filed, policy.me, later), me=policy.me, words=(), now=later))


def _rejections(path: Path) -> Tally:
    tally = Tally("rejections (masked)")
    reader = Reader(policy_for(NOBODY))
    for row in _rows(path):
        reading = reader.read(_bare(row["body"]))
        tally.hit() if reading.says(Says.REJECTS) else tally.miss(row["id"])
    return tally


def _bare(body: str) -> Email:
    envelope = Envelope(id=EmailId("1"), role=MailboxRole.INBOX, message_id=MessageId("<1@x.example>"), received_at=NOW)
    return Email(envelope=envelope, plain=body)


def _bounces(folder: Path) -> Tally:
    tally = Tally("bounces (fixtures)")
    for path in _mails(folder):
        mail = rfc5322.parse(path.read_bytes(), id=EmailId("1"), role=MailboxRole.INBOX, received_at=NOW)
        verdict = origin.classify(mail, visible(mail))
        bounced = verdict.origin is Origin.BOUNCE
        if (path.parent.name == "not" or path.stem in _FORWARDED) and path.stem not in _BOUNCES_AFTER_ALL:
            if bounced:
                tally.err(path.name)
        elif not verdict.rule.endswith("-not-final"):
            tally.hit() if bounced else tally.miss(path.name)
    return tally


def _mails(folder: Path) -> Iterable[Path]:
    for path in sorted(folder.rglob("*.eml")):
        if "-arf-" not in f"-{path.stem}" and not any(name in path.stem for name in NO_MAIL_BOUNCES):
            yield path


def _quotes() -> Iterator[Tally]:
    """Ours by group; a row of the same name for the best other library that is installed."""
    best: dict[str, quotes.Score] = {}
    for score in quotes.compare():
        if score.stripper == "followupd":
            yield Tally(f"quotes {score.group}"[:34], score.passed, 0, score.total - score.passed, list(score.failed))
        elif score.group not in best or score.passed > best[score.group].passed:
            best[score.group] = score
    for score in best.values():
        yield Tally(f"  {score.stripper} {score.group}"[:34], score.passed, 0, score.total - score.passed)
