"""By what the state database is known, and of which schema it is."""

VERSION = 3
"""PRAGMA user_version of a database of this schema; one for each migration."""

REVISION = "0003"
"""The same in Alembic's words: its newest revision."""

APPLICATION_ID = 0x666F6C6C
"""PRAGMA application_id, by which the file is known as ours."""
