"""What SQLite refuses, as errors of ours with a remedy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from followupd.core.errors import FollowupdError, StoreError, TransientError

_PRIMARY = 0xFF  # extended result codes keep the primary one in their lowest octet


@contextmanager
def translating(path: Path) -> Iterator[None]:
    """Raise whatever goes wrong inside as StoreError, or TransientError where another process is in the way."""
    try:
        yield
    except (sqlite3.Error, msgspec.DecodeError, OSError) as e:
        raise _translated(e, path) from e


def _translated(error: BaseException, path: Path) -> FollowupdError:
    if isinstance(error, msgspec.DecodeError):
        return damaged(path)
    if isinstance(error, PermissionError):
        return _closed(path)
    match getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return _busy(path)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return _closed(path)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(path)
    return StoreError(f"{path} cannot be used: {error}.", remedy="Check the disk that it lies on, and the room on it.")


def _busy(path: Path) -> TransientError:
    return TransientError(f"{path} is busy.", remedy="Another followupd is writing to it; try again.")


def _closed(path: Path) -> StoreError:
    return StoreError(
        f"{path} cannot be opened or written.",
        remedy=f"Let the user that followupd runs as write to {path.parent} and the files in it.",
    )


def damaged(path: Path) -> StoreError:
    return StoreError(
        f"{path} is damaged or no database of followupd.",
        remedy=f"Restore {path} from a backup, or move it away: the mail is then read again, and only what was kept of "
        "your own words and of past drafts is lost.",
    )
