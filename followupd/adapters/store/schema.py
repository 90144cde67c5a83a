"""The tables of the state database, and why they are as they are.

Values (envelopes, readings, draft records, words) are kept whole, as JSON of the dataclass, because they are only ever
read whole; beside them stand the few columns that a query needs. No column holds body text. Nothing that can be
derived (stage, turn, due time) is stored.

``emails.links`` and ``emails.people`` are what ``promote`` looks at: a message's own Message-ID and those that it
refers to, and its From, To and Cc addresses in lower case, each list joined by newlines. A table of one row a
token would answer faster but double the cost of taking mail in, and taking in is what happens a hundred thousand times;
``accounts.swept_to`` and ``swept_for`` remember instead through which row which tokens have been looked for, so that a
pass looks at new mail only.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

accounts = Table(
    "accounts",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("state", Text),
    Column("synced_at", Text),
    Column("swept_to", Integer, nullable=False, server_default=text("0")),
    Column("swept_for", LargeBinary),
)

emails = Table(
    "emails",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("account", Integer, ForeignKey("accounts.key", ondelete="CASCADE"), nullable=False),
    Column("id", Text, nullable=False),
    Column("present", Integer, nullable=False),
    Column("candidate", Integer, nullable=False),
    Column("received", Float, nullable=False),
    Column("role", Text, nullable=False),
    Column("links", Text, nullable=False),
    Column("people", Text, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
)
Index("uq_emails_account_id", emails.c.account, emails.c.id, unique=True)
Index("ix_emails_candidates", emails.c.account, emails.c.received, sqlite_where=text("candidate = 1"))

readings = Table(
    "readings",
    metadata,
    Column("email", Integer, ForeignKey("emails.key", ondelete="CASCADE"), primary_key=True),
    Column("reader", Text, nullable=False),
    Column("reading", LargeBinary, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("record", LargeBinary, nullable=False),
)

words = Table(
    "words",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("said", Float, nullable=False),
    Column("word", LargeBinary, nullable=False),
)

labels = Table(
    "labels",
    metadata,
    Column("account", Integer, ForeignKey("accounts.key", ondelete="CASCADE"), primary_key=True),
    Column("thread", Text, primary_key=True),
    Column("names", Text, nullable=False),
)
"""The user's labels as last seen on conversations, joined by newlines: what has been heard is not heard again."""

traffic = Table(
    "traffic",
    metadata,
    Column("account", Integer, ForeignKey("accounts.key", ondelete="CASCADE"), primary_key=True),
    Column("hour", Integer, primary_key=True),
    Column("octets", Integer, nullable=False),
)
"""Octets transferred in each of the last hours (counted from 1970), for servers that allow only so much a day."""
