"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("key", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("state", sa.Text),
        sa.Column("synced_at", sa.Text),
        sa.Column("swept_to", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("swept_for", sa.LargeBinary),
    )
    op.create_table(
        "emails",
        sa.Column("key", sa.Integer, primary_key=True),
        sa.Column("account", sa.Integer, sa.ForeignKey("accounts.key", ondelete="CASCADE"), nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("present", sa.Integer, nullable=False),
        sa.Column("candidate", sa.Integer, nullable=False),
        sa.Column("received", sa.Float, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("links", sa.Text, nullable=False),
        sa.Column("people", sa.Text, nullable=False),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
    )
    op.create_index("uq_emails_account_id", "emails", ["account", "id"], unique=True)
    op.create_index("ix_emails_candidates", "emails", ["account", "received"], sqlite_where=sa.text("candidate = 1"))
    op.create_table(
        "readings",
        sa.Column("email", sa.Integer, sa.ForeignKey("emails.key", ondelete="CASCADE"), primary_key=True),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("reading", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "drafts",
        sa.Column("key", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("record", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "words",
        sa.Column("key", sa.Integer, primary_key=True),
        sa.Column("said", sa.Float, nullable=False),
        sa.Column("word", sa.LargeBinary, nullable=False),
    )
