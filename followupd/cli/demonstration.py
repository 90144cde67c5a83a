"""The demo: two passes over the sample mailbox, told from what lies there afterwards."""

from __future__ import annotations

import shlex
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import click
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

_SENT, _REWORDED, _SHOWN = "priya.raman@", "katarzyna.nowicka@", "grace.okafor@"
"""To whom goes the draft that is sent on Monday, the one that is reworded, and the one that is shown whole."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The sample mailbox after both passes: ``first`` is Monday's, ``report`` Tuesday's."""

    service: Service
    policy: Policy
    first: PassReport
    report: PassReport


def play(*, keep: bool, as_json: bool) -> None:
    """Play the demo and print it; with ``keep`` the mailbox stays, and the last lines say where it lies."""
    with _folder(keep) as home, staged(home) as scene:
        if as_json:
            print_json(documents.of_report(scene.report, scene.policy.calendar.zone))
        else:
            _tell(screens.console(), scene, home if keep else None)
    if as_json and keep:
        click.echo(f"kept in {home}", err=True)


@contextmanager
def staged(home: Path) -> Iterator[Scene]:
    """The mailbox written into ``home`` and both passes over it; between them the user acts on two drafts."""
    settings = bootstrap.settings(str(demo.write(home)), {"XDG_STATE_HOME": str(home / "state")})
    with bootstrap.service(settings) as service:
        first = service.once(demo.NOW - timedelta(days=1))
        demo.send(home, _SENT, demo.NOW - timedelta(hours=21))
        demo.reword(home, _REWORDED, "Dziękuję też za ciekawą rozmowę o nowym portalu.")
        yield Scene(service=service, policy=settings.policy, first=first, report=service.once(demo.NOW))


@contextmanager
def _folder(keep: bool) -> Iterator[Path]:
    if keep:
        yield Path(tempfile.mkdtemp(prefix="followupd-demo-"))
        return
    with tempfile.TemporaryDirectory(prefix="followupd-demo-") as name:
        yield Path(name)


# ---------------------------------------------------------------- the telling


def _tell(out: Console, scene: Scene, kept: Path | None) -> None:
    _introduce(out, scene)
    for heading, show in SECTIONS.items():
        _head(out, heading)
        show(out, scene)
    _head(out, "Where to look")
    _where(out, kept)


def _head(out: Console, text: str) -> None:
    out.print()
    out.print(Rule(Text(text, "bold"), align="left", style="dim"))
    out.print()


def _introduce(out: Console, scene: Scene) -> None:
    made = sum(d.action == "created" for d in scene.first.drafts)
    me = scene.policy.name
    out.print(
        f"{me} looks for work as a writer of manuals. Among {scene.report.accounts[0].seen} messages since November, "
        f"followupd found {len(scene.report.decisions)} hiring processes. It is {demo.NOW:%A, %-d %B %Y, %H:%M}. Yesterday "
        f"morning {made} drafts were made; since then {me.split()[0]} sent one and reworded another, and to a third the answer "
        "came by itself. All of it is invented, and nothing left this machine."
    )


def _understood(out: Console, scene: Scene) -> None:
    screens.show_opportunities(out, scene.report.decisions, scene.policy, demo.NOW)


def _drafted(out: Console, scene: Scene) -> None:
    screens.show_drafts(out, scene.report.drafts)


def _one_letter(out: Console, scene: Scene) -> None:
    (account,) = scene.service.accounts
    _show_letter(out, next(d for d in account.drafts.all() if d.email.envelope.to[0].email.startswith(_SHOWN)))


def _one_reason(out: Console, scene: Scene) -> None:
    decision = _of(scene.report.decisions, _SHOWN)
    quotes = scene.service.quote(spans(decision), decision.opportunity.messages)
    screens.show_explanation(out, explain(decision, quotes), scene.policy)


def _held(out: Console, scene: Scene) -> None:
    _show_held(out, scene.report.decisions)
    screens.show_notices(out, scene.report.notices)


SECTIONS = {
    "What it understood": _understood,
    "What it drafted, and why": _drafted,
    "One of them, as it lies in the Drafts mailbox": _one_letter,
    "How it came to that: followupd explain": _one_reason,
    "Where it holds back, and why": _held,
}


def _of(decisions: Sequence[Decision], who: str) -> Decision:
    return next(d for d in decisions if d.contact and d.contact.email.startswith(who))


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


def _where(out: Console, home: Path | None) -> None:
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
