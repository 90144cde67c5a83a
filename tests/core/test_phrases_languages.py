"""Whole mails in other languages than English, theirs and the candidate's own, and exactly what each of them says.

``hiring_mail/CODE.txt`` holds them: a line ``## theirs SAYS …`` or ``## mine SAYS …``, then the mail.
"""

import re
import unicodedata
from pathlib import Path

import pytest

from followupd.core.phrases import find

MAILS = Path(__file__).parent / "hiring_mail"
SPELT_OUT = {
    "de": {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"},
    "pl": {"ł": "l", "Ł": "L"},
}


def mails() -> list:
    found = []
    for path in sorted(MAILS.glob("*.txt")):
        for i, block in enumerate(re.split(r"^## ", path.read_text("utf-8"), flags=re.MULTILINE)[1:], 1):
            head, text = block.split("\n", 1)
            side, *says = head.split()
            found.append(pytest.param(path.stem, side, set(says), text.strip(), id=f"{path.stem}-{i}-{'-'.join(says)}"))
    return found


def plain(text: str, language: str) -> str:
    """``text`` as people type it who have no accents on their keyboard."""
    for letter, spelt in SPELT_OUT.get(language, {}).items():
        text = text.replace(letter, spelt)
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


@pytest.mark.parametrize(("language", "side", "says", "text"), mails())
def test_a_mail_says_exactly_this(language: str, side: str, says: set[str], text: str) -> None:
    findings = find(text, subject="", language=language, mine=side == "mine")
    assert {f.says.value for f in findings} == says, [(f.says.value, text[f.start : f.end]) for f in findings]


@pytest.mark.parametrize(("language", "side", "says", "text"), mails())
def test_accents_may_be_missing(language: str, side: str, says: set[str], text: str) -> None:
    findings = find(plain(text, language), subject="", language=language, mine=side == "mine")
    assert {f.says.value for f in findings} == says
