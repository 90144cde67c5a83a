"""``python -m benchmarks``: followupd against the least that is possible, on a Dovecot and a mailbox of its own."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import corpus, gmail, reading, startup
from benchmarks.raw import RawClient
from followupd.adapters.imap.rows import HEADER_ITEM
from tests.adapters.imap_world import ImapWorld
from tests.contracts.mailbox import View
from tests.fakes.imap_faults import faulty
from tests.servers import dovecot

END = datetime(2026, 3, 1, tzinfo=UTC)
LOOKBACK = timedelta(days=120)
EVER = datetime(2000, 1, 1, tzinfo=UTC)
ITEMS = b"UID INTERNALDATE RFC822.SIZE " + HEADER_ITEM
USER = "bench"
RUNS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what was measured, what came out, and what is asked for."""

    what: str
    value: float
    target: float
    unit: str = "×"
    note: str = ""

    def __str__(self) -> str:
        verdict = "ok" if self.value <= self.target else "MISSED"
        return f"{self.what:<58}{self.value:>9.3g} {self.unit:<4}  ≤ {self.target:<6g}{verdict:<8}{self.note}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000, help="of the mailbox, a tenth of them sent")
    parser.add_argument("--only", choices=["imap", "gmail", "reading", "startup"])
    given = parser.parse_args()
    lines: list[Line] = []
    if given.only in (None, "imap"):
        lines += _imap(given.messages)
    if given.only in (None, "gmail"):
        lines += [Line(*found) for found in gmail.measure()]
    if given.only in (None, "reading"):
        lines += [Line(*found) for found in reading.measure()]
    if given.only in (None, "startup"):
        lines += [Line(*found) for found in startup.measure()]
    print("\n".join(map(str, lines)))
    return 0


def _imap(messages: int) -> list[Line]:
    if reason := dovecot.missing():
        print(f"left out: {reason}", file=sys.stderr)
        return []
    shape = corpus.Shape(inbox=messages * 9 // 10, sent=messages // 10, end=END)
    boxes = {"Sent": r"\Sent", "Drafts": r"\Drafts"}
    with dovecot.running(dovecot.Options(mailboxes=boxes)) as server, tempfile.TemporaryDirectory() as folder:
        _say(f"writing {shape.total:,} messages")
        octets = corpus.write_maildir(server.home(USER) / "mail", shape, server.owner)
        bench = _Bench(server, Path(folder), octets)
        _say(f"{octets / 2**20:,.0f} MiB; letting the server index them")
        bench.warm()
        return [*bench.headers(), *bench.window(), *bench.quiet()]


class _Bench:
    def __init__(self, server: dovecot.Dovecot, folder: Path, octets: int) -> None:
        self.server, self.folder, self.octets = server, folder, octets
        self.stores = 0

    def warm(self) -> None:
        with self._raw() as raw:
            raw.fetch({"INBOX": "1:*", "Sent": "1:*"}, ITEMS)

    def headers(self) -> list[Line]:
        everything = {"INBOX": "1:*", "Sent": "1:*"}
        ratios, peaks, notes = [], [], []
        for _ in range(RUNS):
            least, ours = self._against(everything, EVER)
            ratios.append(ours["seconds"] / least)
            peaks.append(ours["peak_mib"])
            notes.append(f"{ours['messages'] / ours['seconds']:,.0f}/s, raw {ours['messages'] / least:,.0f}/s")
            _say(f"headers of {ours['messages']:,}: {ratios[-1]:.2f} × ({notes[-1]})")
        return [
            Line(
                "headers of the whole mailbox, fetched, read, committed", statistics.median(ratios), 5.0, note=notes[-1]
            ),
            Line("peak memory of that pass", max(peaks), 80, "MiB"),
        ]

    def window(self) -> list[Line]:
        after = END - LOOKBACK
        uids = {name: self._uids_since(name, after) for name in ("INBOX", "Sent")}
        ratios = []
        for _ in range(RUNS):
            least, ours = self._against(uids, after)
            ratios.append(ours["seconds"] / least)
            _say(f"window of {ours['messages']:,}: {ratios[-1]:.2f} ×, {ours['candidates']:,} worth reading")
        with faulty(self.server.host, self.server.port) as line:
            read = self._pass("whole", after, port=line.port, store=self.stores)
            octets = line.up + line.down
        each = read["seconds"] / max(read["read"], 1) * 1000
        return [
            Line("first pass over 120 days beside their FETCH", statistics.median(ratios), 8.0, note="headers"),
            Line("octets of text fetched beside the mailbox's", octets / self.octets, 0.03, ""),
            Line("a text fetched, read and committed", each, 2.0, "ms", f"{read['read']:,} texts of those 120 days"),
        ]

    def quiet(self) -> list[Line]:
        with faulty(self.server.host, self.server.port) as line:
            world = ImapWorld(self.server, port=line.port, user=USER)
            mailbox, view = world.mailbox(), View()
            view.sync(mailbox, after=END - LOOKBACK)
            view.sync(mailbox, after=END - LOOKBACK)
            before = line.up + line.down, line.turns
            view.sync(mailbox, after=END - LOOKBACK)
            octets, turns = line.up + line.down - before[0], line.turns - before[1]
            world.close()
        return [
            Line("pass without change: round trips", turns, 2, ""),
            Line("pass without change: octets, both ways", octets, 1024, "B"),
        ]

    def _against(self, uids: dict[str, str], after: datetime) -> tuple[float, dict[str, Any]]:
        """Seconds of the raw FETCH (the better of one before and one after), and the pass of ours between them."""
        with self._raw() as raw:
            first = raw.fetch(uids, ITEMS)
            self.stores += 1
            ours = self._pass("headers", after, store=self.stores)
            return min(first, raw.fetch(uids, ITEMS)), ours

    def _pass(self, what: str, after: datetime, *, store: int, port: int | None = None) -> dict[str, Any]:
        path = self.folder / f"{store}.sqlite"
        command = [sys.executable, "-m", "benchmarks.passes", what, str(port or self.server.port), USER]
        done = subprocess.run([*command, str(path), after.isoformat()], check=True, capture_output=True, text=True)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def _uids_since(self, mailbox: str, after: datetime) -> str:
        world = ImapWorld(self.server, user=USER)
        world.hand.select(mailbox, readonly=True)
        uids = world.hand.uid("search", None, f"SINCE {after:%d-%b-%Y}")[1][0].split()
        world.close()
        return f"{int(uids[0])}:{int(uids[-1])}" if uids else ""

    def _raw(self) -> RawClient:
        return RawClient(self.server.host, self.server.port, USER, self.server.password)


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
