"""What readers want to do: their tasks, what is counted of them, and how they were before what was done last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OWNED = """
    organisation = (SELECT current_setting('pageside.organisation', true))
    AND subject = (SELECT nullif(current_setting('pageside.subject', true), ''))
"""


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "tasks",
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("priority", sa.Text, nullable=False),
        sa.Column("due", sa.Text),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("passage", sa.JSON),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("completed_at", moment),
        sa.Column("deleted_at", moment),
        sa.Column("words", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("organisation", "subject", "number", name="tasks_pkey"),
        sa.CheckConstraint("status in ('pending', 'completed')", name="tasks_status_check"),
        sa.CheckConstraint("priority in ('low', 'normal', 'high')", name="tasks_priority_check"),
    )
    op.create_table(
        "task_numbers",
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("organisation", "subject", name="task_numbers_pkey"),
    )
    op.create_table(
        "task_acts",
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("unit", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("before", sa.JSON),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("organisation", "subject", "unit", "number", name="task_acts_pkey"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("tasks", "task_numbers", "task_acts"):
            op.execute(f"CREATE POLICY {table}_of_the_reader ON {table} USING ({OWNED}) WITH CHECK ({OWNED})")
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("task_acts")
    op.drop_table("task_numbers")
    op.drop_table("tasks")
