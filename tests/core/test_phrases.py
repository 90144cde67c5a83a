"""Every entry of every language file keeps its own promises: what it must match, and what it must not."""

import pytest

from followupd.core.phrases import codes
from followupd.core.phrases.entries import Entry, load
from followupd.core.phrases.matcher import Hit, matcher
from followupd.core.phrases.sentences import split


def entries() -> list:
    return [pytest.param(c, entry, id=entry.rule) for c in sorted(codes()) for entry in load(c).entries]


def hits(code: str, entry: Entry, line: str) -> list[Hit]:
    part = "subject" if entry.part == "subject" else "text"
    machine = matcher(code, mine=entry.side == "mine", facts=entry.kind is not None)
    return [h for h in machine.hits(split(line, code), part=part) if h.entry is entry]


@pytest.mark.parametrize(("code", "entry"), entries())
def test_an_entry_keeps_its_promises(code: str, entry: Entry) -> None:
    assert entry.match, "an entry shows at least one line that it matches"
    for line, value in entry.match.items():
        found = hits(code, entry, line)
        assert found, f"does not match {line!r}"
        assert value is None or value in [h.value.strip() for h in found], line
    for line in entry.no_match:
        assert not hits(code, entry, line), f"matches {line!r}"
