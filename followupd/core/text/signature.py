"""Signatures: the marked ones (RFC 3676 section 4.3), contact blocks after a sign-off, device lines and disclaimers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from followupd.core.mail import Address
from followupd.core.text import patterns

MARKED_LINES = 30
"""A line ``-- `` with more filled lines than this below it is no signature's."""
DRAWN_LINES = 14
"""A line drawn with other characters is a signature's only this near to the end."""
BLOCK_LINES = 20
"""How many filled lines from its end a text's sign-off may stand."""

_MARKER = re.compile(r"--\s?$")
_DRAWN = re.compile(r"\s*(?:[_—–=*-]{1,80}|(?:[_—–=*-]\s){3,40})\s*$")
_DASHED_NAME = re.compile(r"\s*[-–—~]\s?[^\W\d_][\w.'’-]*(?:\s+[^\W\d_][\w.'’-]*){0,2}\s*$")
_POSTSCRIPT = re.compile(r"\W{0,3}p\.?\s?s\.?\b[.:]?", re.IGNORECASE)
_SENTENCE = re.compile(r"[^\W\d_]{2,}[.!?…]['\"”)]*\s*$")
_WORD = re.compile(r"[^\W\d_]+")


def split_signature(lines: list[str], *, senders: Iterable[Address] = ()) -> tuple[list[str], list[str]]:
    """Part the lines that speak from those that sign; sign-off and name are in the latter."""
    text, marked = _cut(lines, _marker(lines))
    text, legal = _cut(text, _disclaimer(text))
    text, block, kept = _close(text, _names(senders))
    return text + kept, block + legal + marked


def _cut(lines: list[str], at: int) -> tuple[list[str], list[str]]:
    return lines[:at], lines[at:]


def split_device(lines: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Part at a line such as "Sent from my phone": what is above, the line, and the old mail that some clients put below."""
    for at, line in enumerate(lines):
        alone = at == 0 or not lines[at - 1].strip() or at + 1 == len(lines) or not lines[at + 1].strip()
        if alone and len(line) < 120 and patterns.device().match(line):
            return lines[:at], [line], lines[at + 1 :]
    return lines, [], []


def _tail(lines: list[str], filled: int) -> range:
    """The last lines, of which ``filled`` are not empty."""
    at = len(lines)
    while at and filled:
        at -= 1
        filled -= bool(lines[at].strip())
    return range(at, len(lines))


def _marker(lines: list[str]) -> int:
    """``-- `` alone, or near the end a line drawn below the text."""
    near = _tail(lines, DRAWN_LINES)
    for at in _tail(lines, MARKED_LINES):
        if _MARKER.match(lines[at]) or (at in near and _DRAWN.match(lines[at]) and _is_contact(lines[at + 1 :])):
            return at
    return len(lines)


def _is_contact(lines: list[str]) -> bool:
    """Short lines that are no sentences, such as name, firm and numbers."""
    filled = [line for line in lines if line.strip()]
    return bool(filled) and not any(_speaks(line) or _SENTENCE.search(line) for line in filled)


def _disclaimer(lines: list[str]) -> int:
    """The start of the paragraph that begins the disclaimers; never the first paragraph."""
    began = False
    for at, line in enumerate(lines):
        opens = began and (not lines[at - 1].strip() or len(lines) - at < 12)
        if opens and _is_disclaimer(" ".join(lines[at : at + 6])[:600]):
            return at
        began = began or bool(line.strip())
    return len(lines)


def _is_disclaimer(paragraph: str) -> bool:
    opening = patterns.disclaimer().match(paragraph[:120])
    return opening is not None and bool(patterns.disclaimer_word().search(paragraph))


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
    if not any(line.strip() for line in lines[:at]):
        return [*lines[:at], block[0]], block[1:], kept  # "Thank you!" may be all that it says
    return lines[:at], block, kept


def _speaks(line: str) -> bool:
    """A line of prose, as no contact block holds."""
    words = len(line.split())
    if words >= 3 and line.rstrip().endswith("?"):
        return True
    return words >= 9 and bool(_SENTENCE.search(line)) and not _is_disclaimer(line[:600])


def _signoff(lines: list[str], names: frozenset[str]) -> int:
    """The line at which the sign-off begins, ``len(lines)`` if there is none."""
    tail = _tail(lines, BLOCK_LINES)
    if (at := next((i for i in tail if _is_formula(lines, i, names)), None)) is not None:
        return at
    last = max((i for i in tail if lines[i].strip()), default=0)
    if last and not lines[last - 1].strip() and _DASHED_NAME.match(lines[last]):
        return last
    return next((i for i in tail if _is_name(lines[i], names) and _rest_is_short(lines, i)), len(lines))


def _is_formula(lines: list[str], at: int, names: frozenset[str]) -> bool:
    """Whether a closing formula stands at line ``at``, with or without a name behind it."""
    line = lines[at].strip()
    if not 0 < len(line) < 80:
        return False
    words, _, name = line.rpartition(" ")
    if name.casefold().strip(".,!") in names and patterns.signoff().match(words):  # "VG Maria"
        return _is_close(lines, at, names, inline=True)
    found = patterns.signoff().match(line)
    if found is None or (
        found["name"] and not (_is_name(found["name"], names) if names else _looks_like_name(found["name"]))
    ):
        return False  # "Thanks, see you then"
    return _is_close(lines, at, names, inline=bool(found["name"]))


def _is_close(lines: list[str], at: int, names: frozenset[str], *, inline: bool) -> bool:
    """After a sign-off comes a name or nothing; "Thanks!" before further text closes nothing."""
    following = next((x.strip() for x in lines[at + 1 :] if x.strip()), "")
    if inline or not following:
        return _rest_is_short(lines, at) or not following
    if patterns.signoff().match(following) or _is_name(following, names):
        return True
    return _looks_like_name(following) and _rest_is_short(lines, at)


def _is_name(line: str, names: frozenset[str]) -> bool:
    """A short line made of the sender's own name, perhaps with a middle name in it and a title behind it."""
    if len(line.strip()) >= 80:
        return False
    head = re.split(r"[,|/(–—]|\s-\s", line.strip(" \t*_-–—~.,"), maxsplit=1)[0]
    words = [w.casefold() for w in _WORD.findall(head) if len(w) > 1]
    known = sum(word in names for word in words)
    return bool(words) and words[0] in names and (known == len(words) or (known >= 2 and known == len(words) - 1 <= 3))


_PARTICLES = frozenset("and at da de del den der des di do dos du e et i of the u und v van von y z & | /".split())  # noqa: SIM905 - a word list


def _looks_like_name(line: str) -> bool:
    """A name, a team or a firm, as far as spelling tells: no sentence, every word of weight with a capital."""
    words = line.split()
    if len(words) > 6 or line.endswith(("?", "!", ":")) or (line.endswith(".") and len(words[-1]) > 4):
        return False
    return "team" in line.casefold() or all(w[0].isupper() or not w[0].isalpha() or w in _PARTICLES for w in words)


def _rest_is_short(lines: list[str], at: int) -> bool:
    """No prose in the rest, but perhaps after a postscript."""
    for line in lines[at + 1 :]:
        if _POSTSCRIPT.match(line):
            return True
        if _speaks(line):
            return False
    return True
