"""What people read on a terminal: tables and short texts. Colour only where a terminal shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from followupd.core.course import Stage, Turn
from followupd.core.decide import Decision, Hold
from followupd.core.ledger import LIVE, DraftRecord, DraftState, Kind
from followupd.core.policy import Policy
from followupd.daemon.explain import Evidence, Explanation
from followupd.daemon.report import DraftReport, Notice, PassReport

_ACTIONS = {
    "created": ("new", "bold green"),
    "would_create": ("would be made", "green"),
    "withdrawn": ("taken back", "yellow"),
    "would_withdraw": ("would go", "yellow"),
}
_STATES = {
    DraftState.OPEN: ("waits for you", "cyan"),
    DraftState.EDITED: ("changed by you", "cyan"),
    DraftState.SENT: ("sent by you", "green"),
    DraftState.DISCARDED: ("deleted by you", "dim"),
    DraftState.WITHDRAWN: ("taken back", "yellow"),
    DraftState.SUPERSEDED: ("not needed any more", "dim"),
}
_TURNS = {Turn.THEIRS: ("theirs", ""), Turn.MINE: ("yours", "bold yellow"), Turn.NOBODY: ("–", "dim")}
_ORDER = tuple(_ACTIONS)
_WIDEST, _NARROW = 130, 110
_DAY, _HOUR = "%a %d %b", "%a %d %b %H:%M"


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command line, which ends quietly; rich would end with an error."""
        raise BrokenPipeError


def console() -> Console:
    """The terminal's width up to what one line can be read in; that much where there is no terminal, too."""
    found = _Console(highlight=False)
    if not found.is_terminal or found.width > _WIDEST:
        found = _Console(highlight=False, width=_WIDEST)
    return found


def show_pass(out: Console, report: PassReport, policy: Policy) -> None:
    """What a pass did: accounts, drafts with their reasons, the processes, warnings."""
    for account in report.accounts:
        state = Text("ok", "green") if account.error is None else Text("failed", "bold red")
        out.print(Text.assemble((f"{account.name}: ", "bold"), state, f", {_count(account.seen, 'message')} known"))
    out.print()
    show_drafts(out, report.drafts)
    show_opportunities(out, report.decisions, policy, report.at)
    show_notices(out, (n for n in report.notices if n.code != "account"))  # those are told as errors


def show_status(out: Console, report: PassReport, policy: Policy) -> None:
    """The processes, those that wait for the user first, and the drafts that lie there."""
    show_opportunities(out, report.decisions, policy, report.at)
    show_drafts(out, report.drafts)
    show_notices(out, report.notices)


def show_explanation(out: Console, told: Explanation, policy: Policy) -> None:
    """One process: what its mail says, which rules applied, what would change it."""
    zone = policy.calendar.zone
    out.print(Text.assemble((f"{_title(told.decision)}  ", "bold"), (told.decision.opportunity.id, "dim")))
    out.print(_standing(told.decision, zone))
    out.print()
    for evidence in told.evidence:
        _print_evidence(out, evidence, zone)
    out.print(Text("\nWhy", "bold"))
    for rule in told.rules:
        out.print(Padding(Text(f"· {rule}"), (0, 0, 0, 2), expand=False))
    out.print(Text.assemble(("\nWhat would change it: ", "bold"), told.change))


def _print_evidence(out: Console, evidence: Evidence, zone: ZoneInfo) -> None:
    message = evidence.message
    who = "you" if message.mine else (message.sender.name or message.sender.email if message.sender else "?")
    out.print(Text.assemble((f"{clock(message.when, zone)}  ", "dim"), (f"{who}  ", "bold"), message.copy.subject))
    if not message.human:
        out.print(
            Padding(
                Text(f"{message.reading.origin} ({message.reading.origin_rule})", "dim"), (0, 0, 0, 6), expand=False
            )
        )
    for finding, quote in evidence.says:
        words = f": “{quote}”" if quote else ""
        out.print(Padding(Text(f"{_spoken(finding.says)}{words}", "cyan"), (0, 0, 0, 6), expand=False))


def show_drafts(out: Console, drafts: Iterable[DraftReport]) -> None:
    """Each draft that lies there or was touched: what was done, to whom, its subject, and why."""
    shown = [d for d in drafts if d.record.state in LIVE or d.action in _ACTIONS or d.record.ended_at]
    rows = []
    for draft in sorted(shown, key=lambda d: _ORDER.index(d.action) if d.action in _ORDER else len(_ORDER)):
        record = draft.record
        head = Text.assemble((f"{kind(record)} ", "bold"), f"to {recipients(record)}\n{record.subject}\n")
        about = head.append(_because(record), "dim")
        rows.append((Text(*(_ACTIONS.get(draft.action) or _STATES[record.state])), about))
    if rows:
        show_pairs(out, rows)
        out.print()


def show_pairs(out: Console, rows: Iterable[tuple[Text, Text]]) -> None:
    """Two columns: a few words, and what they are about."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, min_width=14)
    grid.add_column()
    for row in rows:
        grid.add_row(*row)
    out.print(grid)


def show_opportunities(out: Console, decisions: Iterable[Decision], policy: Policy, at: datetime) -> None:
    """The processes: those that wait for the user first, then the newest, the closed ones last and dim."""
    rows = sorted(decisions, key=lambda d: (d.stage is Stage.CLOSED, d.turn is not Turn.MINE, -_last(d).timestamp()))
    if not rows:
        out.print("No hiring process is known yet.")
        return
    columns, cells = _NARROW_LAYOUT if out.width < _NARROW else _WIDE_LAYOUT
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, no_wrap=column in ("id", "stage", "turn", "since"))
    for decision in rows:
        style = "dim" if decision.stage is Stage.CLOSED else ""
        table.add_row(*cells(decision, policy.calendar.zone, at), style=style)
    out.print(table)
    out.print()


def _wide(decision: Decision, zone: ZoneInfo, at: datetime) -> Sequence[str | Text]:
    opportunity = decision.opportunity
    return (
        Text(opportunity.id, "dim"),
        opportunity.company or "?",
        opportunity.role or "?",
        _stage(decision),
        Text(*_TURNS[decision.turn]),
        _since(decision, zone, at),
        _next(decision, zone),
    )


def _narrow(decision: Decision, zone: ZoneInfo, at: datetime) -> Sequence[str | Text]:
    opportunity = decision.opportunity
    word, style = _TURNS[decision.turn]
    since = _since(decision, zone, at)
    return (
        Text.assemble((opportunity.company or "?", "bold"), "\n", (opportunity.role or "?", "")),
        Text.assemble(_stage(decision), "\n", (f"{word} {since}".strip(), style or "dim")),
        Text.assemble(_next(decision, zone), "\n", (opportunity.id, "dim")),
    )


_Layout = tuple[tuple[str, ...], Callable[[Decision, ZoneInfo, datetime], Sequence[str | Text]]]
_WIDE_LAYOUT: _Layout = (("id", "company", "role", "stage", "turn", "since", "next"), _wide)
_NARROW_LAYOUT: _Layout = (("company, role", "stage, turn", "next, id"), _narrow)


def show_notices(out: Console, notices: Iterable[Notice]) -> None:
    for notice in notices:
        about = f" ({notice.opportunity})" if notice.opportunity else ""
        out.print(Text.assemble(("! ", "bold yellow"), f"{notice.message}{about}"))


# ---------------------------------------------------------------- words


def kind(record: DraftRecord) -> str:
    """``check-in 2``, ``thank-you``, ``closing note``"""
    return _step(record.kind, record.ordinal)


def _because(record: DraftRecord) -> str:
    gone = record.state not in LIVE and record.state is not DraftState.PLANNED
    return f"made because: {record.reason}" if gone else record.reason


def recipients(record: DraftRecord) -> str:
    """Names with addresses, as mail clients show them."""
    return ", ".join(f"{record.names[a]} <{a}>" if record.names.get(a) else a for a in record.to)


def name(decision: Decision) -> str:
    """The shortest name of a process: its company, else its role, else its id."""
    opportunity = decision.opportunity
    return opportunity.company or opportunity.role or opportunity.id


def clock(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime(_HOUR)


def _step(what: str, ordinal: int) -> str:
    words = {"thank_you": "thank-you", "check_in": "check-in"}
    return words.get(what, what.replace("_", " ")) + (f" {ordinal}" if ordinal > 1 else "")


def _spoken(word: str) -> str:
    return word.replace("_", " ")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _title(decision: Decision) -> str:
    opportunity = decision.opportunity
    return " at ".join(filter(None, (opportunity.role, opportunity.company))) or "A process without a known name"


def _standing(decision: Decision, zone: ZoneInfo) -> Text:
    contact = decision.contact
    person = f", with {contact.name or contact.email}" if contact else ""
    then = _next(decision, zone)
    return Text(f"{_stage(decision)}, turn: {_TURNS[decision.turn][0]}{person}" + (f"; next: {then}" if then else ""))


def _stage(decision: Decision) -> str:
    return _spoken(decision.stage) + (f": {_spoken(decision.outcome)}" if decision.outcome else "")


def _next(decision: Decision, zone: ZoneInfo) -> str:
    """What comes next, on which day; of a thank-you the hour too, the others come when the window opens."""
    hold = _spoken(decision.hold) if decision.hold else ""
    step = decision.next
    if step is None:
        return hold
    when = step.due.astimezone(zone).strftime(_HOUR if step.kind is Kind.THANK_YOU else _DAY)
    aside = f" ({hold})" if hold and decision.hold is not Hold.INTERVIEW_AHEAD else ""
    return f"{_step(step.kind, step.ordinal)} {when}{aside}"


def _last(decision: Decision) -> datetime:
    return decision.opportunity.messages[-1].when


def _since(decision: Decision, zone: ZoneInfo, now: datetime) -> str:
    """How many days the next word has been owed, by local dates."""
    if decision.waiting_since is None:
        return ""
    days = (now.astimezone(zone).date() - decision.waiting_since.astimezone(zone).date()).days
    return "today" if days < 1 else f"{days} d"
