"""Sets of UIDs as ranges, held against Python's sets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followupd.adapters.imap.state import Mark, dump, email_id, load, place
from followupd.adapters.imap.uidset import UidSet
from followupd.core.errors import StateExpiredError
from followupd.core.mail import State

uids = st.sets(st.integers(1, 60))


@given(uids)
def test_writes_what_it_reads(found: set[int]) -> None:
    several = UidSet.of(found)
    assert UidSet.parse(str(several)) == several
    assert list(several) == sorted(found)
    assert len(several) == len(found)
    assert (several.first, several.last) == ((min(found), max(found)) if found else (0, 0))


@given(uids, uids)
def test_adds_and_takes_away(a: set[int], b: set[int]) -> None:
    one, other = UidSet.of(a), UidSet.of(b)
    assert one.plus(other) == UidSet.of(a | b)
    assert one.minus(other) == UidSet.of(a - b)
    assert one.common(other) == UidSet.of(a & b)


@given(uids, st.integers(0, 70), st.integers(0, 70), st.integers(1, 9))
def test_cuts(found: set[int], low: int, high: int, size: int) -> None:
    several = UidSet.of(found)
    assert set(several.within(low, high)) == {uid for uid in found if low <= uid <= high}
    chunks = list(several.chunks(size))
    assert [uid for chunk in chunks for uid in chunk] == sorted(found)
    assert all(len(chunk) == size for chunk in chunks[:-1])
    pieces = list(several.pieces(size))
    assert [uid for piece in pieces for uid in piece] == sorted(found)


def test_a_huge_range_is_no_trouble() -> None:
    everything = UidSet.parse("1:4294967295")
    assert UidSet.of([3, 5]).common(everything) == UidSet.of([3, 5])
    assert not UidSet.of([3, 5]).minus(everything)


def test_ranges_in_any_order_and_direction() -> None:
    assert str(UidSet.parse("9:7,3,1:2,8")) == "1:3,7:9"


@given(uids, st.text(min_size=1), st.integers(1, 2**32))
def test_a_state_comes_back(found: set[int], name: str, validity: int) -> None:
    marks = {name: Mark(validity=validity, next=7, exists=None, modseq=2**60, floor=1.5, known=UidSet.of(found))}
    assert load(dump(marks)) == marks


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", '{"imap-1": 3}', '{"imap-1": {"INBOX": [1, 2]}}', "null"])
def test_a_state_of_another_making_has_expired(text: str) -> None:
    with pytest.raises(StateExpiredError):
        load(State(text))


@given(st.text(min_size=1), st.integers(1, 2**32), st.integers(1, 2**32))
def test_an_id_names_its_place(name: str, validity: int, uid: int) -> None:
    assert place(email_id(name, validity, uid)) == (name, validity, uid)


@pytest.mark.parametrize("text", ["", "1", "1/2", "1/2/", "a/2/INBOX", "1/b/INBOX"])
def test_an_id_of_another_making_names_none(text: str) -> None:
    assert place(text) is None
