"""What is measured on public mail, where the folder ``shared`` lies beside the repository."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
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
    email = rfc5322.parse(octets, id=EmailId("1"), role=MailboxRole.INBOX, received_at=NOW)
    me = email.envelope.to[0].email if email.envelope.to else NOBODY
    policy = policy_for(me)
    if not triage.is_candidate(email.envelope, me=policy.me):
        return False
    filed = [Filed(account="a", envelope=email.envelope, reading=Reader(policy).read(email))]
    return bool(understand(gather(filed, policy.me, NOW), me=policy.me, words=(), now=NOW))


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
        email = rfc5322.parse(path.read_bytes(), id=EmailId("1"), role=MailboxRole.INBOX, received_at=NOW)
        verdict = origin.classify(email, visible(email))
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
