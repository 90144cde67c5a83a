"""The demo: two passes over the sample mailbox, told from what lies there afterwards."""

from __future__ import annotations

import shlex
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from followupd import bootstrap, demo
from followupd.cli import documents, screens
from followupd.cli.common import print_json
from followupd.core.course import Stage
from followupd.core.decide import Decision, Hold
from followupd.core.policy import Policy
from followupd.core.ports import StoredDraft
from followupd.daemon.explain import explain, spans
from followupd.daemon.report import PassReport
from followupd.daemon.service import Service

_SENT, _REWORDED, _ANSWERED = "priya.raman@", "katarzyna.nowicka@", "halden"
"""What the user does on Monday with the drafts to these two, and the process in which an answer comes."""

_SHOWN, _EXPLAINED = "grace.okafor@", "northgate"

_HOLDS = {
    Hold.MY_TURN: "they wait for an answer from you; a nudge would be out of place",
    Hold.DRAFT_OPEN: "a draft already lies there: one at a time",
    Hold.UNCERTAIN: "the mail does not say it for certain, so nothing is drafted on a guess",
    Hold.BOUNCED: "the only address is dead",
    Hold.NO_ADDRESS: "no person has written, only a robot that reads nothing",
    Hold.SKIPPED: "you, or a rule in your config, said to leave it alone",
    Hold.ON_HOLD: "they paused it, and will write when it goes on",
    Hold.INTERVIEW_AHEAD: "the interview is still to come",
    Hold.LIMIT: "one check-in on an application is enough",
}


def play(*, keep: bool, as_json: bool) -> None:
    """Play the demo and print it; with ``keep`` the mailbox stays, and the last lines say where it lies."""
    with _folder(keep) as home:
        config = demo.write(home)
        settings = bootstrap.settings(str(config), {"XDG_STATE_HOME": str(home / "state")})
        with bootstrap.service(settings) as service:
            first = service.once(demo.NOW - timedelta(days=1))
            _monday(home)
            report = service.once(demo.NOW)
            if as_json:
                print_json(documents.of_report(report, settings.policy.calendar.zone))
            else:
                _tell(service, settings.policy, first, report)
        if not as_json:
            _where(home if keep else None)
        elif keep:
            print(f"kept in {home}", file=sys.stderr)  # noqa: T201 - stdout holds the document alone


@contextmanager
def _folder(keep: bool) -> Iterator[Path]:
    if keep:
        yield Path(tempfile.mkdtemp(prefix="followupd-demo-"))
        return
    with tempfile.TemporaryDirectory(prefix="followupd-demo-") as name:
        yield Path(name)


def _monday(home: Path) -> None:
    """What the user does with two of Monday's drafts."""
    noon = demo.NOW - timedelta(hours=21)
    demo.send(home, _SENT, noon)
    demo.reword(home, _REWORDED, "Dziękuję też za ciekawą rozmowę o nowym portalu.")


# ---------------------------------------------------------------- the telling


def _tell(service: Service, policy: Policy, first: PassReport, report: PassReport) -> None:
    out, zone = screens.console(), policy.calendar.zone
    made = sum(d.action == "created" for d in first.drafts)
    known, messages = len(report.decisions), report.accounts[0].seen
    out.print(
        f"{policy.name} looks for work as a writer of manuals. Of {messages} messages since November, followupd found what "
        f"belongs to {known} hiring processes. It is {demo.NOW.astimezone(zone):%A, %-d %B %Y, %H:%M}. Yesterday morning it "
        f"made {made} drafts; since then {policy.name.split()[0]} sent one and reworded another, and to a third the answer "
        "came anyway. All of it is invented, and nothing left this machine."
    )
    _heading(out, "What it understood")
    screens.show_opportunities(out, report.decisions, policy, report.at)
    _heading(out, "What it drafted, and why")
    screens.show_drafts(out, report.drafts)
    _heading(out, "One of them, as it lies in the Drafts mailbox")
    _show_letter(out, _stored(service))
    _heading(out, "How it came to that: followupd explain")
    decision = _of(report.decisions, _EXPLAINED)
    quotes = service.quote(spans(decision), decision.opportunity.messages)
    screens.print_explanation(out, explain(decision, quotes), policy)
    _heading(out, "Where it holds back, and why")
    _show_held(out, report.decisions)
    screens.show_notices(out, report.notices)


def _heading(out: Console, text: str) -> None:
    out.print()
    out.print(Rule(Text(text, "bold"), align="left", style="dim"))
    out.print()


def _stored(service: Service) -> StoredDraft:
    (account,) = service.accounts
    return next(d for d in account.drafts.all() if d.email.envelope.to[0].email.startswith(_SHOWN))


def _of(decisions: Sequence[Decision], process: str) -> Decision:
    return next(d for d in decisions if any(m.startswith(f"<{process}.") for m in d.opportunity.message_ids))


def _show_letter(out: Console, draft: StoredDraft) -> None:
    envelope = draft.email.envelope
    to = ", ".join(f"{a.name} <{a.email}>" for a in envelope.to)
    headers = {"From": envelope.from_[0].email, "To": to, "Subject": envelope.subject}
    headers["In-Reply-To"] = " ".join(envelope.in_reply_to)
    letter = Text.assemble(*((f"{name}: {value}\n", "cyan") for name, value in headers.items()))
    out.print(
        Panel(letter.append(f"\n{(draft.email.plain or '').rstrip()}"), border_style="dim", width=min(out.width, 84))
    )


def _show_held(out: Console, decisions: Sequence[Decision]) -> None:
    held: dict[Hold, list[str]] = defaultdict(list)
    for decision in decisions:
        if decision.hold and decision.stage is not Stage.CLOSED:
            held[decision.hold].append(screens.name(decision))
    rows = [
        (Text(hold.replace("_", " "), "bold"), Text.assemble(", ".join(held[hold]), "\n", (_HOLDS[hold], "dim")))
        for hold in Hold
        if hold in held
    ]
    ended = [f"{screens.name(d)} ({d.outcome.replace('_', ' ')})" for d in decisions if d.outcome]
    screens.show_pairs(out, [*rows, (Text("closed", "bold"), Text(", ".join(ended)))])
    out.print()


def _where(home: Path | None) -> None:
    out = screens.console()
    _heading(out, "Where to look")
    if home is None:
        out.print("`followupd demo --keep` leaves the mailbox there, with commands to try. Your own mail: README.md.")
        return
    place, at = shlex.quote(str(home)), demo.NOW.isoformat()
    lines = (
        f"export FOLLOWUPD_CONFIG={place}/config.toml XDG_STATE_HOME={place}/state",
        f"followupd status --at {at}",
        f"followupd explain '<halden.1@haldenrobotics.example>' --at {at}",
        f"followupd skip '<colleverde.1@example.org>' --at {at}",
        f"followupd once --at {(demo.NOW + timedelta(days=1)).isoformat()}",
        f"mutt -f {place}/Maildir        # any reader of Maildirs",
    )
    for line in lines:
        out.print(line, soft_wrap=True)
