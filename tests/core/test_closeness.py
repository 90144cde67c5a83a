"""Closeness of texts by their sketches."""

import subprocess
import sys
import time

from hypothesis import given
from hypothesis import strategies as st

from followupd.core.closeness import SAME_LETTER, SKETCH_SIZE, closeness, contained, sketch

LETTER = """Hi Maria,

I was interviewed on March 5 for the Data Engineer role at Acme and am writing to ask how things stand.
Is there any news on the next steps, or a date by which you expect to know more?

I remain very interested in the role, and I would be glad to take it further.

Best regards,
Dana Reyes
"""
OTHER = """Hi Maria,

Thank you for considering me for the Data Engineer role at Acme and for the interview on March 5. I imagine that
the choice has been made or that plans have changed, which is quite all right, and I will leave it here.

I wish you and your team all the best.

Best regards,
Dana Reyes
"""


def alike(a: str, b: str) -> float:
    return closeness(sketch(a), sketch(b))


def test_case_punctuation_and_wrapping_make_no_difference() -> None:
    assert alike(LETTER, LETTER.upper().replace(",", " ;").replace("\n", "\r\n  ")) == 1.0


def test_a_changed_letter_is_still_itself_and_another_is_not() -> None:
    changed = LETTER.replace("Hi Maria", "Dear Maria").replace("any news on", "an update about") + "\nAll the best\n"
    assert alike(LETTER, changed) > SAME_LETTER
    assert alike(LETTER, LETTER + "\nPS: I also published the code that we talked about.\n") > SAME_LETTER
    assert alike(LETTER, OTHER) < SAME_LETTER / 2


def test_it_estimates_jaccard() -> None:
    words = [f"w{i}" for i in range(1000)]
    a, b = " ".join(words[:667]), " ".join(words[333:])
    assert abs(alike(a, b) - 1 / 3) < 0.25
    assert alike(" ".join(words[:500]), " ".join(words[500:])) == 0.0


def test_nothing_is_close_to_nothing() -> None:
    assert sketch(" \n-- ") == ()
    assert alike("", "") == 0.0
    assert alike("", LETTER) == 0.0


@given(st.text(), st.text())
def test_it_is_symmetric_and_bounded(a: str, b: str) -> None:
    assert 0.0 <= alike(a, b) == alike(b, a) <= 1.0
    assert len(sketch(a)) <= SKETCH_SIZE
    assert alike(a, a) in (0.0, 1.0)


def test_a_sketch_is_the_same_in_every_process() -> None:
    code = f"from followupd.core.closeness import sketch; print(sketch({LETTER!r}))"
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        )
        for seed in ("1", "2")
    ]
    assert {r.stdout.strip() for r in runs} == {str(sketch(LETTER))}


def test_a_long_mail_is_quick() -> None:
    text = " ".join(f"word{i % 397} thing{i % 211}" for i in range(330))
    assert len(text) > 4000
    best = min(_timed(text) for _ in range(5))
    assert best < 0.01  # about 0.8 ms; the rest is for a busy machine


def _timed(text: str) -> float:
    started = time.perf_counter()
    sketch(text)
    return time.perf_counter() - started


def test_containment_is_exact() -> None:
    assert contained("one two three four", ["zero one two three", "two three four"]) == 1.0
    assert contained("one two three four", ["one two three"]) == 0.5
    assert contained("one two three four", []) == 0.0
