"""No statement touches a reader's rows without naming the reader: read from the code, by a rule that is tried first."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.ownership_rule import OWNING, TABLES, offences
from tests.repository import ROOT

from pageside.storage import tables

SOURCE = ROOT / "src" / "pageside"
HEAD = """
import sqlalchemy as sa
from sqlalchemy import and_, delete, exists, func, insert, literal, or_, select, true, tuple_, update
from sqlalchemy.orm import aliased
from sqlalchemy.dialects import sqlite
from pageside.identity.ownership import mine, owner, upsert
from pageside.storage import tables
from pageside.storage.tables import feedback, items, threads

async def work(self, connection, turn, thread_id, some, query):
"""

OFFENDING = {
    "a select without": "await connection.execute(select(threads).where(threads.c.id == thread_id))",
    "a select of columns without": "await connection.execute(select(threads.c.title))",
    "an update without": "await connection.execute(update(threads).values(title='x'))",
    "a delete without": "await connection.execute(delete(items).where(items.c.id == some))",
    "an insert without": "await connection.execute(insert(items).values(id=some))",
    "an insert of rows given beside it": "await connection.execute(insert(items), [{**owner(turn), 'id': some}])",
    "one row of several without": "await connection.execute(insert(items).values([{**owner(turn)}, {'id': some}]))",
    "an insert from a select": "await connection.execute(insert(items).from_select(['id'], select(literal(1))))",
    "an insert for somebody else": "await connection.execute(insert(items).values(**owner(turn), subject=some))",
    "an update that gives away": (
        "await connection.execute(update(items).where(mine(items, turn)).values(subject=some))"
    ),
    "the other table of a join": (
        "await connection.execute(select(items).join(threads, threads.c.id == items.c.thread_id)"
        ".where(mine(items, turn)))"
    ),
    "an outer join that narrows nothing": (
        "await connection.execute(select(threads).outerjoin(items, and_(mine(threads, turn), mine(items, turn))))"
    ),
    "a join that keeps every row": (
        "await connection.execute(select(threads)"
        ".join(items, and_(mine(threads, turn), mine(items, turn)), isouter=True))"
    ),
    "an alias beside": (
        "other = threads.alias('other')\n"
        "    await connection.execute(select(threads, other).where(mine(threads, turn)))"
    ),
    "an alias made by the ORM": "other = aliased(threads)\n    await connection.execute(select(other))",
    "another name for a table": "other = threads\n    await connection.execute(select(other.c.id))",
    "another name for a module": "await connection.execute(select(tables.threads))",
    "a table found by name": "await connection.execute(select(tables.metadata.tables['threads']))",
    "a table looked up": "await connection.execute(select(getattr(tables, some)))",
    "a table handed in": "await connection.execute(select(func.count()).select_from(some))",
    "a table handed on": "await self.count(threads)",
    "the SDK's own methods": "await connection.execute(threads.select())",
    "the table's own delete": "await connection.execute(threads.delete())",
    "a qualified name": "await connection.execute(sa.select(threads))",
    "a renamed statement": "pick = select\n    await connection.execute(pick(threads))",
    "a database's own insert": "await connection.execute(sqlite.insert(items).values(id=some))",
    "an upsert over another's": (
        "await connection.execute(sqlite.insert(items).values(**owner(turn))"
        ".on_conflict_do_update(set_={'data': some}))"
    ),
    "a condition that may be passed by": (
        "await connection.execute(select(threads).where(or_(mine(threads, turn), threads.c.id == thread_id)))"
    ),
    "a condition turned round": "await connection.execute(select(threads).where(~mine(threads, turn)))",
    "a condition now and then": (
        "await connection.execute(select(threads).where(mine(threads, turn) if some else true()))"
    ),
    "a condition only shown": "await connection.execute(select(threads, mine(threads, turn)))",
    "a condition on another table": "await connection.execute(select(threads).where(mine(items, turn)))",
    "a subquery without": (
        "await connection.execute(select(items).where(mine(items, turn))"
        ".where(items.c.thread_id.in_(select(threads.c.id))))"
    ),
    "a subquery that has what its statement lacks": (
        "await connection.execute(select(items).where("
        "items.c.thread_id.in_(select(threads.c.id).where(mine(threads, turn)))))"
    ),
    "an exists without": "await connection.execute(select(exists().where(threads.c.id == thread_id)))",
    "one half of a union": (
        "await connection.execute(select(threads.c.id).where(mine(threads, turn)).union(select(items.c.id)))"
    ),
    "a table that comes in later": (
        "query = select(items).where(mine(items, turn))\n"
        "    query = query.where(items.c.thread_id == threads.c.id)\n"
        "    await connection.execute(query)"
    ),
    "a table in a condition made before": (
        "same = and_(items.c.thread_id == threads.c.id)\n"
        "    await connection.execute(select(items).where(mine(items, turn), same))"
    ),
    "a statement handed in that goes on": "await connection.execute(query.join(threads))",
    "a column handed out": "return threads.c.title",
    "SQL as text": "await connection.execute(sa.text('select 1'))",
    "SQL past SQLAlchemy": "await connection.exec_driver_sql('vacuum')",
    "SQL on a table of readers": "await connection.exec_driver_sql('select * from threads')",
    "SQL in a string for later": "words = 'DELETE  FROM chatkit.\"items\" where true'",
    "a column as text": "await connection.execute(select(sa.literal_column('title')).select_from(sa.table(some)))",
    "a driver": "import sqlite3",
}

PROPER = {
    "a select": "await connection.execute(select(threads).where(mine(threads, turn), threads.c.id == thread_id))",
    "a condition with others": "await connection.execute(select(threads).where(and_(mine(threads, turn), some)))",
    "an alias": (
        "other = threads.alias('other')\n"
        "    await connection.execute(select(func.max(other.c.activity)).where(mine(other, turn)))"
    ),
    "a join": (
        "await connection.execute(select(items).join(threads, threads.c.id == items.c.thread_id)"
        ".where(mine(items, turn), mine(threads, turn)))"
    ),
    "a subquery": (
        "await connection.execute(select(items).where(mine(items, turn), "
        "items.c.thread_id.in_(select(threads.c.id).where(mine(threads, turn)))))"
    ),
    "a statement in steps": (
        "query = select(items).where(mine(items, turn))\n"
        "    query = query.order_by(items.c.seq) if some else query.order_by(items.c.seq.desc())\n"
        "    await connection.execute(query.limit(5))"
    ),
    "a column kept for a statement": (
        "place = tuple_(threads.c.activity, threads.c.id)\n"
        "    query = select(threads).where(mine(threads, turn))\n"
        "    await connection.execute(query.where(place > some))"
    ),
    "an insert": "await connection.execute(insert(items).values(**owner(turn), id=some))",
    "an insert of rows": "await connection.execute(insert(items).values([{**owner(turn), 'id': n} for n in some]))",
    "an upsert": "await connection.execute(upsert(items, turn, rows=some, replacing=('data',), dialect='sqlite'))",
    "no table at all": "await connection.execute(select(literal(1)))",
    "prose": "words = 'Delete the items you chose from threads of yesterday'",
}

# What the rule finds and may stay, by module.
ALLOWED = {
    # Who has rows at all, page by page; and whether the table can be read, of which no row is told.
    "storage/engine.py": [
        "select touches readers without mine(readers, ...)",
        "listed goes on to touch readers without mine(readers, ...)",
        "select touches threads without mine(threads, ...)",
    ],
    # A backup is of everybody's rows: what they are read from and put into are tables as they are found.
    "storage/snapshot.py": [
        "exists of something this rule cannot name",
        "select of something this rule cannot name",
        "select of something this rule cannot name",
        "select of something this rule cannot name",
    ],
    "storage/refill.py": [
        "select of something this rule cannot name",
        "insert without owner(...) among its values",
    ],
    # The name of a lock, which is a number of ours.
    "storage/migrate_postgres.py": ["SQL put together from parts"],
}


def in_a_function(body):
    return f"{HEAD}    {body}\n"


def modules():
    exempt = {SOURCE / "storage" / "tables.py", SOURCE / "identity" / "ownership.py"}
    found = sorted(SOURCE.rglob("*.py"))
    return [path for path in found if path not in exempt and "migrations" not in path.parts]


def within(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def floor(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0]


@pytest.mark.parametrize("case", OFFENDING)
def test_what_must_be_caught_is_caught(case):
    """Each way to touch a row without saying whose it is."""
    assert offences(in_a_function(OFFENDING[case]))


@pytest.mark.parametrize("case", PROPER)
def test_what_is_proper_is_let_through(case):
    """A rule that cries wolf is switched off."""
    assert offences(in_a_function(PROPER[case])) == []


def test_the_storage_floor_may_write_sql_that_reaches_no_reader():
    """Pragmas and transactions have no other words; statements put together from parts are still refused."""
    quiet = "connection.exec_driver_sql('BEGIN IMMEDIATE')\n    connection.exec_driver_sql(f'PRAGMA {some}')"
    loud = (
        "connection.exec_driver_sql('select title from threads')\n    connection.exec_driver_sql(f'delete from {some}')"
    )

    assert offences(in_a_function(quiet), floor="storage") == []
    assert len(offences(in_a_function(loud), floor="storage")) == 2


def test_every_table_says_whose_its_rows_are():
    """The rule knows them all: whose a row is stands in two columns that are never empty."""
    assert set(tables.metadata.tables) == TABLES
    assert {
        table.name: [name for name in OWNING if name not in table.c or table.c[name].nullable]
        for table in tables.metadata.sorted_tables
    } == {name: [] for name in TABLES}


@pytest.mark.parametrize("module", modules(), ids=within)
def test_every_statement_names_the_reader(module):
    """Wherever it stands; what may stay is counted too."""
    found = offences(module.read_text(encoding="utf-8"), floor=floor(module))

    # Two in one line come in either order.
    assert sorted(told.partition(": ")[2] for told in found) == sorted(ALLOWED.get(within(module), [])), found


def test_what_may_stay_is_there():
    """No module is excused that does not exist."""
    assert set(ALLOWED) <= {within(module) for module in modules()}


def test_the_statements_of_the_store_are_among_those_read():
    """The rule reads what it is about: without `mine`, the store would be full of offences."""
    source = (SOURCE / "conversation" / "store.py").read_text(encoding="utf-8")

    assert len(offences(source.replace("ownership import mine", "elsewhere import mine"))) > 12
