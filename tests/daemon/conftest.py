"""A fake Gmail for a test, watched for what no client of Google's may do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.seeker import Seeker
from tests.fakes.gmail import FakeGmail


@pytest.fixture
def seeker(tmp_path: Path) -> Iterator[Seeker]:
    with FakeGmail() as fake:
        yield Seeker(fake, tmp_path)
        assert fake.violations == []
        assert not any(
            label.startswith("Label_")
            for message in fake.account.messages.values()
            if "DRAFT" in message.labels
            for label in message.labels
        )
