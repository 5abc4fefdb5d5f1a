"""What the operator said of an official list: tier, event, day, batch."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; files that say everything themselves have none."""
    op.add_column("receipts", sa.Column("terms", sa.JSON))


def downgrade() -> None:
    """Nothing acknowledged is ever dropped."""
    raise RuntimeError("A work store is not migrated backwards: restore a backup made by the older release.")
