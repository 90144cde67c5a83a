"""What people read on a terminal: tables and short texts. Colour only where a terminal shows it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from followupd.core.course import Stage, Turn
from followupd.core.decide import Decision
from followupd.core.ledger import LIVE
from followupd.core.policy import Policy
from followupd.daemon.explain import Evidence, Explanation
from followupd.daemon.report import DraftReport, Notice, PassReport

_ACTIONS = {
    "created": ("new", "green"),
    "would_create": ("would be made", "green"),
    "withdrawn": ("taken back", "yellow"),
    "would_withdraw": ("would be taken back", "yellow"),
    "kept": ("waits for you", "cyan"),
    "none": ("waits for you", "cyan"),
}
_TURNS = {Turn.THEIRS: ("theirs", ""), Turn.MINE: ("yours", "bold yellow"), Turn.NOBODY: ("–", "dim")}
_WIDEST = 130


def _console() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal or console.width > _WIDEST:
        console = Console(highlight=False, width=_WIDEST)
    return console


def show_pass(report: PassReport, policy: Policy) -> None:
    """What a pass did: accounts, drafts with their reasons, the processes, warnings."""
    console = _console()
    for account in report.accounts:
        state = Text("ok", "green") if account.error is None else Text("failed", "bold red")
        console.print(Text.assemble(("✉ ", "dim"), account.name, ": ", state, f", {account.seen} messages known"))
    _show_drafts(console, report.drafts)
    _show_opportunities(console, report.decisions, policy, report.at)
    _show_notices(console, report.notices)


def show_status(report: PassReport, policy: Policy) -> None:
    """The processes, open ones first, and the drafts that wait."""
    console = _console()
    _show_opportunities(console, report.decisions, policy, report.at)
    _show_drafts(console, report.drafts)
    _show_notices(console, report.notices)


def show_explanation(told: Explanation, policy: Policy) -> None:
    """One process: what its mail says, which rules applied, what would change it."""
    console, zone = _console(), policy.calendar.zone
    console.print(Text(_title(told.decision), "bold"), Text(f"  {told.decision.opportunity.id}", "dim"))
    console.print(_standing(told.decision, zone))
    console.print()
    for evidence in told.evidence:
        _show_evidence(console, evidence, zone)
    console.print(Text("\nWhy", "bold"))
    for rule in told.rules:
        console.print(Text(f"  · {rule}"))
    console.print(Text.assemble(("\nWhat would change it: ", "bold"), told.change))


def _show_evidence(console: Console, evidence: Evidence, zone: ZoneInfo) -> None:
    message = evidence.message
    who = "you" if message.mine else (message.sender.name or message.sender.email if message.sender else "?")
    console.print(Text.assemble((_clock(message.when, zone), "dim"), "  ", (who, "bold"), f"  {message.copy.subject}"))
    if not message.human:
        console.print(Text(f"      {message.reading.origin} ({message.reading.origin_rule})", "dim"))
    for finding, quote in evidence.says:
        words = f": “{quote}”" if quote else ""
        console.print(Text(f"      {finding.says.replace('_', ' ')}{words}", "cyan"))


def _show_drafts(console: Console, drafts: Iterable[DraftReport]) -> None:
    shown = [d for d in drafts if d.action in _ACTIONS and (d.record.state in LIVE or d.action not in ("kept", "none"))]
    if not shown:
        return
    table = Table(title="Drafts", title_justify="left", box=None, header_style="dim", pad_edge=False)
    for column in ("", "to", "what", "subject", "because"):
        table.add_column(column, overflow="fold")
    for draft in shown:
        word, style = _ACTIONS[draft.action]
        record = draft.record
        kind = record.kind.replace("_", " ") + (f" {record.ordinal}" if record.ordinal > 1 else "")
        table.add_row(Text(word, style), ", ".join(record.to), kind, record.subject, Text(record.reason, "dim"))
    console.print(table)
    console.print()


def _show_opportunities(console: Console, decisions: Iterable[Decision], policy: Policy, at: datetime) -> None:
    rows = sorted(decisions, key=lambda d: (d.stage is Stage.CLOSED, d.turn is not Turn.MINE, -_last(d).timestamp()))
    if not rows:
        console.print("No hiring process is known yet.")
        return
    table = Table(title="Your hiring processes", title_justify="left", box=None, header_style="dim", pad_edge=False)
    for column in ("id", "company", "role", "stage", "turn", "since", "next"):
        table.add_column(column, no_wrap=column in ("id", "stage", "turn", "since"))
    zone = policy.calendar.zone
    for decision in rows:
        word, style = _TURNS[decision.turn]
        since = decision.waiting_since
        table.add_row(
            Text(decision.opportunity.id, "dim"),
            decision.opportunity.company or "?",
            decision.opportunity.role or "?",
            _stage(decision),
            Text(word, style),
            _ago(since, at) if since else "",
            _next(decision, zone),
            style="dim" if decision.stage is Stage.CLOSED else "",
        )
    console.print(table)
    console.print()


def _show_notices(console: Console, notices: Iterable[Notice]) -> None:
    for notice in notices:
        about = f" ({notice.opportunity})" if notice.opportunity else ""
        console.print(Text.assemble(("! ", "bold yellow"), f"{notice.message}{about}"))


# ---------------------------------------------------------------- words


def _title(decision: Decision) -> str:
    opportunity = decision.opportunity
    return " at ".join(filter(None, (opportunity.role, opportunity.company))) or "A process without a known name"


def _standing(decision: Decision, zone: ZoneInfo) -> Text:
    contact = decision.contact
    person = f", with {contact.name or contact.email}" if contact else ""
    return Text(f"{_stage(decision)}, turn: {_TURNS[decision.turn][0]}{person}; next: {_next(decision, zone)}")


def _stage(decision: Decision) -> str:
    outcome = f": {decision.outcome.replace('_', ' ')}" if decision.outcome else ""
    return decision.stage.replace("_", " ") + outcome


def _next(decision: Decision, zone: ZoneInfo) -> str:
    hold = decision.hold.replace("_", " ") if decision.hold else ""
    step = decision.next
    if step is None:
        return hold
    name = step.kind.replace("_", " ") + (f" {step.ordinal}" if step.ordinal > 1 else "")
    return f"{name} {_clock(step.due, zone)}" + (f" ({hold})" if hold else "")


def _last(decision: Decision) -> datetime:
    return decision.opportunity.messages[-1].when


def _ago(since: datetime, now: datetime) -> str:
    days = (now - since).days
    return "today" if days < 1 else f"{days} d"


def _clock(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%a %d %b %H:%M")
