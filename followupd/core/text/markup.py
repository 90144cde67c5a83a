"""HTML mail as plain text: hidden elements out, block elements on lines of their own, quotations marked with ``>``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_NODES = 60_000
"""Elements and texts of one message that are looked at."""
MAX_DEPTH = 1_000
"""Markup nested deeper is no letter's; a parser's time grows with the square of it."""
MAX_LINES = 10_000

_DROPPED = frozenset(
    {
        "head",
        "script",
        "style",
        "title",
        "noscript",
        "template",
        "svg",
        "object",
        "iframe",
        "select",
        "button-x",
        "-comment",
        "-doctype",
    }
)
_BLOCK = frozenset({"address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul"})  # fmt: skip
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "table"})
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)"
    r"|(?:max-height|opacity)\s*:\s*0(?:px)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_QUOTING = re.compile(
    r"\b(?:x_)*(?:gmail_quote(?!_attribution)|yahoo_quoted|protonmail_quote|moz-forward|tutanota_quote|mail-quote|zmail_extra|quoted-content|ms-outlook-mobile-reference-message|front-blockquote|iwc-quote)\w*",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"\b(?:x_)*(?:gmail_signature\b(?!_)|ms-outlook-mobile-signature|AppleMailSignature|protonmail_signature_block)|^Signature\b",
    re.IGNORECASE,
)
_INDENT = re.compile(r"border(?:-width)?\s*:\s*(?:none|0)|margin(?:-left)?:\s*[^;]*40px", re.IGNORECASE)


def to_text(html: str) -> str:
    """The text that a reader of ``html`` sees; the targets of links stand in angle brackets behind their words."""
    if _depth(html) > MAX_DEPTH:
        return unescape(_TAG.sub("\n", html))
    tree = LexborHTMLParser(html)
    root = tree.root
    if root is None:
        return ""
    out = _Lines()
    for step, node in _walk(root):
        if len(out.done) > MAX_LINES:
            break
        if step:
            _enter(node, out)
        else:
            _leave(node, out)
    return out.text()


_TAG = re.compile(r"<[^<>]{0,2000}>")
_NESTING = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_UNNESTED = frozenset({"p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "dd", "dt", "br", "img", "hr", "meta", "link", "input", "wbr", "col", "html", "body", "head"})  # fmt: skip


def _depth(html: str) -> int:
    """How deep elements are nested at most, roughly and in linear time; those that close themselves do not count."""
    depth = deepest = 0
    for closing, tag in _NESTING.findall(html):
        if tag.lower() in _UNNESTED:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _walk(root: LexborNode) -> Iterator[tuple[bool, LexborNode]]:
    """Every shown node on the way in (True) and on the way out (False), without recursion."""
    stack = [(True, root)]
    for _ in range(MAX_NODES):
        if not stack:
            return
        step, node = stack.pop()
        if step and (following := node.next) is not None:
            stack.append((True, following))
        if step and _is_hidden(node):
            continue
        yield step, node
        if step and node.tag != "-text":
            stack.append((False, node))
            if (child := node.first_child) is not None:
                stack.append((True, child))


def _is_hidden(node: LexborNode) -> bool:
    tag = node.tag or ""
    if tag == "-text":
        return False
    if tag in _DROPPED or tag.startswith("-"):
        return True
    attributes = node.attributes
    return bool(attributes) and ("hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or "")))


class _Lines:
    """Lines in the making, with the depth of quotation."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.now: list[str] = []
        self.depth = 0
        self.verbatim = 0
        self.links: list[tuple[int, int]] = []

    def add(self, text: str) -> None:
        if self.verbatim:
            first, *rest = text.split("\n", MAX_LINES)
            self.now.append(first)
            for line in rest:
                self.end()
                self.now.append(line)
        elif text := re.sub(r"[ \t\r\n\f]+", " ", text):
            self.now.append(text)

    def end(self, *, force: bool = False) -> None:
        """Close the line that is open; an empty one only when ``force`` is given."""
        line = "".join(self.now).strip() if not self.verbatim else "".join(self.now).rstrip()
        self.now = []
        if line or force or self.verbatim:
            self.done.append(("> " * min(self.depth, 5) + line) if self.depth else line)

    def gap(self) -> None:
        """An empty line between paragraphs."""
        self.end()
        if self.done and self.done[-1].strip("> "):
            self.done.append("> " * min(self.depth, 5) if self.depth else "")

    def mark_signature(self) -> None:
        """Part what follows from the text as RFC 3676 does."""
        self.end()
        self.done.append("> " * min(self.depth, 5) + "-- ")

    def text(self) -> str:
        self.end()
        return "\n".join(line if line.endswith("-- ") else line.rstrip() for line in self.done)


def _opens_with_dashes(node: LexborNode) -> bool:
    return node.text(deep=True)[:200].lstrip().startswith("--")


def _enter(node: LexborNode, out: _Lines) -> None:
    tag = node.tag or ""
    if tag == "-text":
        out.add(node.text_content or "")
    elif tag == "br":
        out.end(force=True)
    elif tag == "a":
        out.links.append((len(out.done), len(out.now)))
    elif tag == "img":
        out.add(node.attributes.get("alt") or "")
    elif tag in ("td", "th"):
        out.add(" ")
    elif tag in _BLOCK:
        _open_block(node, tag, out)


def _open_block(node: LexborNode, tag: str, out: _Lines) -> None:
    if tag in _SPACED:
        out.gap()
    else:
        out.end()
    if _is_quote(node, tag):
        out.end()
        out.depth += 1
    elif _SIGNATURE.search(f"{node.id or ''} {node.attributes.get('class') or ''}") and not _opens_with_dashes(node):
        out.mark_signature()
    if tag == "pre":
        out.verbatim += 1
    elif tag == "li":
        out.add("- ")
    elif tag == "hr":
        out.done.append("> " * out.depth + "_" * 32)


def _leave(node: LexborNode, out: _Lines) -> None:
    tag = node.tag or ""
    if tag == "a":
        _link(node, out)
    elif tag in _BLOCK:
        out.end()
        if tag == "pre":
            out.verbatim = max(0, out.verbatim - 1)
        if _is_quote(node, tag):
            out.depth = max(0, out.depth - 1)
        if tag in _SPACED:
            out.gap()


def _link(node: LexborNode, out: _Lines) -> None:
    """Where a link leads, unless its words say it already."""
    line, piece = out.links.pop() if out.links else (-1, 0)
    href = (node.attributes.get("href") or "").strip()
    if not href.lower().startswith(("http://", "https://")) or len(href) > 1000:
        return
    shown = "".join(out.now[piece:]).strip() if line == len(out.done) else ""
    if _SCHEME.sub("", href).rstrip("/") != _SCHEME.sub("", shown).rstrip("/"):
        out.add(f" <{href}>")


_SCHEME = re.compile(r"\Ahttps?://", re.IGNORECASE)


def _is_quote(node: LexborNode, tag: str) -> bool:
    attributes = node.attributes
    if tag == "blockquote":
        return attributes.get("type") == "cite" or not _INDENT.search(attributes.get("style") or "")
    if tag != "div":
        return False
    return attributes.get("name") == "quote" or bool(_QUOTING.search(attributes.get("id") or ""))
