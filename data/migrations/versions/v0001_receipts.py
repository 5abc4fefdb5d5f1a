"""Receipts, withdrawals and builds."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False, index=True),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("stored", sa.String, nullable=False),
        sa.Column("dataset", sa.String, nullable=False),
        sa.Column("format", sa.String, nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("received_at", sa.DateTime, nullable=False),
        sa.Column("synthetic", sa.Boolean, nullable=False),
        sa.Column("sample_of", sa.Integer),
        sa.Column("replaces", sa.Integer, sa.ForeignKey("receipts.id")),
        sa.Column("findings", sa.JSON, nullable=False),
        sa.Column("places", sa.JSON, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("receipt", sa.Integer, sa.ForeignKey("receipts.id"), nullable=False, index=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("to_build", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "builds",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("built_at", sa.DateTime, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("receipts", sa.JSON, nullable=False),
        sa.Column("policy", sa.String(64), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("rows", sa.JSON, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
    )


def downgrade() -> None:
    """Nothing acknowledged is ever dropped."""
    raise RuntimeError("A work store is not migrated backwards: restore a backup made by the older release.")
