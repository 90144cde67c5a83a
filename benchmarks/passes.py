"""One pass over an IMAP account in a process of its own, so that its time and memory are its own; prints JSON."""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.corpus import MY_ADDRESS
from followupd.adapters.imap import ImapAccount
from followupd.adapters.store import SqliteStore, open_store
from followupd.core.mail import Identities
from followupd.core.policy import Policy
from followupd.core.reader import Reader
from followupd.core.triage import is_candidate
from followupd.core.worktime import WorkCalendar
from followupd.daemon.account import Account
from followupd.daemon.sync import sync

POLICY = Policy(
    name="Dana Reyes",
    me=Identities.of([MY_ADDRESS]),
    address=MY_ADDRESS,
    calendar=WorkCalendar(zone=ZoneInfo("America/Chicago")),
)


def headers(account: ImapAccount, store: SqliteStore, after: datetime) -> dict[str, object]:
    """Fetch, read and commit the headers of everything received since ``after``."""
    came = wanted = 0
    for batch in account.mailbox().changes(store.cursor("bench"), after=after):
        candidates = [e.id for e in batch.added if is_candidate(e, me=POLICY.me)]
        store.absorb("bench", batch, candidates)
        came += len(batch.added)
        wanted += len(candidates)
    return {"messages": came, "candidates": wanted}


def whole(account: ImapAccount, store: SqliteStore, after: datetime) -> dict[str, object]:
    """The whole synchronisation: headers, then the texts of what may matter, read and committed."""
    sync(
        Account(name="bench", mailbox=account.mailbox(), drafts=account.drafts()),
        store,
        Reader(POLICY),
        after=after,
        at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    return {"messages": store.seen("bench"), "read": sum(1 for _ in store.filed())}


PASSES: dict[str, Callable[[ImapAccount, SqliteStore, datetime], dict[str, object]]] = {
    "headers": headers,
    "whole": whole,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=PASSES)
    parser.add_argument("port", type=int)
    parser.add_argument("user")
    parser.add_argument("store", type=Path)
    parser.add_argument("after", type=datetime.fromisoformat)
    given = parser.parse_args()
    account = ImapAccount(
        name="bench",
        host="127.0.0.1",
        port=given.port,
        tls="none",
        username=given.user,
        auth="password",
        secret=lambda: "secret",
    )
    store = open_store(given.store)
    began = time.perf_counter()
    result = PASSES[given.what](account, store, given.after)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps(result | {"seconds": seconds, "peak_mib": peak / 1024}))
    account.close()
    store.close()


if __name__ == "__main__":
    main()
