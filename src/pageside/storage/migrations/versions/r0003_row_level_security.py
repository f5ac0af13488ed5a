"""Row-level security on PostgreSQL: a transaction sees and writes the rows of the reader it was begun for, no others.

`FORCE` holds the owner of the tables to it, too. A later revision that changes rows must therefore take it off for its
own statements (`ALTER TABLE ... NO FORCE ROW LEVEL SECURITY`) and put it back.
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("threads", "items", "feedback", "leases", "attachments", "requests")
# A setting that was made for one transaction is empty in the next, not absent: nobody's name may be empty.
OWNED = """
    organisation = (SELECT current_setting('pageside.organisation', true))
    AND subject = (SELECT nullif(current_setting('pageside.subject', true), ''))
"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"CREATE POLICY {table}_of_the_reader ON {table} USING ({OWNED}) WITH CHECK ({OWNED})")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")
        op.execute(f"DROP POLICY {table}_of_the_reader ON {table}")
