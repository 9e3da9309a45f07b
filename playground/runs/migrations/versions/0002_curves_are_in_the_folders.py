"""The curve of a run is in its folder alone."""

import sqlalchemy as sql
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = depends_on = None


def upgrade() -> None:
    """Drop the metrics per batch."""
    op.drop_table("metrics")


def downgrade() -> None:
    """Make their table again, empty."""
    op.create_table(
        "metrics",
        sql.Column("run", sql.String(100), nullable=False),
        sql.Column("name", sql.String(40), nullable=False),
        sql.Column("step", sql.Integer(), autoincrement=False, nullable=False),
        sql.Column("value", sql.Double(), nullable=True),
        sql.Column("kind", sql.String(8), nullable=False),
        sql.PrimaryKeyConstraint("run", "name", "step", name="pk_metrics"),
    )
