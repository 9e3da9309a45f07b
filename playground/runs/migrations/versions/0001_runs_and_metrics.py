"""Runs, and their metrics per batch."""

import sqlalchemy as sql
from alembic import op

revision = "0001"
down_revision = None
branch_labels = depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "runs",
        sql.Column("run", sql.String(100), nullable=False),
        sql.Column("stamp", sql.String(120), nullable=False),
        sql.Column("state", sql.String(16), nullable=False),
        sql.Column("name", sql.String(200), nullable=False),
        sql.Column("parent", sql.String(100), nullable=False),
        sql.Column("test_accuracy", sql.Double(), nullable=True),
        sql.Column("record", sql.Text(), nullable=False),
        sql.Column("about", sql.Text(), nullable=False),
        sql.Column("problem", sql.Text(), nullable=False),
        sql.PrimaryKeyConstraint("run", name="pk_runs"),
    )
    op.create_table(
        "metrics",
        sql.Column("run", sql.String(100), nullable=False),
        sql.Column("name", sql.String(40), nullable=False),
        sql.Column("step", sql.Integer(), autoincrement=False, nullable=False),
        sql.Column("value", sql.Double(), nullable=True),
        sql.Column("kind", sql.String(8), nullable=False),
        sql.PrimaryKeyConstraint("run", "name", "step", name="pk_metrics"),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("metrics")
    op.drop_table("runs")
