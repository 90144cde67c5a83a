"""The labels that were seen on conversations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "labels",
        sa.Column("account", sa.Integer, sa.ForeignKey("accounts.key", ondelete="CASCADE"), primary_key=True),
        sa.Column("thread", sa.Text, primary_key=True),
        sa.Column("names", sa.Text, nullable=False),
    )
