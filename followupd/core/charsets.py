"""Octets to text when the declared charset may be missing, unknown or wrong."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

_ALIASES = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",  # what senders mean by latin-1 (WHATWG Encoding Standard, section 4.2)
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
}
_UNTRUSTED = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})
_SPELLING = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=256)
def codec_of(label: str) -> str | None:
    """The codec to use for a charset label as found in mail, or None if there is none."""
    clean = _SPELLING.sub("-", label.strip("\"' ").lower()).strip("-")
    clean = {"x-unknown": "", "unknown-8bit": "", "utf8mb4": "utf-8", "iso-8859-8-i": "iso-8859-8"}.get(clean, clean)
    clean = clean.removeprefix("x-").replace("cp-", "cp").replace("ks-c-5601-1987", "cp949")
    try:
        name = codecs.lookup(clean).name
    except (LookupError, ValueError):
        return None
    if name in _UNTRUSTED:
        return None
    return _ALIASES.get(name, name)


def decode(data: bytes, label: str = "") -> str:
    """``data`` as text; never raises.

    Valid UTF-8 wins over every label but those of 7-bit and 16-bit codings, since no other text looks like it by
    chance; what fits nothing is read as Windows-1252, the charset of mail that names none.
    """
    codec = codec_of(label) if label else None
    if codec is None or not codec.startswith(("utf-7", "utf-16", "utf-32", "iso2022", "hz")):
        try:
            return data.decode("utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8")
        except UnicodeDecodeError:
            pass
    return _strictly(data, codec) or _mostly(data, codec)


def _strictly(data: bytes, codec: str | None) -> str:
    try:
        return data.decode(codec or "cp1252")
    except (LookupError, ValueError):
        return ""


def _mostly(data: bytes, codec: str | None) -> str:
    """The text with marks for the octets that do not fit, as UTF-8 where it nearly is."""
    as_utf8 = data.decode("utf-8", "replace")
    if codec == "utf-8" and as_utf8.count("\N{REPLACEMENT CHARACTER}") * 20 < len(as_utf8):
        return as_utf8
    try:
        return data.decode(codec if codec not in (None, "utf-8") else "cp1252", "replace")
    except (LookupError, ValueError):
        return data.decode("cp1252", "replace")
