"""The language of a text, told offline (Compact Language Detector 2)."""

from __future__ import annotations

import re
from itertools import islice

import pycld2

MIN_LETTERS = 10
"""With fewer letters any answer is a guess."""

_PLACE = re.compile(r"<?https?://\S+|[\w.+-]{1,64}@[\w.-]+")
_SIGN = re.compile(r"[^\w\s'’.,!?;:-]+")
_DIGITS = re.compile(r"\d+")
_NEAR = {
    "lb": "de",
    "gsw": "de",
    "fy": "nl",
    "af": "nl",
    "gl": "pt",
    "no": "nb",
    "nn": "nb",
    "zh-Hant": "zh",
    "co": "it",
    "iw": "he",
}
_LIKELY = frozenset(
    "ar bg ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nb nl pl pt ro ru sk sl sr sv th tr uk vi zh".split()  # noqa: SIM905 - a word list
)


def detect(text: str) -> str | None:
    """The ISO 639-1 code of the language that most of ``text`` is in; None where that cannot be told.

    Small relatives that short texts are taken for are read as their big neighbour (Luxembourgish as German); languages in
    which hardly any mail is written are not believed.
    """
    clean = _words(text[:4000])
    letters = islice((c for c in clean if c.isalpha()), MIN_LETTERS)
    if sum(1 for _ in letters) < MIN_LETTERS and not re.search(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{3}", clean):
        return None
    try:
        _, _, found = pycld2.detect(clean, bestEffort=True)
    except pycld2.error:
        return None
    code = _NEAR.get(found[0][1], found[0][1])
    return code if code in _LIKELY else None


def _words(text: str) -> str:
    """The text without addresses, digits and signs, and with single spaces."""
    if "@" in text or "://" in text:
        text = _PLACE.sub(" ", text)
    return " ".join(_DIGITS.sub(" ", _SIGN.sub(" ", text)).split())
