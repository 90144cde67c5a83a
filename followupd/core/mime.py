"""The MIME tree of a message: its leaf parts, and what is read of them (RFC 2045, 2046, 2183, 3464)."""

from __future__ import annotations

import binascii
import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote_to_bytes

from followupd.core import headers
from followupd.core.charsets import decode
from followupd.core.mail import CalendarPart

MAX_DEPTH = 20
MAX_PARTS = 500
MAX_TEXT = 2_000_000
"""Octets of one text part that are read: nobody writes more, and a machine's dump says nothing."""


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a message: its MIME header block and its body, still in its transfer encoding."""

    headers: bytes
    body: bytes


def split(raw: bytes) -> tuple[bytes, bytes]:
    """Header block and body, parted at the first empty line (RFC 5322 section 2.1); the body may be missing."""
    if raw[:1] in (b"\r", b"\n"):
        return b"", raw[2 if raw[:2] == b"\r\n" else 1 :]
    marks = (b"\n\n", b"\n\r\n") if b"\n" in raw[:2000] else (b"\r\r",)
    at, size = min(((at, len(mark)) for mark in marks if (at := raw.find(mark)) >= 0), default=(len(raw), 0))
    return raw[:at], raw[at + size :]


def leaves(raw: bytes) -> list[Part]:
    """The leaf parts of a message or part, in order; a nested message is one leaf."""
    found: list[Part] = []
    _collect(raw, found, 0)
    return found


def _collect(raw: bytes, found: list[Part], depth: int) -> None:
    head, body = split(raw)
    kind, parameters = _content_type(headers.fields(head))
    pieces = _pieces(body, parameters.get("boundary", "")) if kind.startswith("multipart/") else []
    if not pieces or depth >= MAX_DEPTH:
        found.append(Part(head, body))
        return
    for piece in pieces:
        if len(found) < MAX_PARTS:
            _collect(piece, found, depth + 1)


def _pieces(body: bytes, boundary: str) -> list[bytes]:
    """The parts between boundary lines (RFC 2046 section 5.1.1); a missing last boundary is forgiven."""
    if not boundary:
        return []
    mark = b"--" + boundary.encode("utf-8", "surrogateescape").rstrip()
    lines = re.finditer(re.escape(mark) + rb"(--)?[ \t]*(?:\r?\n|\r|\Z)", body)
    cuts = [line for line in islice(lines, MAX_PARTS) if body[line.start() - 1 : line.start()] in (b"", b"\n", b"\r")]
    pieces = []
    for i, cut in enumerate(cuts):
        if cut[1]:
            break
        end = cuts[i + 1].start() if i + 1 < len(cuts) else len(body)
        pieces.append(_without_last_break(body[cut.end() : max(end, cut.end())]))
    return pieces


def _without_last_break(piece: bytes) -> bytes:
    """The line break before a boundary belongs to the boundary."""
    for mark in (b"\r\n", b"\n", b"\r"):
        if piece.endswith(mark):
            return piece[: -len(mark)]
    return piece


# --- parameters ----------------------------------------------------------------------------------------------------

_PARAMETER = re.compile(r"""([^\s;=]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))""", re.DOTALL)


def _parameters(value: str) -> tuple[str, dict[str, str]]:
    """The main value in lower case and its parameters; continuations and charsets of RFC 2231 are resolved."""
    main, _, rest = value.partition(";")
    plain: dict[str, str] = {}
    sliced: dict[str, list[tuple[int, bool, str]]] = {}
    for name, quoted, token in _PARAMETER.findall(rest):
        text = re.sub(r"\\(.)", r"\1", quoted) if quoted else token.strip()
        base, star, index = name.lower().partition("*")
        if star:
            number = index.rstrip("*")
            sliced.setdefault(base, []).append((int(number) if number.isdecimal() else 0, name.endswith("*"), text))
        else:
            plain.setdefault(base, text)
    return main.strip().lower(), plain | {name: _joined(slices) for name, slices in sliced.items()}


def _joined(slices: list[tuple[int, bool, str]]) -> str:
    charset, out = "", b""
    for number, escaped, text in sorted(slices):
        piece = text
        if escaped and number == 0 and piece.count("'") >= 2:
            charset, _, piece = piece.split("'", 2)
        out += unquote_to_bytes(piece) if escaped else piece.encode("utf-8", "surrogateescape")
    return decode(out, charset)


def _content_type(found: dict[str, list[str]]) -> tuple[str, dict[str, str]]:
    kind, parameters = _parameters(found["content-type"][0]) if "content-type" in found else ("", {})
    kind = {"text": "text/plain", "html": "text/html"}.get(kind, kind)
    return (kind if "/" in kind else "text/plain"), parameters


# --- leaves --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Leaf:
    """A leaf with its header read; octets are decoded when asked for."""

    kind: str
    parameters: dict[str, str]
    disposition: str
    name: str
    encoding: str
    body: bytes

    def octets(self) -> bytes:
        body = self.body[: MAX_TEXT * 2]
        if self.encoding == "base64":
            return headers.base64_octets(body)[:MAX_TEXT]
        if self.encoding == "quoted-printable":
            return binascii.a2b_qp(body)[:MAX_TEXT]
        return body[:MAX_TEXT]

    def text(self) -> str:
        octets = self.octets()
        charset = self.parameters.get("charset", "")
        if not charset and self.kind == "text/html":
            charset = _meta_charset(octets)
        return decode(octets, charset).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


_META = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)


def _meta_charset(octets: bytes) -> str:
    found = _META.search(octets, 0, 4096)
    return found[1].decode("ascii", "replace") if found else ""


def _leaf(part: Part) -> _Leaf:
    found = headers.fields(part.headers)
    kind, parameters = _content_type(found)
    if kind.startswith("multipart/"):  # without parts it can only be text
        kind = "text/plain"
    disposition, more = _parameters(found["content-disposition"][0]) if "content-disposition" in found else ("", {})
    name = headers.words(more.get("filename") or parameters.get("name", ""))
    encoding = found.get("content-transfer-encoding", [""])[0].strip().strip('"').lower()
    return _Leaf(kind, parameters, disposition, name, encoding, part.body)


# --- content -------------------------------------------------------------------------------------------------------

_CALENDAR = frozenset({"text/calendar", "application/ics", "text/x-vcalendar", "application/calendar"})
_NESTED = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"})
_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_METHOD = re.compile(r"^METHOD[^:\r\n]*:[ \t]*([A-Za-z-]+)", re.MULTILINE | re.IGNORECASE)


@dataclass(slots=True)
class Content:
    """What was read of the leaves of one message."""

    texts: list[tuple[str | None, str | None]] = field(default_factory=list)
    calendars: list[CalendarPart] = field(default_factory=list)
    report: str | None = None
    returned: str | None = None
    attachments: list[str] = field(default_factory=list)
    last: str = ""

    @property
    def plain(self) -> str | None:
        """All text as plain, None if some of it is there in HTML only."""
        if any(plain is None for plain, _ in self.texts):
            return None
        return "\n".join(plain or "" for plain, _ in self.texts) if self.texts else None

    @property
    def html(self) -> str | None:
        """All text as HTML, None if none of it is."""
        if all(rich is None for _, rich in self.texts):
            return None
        return "\n".join(rich if rich is not None else f"<pre>{html.escape(p or '')}</pre>" for p, rich in self.texts)


def read(parts: Iterable[Part], *, report: bool) -> Content:
    """Read leaf parts; ``report`` says that they are those of a multipart/report (RFC 6522)."""
    found = [_leaf(part) for part in parts]
    report = report or any(leaf.kind in _STATUS for leaf in found)
    content = Content()
    for leaf in found:
        _take(leaf, content, report=report)
        content.last = leaf.kind
    return content


def _take(leaf: _Leaf, content: Content, *, report: bool) -> None:
    if leaf.kind in _CALENDAR or leaf.name.lower().endswith(".ics"):
        content.calendars.append(_calendar(leaf))
    elif leaf.kind in _STATUS or (report and leaf.kind == "message/disposition-notification"):
        content.report = "\n\n".join(filter(None, (content.report, leaf.text())))
    elif leaf.kind in _NESTED and report and content.returned is None:
        content.returned = decode(split(leaf.octets())[0]).replace("\r\n", "\n").strip()
    elif leaf.kind in ("text/plain", "text/html") and not _is_attached(leaf, content):
        _add_text(leaf, content)
    elif leaf.name or leaf.disposition == "attachment" or leaf.kind in _NESTED:
        content.attachments.append(leaf.name)


def _is_attached(leaf: _Leaf, content: Content) -> bool:
    return leaf.disposition == "attachment" or bool(leaf.name and content.texts)


def _add_text(leaf: _Leaf, content: Content) -> None:
    """An HTML part right after a plain one is its other form (multipart/alternative), else a text of its own."""
    text = leaf.text()
    if leaf.kind == "text/plain":
        content.texts.append((text, None))
    elif content.last == "text/plain" and content.texts and content.texts[-1][1] is None:
        content.texts[-1] = (content.texts[-1][0], text)
    else:
        content.texts.append((None, text))


def _calendar(leaf: _Leaf) -> CalendarPart:
    text = leaf.text()
    method = leaf.parameters.get("method", "").strip()
    if not method and (line := _METHOD.search(text)):
        method = line[1]
    return CalendarPart(method=method.upper(), text=text)
