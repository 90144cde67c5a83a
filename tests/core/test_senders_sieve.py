"""The sieve before the slow patterns: it lets through all that they find."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followupd.core import senders

ENTRIES = [(s, k) for s in ("subjects", "texts", "away", "names") for k in senders.data()[s]]


@pytest.mark.parametrize(("section", "key"), ENTRIES)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_sieve_lets_through_all_that_the_pattern_finds(section: str, key: str, data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(senders.data()[section][key]))
    found = data.draw(st.from_regex(re.compile(one, re.IGNORECASE)))
    assert senders.has(section, key, found) == bool(senders.pattern(section, key).search(found))


def test_lone_surrogates_are_no_trouble() -> None:
    assert senders.has("texts", "machine", "\udc80 please do not reply to this email")
