"""What every test shares: readable failures from the contract suites, and one Dovecot a test process."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("tests.contracts")

from tests.servers import dovecot as servers  # noqa: E402 - the registration has to come first


@pytest.fixture(scope="session")
def dovecot() -> Iterator[servers.Dovecot]:
    """A plain Dovecot with the usual mailboxes; any user name has an account of its own there."""
    need_dovecot()
    with servers.running() as server:
        yield server


def need_dovecot() -> None:
    """Skip the test where there is no Dovecot, or fail it where servers are required (FOLLOWUPD_REQUIRE_SERVERS=1)."""
    if reason := servers.missing():
        if os.environ.get("FOLLOWUPD_REQUIRE_SERVERS") == "1":  # noqa: TID251 - a wish of who runs the tests
            pytest.fail(reason)
        pytest.skip(reason)
