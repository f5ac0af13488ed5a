"""What answers cost in a day. The rows are the server's own, and say of a reader no more than a digest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OWNED = """
    organisation = (SELECT current_setting('pageside.organisation', true))
    AND subject = (SELECT nullif(current_setting('pageside.subject', true), ''))
"""


def upgrade() -> None:
    op.create_table(
        "spending",
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("whose", sa.Text, nullable=False),
        sa.Column("tokens", sa.BigInteger, nullable=False),
        sa.Column("millionths", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("organisation", "subject", "day", "whose", name="spending_pkey"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE POLICY spending_of_the_reader ON spending USING ({OWNED}) WITH CHECK ({OWNED})")
        op.execute("ALTER TABLE spending ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("spending")
