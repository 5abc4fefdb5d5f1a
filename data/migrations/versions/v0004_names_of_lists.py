"""Decisions on names of official lists, and the files by which they enter the facts."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the two tables."""
    op.create_table(
        "name_decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("listed", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("decision", sa.String, nullable=False),
        sa.Column("uscc", sa.String),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("saved_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("listed", "version"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "name_files",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("upto", sa.Integer, sa.ForeignKey("name_decisions.id"), nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("synthetic", sa.Boolean, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False, index=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("upto"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Nothing acknowledged is ever dropped."""
    raise RuntimeError("A work store is not migrated backwards: restore a backup made by the older release.")
