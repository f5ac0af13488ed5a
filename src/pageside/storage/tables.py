"""The whole schema on one page; every table names the reader it belongs to."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

# Never PostgreSQL's JSONB: it sorts names, says 1e16 as an integer and forgets the sign of -0.0, and a widget must come
# back as it was.
Json = JSON(none_as_null=True)


class Moment(TypeDecorator[datetime]):
    """An instant: aware on the way in, aware UTC on the way out, whatever the database knows of zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without an offset means a different instant on every machine")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PlainText(TypeDecorator[str]):
    """Text as both databases can hold it, written or looked for: without NUL, which PostgreSQL takes in none.

    Not for those whose rows they are: two names that differ in their NULs would be one reader.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else value.replace("\x00", "")


metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_index",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)

threads = Table(
    "threads",
    metadata,
    Column("id", PlainText, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("title", PlainText),
    Column("title_words", PlainText),  # the title as a search reads it
    Column("details", Json, nullable=False),  # what ChatKit keeps of a thread beyond the columns here
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("activity", BigInteger, nullable=False),  # grows whenever the reader writes; ties are broken by id
    Column("last_seq", BigInteger, nullable=False),  # the counter behind items.seq
    PrimaryKeyConstraint("id"),
    UniqueConstraint("organisation", "subject", "id"),
    Index("threads_by_activity", "organisation", "subject", "activity", "id"),
)

items = Table(
    "items",
    metadata,
    Column("organisation", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("thread_id", PlainText, nullable=False),
    Column("id", PlainText, nullable=False),
    Column("seq", BigInteger, nullable=False),  # order within the thread, kept when the item is written again
    Column("type", PlainText, nullable=False),
    Column("hidden", Boolean, nullable=False, server_default=false()),
    Column("created_at", Moment, nullable=False),
    Column("data", Json, nullable=False),
    Column("record", Json),  # of an answer: outcome, confidence, citations, usage
    Column("words", PlainText),  # what a search reads of a message
    PrimaryKeyConstraint("thread_id", "id"),
    UniqueConstraint("thread_id", "seq"),
    ForeignKeyConstraint(
        ["organisation", "subject", "thread_id"],
        ["threads.organisation", "threads.subject", "threads.id"],
        ondelete="CASCADE",
    ),
)

feedback = Table(
    "feedback",
    metadata,
    Column("organisation", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("thread_id", PlainText, nullable=False),
    Column("item_id", PlainText, nullable=False),
    Column("kind", PlainText, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("thread_id", "item_id"),
    ForeignKeyConstraint(["thread_id", "item_id"], ["items.thread_id", "items.id"], ondelete="CASCADE"),
    CheckConstraint("kind in ('positive', 'negative')", name="kind"),
)

leases = Table(
    "leases",  # which process is answering in a thread, so that all processes together answer one question at a time
    metadata,
    Column("organisation", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("thread_id", PlainText, nullable=False),
    Column("holder", PlainText, nullable=False),
    Column("expires_at", Moment, nullable=False),
    PrimaryKeyConstraint("thread_id"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("organisation", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("id", PlainText, nullable=False),
    Column("thread_id", PlainText),  # of the one thread it was sent in; none before
    Column("status", PlainText, nullable=False),
    Column("name", PlainText, nullable=False),
    Column("mime_type", PlainText, nullable=False),
    Column("size", BigInteger, nullable=False),  # bytes: as declared, then as uploaded
    Column("sha256", PlainText),  # of the uploaded bytes, in hex
    Column("file", PlainText, nullable=False),  # the key of the bytes; of nothing until they are uploaded
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(
        ["organisation", "subject", "thread_id"],
        ["threads.organisation", "threads.subject", "threads.id"],
        ondelete="CASCADE",
    ),
    CheckConstraint("status in ('created', 'uploaded', 'attached')", name="status"),
    Index("attachments_by_thread", "organisation", "subject", "thread_id"),
)

requests = Table(
    "requests",  # which request a key of the reader's stood for, so that the same one sent again is done once
    metadata,
    Column("organisation", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("key", PlainText, nullable=False),
    Column("claimant", PlainText, nullable=False),  # which of the requests under this key carried it out
    Column("digest", PlainText, nullable=False),  # SHA-256 of what was asked, in hex
    Column("thread_id", PlainText),
    Column("item_id", PlainText),  # of the first item it stored
    Column("result", PlainText),  # what a JSON operation answered
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("organisation", "subject", "key"),
)

sessions = Table(
    "sessions",  # what readers chat with from other pages; one that is gone is revoked
    metadata,
    Column("organisation", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("id", PlainText, nullable=False),
    Column("profile", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),  # when it can no longer be renewed
    PrimaryKeyConstraint("id"),
    Index("sessions_by_reader", "organisation", "subject"),
)

spending = Table(
    "spending",  # what answers cost in a day; the rows are the server's own
    metadata,
    Column("organisation", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("day", PlainText, nullable=False),  # of UTC, as 2026-11-21
    Column("whose", PlainText, nullable=False),  # a digest of the reader's name, or `all`
    Column("tokens", BigInteger, nullable=False),
    Column("millionths", BigInteger, nullable=False),  # of the currency in which prices are set
    PrimaryKeyConstraint("organisation", "subject", "day", "whose"),
)

usage = Table(
    "usage",  # what answering took in a day, by model; the rows are the server's own and say nothing of readers
    metadata,
    Column("organisation", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("day", PlainText, nullable=False),  # of UTC, as 2026-11-21
    Column("kind", PlainText, nullable=False),  # `answer` or `dictation`
    Column("model", PlainText, nullable=False),
    Column("turns", BigInteger, nullable=False),
    Column("cached", BigInteger, nullable=False),  # of the turns, those answered from the cache
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("beside_tokens", BigInteger, nullable=False),  # of embeddings, reranking and transcription
    Column("millionths", BigInteger, nullable=False),  # of the currency in which prices are set
    Column("searches", BigInteger, nullable=False),
    Column("docs", BigInteger, nullable=False),
    Column("first_ms", BigInteger, nullable=False),  # summed, as all of these
    Column("whole_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("organisation", "subject", "day", "kind", "model"),
)

turns = Table(
    "turns",  # how each turn came out, without its words; the rows are the server's own, and know readers by pseudonym
    metadata,
    Column("organisation", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("id", PlainText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("day", PlainText, nullable=False),  # of UTC, as 2026-11-21
    Column("home", PlainText, nullable=False),  # the reader's organisation
    Column("book", PlainText, nullable=False),
    Column("reader_hash", PlainText),  # these four are empty once the conversation is deleted
    Column("thread_id", PlainText),
    Column("asked_id", PlainText),  # the item with the question
    Column("item_id", PlainText),  # the item with the answer
    Column("outcome", PlainText, nullable=False),
    Column("confidence", Float, nullable=False),  # 0 to 1
    Column("page", PlainText),  # the section that the answer cites first, or that was nearest
    Column("anchor", PlainText),
    Column("title", PlainText),
    Column("url", PlainText),
    Column("others", Json),  # further sections that it cites: page, anchor, title and url of each
    Column("model", PlainText, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("beside_tokens", BigInteger, nullable=False),
    Column("millionths", BigInteger, nullable=False),  # of the currency in which prices are set
    Column("first_ms", BigInteger),  # until the first text; of a turn that failed, nothing
    Column("whole_ms", BigInteger),
    Column("cached", SmallInteger, nullable=False),  # these are 0 or 1, to be summed
    Column("dropped", BigInteger, nullable=False),  # sentences that nothing supported
    Column("asked_again", SmallInteger, nullable=False),  # the same reader soon asked for the same section again
    Column("positive", SmallInteger, nullable=False),
    Column("negative", SmallInteger, nullable=False),
    PrimaryKeyConstraint("id"),
    Index("turns_by_day", "day", "home"),
    Index("turns_by_thread", "thread_id"),
)

looks = Table(
    "looks",  # who looked at words of readers, and why; added to, and kept for 400 days whatever is asked
    metadata,
    Column("organisation", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("id", PlainText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("home", PlainText),  # the organisation that was looked at; none for all of them
    Column("who", PlainText, nullable=False),
    Column("what", PlainText, nullable=False),
    Column("thread_id", PlainText, nullable=False),
    Column("reader_hash", PlainText, nullable=False),
    Column("reason", PlainText, nullable=False),
    PrimaryKeyConstraint("id"),
    Index("looks_by_moment", "at"),
)

reindexes = Table(
    "reindexes",  # how far the last update of an index is that was asked for here; the rows are the server's own
    metadata,
    Column("organisation", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("book", PlainText, nullable=False),
    Column("by", PlainText, nullable=False),
    Column("holder", PlainText, nullable=False),  # the update itself, in whichever process
    Column("state", PlainText, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("told", PlainText, nullable=False),  # what it did, or why it failed
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),  # when its process last said that it goes on
    PrimaryKeyConstraint("organisation", "subject", "book"),
)

tasks = Table(
    "tasks",  # what readers want to do
    metadata,
    Column("organisation", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("number", BigInteger, nullable=False),  # counted for each reader
    Column("title", PlainText, nullable=False),
    Column("description", PlainText, nullable=False),
    Column("status", PlainText, nullable=False),
    Column("priority", PlainText, nullable=False),
    Column("due", PlainText),  # a day, as 2026-11-30
    Column("tags", Json, nullable=False),
    Column("passage", Json),  # the place in the book that it is about
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("completed_at", Moment),
    Column("deleted_at", Moment),  # for good a while later
    Column("words", PlainText, nullable=False),  # what a search reads of it
    PrimaryKeyConstraint("organisation", "subject", "number"),
    CheckConstraint("status in ('pending', 'completed')", name="status"),
    CheckConstraint("priority in ('low', 'normal', 'high')", name="priority"),
)

task_numbers = Table(
    "task_numbers",  # what is counted of a reader's tasks
    metadata,
    Column("organisation", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("last", BigInteger, nullable=False),  # number that was given, so that none is given twice
    Column("revision", BigInteger, nullable=False),  # units of work that changed anything
    PrimaryKeyConstraint("organisation", "subject"),
)

task_acts = Table(
    "task_acts",  # how each task was before a unit of work, so that the unit can be undone
    metadata,
    Column("organisation", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("unit", BigInteger, nullable=False),  # the revision that it made
    Column("number", BigInteger, nullable=False),
    Column("before", Json),  # its row; of a task that was added, none
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("organisation", "subject", "unit", "number"),
)

readers = Table(
    "readers",  # who has rows above: what is kept for a time has to be found when its reader never returns
    metadata,
    Column("organisation", Text, nullable=False),
    Column("subject", Text, nullable=False),
    PrimaryKeyConstraint("organisation", "subject"),
)
