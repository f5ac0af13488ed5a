"""Who has rows at all, for what has to end by itself, and the words of titles and messages, for those who search them.

On PostgreSQL everybody's transaction sees and writes its own entry among the readers, and a transaction that was begun
for nobody sees who they are, and nothing else of theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

from pageside.storage import words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WITH_ROWS = ("threads", "attachments", "requests", "leases")
WITH_WORDS = ("threads", "items")
OWNED = """
    organisation = (SELECT current_setting('pageside.organisation', true))
    AND subject = (SELECT nullif(current_setting('pageside.subject', true), ''))
"""
NOBODY = "(SELECT nullif(current_setting('pageside.subject', true), '')) IS NULL"
AT_ONCE = 500

threads = sa.table("threads", sa.column("id"), sa.column("title"), sa.column("title_words"))
items = sa.table(
    "items",
    sa.column("thread_id"),
    sa.column("id"),
    sa.column("type"),
    sa.column("data", sa.JSON()),
    sa.column("words"),
)


def upgrade() -> None:
    op.create_table(
        "readers",
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("organisation", "subject", name="readers_pkey"),
    )
    op.add_column("threads", sa.Column("title_words", sa.Text))
    op.add_column("items", sa.Column("words", sa.Text))
    _let_by({*WITH_ROWS, *WITH_WORDS})
    _enrol()
    _fold_titles()
    _fold_items()
    _hold({*WITH_ROWS, *WITH_WORDS})
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE POLICY readers_of_the_reader ON readers USING ({OWNED}) WITH CHECK ({OWNED})")
        op.execute(f"CREATE POLICY readers_of_nobody ON readers FOR SELECT USING ({NOBODY})")
        op.execute("ALTER TABLE readers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("readers")
    op.drop_column("items", "words")
    op.drop_column("threads", "title_words")


def _enrol() -> None:
    readers, *with_rows = [
        sa.table(name, sa.column("organisation"), sa.column("subject")) for name in ("readers", *WITH_ROWS)
    ]
    everybody = sa.union(*(sa.select(each.c.organisation, each.c.subject) for each in with_rows))
    op.execute(sa.insert(readers).from_select(["organisation", "subject"], everybody))


def _let_by(tables: set[str]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in sorted(tables):
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")


def _hold(tables: set[str]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in sorted(tables):
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _fold_titles() -> None:
    folding = (
        sa.update(threads)
        .where(threads.c.id == sa.bindparam("thread"))
        .values(title_words=sa.bindparam("folded", type_=sa.Text))
    )
    for rows in _pages(sa.select(threads.c.id, threads.c.title), [threads.c.id]):
        op.get_bind().execute(folding, [{"thread": row.id, "folded": words.of_title(row.title)} for row in rows])


def _fold_items() -> None:
    folding = (
        sa.update(items)
        .where(items.c.thread_id == sa.bindparam("thread"), items.c.id == sa.bindparam("item"))
        .values(words=sa.bindparam("folded", type_=sa.Text))
    )
    query = sa.select(items.c.thread_id, items.c.id, items.c.type, items.c.data)
    for rows in _pages(query, [items.c.thread_id, items.c.id]):
        folded = [(row, words.of_item(row.type, row.data)) for row in rows]
        found = [{"thread": row.thread_id, "item": row.id, "folded": told} for row, told in folded if told]
        if found:
            op.get_bind().execute(folding, found)


def _pages(
    query: sa.Select[tuple[object, ...]], keys: Sequence[sa.ColumnClause[object]]
) -> Iterator[Sequence[sa.Row[tuple[object, ...]]]]:
    """All rows of `query`, a page at a time, in the order of `keys`: memory is not measured by the table."""
    place = sa.tuple_(*keys)
    query = query.order_by(*keys).limit(AT_ONCE)
    rows = op.get_bind().execute(query).all()
    while rows:
        yield rows
        last = [getattr(rows[-1], key.name) for key in keys]
        rows = op.get_bind().execute(query.where(place > last)).all()
