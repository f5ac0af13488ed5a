"""Threads, their items, what readers think of them, and who is answering."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON()
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _threads()
    _items()
    _feedback()
    _leases()


def downgrade() -> None:
    for table in ("leases", "feedback", "items", "threads"):
        op.drop_table(table)


def _owner() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("organisation", sa.Text, nullable=False), sa.Column("subject", sa.Text, nullable=False)


def _threads() -> None:
    op.create_table(
        "threads",
        sa.Column("id", sa.Text, nullable=False),
        *_owner(),
        sa.Column("title", sa.Text),
        sa.Column("details", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("activity", sa.BigInteger, nullable=False),
        sa.Column("last_seq", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="threads_pkey"),
        sa.UniqueConstraint("organisation", "subject", "id", name="threads_organisation_subject_id_key"),
    )
    op.create_index("threads_by_activity", "threads", ["organisation", "subject", "activity", "id"])


def _items() -> None:
    op.create_table(
        "items",
        *_owner(),
        sa.Column("thread_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("hidden", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("record", JSON),
        sa.PrimaryKeyConstraint("thread_id", "id", name="items_pkey"),
        sa.UniqueConstraint("thread_id", "seq", name="items_thread_id_seq_key"),
        sa.ForeignKeyConstraint(
            ["organisation", "subject", "thread_id"],
            ["threads.organisation", "threads.subject", "threads.id"],
            name="items_organisation_subject_thread_id_fkey",
            ondelete="CASCADE",
        ),
    )


def _feedback() -> None:
    op.create_table(
        "feedback",
        *_owner(),
        sa.Column("thread_id", sa.Text, nullable=False),
        sa.Column("item_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("thread_id", "item_id", name="feedback_pkey"),
        sa.ForeignKeyConstraint(
            ["thread_id", "item_id"],
            ["items.thread_id", "items.id"],
            name="feedback_thread_id_item_id_fkey",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("kind in ('positive', 'negative')", name="feedback_kind_check"),
    )


def _leases() -> None:
    op.create_table(
        "leases",
        *_owner(),
        sa.Column("thread_id", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("thread_id", name="leases_pkey"),
    )
