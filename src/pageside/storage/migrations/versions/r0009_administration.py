"""How turns came out, who looked at words of readers, and how far updates of indexes are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OWNED = """
    organisation = (SELECT current_setting('pageside.organisation', true))
    AND subject = (SELECT nullif(current_setting('pageside.subject', true), ''))
"""
KEPT_DAYS = 400


def upgrade() -> None:
    """What was looked at is added to alone: a database refuses to change it, and to delete what is not old."""
    _turns()
    _looks()
    _reindexes()
    if op.get_bind().dialect.name == "postgresql":
        for table in ("turns", "looks", "reindexes"):
            op.execute(f"CREATE POLICY {table}_of_the_reader ON {table} USING ({OWNED}) WITH CHECK ({OWNED})")
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        old = f"at < now() - interval '{KEPT_DAYS} days'"
        op.execute("CREATE POLICY looks_unchanged ON looks AS RESTRICTIVE FOR UPDATE USING (false)")
        op.execute(f"CREATE POLICY looks_kept ON looks AS RESTRICTIVE FOR DELETE USING ({old})")
    else:
        kept = "SELECT RAISE(ABORT, 'what was looked at is kept')"
        young = f"old.at >= datetime('now', '-{KEPT_DAYS} days')"
        op.execute(f"CREATE TRIGGER looks_unchanged BEFORE UPDATE ON looks BEGIN {kept}; END")
        op.execute(f"CREATE TRIGGER looks_kept BEFORE DELETE ON looks WHEN {young} BEGIN {kept}; END")


def downgrade() -> None:
    for table in ("reindexes", "looks", "turns"):
        op.drop_table(table)


def _turns() -> None:
    moment, text, number = sa.DateTime(timezone=True), sa.Text, sa.BigInteger
    op.create_table(
        "turns",
        *_owner(),
        sa.Column("id", text, nullable=False),
        sa.Column("at", moment, nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("day", "home", "book")),
        *(sa.Column(name, text) for name in ("reader_hash", "thread_id", "asked_id", "item_id")),
        sa.Column("outcome", text, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        *(sa.Column(name, text) for name in ("page", "anchor", "title", "url")),
        sa.Column("others", sa.JSON),
        sa.Column("model", text, nullable=False),
        *(
            sa.Column(name, number, nullable=False)
            for name in ("input_tokens", "output_tokens", "beside_tokens", "millionths")
        ),
        sa.Column("first_ms", number),
        sa.Column("whole_ms", number),
        sa.Column("cached", sa.SmallInteger, nullable=False),
        sa.Column("dropped", number, nullable=False),
        *(sa.Column(name, sa.SmallInteger, nullable=False) for name in ("asked_again", "positive", "negative")),
        sa.PrimaryKeyConstraint("id", name="turns_pkey"),
    )
    op.create_index("turns_by_day", "turns", ["day", "home"])
    op.create_index("turns_by_thread", "turns", ["thread_id"])


def _looks() -> None:
    op.create_table(
        "looks",
        *_owner(),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("home", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("who", "what", "thread_id", "reader_hash", "reason")),
        sa.PrimaryKeyConstraint("id", name="looks_pkey"),
    )
    op.create_index("looks_by_moment", "looks", ["at"])


def _reindexes() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "reindexes",
        *_owner(),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("book", "by", "holder", "state")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("done", "total")),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("organisation", "subject", "book", name="reindexes_pkey"),
    )


def _owner() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("organisation", sa.Text, nullable=False), sa.Column("subject", sa.Text, nullable=False)
