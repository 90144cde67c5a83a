"""Signatures: the marked ones (RFC 3676 section 4.3), contact blocks after a sign-off, device lines and disclaimers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from followupd.core.mail import Address
from followupd.core.text import patterns

MARKED_LINES = 40
"""A line ``-- `` with more than this below it is no signature's."""
BLOCK_LINES = 25
"""How many lines from its end a text's sign-off may stand."""

_MARKER = re.compile(r"--\s?$|[_—–]{2,3}\s*$")
_POSTSCRIPT = re.compile(r"\W{0,3}p\.?\s?s\.?\b[.:]?", re.IGNORECASE)
_SENTENCE = re.compile(r"[^\W\d_]{2,}[.!?…]['\"”)]*\s*$")
_WORD = re.compile(r"[^\W\d_]+")


def split_signature(lines: list[str], *, senders: Iterable[Address] = ()) -> tuple[list[str], list[str]]:
    """Part the lines that speak from those that sign; sign-off and name are in the latter."""
    text, device = _without_devices(lines)
    text, marked = _cut(text, _marker(text))
    text, legal = _cut(text, _disclaimer(text))
    names = _names(senders)
    text, block, kept = _close(text, names)
    return text + kept, block + legal + marked + device


def _cut(lines: list[str], at: int) -> tuple[list[str], list[str]]:
    return lines[:at], lines[at:]


def _without_devices(lines: list[str]) -> tuple[list[str], list[str]]:
    """Lines such as "Sent from my phone" stand at the end of what is new, wherever the quotation stood."""
    text: list[str] = []
    device: list[str] = []
    for i, line in enumerate(lines):
        alone = i == 0 or not lines[i - 1].strip() or i + 1 == len(lines) or not lines[i + 1].strip()
        (device if alone and len(line) < 120 and patterns.device().match(line) else text).append(line)
    return text, device


def _marker(lines: list[str]) -> int:
    for at in range(max(0, len(lines) - MARKED_LINES), len(lines)):
        if _MARKER.match(lines[at]):
            return at
    return len(lines)


def _disclaimer(lines: list[str]) -> int:
    """The start of the paragraph that begins the disclaimers; never the first paragraph."""
    began = False
    for at, line in enumerate(lines):
        if (
            began
            and (at == 0 or not lines[at - 1].strip() or len(lines) - at < 12)
            and patterns.disclaimer().match(line[:120])
        ):
            return at
        began = began or bool(line.strip())
    return len(lines)


def _names(senders: Iterable[Address]) -> frozenset[str]:
    """The words of the senders' names, or of their local part where they have none."""
    words: set[str] = set()
    for sender in senders:
        source = sender.name or sender.email.partition("@")[0].partition("+")[0].replace(".", " ").replace("_", " ")
        words.update(w.casefold() for w in _WORD.findall(source) if len(w) > 1)
    return frozenset(words)


def _close(lines: list[str], names: frozenset[str]) -> tuple[list[str], list[str], list[str]]:
    """Text, sign-off block, and what speaks again after it (a postscript)."""
    at = _signoff(lines, names)
    if at == len(lines):
        return lines, [], []
    block: list[str] = []
    kept: list[str] = []
    target = block
    for line in lines[at:]:
        if _POSTSCRIPT.match(line) or (target is block and _speaks(line)):
            target = kept
        elif target is kept and not line.strip():
            target = block
        target.append(line)
    return lines[:at], block, kept


def _speaks(line: str) -> bool:
    """A line of prose, as no contact block holds."""
    return len(line.split()) >= 9 and bool(_SENTENCE.search(line)) and not patterns.disclaimer().match(line[:120])


def _signoff(lines: list[str], names: frozenset[str]) -> int:
    """The line at which the sign-off begins, ``len(lines)`` if there is none."""
    first = max(0, len(lines) - BLOCK_LINES)
    for at in range(first, len(lines)):
        line = lines[at].strip()
        if (
            line
            and len(line) < 80
            and (m := patterns.signoff().match(line))
            and _is_close(lines, at, names, inline=bool(m["name"]))
        ):
            return at
    return next(
        (at for at in range(first, len(lines)) if _is_name(lines[at], names) and _rest_is_short(lines, at)), len(lines)
    )


def _is_close(lines: list[str], at: int, names: frozenset[str], *, inline: bool) -> bool:
    """After a sign-off comes a name or nothing; "Thanks!" before further text closes nothing."""
    following = next((x.strip() for x in lines[at + 1 :] if x.strip()), "")
    if inline or not following:
        return _rest_is_short(lines, at) or not following
    if patterns.signoff().match(following) or _is_name(following, names):
        return True
    return _looks_like_name(following) and _rest_is_short(lines, at)


def _is_name(line: str, names: frozenset[str]) -> bool:
    """A short line made of the sender's own name, perhaps with a title behind it."""
    head = re.split(r"[,|/(–—]|\s-\s", line.strip(" \t*_-–—~.,"), maxsplit=1)[0]
    words = [w.casefold() for w in _WORD.findall(head)]
    return (
        0 < len(words) <= 5
        and len(line.strip()) < 80
        and sum(w in names for w in words) * 2 >= len(words)
        and words[0] in names
    )


def _looks_like_name(line: str) -> bool:
    words = line.split()
    return len(words) <= 6 and not line.endswith(("?", "!", ":")) and (words[0][:1].isupper() or len(words) <= 2)


def _rest_is_short(lines: list[str], at: int) -> bool:
    """No prose in the rest, but perhaps after a postscript."""
    for line in lines[at + 1 :]:
        if _POSTSCRIPT.match(line):
            return True
        if _speaks(line):
            return False
    return True
