"""A Gmail account of 5,000 messages on a server 20 ms away: what a pass costs, beside the least that it can cost.

The server is the tests' fake, in this process. Google's quota is kept in a time of its own, so that nobody waits for it.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import requests

from benchmarks import corpus
from benchmarks.passes import POLICY
from followupd.adapters.gmail import GmailAccount, auth
from followupd.adapters.gmail.api import BATCH
from followupd.adapters.gmail.messages import HEADERS
from followupd.adapters.gmail.quota import Bucket
from followupd.adapters.store import open_store
from followupd.adapters.templates import JinjaTemplates
from followupd.core.worktime import Delay
from followupd.daemon.account import Account
from followupd.daemon.service import Service
from tests.fakes.gmail import FakeGmail

MESSAGES = 5_000
LATENCY = 0.02
END = datetime(2026, 3, 1, 15, tzinfo=UTC)
DAYS = 119
GOOGLES_RATE = 250
"""Quota units a second: 15,000 a minute for each user."""
_PAGE = 500

Row = tuple[str, float, float, str, str]
"""What was measured, what came out, what is asked for, the unit, a note."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What something cost, as the server counts it."""

    requests: int
    octets: int
    units: int
    seconds: float


class _Meter:
    """Counts at the fake from one reading to the next."""

    def __init__(self, fake: FakeGmail) -> None:
        self.fake = fake
        self.read()

    def read(self) -> Cost:
        now = self.fake.requests, self.fake.sent_octets, self.fake.units, time.perf_counter()
        before, self._last = getattr(self, "_last", now), now
        return Cost(*(b - a for a, b in zip(before, now, strict=True)))


def measure() -> list[Row]:
    with FakeGmail() as fake, tempfile.TemporaryDirectory() as folder:
        _fill(fake)
        fake.latency = LATENCY
        meter, waits = _Meter(fake), _Waits()
        with closing(open_store(Path(folder) / "state.sqlite")) as store:
            service = _service(fake, store, waits)
            meter.read()
            report = service.once(END)
            first = meter.read()
            read = [f.envelope.id for f in store.filed()]
            for _ in range(2):  # what the first one made shows in Gmail's history once
                service.once(END)
            fake.calls.clear()
            meter.read()
            service.once(END)
            quiet, calls = meter.read(), dict(fake.calls)
        _raw(fake, read)
        least = meter.read()
    assert report.accounts[0].seen == MESSAGES, report.accounts
    assert not fake.violations, fake.violations
    return [*_first(first, least, len(read), waits.seconds), *_quiet(quiet, calls)]


def _fill(fake: FakeGmail) -> None:
    """A tenth of the mail is sent, and none of it is hiring mail that waits: nothing will be drafted."""
    dice = random.Random(7)
    step = timedelta(days=DAYS) / MESSAGES
    for number in range(MESSAGES):
        when = END - timedelta(days=DAYS) + step * number
        make, label = (corpus.sent, "SENT") if number % 10 == 0 else (corpus.received, "INBOX")
        fake.account.deliver(make(dice, number, when), [label], when)


class _Waits:
    """Time as a bucket sees it: real, and what it would have slept."""

    seconds = 0.0

    def clock(self) -> float:
        return time.monotonic() + self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def _service(fake: FakeGmail, store: object, waits: _Waits) -> Service:
    token = fake.sign_in.token(frozenset(auth.scopes(labels=True)))
    bucket = Bucket(clock=waits.clock, sleep=waits.sleep)
    account = GmailAccount(name="bench", secret=lambda: token, api_endpoint=fake.root, labels=True, bucket=bucket)
    ports = Account(name="bench", mailbox=account.mailbox(), drafts=account.drafts(), labels=account.thread_labels())
    return Service(
        store=store,  # type: ignore[arg-type]
        policy=POLICY,
        accounts=[ports],
        templates=JinjaTemplates(),
        lookback=Delay.parse("120d"),
    )


# ------------------------------------------------------------------------------------------------ the least


def _raw(fake: FakeGmail, texts: Sequence[str]) -> None:
    """Every id listed, every header and these texts fetched in batches of the size that Google bears; nothing is read of it."""
    token = fake.sign_in.token().split('"refresh_token": "')[1].split('"')[0]
    with requests.Session() as session:
        session.trust_env = False
        form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "client-1.apps.example"}
        granted = session.post(f"{fake.root}/token", data=form | {"client_secret": "client-secret"}, timeout=60).json()
        session.headers["Authorization"] = f"Bearer {granted['access_token']}"
        _fetch(session, fake.root, list(_listed(session, fake.root)), [("metadataHeaders", name) for name in HEADERS])
        _fetch(session, fake.root, texts, [])


def _fetch(session: requests.Session, root: str, ids: Sequence[str], headers: list[tuple[str, str]]) -> None:
    query = urlencode([("format", "metadata" if headers else "full"), *headers])
    kind = {"Content-Type": "multipart/mixed; boundary=b"}
    for start in range(0, len(ids), BATCH):
        parts = (_part(number, f"{ident}?{query}") for number, ident in enumerate(ids[start : start + BATCH]))
        body = "".join(parts) + "--b--\r\n"
        session.post(f"{root}/batch", data=body, headers=kind, timeout=60).raise_for_status()


def _listed(session: requests.Session, root: str) -> Iterator[str]:
    token = ""
    while True:
        query = {"maxResults": str(_PAGE)} | ({"pageToken": token} if token else {})
        page = session.get(f"{root}/gmail/v1/users/me/messages", params=query, timeout=60).json()
        yield from (entry["id"] for entry in page["messages"])
        token = page.get("nextPageToken", "")
        if not token:
            return


def _part(number: int, target: str) -> str:
    return (
        f"--b\r\nContent-Type: application/http\r\nContent-ID: <{number}>\r\n\r\n"
        f"GET /gmail/v1/users/me/messages/{target} HTTP/1.1\r\n\r\n\r\n"
    )


# ------------------------------------------------------------------------------------------------ the table


def _first(ours: Cost, least: Cost, texts: int, waited: float) -> Sequence[Row]:
    """The seconds are those of Google's quota, which is far below what any program needs; the work is told beside."""
    seconds, by_quota = ours.seconds + waited, max(least.seconds, least.units / GOOGLES_RATE)
    work = f"{seconds:.0f} of {by_quota:.0f}; {ours.seconds:.0f} of it work, {least.seconds:.0f} where nothing is read"
    what = f"Gmail, first pass over {MESSAGES:,}"
    return [
        (f"{what}: requests beside the least", ours.requests / least.requests, 1.1, "×", f"{ours.requests:,}"),
        (f"{what}: quota units beside it", ours.units / least.units, 1.1, "×", f"{ours.units:,}"),
        (
            f"{what}: octets beside it",
            ours.octets / least.octets,
            1.1,
            "×",
            f"{ours.octets / 2**20:.1f} MiB, {texts:,} texts",
        ),
        (f"{what}: seconds beside it", seconds / by_quota, 1.25, "×", work),
    ]


def _quiet(cost: Cost, calls: dict[str, int]) -> Sequence[Row]:
    told = ", ".join(f"{n} {method}" for method, n in calls.items())
    return [
        ("Gmail, a pass without change: requests", cost.requests, 1, "", told),
        (
            "Gmail, a pass without change: quota units",
            cost.units,
            2,
            "",
            f"{cost.octets} octets, {cost.seconds * 1000:.0f} ms",
        ),
    ]
