"""Sessions, so that one that is revoked is revoked in every process; on PostgreSQL behind the same wall as all else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OWNED = """
    organisation = (SELECT current_setting('pageside.organisation', true))
    AND subject = (SELECT nullif(current_setting('pageside.subject', true), ''))
"""


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("profile", sa.JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="sessions_pkey"),
    )
    op.create_index("sessions_by_reader", "sessions", ["organisation", "subject"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE POLICY sessions_of_the_reader ON sessions USING ({OWNED}) WITH CHECK ({OWNED})")
        op.execute("ALTER TABLE sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("sessions")
