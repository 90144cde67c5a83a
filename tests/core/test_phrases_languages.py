"""Whole mails in other languages than English, theirs and the candidate's own, and exactly what each of them says.

``hiring_mail/CODE.txt`` holds them: a line ``## theirs SAYS …`` or ``## mine SAYS …``, then the mail.
"""

import re
from pathlib import Path

import pytest

from followupd.core.phrases import find

MAILS = Path(__file__).parent / "hiring_mail"


def mails() -> list:
    found = []
    for path in sorted(MAILS.glob("*.txt")):
        for i, block in enumerate(re.split(r"^## ", path.read_text("utf-8"), flags=re.MULTILINE)[1:], 1):
            head, text = block.split("\n", 1)
            side, *says = head.split()
            found.append(pytest.param(path.stem, side, set(says), text.strip(), id=f"{path.stem}-{i}-{'-'.join(says)}"))
    return found


@pytest.mark.parametrize(("language", "side", "says", "text"), mails())
def test_a_mail_says_exactly_this(language: str, side: str, says: set[str], text: str) -> None:
    findings = find(text, subject="", language=language, mine=side == "mine")
    assert {f.says.value for f in findings} == says, [(f.says.value, text[f.start : f.end]) for f in findings]
