"""The state database: what outlives a pass."""

from followupd.adapters.store.sqlite import SqliteStore, open_store

__all__ = ["SqliteStore", "open_store"]
