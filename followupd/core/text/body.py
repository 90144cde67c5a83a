"""The one text of an Email: its plain part, or its HTML part where the plain one is missing, empty or a stub."""

from __future__ import annotations

import re
import unicodedata

from followupd.core.mail import Email
from followupd.core.text import patterns
from followupd.core.text.markup import to_text

MAX_BODY = 200_000
"""Characters of a body that are looked at."""
MAX_LINES = 4_000
"""Lines of a body that are looked at."""

_TAGS = re.compile(r"<(?:html|body|div|p|br|table|span|td|a\s)[^<>]{0,300}>", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2007": " ", "\u3000": " ", "\t": " "})


def body_of(email: Email) -> list[str]:
    """The lines of the text, white space made plain, quotations marked with ``>``."""
    return clean(_chosen(email))


def clean(text: str) -> list[str]:
    """Lines without invisible characters and odd white space."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text[:MAX_BODY]).replace("\u2028", "\n").translate(_SPACES))
    return (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\x0c", "\n")
        .replace("\x0b", "\n")
        .split("\n", MAX_LINES)[:MAX_LINES]
    )


def _chosen(email: Email) -> str:
    plain = (email.plain or "")[:MAX_BODY]
    if email.html is None:
        return to_text(plain) if _is_markup(plain) else plain
    if not plain.strip() or _is_markup(plain):
        return to_text(email.html[: MAX_BODY * 10])
    if len(plain) < 600 and patterns.stub().search(plain):
        rich = to_text(email.html[: MAX_BODY * 10])
        return rich if len(rich.split()) > len(plain.split()) else plain
    return plain


def _is_markup(plain: str) -> bool:
    """HTML in a part that says it is plain."""
    return len(_TAGS.findall(plain, 0, 5000)) >= 3
