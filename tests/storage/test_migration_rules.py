"""Revisions that a running server survives: the rules of ADR 45, read from the code of every revision."""

from __future__ import annotations

import ast
import re

import pytest

from pageside.storage.revisions import MIGRATIONS

VERSIONS = sorted((MIGRATIONS / "versions").glob("r[0-9]*.py"))
TAKING = {"drop_table", "drop_column", "drop_constraint", "drop_index", "rename_table"}
CHANGING = {"alter_column", "batch_alter_table", "create_unique_constraint", "create_check_constraint"}
CONSTRAINING = {"create_foreign_key", "create_primary_key", "create_exclude_constraint"}
MARK = "CONTRACTS"
TAKING_SQL = re.compile(
    r"\b(drop\s+(table|column|schema|view|constraint)|rename|truncate|set\s+not\s+null|alter\s+column)\b"
)
VALIDATING_SQL = re.compile(r"\badd\s+constraint\b(?!.*\bnot\s+valid\b)")


def offences(source):
    """What in a revision's `upgrade` would stop or break a server that runs beside it, with its line."""
    tree = ast.parse(source)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    marked = any(isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == MARK for node in tree.body)
    upgrading = [node for name in _reached("upgrade", functions) for node in ast.walk(functions[name])]
    created = {_first(node) for node in upgrading if _operation(node) == "create_table"}
    found = [f"{node.lineno}: {told}" for node in upgrading for told in _told(node, created)]
    return [] if marked else sorted(set(found), key=lambda each: int(each.partition(":")[0]))


def _reached(name, functions):
    """The functions that `name` comes to, itself among them; those of `downgrade` are another matter."""
    found, left = set(), [name]
    while left:
        at = left.pop()
        if at in functions and at not in found:
            found.add(at)
            left += [node.id for node in ast.walk(functions[at]) if isinstance(node, ast.Name)]
    return found


def _told(node, created):
    operation = _operation(node)
    named = {word.arg: word.value for word in getattr(node, "keywords", [])}
    if operation in TAKING:
        yield f"{operation} takes away what the version before still uses"
    if operation in CHANGING | CONSTRAINING:
        yield f"{operation} looks at every row under a lock, or changes what the version before knows"
    if operation == "add_column" and isinstance(column := node.args[1], ast.Call):
        yield from _of_column(column)
    if operation == "create_index":
        table = node.args[1].value if len(node.args) > 1 and isinstance(node.args[1], ast.Constant) else ""
        if table not in created and not _is_true(named.get("if_not_exists")):
            yield "create_index on a table that has rows: without if_not_exists nobody can build it concurrently before"
    if operation == "execute":
        told = " ".join(part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and _is_text(part))
        if TAKING_SQL.search(told.lower()):
            yield "SQL takes away or rewrites what the version before still uses"
        if VALIDATING_SQL.search(told.lower()):
            yield "a constraint is added without NOT VALID"


def _of_column(column):
    named = {word.arg: word.value for word in column.keywords}
    needed = isinstance(named.get("nullable"), ast.Constant) and named["nullable"].value is False
    if needed and "server_default" not in named:
        yield "add_column that the version before does not fill, and must"
    if "unique" in named or "index" in named or any("ForeignKey" in ast.dump(part) for part in column.args):
        yield "add_column with a constraint, which looks at every row under a lock"


def _operation(node):
    """The name of a call of `op`; empty for whatever else."""
    call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return node.func.attr if call and getattr(node.func.value, "id", "") == "op" else ""


def _first(node):
    return node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""


def _is_true(node):
    return isinstance(node, ast.Constant) and node.value is True


def _is_text(node):
    return isinstance(node.value, str)


HARMFUL = {
    "a table goes": "op.drop_table('items')",
    "a column goes": "op.drop_column('items', 'record')",
    "a table gets another name": "op.rename_table('items', 'entries')",
    "a column gets another name": "op.alter_column('items', 'data', new_column_name='content')",
    "a column gets another type": "op.alter_column('items', 'seq', type_=sa.Integer)",
    "a column that must be filled": "op.add_column('items', sa.Column('later', sa.Text, nullable=False))",
    "a column that refers": "op.add_column('items', sa.Column('later', sa.Text, sa.ForeignKey('threads.id')))",
    "an index over rows": "op.create_index('items_by_type', 'items', ['type'])",
    "a constraint over rows": "op.create_check_constraint('short', 'items', 'seq < 9')",
    "a constraint in SQL": "op.execute('ALTER TABLE items ADD CONSTRAINT short CHECK (seq < 9)')",
    "a column that goes in SQL": "op.execute('ALTER TABLE items DROP COLUMN record')",
    "a name in SQL": "op.execute(f'ALTER TABLE {table} RENAME TO entries')",
    "all rows": "op.execute('TRUNCATE items')",
    "a copy of the table": "with op.batch_alter_table('items') as batch:\n        batch.drop_column('record')",
    "by another function": "_more()\n\ndef _more():\n    op.drop_table('items')",
}
HARMLESS = {
    "a table": "op.create_table('later', sa.Column('id', sa.Text))",
    "a table with an index": "op.create_table('later')\n    op.create_index('later_by_id', 'later', ['id'])",
    "a column that may be empty": "op.add_column('items', sa.Column('later', sa.Text))",
    "a column with a default": "op.add_column('items', sa.Column('n', sa.Text, nullable=False, server_default=''))",
    "an index that may be there": "op.create_index('by_type', 'items', ['type'], if_not_exists=True)",
    "a constraint of new rows": "op.execute('ALTER TABLE items ADD CONSTRAINT s CHECK (seq < 9) NOT VALID')",
    "a policy": "op.execute('CREATE POLICY p ON items USING (true)')",
    "the way back": "pass\n\ndef downgrade():\n    op.drop_table('items')",
}


@pytest.mark.parametrize("body", HARMFUL.values(), ids=HARMFUL)
def test_what_would_stop_a_running_server_is_found(body):
    """Unless the revision says that it takes away what no version uses any more."""
    source = f"def upgrade():\n    {body}\n"

    assert len(offences(source)) == 1
    assert offences(f'CONTRACTS = "items.record, unused since 1.4"\n{source}') == []


@pytest.mark.parametrize("body", HARMLESS.values(), ids=HARMLESS)
def test_what_a_running_server_survives_is_let_pass(body):
    """A rule that is always broken is none."""
    assert offences(f"def upgrade():\n    {body}\n") == []


@pytest.mark.parametrize("revision", VERSIONS, ids=lambda path: path.stem)
def test_a_revision_lets_servers_of_the_version_before_go_on(revision):
    """It adds, and takes nothing away; what it takes away it says, and which release stopped using it."""
    assert offences(revision.read_text("utf-8")) == []


@pytest.mark.parametrize("revision", VERSIONS, ids=lambda path: path.stem)
def test_the_names_of_revisions_are_their_order(revision):
    """Number by number, so that two which were made at once are seen."""
    number = int(revision.stem[1:5])
    source = revision.read_text("utf-8")

    assert f'revision = "{number:04}"' in source
    assert f'down_revision = "{number - 1:04}"' in source or (number == 1 and "down_revision = None" in source)
