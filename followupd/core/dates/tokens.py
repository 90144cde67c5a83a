"""Text to tags: each word that matters to a date becomes one letter, so that phrases are short patterns over letters.

The tags, shared by every language (what stands behind a tag is in the language's TOML file):

====  ====================================  ====  ====================================
d, v  weekday, weekday in short (fri)        U     until, by, before
m, o  month, ordinal number                  i     in, within
n, a  number, indefinite article             f     from, after
y, D  year, numeric date                     t     at (before a clock time)
S, K  3/13, 13.03                            b     between, from (before a range)
c     clock time 9:30                        -     to (in a range)
A, H  am or pm, "o'clock"                    O     or, and
u, p  unit, unit in the plural               P, F  words of past and of future
r, g  next, coming                           Q, C  quarter of a year, calendar week
T, l  this, last                             h     half past, quarter to
N     after next                             x     anything else
E B M end, beginning, middle                 w     tomorrow
z, Z  time zone, city                        k     weekend
s     filler (the, of)                       j     noon
X     ago                                    (     marks stand for themselves
I, V  interview, answer                      W, L  back (again), please
R, G  the week of, month's end               J, Y  half an hour, "time" after a zone
q, 2  takes (two weeks), half of (a month)   ; |   end of a sentence, of a paragraph
e, &  Christmas, then
7, 1  week of, half of a month in one word
====  ====================================  ====  ====================================
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from followupd.core.dates.folding import MARK, fold
from followupd.core.dates.lexicon import NAMES, Entry, Lexicon, lexicon

_TOKEN = re.compile(
    r"[ap]\. ?m\b\.?|[a-z][a-z\x7f]*|\d{4}-\d{1,2}-\d{1,2}(?!\d)|\d{1,2}-\d{1,2}-\d{4}(?!\d)|\d{1,3}(?:,\d{3})+(?!\d)"
    r"|\d+(?:[.:/]\d+)*|\n[ \t]*\n\s*|\n[ \t]*[-*+](?=[ \t])|[^\sa-z\d'\"\x7f]"
)
_FULL = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4}|\d{2})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")
_PAIR = re.compile(r"(\d{1,2})([./])(\d{1,2})")
_ORDINAL = frozenset(("st", "nd", "rd", "th", "er", "e", "ste", "de", "ter", "eme", "o"))
_GLUED = _ORDINAL | {
    *("am", "pm", "a", "p", "h", "u", "hs", "hrs", "hr", "bd", "min", "mins", "minute", "minutes", "hour", "hours"),
    *("uhr", "uur", "i", "m", "d", "wk", "w", "x"),
}
REACH = 200
"""How many tags to either side a sentence is followed; longer ones are no sentences, and must not cost more."""

_PREFIXES = frozenset(("kw", "cw", "q", "t", "utc", "gmt", "h", "u", "wk", "s"))


@dataclass(frozen=True, slots=True)
class Scan:
    """A text as tags, with the value of each and its first and last word (an index of ``matches``)."""

    tags: str
    values: list[Any]
    places: list[tuple[int, int]]
    words: Lexicon
    text: str
    matches: list[re.Match[str]]

    def start(self, token: int) -> int:
        """Where the tag's first character stands in the text."""
        return self.matches[self.places[token][0]].start()

    def end(self, token: int) -> int:
        return self.matches[self.places[token][1]].end()

    def last_word(self, token: int) -> str:
        """The folded last word of the tag."""
        return fold(self.matches[self.places[token][1]][0])

    def sentence(self, token: int) -> tuple[int, int]:
        """The first token of the sentence around ``token`` and the one after its last, REACH tags away at most."""
        low, high = max(0, token - REACH), min(len(self.tags), token + REACH)
        left = max(low - 1, self.tags.rfind(";", low, token), self.tags.rfind("|", low, token)) + 1
        ends = [at for at in (self.tags.find(";", token, high), self.tags.find("|", token, high)) if at >= 0]
        return left, min(ends, default=high)

    def token_at(self, position: int) -> int:
        """The last token that starts at or before ``position`` (0 if none does)."""
        return max(0, bisect_right(range(len(self.places)), position, key=self.start) - 1)


@lru_cache(maxsize=2)
def scan(text: str, language: str) -> Scan:
    """Read ``text`` once. Linear in its length; kept for the next question about the same text."""
    return _Lexer(text, fold(text), lexicon(language)).run()


_FEW = 300
"""A text in which fewer than one character of so many is a capital begins its sentences without."""


class _Lexer:
    """One walk over the text; mutable only while it runs."""

    def __init__(self, text: str, folded: str, words: Lexicon) -> None:
        self.text, self.folded, self.lexicon = text, folded, words
        self.matches = list(_TOKEN.finditer(folded))
        self.words = [m[0] for m in self.matches]
        if MARK in folded:
            self.words = [w.replace(MARK, "") for w in self.words]
        self._minds_no_capitals = sum(map(str.isupper, text)) * _FEW <= len(text)
        self.tags: list[str] = []
        self.values: list[Any] = []
        self.places: list[tuple[int, int]] = []

    def run(self) -> Scan:
        """Most words mean nothing or one thing, and cost one look-up each; a run of unknown ones is one x."""
        at, words, known, end = 0, self.words, self.lexicon.known, len(self.words)
        words.append("")
        tags, values, places = self.tags, self.values, self.places
        while at < end:
            word = words[at]
            if word in known:
                one, following, plain = known[word]
                if following and (entries := following.get(words[at + 1])):
                    at = self._phrase(at, entries) or self._word(at, one)
                elif plain:  # nine words of ten: written out, for each call costs as much as the work
                    tags.append(plain[0])
                    values.append(plain[1])
                    places.append((at, at))
                    at += 1
                else:
                    at = self._word(at, one)
            elif word.isalpha():
                if not tags or tags[-1] != "x":
                    tags.append("x")
                    values.append(None)
                    places.append((at, at))
                at += 1
            else:
                at = self._other(at)
        return Scan("".join(self.tags), self.values, self.places, self.lexicon, self.text, self.matches)

    def _put(self, tag: str, value: Any, first: int, last: int) -> int:
        if tag != "x" or not self.tags or self.tags[-1] != "x":
            self.tags.append(tag)
            self.values.append(value)
            self.places.append((first, last))
        return last + 1

    def _other(self, at: int) -> int:
        word, match = self.words[at], self.matches[at]
        if not word[0].isdigit():
            if word[0].isalpha():
                return self._put("A", 12 if word[0] == "p" else 0, at, at)
            return self._put(*self._mark(at), at, at)
        tag, value = self._number(word, match.start(), match.end())
        if tag == "n" and self.words[at + 1] in _ORDINAL:
            glued = self.matches[at + 1].start() == match.end()
            return self._put("o" if glued else tag, value, at, at + glued)
        if tag == "n" and self.words[at + 1] == "-" and self.words[at + 2 : at + 3] == ["go"]:
            return self._put("o", value, at, at + 2)  # do 18-go
        return self._put(tag, value, at, at)

    def _phrase(self, at: int, entries: tuple[Entry, ...]) -> int:
        """Take the longest phrase that stands here; 0 if none does."""
        for words, tag, value, cased in entries:
            end = at + len(words)
            if tuple(self.words[at:end]) == words and self._meant(at, (words, tag, value, cased)):
                return self._put(tag, value, at, end - 1)
        return 0

    def _word(self, at: int, one: Entry | None) -> int:
        word, match = self.words[at], self.matches[at]
        if (zone := self.lexicon.zones.get(word)) and self.text[match.start() : match.end()].isupper():
            return self._put("z", zone, at, at)
        if one is None or not self._meant(at, one):
            return self._other(at) if word[0].isdigit() else self._put("x", None, at, at)
        return self._put(one[1], one[2], at, at)

    def _meant(self, at: int, entry: Entry) -> bool:
        """Whether an entry means here what it says: with its capitals, and as no piece of a name or an address."""
        words, tag, _, cased = entry
        if tag not in NAMES:
            return True
        start, end = self.matches[at].start(), self.matches[at + len(words) - 1].end()
        if cased and not self.text[start].isupper():
            return False
        ordinary = len(words) == 1 and words[0] in self.lexicon.ordinary and self._ordinary(start, end)
        return not ordinary and not self._embedded(start, end)

    def _ordinary(self, start: int, end: int) -> bool:
        beside = self.folded[max(0, start - 3) : start] + self.folded[end : end + 3]
        return self.text[start].islower() and not any(c.isdigit() for c in beside)

    def _embedded(self, start: int, end: int) -> bool:
        """Whether the word is a piece of an address, a host name, a path or an identifier."""
        text = self.folded
        before, after = text[start - 1 : start], text[end : end + 1]
        if before in ("@", "_", "#") or after in ("@", "_"):
            return bool(before or after)
        if after == "." and text[end + 1 : end + 2].isalpha() and text[start] not in "ap":
            return True
        if before in (".", "/") and text[start - 2 : start - 1].isalpha():
            return before == "." or text[start - 2 : start - 1] != " "
        return False

    def _number(self, word: str, start: int, end: int) -> tuple[str, Any]:
        if word == "24/7" or self._junk(start, end):
            return "x", None
        if word.isdecimal():
            return _plain(word)
        if found := _FULL.fullmatch(word):
            return "D", found.groups()
        if found := _CLOCK.fullmatch(word):
            hour, minute = int(found[1]), int(found[2])
            return ("c", (hour, minute)) if hour <= 24 and minute < 60 else ("x", None)
        if found := _PAIR.fullmatch(word):
            return ("S" if found[2] == "/" else "K"), (int(found[1]), int(found[3]), len(found[3]))
        return "x", None

    def _junk(self, start: int, end: int) -> bool:
        """Whether the digits are money, a share, an offset, a reference or a piece of one."""
        text = self.folded
        before, after = text[max(0, start - 1) : start], text[end : end + 1]
        if _in(before, "$€£#_@=") or _in(after, "%€$£_@") or (_in(before, "+-/") and self._glued(before, start)):
            return True
        if before.isalpha():
            return _tail(text, start) not in _PREFIXES
        return after.isalpha() and _head(text, end) not in _GLUED

    def _glued(self, sign: str, start: int) -> bool:
        """Whether a sign ties digits to what stands before it: R-2041, UTC+1, x/12; not 10am-11am or 9:30-10."""
        text = self.folded
        left = text[max(0, start - 2) : start - 1]
        if sign == "/":
            return left.strip() != ""
        if sign == "+" or text[max(0, start - 4) : start - 1] in ("utc", "gmt"):
            return True
        return left.isalpha() and _tail(text, start - 1) not in _GLUED

    def _mark(self, at: int) -> tuple[str, Any]:
        word, end = self.words[at], self.matches[at].end()
        if word[0] == "\n":
            return "|", None
        if word == ".":
            return (";" if self._ends_sentence(at, end) else "."), None
        return "x", None

    def _ends_sentence(self, at: int, end: int) -> bool:
        """A full stop before a space and no small letter, unless it belongs to a number or to a short form."""
        ahead = self.text[end : end + 80]
        rest = ahead.lstrip(" \t\n\r\u00a0\"')\u201d\u201c\u00bb")
        if not rest:
            return True
        before = self.tags[-1] if self.tags else "x"
        if (
            rest == ahead
            or (rest[0].islower() and not self._minds_no_capitals)
            or (rest[0].isdigit() and before in "vmutHi")
        ):
            return False
        if before not in "nv" or not self.words[at + 1]:
            return True
        following = self.lexicon.known.get(self.words[at + 1], (None,))[0]
        return not (following and following[1] in "mupC")


def _in(letter: str, letters: str) -> bool:
    return letter != "" and letter in letters


def _tail(text: str, end: int) -> str:
    """The letters that end there, five at most."""
    at = end
    while at > 0 and end - at < 5 and text[at - 1].isalpha():
        at -= 1
    return text[at:end]


def _head(text: str, start: int) -> str:
    """The letters that start there, nine at most."""
    at = start
    while at < len(text) and at - start < 9 and text[at].isalpha():
        at += 1
    return text[start:at]


def _plain(word: str) -> tuple[str, Any]:
    if len(word) <= 2:
        return "n", int(word)
    if len(word) == 4 and word[:2] in ("19", "20"):
        return "y", int(word)
    return "x", None
