"""A server that asks to be left alone is, by the daemon, for as long as it wishes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from followupd.core.errors import AuthError, PermanentError, TransientError
from followupd.daemon.pauses import Pauses

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_pause_lasts_as_long_as_the_server_wishes() -> None:
    pauses, busy = Pauses(), TransientError("slow down", retry_after=timedelta(minutes=15))
    pauses.begin("a", busy, NOW)
    assert pauses.running(NOW + timedelta(minutes=14)) == {"a": busy}
    assert pauses.running(NOW + timedelta(minutes=15)) == {}


def test_other_errors_begin_none() -> None:
    pauses = Pauses()
    for error in (TransientError("cut"), AuthError("no"), PermanentError("never")):
        pauses.begin("a", error, NOW)
    assert pauses.running(NOW) == {}
