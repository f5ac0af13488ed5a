"""What answering took in a day, by model. The rows are the server's own, and say nothing of readers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OWNED = """
    organisation = (SELECT current_setting('pageside.organisation', true))
    AND subject = (SELECT nullif(current_setting('pageside.subject', true), ''))
"""
COUNTED = (
    "turns", "cached", "input_tokens", "output_tokens", "beside_tokens", "millionths", "searches", "docs", "first_ms",
    "whole_ms",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "usage",
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in COUNTED),
        sa.PrimaryKeyConstraint("organisation", "subject", "day", "kind", "model", name="usage_pkey"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE POLICY usage_of_the_reader ON usage USING ({OWNED}) WITH CHECK ({OWNED})")
        op.execute("ALTER TABLE usage ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("usage")
