"""The pieces of ``[let]``: named once in a data file, used in any pattern of it."""

import pytest

from followupd.core.phrases.entries import _filled


def test_a_piece_stands_for_its_pattern_and_quantifiers_stay() -> None:
    assert _filled(r"{weekday} .{2,60}? \p{L}+", {"weekday": "(?:Montag)"}) == r"(?:Montag) .{2,60}? \p{L}+"


def test_an_unknown_piece_is_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match="weekdya"):
        _filled("on {weekdya}", {"weekday": "Monday"})
