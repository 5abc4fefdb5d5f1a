"""Self-evaluations, panels, decisions, published runs."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

APPRAISAL = ("round", "support_batch", "year")
OF_PROVINCE = (*APPRAISAL, "province")


def upgrade() -> None:
    """Create the eight tables."""
    _create(
        "self_evaluation_entries",
        *_entry(),
        sa.Column("system_value", sa.String),
        sa.Column("province_value", sa.String),
        _text("explanation"),
        sa.UniqueConstraint(*OF_PROVINCE, "indicator", "version"),
    )
    _create(
        "submissions",
        _text("province"),
        _text("by"),
        _moment("submitted_at"),
        _count("build"),
        sa.Column("synthetic", sa.Boolean, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False, index=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "returns",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("submission", sa.Integer, sa.ForeignKey("submissions.id"), nullable=False, index=True),
        _text("by"),
        _moment("at"),
        _text("reason"),
        sa.UniqueConstraint("submission"),
        sqlite_autoincrement=True,
    )
    _create(
        "panel_assignments",
        _text("province"),
        _count("panelist"),
        sa.Column("assigned", sa.Boolean, nullable=False),
        _text("by"),
        _moment("at"),
    )
    _create(
        "panel_scores",
        *_entry(),
        _count("panelist"),
        sa.Column("score", sa.String),
        _text("reason"),
        sa.UniqueConstraint(*OF_PROVINCE, "panelist", "indicator", "version"),
    )
    _create(
        "panel_submissions",
        _text("province"),
        _count("panelist"),
        _moment("submitted_at"),
        _hash("sha256"),
        sa.UniqueConstraint(*OF_PROVINCE, "panelist"),
    )
    _create(
        "decisions",
        _text("province"),
        _count("version"),
        _text("grade"),
        sa.Column("model_grade", sa.String),
        _text("reason"),
        _text("by"),
        _moment("at"),
        sa.UniqueConstraint(*OF_PROVINCE, "version"),
    )
    _create(
        "publications",
        _text("by"),
        _moment("published_at"),
        _count("build"),
        _hash("scheme_sha256"),
        _hash("inputs_sha256"),
        _hash("manifest_sha256"),
        sa.Column("manifest", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Nothing acknowledged is ever dropped."""
    raise RuntimeError("A work store is not migrated backwards: restore a backup made by the older release.")


def _create(table: str, *columns: sa.schema.SchemaItem) -> None:
    of_appraisal = (_text("round"), _count("support_batch"), _count("year"))
    op.create_table(
        table,
        sa.Column("id", sa.Integer, primary_key=True),
        *of_appraisal,
        *columns,
        sqlite_autoincrement=True,
    )


def _entry() -> tuple[sa.Column, ...]:
    return _text("province"), _text("indicator"), _count("version"), _text("by"), _moment("saved_at")


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.String, nullable=False)


def _count(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer, nullable=False)


def _moment(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime, nullable=False)


def _hash(name: str) -> sa.Column:
    return sa.Column(name, sa.String(64), nullable=False)
