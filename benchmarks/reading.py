"""How long one mail with 4 KB of text takes to read, from its octets to its Reading: the median over many, in CPU time."""

from __future__ import annotations

import random
import statistics
import textwrap
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from benchmarks.corpus import WORDS
from followupd.core import rfc5322
from followupd.core.mail import EmailId, MailboxRole
from followupd.core.reader import Reader
from tests.eval import corpus
from tests.eval.own import policy_for

SIZE = 4_000
RUNS = 3
_HISTORY = "\n\nOn Mon, Mar 2, 2026 at 9:00 AM Maria Lopez <maria@acme.example> wrote:\n"
_NOW = datetime(2026, 3, 2, tzinfo=UTC)


def measure() -> list[tuple[str, float, float, str]]:
    mails = [m for p in corpus.processes() for m in p.mails if m.label.get("body") and "ics" not in m.label]
    reader = Reader(policy_for(corpus.ME[1]))
    kinds = {
        "an answer above its history, of 4 KB, read": [_answering(mails, at) for at in range(len(mails))],
        "ordinary prose of 4 KB, read": [_octets(mails[0], _prose(random.Random(at))) for at in range(100)],
        "nothing but hiring, 4 KB of it, read": [_octets(m, _joined(mails, at)) for at, m in enumerate(mails)],
    }
    return [(what, _median(reader, octets), 2.0, "ms") for what, octets in kinds.items()]


def _median(reader: Reader, mails: Iterable[bytes]) -> float:
    return statistics.median(min(_took(reader, octets) for _ in range(RUNS)) for octets in mails)


def _took(reader: Reader, octets: bytes) -> float:
    began = time.process_time()
    reader.read(rfc5322.parse(octets, id=EmailId("1"), role=MailboxRole.INBOX, received_at=_NOW))
    return (time.process_time() - began) * 1000


def _octets(mail: corpus.Mail, body: str) -> bytes:
    return replace(mail, label=mail.label | {"body": body}).octets()


def _answering(mails: list[corpus.Mail], at: int) -> bytes:
    quoted = "".join(f"> {line}\n" for line in _joined(mails, at + 1).splitlines())
    return _octets(mails[at], f"{mails[at].label['body']}{_HISTORY}{quoted}"[:SIZE])


def _joined(mails: list[corpus.Mail], at: int) -> str:
    """The texts of the mails from ``at`` on, as many as make 4 KB."""
    text = ""
    while len(text) < SIZE:
        text += mails[at % len(mails)].label["body"] + "\n\n"
        at += 1
    return text[:SIZE]


def _prose(dice: random.Random) -> str:
    text = ""
    while len(text) < SIZE:
        sentences = (" ".join(dice.choices(WORDS, k=dice.randint(6, 20))).capitalize() + "." for _ in range(4))
        text += textwrap.fill(" ".join(sentences), 72) + "\n\n"
    return text[:SIZE]
