"""The pieces of ``[let]``: named once in a data file, used in any pattern of it."""

import pytest

from followupd.core.phrases.entries import _filled
from followupd.core.phrases.sentences import split


def test_a_piece_stands_for_its_pattern_and_quantifiers_stay() -> None:
    assert _filled(r"{weekday} .{2,60}? \p{L}+", {"weekday": "(?:Montag)"}) == r"(?:Montag) .{2,60}? \p{L}+"


def test_an_unknown_piece_is_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match="weekdya"):
        _filled("on {weekdya}", {"weekday": "Monday"})


@pytest.mark.parametrize(
    "text",
    [
        "Passt dir Mo. 10.3. um 9 Uhr?",
        "Analista dati (rif. AD-2026-7)",
        "Le 12 févr. 2026 à 10h",
        "Den 3. Sept. 2026 um 9 Uhr",
    ],
)
def test_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert [s.text for s in split(text)] == [text]
