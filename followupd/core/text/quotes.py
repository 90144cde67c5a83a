"""Quotations in plain text: marked with ``>``, introduced by an attribution, below a header block, or forwarded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from followupd.core.text import patterns

WRAPPED = 6
"""Over how many lines an attribution or a header block's start may be broken."""

_MARK = re.compile(r" {0,3}>(?!From )")
_DATED = re.compile(r"\d{1,2}[:.h]\d\d|\d{4}|\d{1,2}[./-]\d{1,2}|[^\s<>@]+@[^\s<>@]+")
_RULE = re.compile(r"\s*[_=*\-–—]{3,}\s*$")
_TITLED_RULE = re.compile(r"\s*[-=_*]{4,}\s*[^\s-].{1,60}[-=_*]{4,}\s*$")
_BARE_END = re.compile(r"[>\])\"]\s*[:：]$")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d\d")
_MAIL = re.compile(r"[^\s<>@:]+@[^\s<>@]+\.[^\s<>@]+")


@dataclass(slots=True)
class Split:
    """The lines that are new, those that are old, and whether mail was forwarded, or stands there with its headers."""

    new: list[str] = field(default_factory=list)
    old: list[str] = field(default_factory=list)
    forwarded: bool = False
    headed: bool = False


def split_quotes(lines: list[str]) -> Split:
    """Part ``lines`` into what is said here and what is quoted; answers between quotations stay. Linear in the text."""
    at = _first_sign(lines)
    out = Split(new=lines[:at])
    while at < len(lines):
        if _MARK.match(lines[at]) or _is_spilled(lines, at):
            out.forwarded = out.forwarded or _opens_marked_forward(lines, at)
            out.old.append(lines[at])
            at += 1
        elif end := _introduction(lines, at, out):
            out.old.extend(lines[at:end])
            at = end
        else:
            out.new.append(lines[at])
            at += 1
    return out


def _first_sign(lines: list[str]) -> int:
    """Before which line no quotation begins: a few lines above the first that looks like one."""
    text = "\n".join(lines)
    if not (sign := patterns.sign().search(text)):
        return len(lines)
    at, above = text.count("\n", 0, sign.start()), 0
    while at > 0 and above <= WRAPPED:
        at -= 1
        above += bool(lines[at].strip())
    return at


def _is_spilled(lines: list[str], at: int) -> bool:
    """The rest of a long quoted line that a client wrapped without a mark: between marked lines, without a gap."""
    if not 0 < at < len(lines) - 1 or not lines[at].strip():
        return False
    before = lines[at - 1]
    return len(before) >= 60 and bool(_MARK.match(before) and _MARK.match(lines[at + 1]))


def _introduction(lines: list[str], at: int, out: Split) -> int:
    """Where the quotation that begins at line ``at`` ends; 0 if none begins there."""
    if not lines[at].strip():
        return 0
    return next((end for opening in _OPENINGS if (end := opening(lines, at, out))), 0)


def _by_forward(lines: list[str], at: int, out: Split) -> int:
    if not (patterns.forwarded().match(lines[at][:200]) and _opens_forward(lines, at)):
        return 0
    out.forwarded = True
    return _end(lines, at + 1)


def _by_separator(lines: list[str], at: int, out: Split) -> int:
    if not patterns.original().match(lines[at][:200]):
        return 0
    out.headed = True
    return _end(lines, at + 1)


def _by_relay(lines: list[str], at: int, out: Split) -> int:
    """A relay's "please reply above this line": at the top it heads a notice, below a text it ends an answer."""
    if len(lines[at]) > 80 or not patterns.reply_above().search(lines[at]):
        return 0
    return len(lines) if any(line.strip() for line in out.new) else at + 1


def _by_attribution(lines: list[str], at: int, out: Split) -> int:
    end = attribution(lines, at)
    if not end:
        return 0
    on_top = not any(line.strip() for line in out.new)
    if on_top and any(_MARK.match(line) for line in lines[end : end + 100]):
        return end  # answers between marked lines follow, though not at once
    return _end(lines, end)


def _by_headers(lines: list[str], at: int, out: Split) -> int:
    ruled = bool(_RULE.match(lines[at]) or _TITLED_RULE.match(lines[at][:200]))
    start = _next(lines, at + 1) if ruled else at
    if start >= len(lines) or not is_header_block(lines, start, ruled=ruled):
        return 0
    out.headed = True
    return _end(lines, start)


def _by_name_and_date(lines: list[str], at: int, _: Split) -> int:
    start = _notes_block(lines, at)
    return _end(lines, start) if start else 0


_OPENINGS = (_by_forward, _by_separator, _by_relay, _by_attribution, _by_headers, _by_name_and_date)


def _end(lines: list[str], at: int) -> int:
    """An unmarked quotation goes to the end; one whose lines are marked, perhaps below its headers, ends with its marks."""
    start = _next(lines, at)
    if start < len(lines) and patterns.label().match(lines[start][:80]):
        while start < len(lines) and lines[start].strip():
            start += 1
    return start if _follows_mark(lines, start) else len(lines)


def _next(lines: list[str], at: int) -> int:
    """The next line that is not empty."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _follows_mark(lines: list[str], at: int) -> bool:
    at = _next(lines, at)
    return at < len(lines) and bool(_MARK.match(lines[at]))


def _opens_forward(lines: list[str], at: int) -> bool:
    """A forward's separator is followed by headers or marked lines, or is drawn with dashes."""
    following = _next(lines, at + 1)
    dashed = lines[at].strip().startswith(("--", "__", "==", "**"))
    return (
        dashed
        or following >= len(lines)
        or bool(patterns.label().match(lines[following]) or _MARK.match(lines[following]))
    )


def _opens_marked_forward(lines: list[str], at: int) -> bool:
    """The same where the forwarded mail is marked as a quotation, its separator in the first line."""
    if at and _MARK.match(lines[at - 1]):
        return False
    return bool(patterns.forwarded().match(lines[at].lstrip("> ")[:200]))


def attribution(lines: list[str], at: int) -> int:
    """The line after the attribution that begins at line ``at``, 0 if none does ("On … wrote:", over several lines)."""
    joined = ""
    for end in range(at, min(at + WRAPPED, len(lines))):
        line = lines[end].strip(" -–—=")
        joined = f"{joined} {line}".strip()
        if not line or len(joined) > 500:
            break
        if _ends_attribution(line, joined):
            marked = _follows_mark(lines, end + 1)
            return end + 1 if _is_attribution(joined, lines[at : end + 1], marked=marked) else 0
    return 0


def _ends_attribution(line: str, joined: str) -> bool:
    """A verb with a colon; a verb at the very end behind an address; or, in some clients, date, clock and address alone."""
    if not line.endswith((":", "：")):
        return joined.lower().endswith(patterns.verbs()) and bool(_MAIL.search(joined))
    if patterns.verb().search(joined):
        return True
    return bool(_BARE_END.search(line) and _CLOCK.search(joined) and _MAIL.search(joined))


def _is_attribution(joined: str, lines: list[str], *, marked: bool) -> bool:
    """``lines`` are those that make up ``joined``; if it begins in a later one of them, it does not begin here."""
    dated = _DATED.search(joined)
    if patterns.attribution_start().match(lines[0]):
        return bool(dated or marked)
    later = lines[1:]
    if len(later) > 1 or (later and (patterns.attribution_start().match(later[0]) or patterns.verb().search(later[0]))):
        return False
    return len(joined) < 200 and bool(marked or _MAIL.search(joined))


def is_header_block(lines: list[str], at: int, *, ruled: bool = False, named: bool = False) -> bool:
    """Whether a message's headers are written out from line ``at`` on (Outlook's "From: … Sent: … To: …").

    ``ruled`` says that a line is drawn above it, ``named`` that writer and date stand there.
    """
    if not patterns.label().match(lines[at][:80]):
        return False
    kinds, text = _labels(lines[at : at + 20])
    if named:
        return {"to", "subject"} <= kinds
    if {"to", "cc", "subject"} <= kinds:
        return True
    if "from" not in kinds or not kinds & {"sent", "date", "subject"}:
        return False
    return len(kinds) >= 3 - ruled and (bool(kinds & {"subject", "sent"}) or bool(_MAIL.search(text)))


def _labels(lines: list[str]) -> tuple[set[str | None], str]:
    """The kinds of labels that follow each other, each once, and the text; long address lists go on over lines."""
    kinds: set[str | None] = set()
    text, gap = "", 0
    for line in lines:
        if m := patterns.label().match(line[:80]):
            if m.lastgroup in kinds:
                break
            kinds.add(m.lastgroup)
            gap = 0
        elif not line.rstrip().endswith(",") and "@" not in line:
            gap += 1
        if gap > 2:
            break
        text += line[:300] + "\n"
    return kinds, text


_MOMENT = r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4},? +\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?: ?[AP]M)?(?: [A-Z]{2,4})?\s*$"
_STAMP = re.compile(rf"\s*{_MOMENT}", re.IGNORECASE)
_NAME_AND_STAMP = re.compile(rf"\s*\S.{{0,120}}(?:\bon |\s{{2}})\s*{_MOMENT}", re.IGNORECASE)


def _notes_block(lines: list[str], at: int) -> int:
    """The header block below a name and a date alone, as Lotus Notes writes it; 0 if none begins at line ``at``."""
    below = lines[at + 1][:150] if at + 1 < len(lines) else ""
    if not (_NAME_AND_STAMP.match(lines[at][:150]) or (len(lines[at]) < 80 and _STAMP.match(below))):
        return 0
    for start in range(at + 1, min(at + 6, len(lines))):
        if patterns.label().match(lines[start][:80]):
            return start if is_header_block(lines, start, named=True) else 0
    return 0
