"""Attachments, and which requests were seen already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _attachments()
    _requests()


def downgrade() -> None:
    for table in ("requests", "attachments"):
        op.drop_table(table)


def _owner() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("organisation", sa.Text, nullable=False), sa.Column("subject", sa.Text, nullable=False)


def _attachments() -> None:
    op.create_table(
        "attachments",
        *_owner(),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("thread_id", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("mime_type", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="attachments_pkey"),
        sa.ForeignKeyConstraint(
            ["organisation", "subject", "thread_id"],
            ["threads.organisation", "threads.subject", "threads.id"],
            name="attachments_organisation_subject_thread_id_fkey",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("status in ('created', 'uploaded', 'attached')", name="attachments_status_check"),
    )
    op.create_index("attachments_by_thread", "attachments", ["organisation", "subject", "thread_id"])


def _requests() -> None:
    op.create_table(
        "requests",
        *_owner(),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("claimant", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("thread_id", sa.Text),
        sa.Column("item_id", sa.Text),
        sa.Column("result", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("organisation", "subject", "key", name="requests_pkey"),
    )
