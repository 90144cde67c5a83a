"""How much was transferred, by the hour."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "traffic",
        sa.Column("account", sa.Integer, sa.ForeignKey("accounts.key", ondelete="CASCADE"), primary_key=True),
        sa.Column("hour", sa.Integer, primary_key=True),
        sa.Column("octets", sa.Integer, nullable=False),
    )
