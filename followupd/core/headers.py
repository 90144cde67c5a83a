"""Header fields of a message: unfolding, encoded words, address lists, dates and message ids (RFC 5322, RFC 2047)."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache

from followupd.core.charsets import decode
from followupd.core.mail import Address, MessageId

MAX_BLOCK = 262_144
"""Octets of a header block that are read; servers take less."""
MAX_LIST = 30_000
"""Characters of an address list that are read."""
MAX_ADDRESS = 400
"""Characters of one address; RFC 5321 section 4.5.3.1 allows 64 before the @ and 255 after it."""
MAX_WORDS = 5_000
"""Characters of a subject or display name that are read."""


def fields(block: bytes, wanted: frozenset[str] | None = None) -> dict[str, list[str]]:
    """The ``wanted`` fields of a header block, or all: lower-case name to its unfolded, still encoded values in order.

    Lines that are no fields are left out; what follows the first empty line is not looked at.
    """
    text = _text(block[:MAX_BLOCK]).replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")
    end = text.find("\n\n")
    if end >= 0:
        text = text[:end]
    found: dict[str, list[str]] = {}
    for line in text.replace("\n ", " ").replace("\n\t", " ").split("\n"):
        name, colon, value = line.partition(":")
        if not colon:
            continue
        key = name.lower().rstrip()
        if wanted is not None and key not in wanted:
            continue
        if key in found:
            found[key].append(value.strip())
        elif " " not in key:  # "From maria Mon Mar  2 10:15" heads a message in an mbox file
            found[key] = [value.strip()]
    return found


def _text(block: bytes) -> str:
    try:
        return block.decode()
    except UnicodeDecodeError:  # each field may come from another program, in another charset
        return "\n".join(decode(line) for line in block.split(b"\n"))


# --- encoded words -------------------------------------------------------------------------------------------------

_ENCODED = re.compile(r"=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)\s+(=\?[^?\s]+\?[bBqQ]\?)")


def words(value: str) -> str:
    """``value`` with its encoded words decoded (RFC 2047), also broken ones, and white space made single."""
    value = value[:MAX_WORDS]
    if "=?" in value:
        value = _decoded(_BETWEEN.sub(r"\1\2", value))
    return value.strip() if value.isprintable() and "  " not in value else _tidy(value)


def _tidy(value: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def _decoded(value: str) -> str:
    """Neighbours of one charset are joined as octets first: senders split characters across words."""
    out: list[str] = []
    pending, charset, end = b"", "", 0
    for m in _ENCODED.finditer(value):
        if pending and (m.start() != end or m[1].lower() != charset):
            out.append(decode(pending, charset))
            pending = b""
        out.append(value[end : m.start()])
        pending += _octets(m[2], m[3])
        charset, end = m[1].lower(), m.end()
    out.append(decode(pending, charset))
    return "".join(out) + value[end:]


def _octets(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return binascii.a2b_qp(raw.replace(b" ", b"_"), header=True)
    return base64_octets(raw)


def base64_octets(raw: bytes) -> bytes:
    """Base64 with anything in it that mail has been seen to have: junk, wrong padding, a cut end."""
    try:
        return binascii.a2b_base64(raw)
    except binascii.Error:
        clean = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
        clean = clean[: len(clean) - (len(clean) % 4 == 1)]
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


# --- addresses -----------------------------------------------------------------------------------------------------

_SIMPLE = re.compile(
    r"""\s*(?:"([^"\\=]*)"\s*<|([^"<>@,;:()\\=\[\]]*)<)?([^\s<>@,;:()"\\\[\]]+@[^\s<>@,;:()"\\\[\]]+)(>?)\s*(?:,|$)"""
)
_TOKEN = re.compile(
    r"""(?P<quoted>"(?:[^"\\]|\\.){0,200}")|(?P<word>=\?[^?\s]+\?[bBqQ]\?[^?]*\?=)|(?P<angle><[^<>]*>|<[^<>,;]*)|(?P<open>\()"""
    r"""|(?P<close>\))|(?P<mark>[,;:])|(?P<text>[^"(<>),;:=\s]+|[=">])|(?P<space>\s+)""",
    re.DOTALL,
)
_BARE = re.compile(r"""[^\s<>",;:()]{1,200}@[^\s<>",;:()]{1,255}""")


def addresses(value: str) -> tuple[Address, ...]:
    """The mailboxes of an address list, still encoded; groups are opened, comments left out, garbage skipped."""
    return _known_addresses(value) if len(value) < 200 else _addresses(value[:MAX_LIST])


def _addresses(value: str) -> tuple[Address, ...]:
    found: list[Address] = []
    at, end = 0, len(value)
    while at < end:
        m = _SIMPLE.match(value, at)
        if m is None or bool(m[4]) == (m[1] is None and m[2] is None) or len(m[3]) > MAX_ADDRESS:
            return (*found, *_scanned(value[at:]))
        found.append(_address(m[3], m[1] or m[2] or ""))
        at = m.end()
    return tuple(found)


_known_addresses = lru_cache(maxsize=8192)(_addresses)  # a mailbox holds few different ones


def _scanned(value: str) -> Iterator[Address]:
    """The slow way for quoting, comments, groups and encoded words."""
    name: list[str] = []
    route, depth = "", 0
    for m in _TOKEN.finditer(value + ","):
        kind, piece = m.lastgroup, m[0]
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(0, depth - 1)
        elif depth and not (kind == "mark" and m.end() > len(value)):
            continue
        elif kind == "mark" and not (piece == ":" and _is_scheme(name)):
            if piece != ":":
                yield from _mailbox(name, route)
            name, route = [], ""
        elif kind == "angle":
            route = piece.strip("<> \t")
        else:
            name.append(_unquoted(piece) if kind == "quoted" else " " if kind == "space" else piece)


def _is_scheme(name: list[str]) -> bool:
    return "".join(name).strip().lower() == "mailto"


def _unquoted(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1:-1], flags=re.DOTALL)


def _mailbox(name: list[str], route: str) -> Iterator[Address]:
    text = "".join(name).strip()
    if len(route) > MAX_ADDRESS:
        return
    if route:
        yield _address(route.rpartition(":")[2].strip(), text)
    elif bare := _BARE.search(text):
        yield _address(bare[0].removeprefix("mailto:"), text[: bare.start()])
    elif text and not set(text) & set(' =<>"\r\n'):
        yield Address(email=text)  # MAILER-DAEMON, root: a local part alone


def _address(email: str, name: str) -> Address:
    name = words(name).strip().strip('"').strip()
    if len(name) > 1 and name[0] == name[-1] == "'":
        name = name[1:-1].strip()
    return Address(email=email, name="" if name.lower() == email.lower() else name)


# --- dates ---------------------------------------------------------------------------------------------------------

_MONTHS = {"JanFebMarAprMayJunJulAugSepOctNovDec"[3 * i : 3 * i + 3].lower(): i + 1 for i in range(12)}
_DATE = re.compile(r"(?:[A-Za-z]{3}, +)?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) ([+-]\d{4})\b")
_PLAUSIBLE = range(1975, 2200)


@lru_cache(maxsize=512)
def _zone(offset: str) -> timezone:
    """The zone of ``+hhmm``."""
    size = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:]))
    return timezone(-size if offset[0] == "-" else size)


def date(value: str) -> datetime | None:
    """The moment of a Date field in the sender's own offset (UTC where none is given); None for nonsense."""
    try:
        if m := _DATE.match(value):
            day, month, year, hour, minute, second, offset = m.groups()
            moment = datetime(
                int(year),
                _MONTHS[month.lower()],
                int(day),
                int(hour),
                int(minute),
                min(int(second), 59),
                0,
                _zone(offset),
            )
        else:
            moment = _obsolete_date(value)
    except (ValueError, KeyError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.year in _PLAUSIBLE else None


def _obsolete_date(value: str) -> datetime:
    parsed = parsedate_tz(value)
    if parsed is None:
        raise ValueError(value)
    year, month, day, hour, minute, second, *_, offset = parsed
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=timezone(timedelta(seconds=offset or 0)))


# --- message ids ---------------------------------------------------------------------------------------------------

_ID = re.compile(r"<[^<>\s]+>")


def message_ids(value: str) -> tuple[MessageId, ...]:
    """The well-formed message ids of a field, in order, each once; all else in it is passed over."""
    found: list[MessageId] = _ID.findall(value)
    return tuple(found) if len(found) < 2 else tuple(dict.fromkeys(found))
