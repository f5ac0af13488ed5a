"""Reads from source code whether every statement on readers' rows names the reader; what it cannot follow, it reports.

The tables can only be had from `pageside.storage.tables`. Every mention of one must stand in a statement that holds
`mine(table, turn)` for each table it touches, or `owner(turn)` where it inserts, in a local name made for such a
statement, or in `mine` or `upsert` themselves; any other use is an offence, for nobody can say where it leads. SQL
written as text is an offence outside the storage floor, and within it where it could reach a reader's rows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests import sql_text_rule

from pageside.storage import tables

TABLES = frozenset(tables.metadata.tables)
OWNING = frozenset({"organisation", "subject"})

_TABLES = "pageside.storage.tables."
_OWNERSHIP = "pageside.identity.ownership."
_NAMING = frozenset({_OWNERSHIP + "mine", _OWNERSHIP + "upsert"})
_READING = frozenset({"select", "update", "delete", "exists"})
_STATEMENTS = _READING | {"insert"}
_FILTERS = frozenset({"where", "filter"})


def offences(source: str, *, floor: str = "conversation") -> list[str]:
    """Each place in `source` where a reader's rows could be touched without naming the reader, with its line.

    Args:
        floor: The package under `pageside` that the source belongs to; `storage` may hold SQL as text.
    """
    return sorted(set(_Rule(ast.parse(source), floor).found()), key=lambda told: int(told.partition(":")[0]))


@dataclass
class _Names:
    """What the local names of one function stand for."""

    aliases: set[str] = field(default_factory=set)
    builders: dict[str, str] = field(default_factory=dict)
    columns: dict[str, set[str]] = field(default_factory=dict)
    guarded: dict[str, set[str]] = field(default_factory=dict)


class _Rule:
    def __init__(self, tree: ast.Module, floor: str) -> None:
        self._tree = tree
        self._floor = floor
        self._parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
        self._imported = sql_text_rule.imports(tree)
        self._said: list[str] = []

    def found(self) -> list[str]:
        self._said += sql_text_rule.offences(self._tree, floor=self._floor)
        scopes = list(_scopes(self._tree))
        for scope in [*scopes, self._tree]:
            inside = list(_own(scope, scopes))
            names = self._names(inside)
            for node in inside:
                self._look(node, names)
        return self._said

    def _say(self, node: ast.AST, what: str) -> None:
        self._said.append(f"{getattr(node, 'lineno', 0)}: {what}")

    # What a node is.

    def _path(self, node: ast.AST) -> str:
        return sql_text_rule.path(node, self._imported)

    def _table(self, node: ast.AST, names: _Names) -> str:
        """The name of the table or alias that `node` is; empty where it is neither."""
        path = self._path(node)
        if path.startswith(_TABLES) and (name := path.removeprefix(_TABLES)) in TABLES:
            return name
        return node.id if isinstance(node, ast.Name) and node.id in names.aliases else ""

    def _builder(self, call: ast.AST, names: _Names) -> str:
        """Which statement `call` begins: select, insert, ...; empty where it begins none."""
        if not isinstance(call, ast.Call):
            return ""
        path = self._path(call.func)
        last = path.rpartition(".")[2]
        if path.startswith("sqlalchemy.") and last in _STATEMENTS:
            return last
        if isinstance(call.func, ast.Name) and call.func.id in names.builders:
            return names.builders[call.func.id]
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in _STATEMENTS
            and self._table(call.func.value, names)
        ):
            return call.func.attr
        return ""

    def _chain(self, node: ast.AST) -> ast.AST:
        """The whole expression that goes on from `node` by `.method(...)` or `.attribute`."""
        while True:
            parent = self._parents.get(node)
            goes_on = (isinstance(parent, ast.Attribute) and parent.value is node) or (
                isinstance(parent, ast.Call) and parent.func is node
            )
            if not goes_on or parent is None:
                return node
            node = parent

    def _beginning(self, node: ast.AST) -> ast.AST:
        """What a chain of `.method(...)` begins with: the call of `select`, a name, ..."""
        while True:
            match node:
                case ast.Call(func=ast.Attribute(value=before)) if not self._path(node.func):
                    node = before
                case ast.Attribute(value=before) if not self._path(node):
                    node = before
                case _:
                    return node

    # What the names of a function stand for.

    def _names(self, inside: list[ast.AST]) -> _Names:
        names = _Names()
        for _ in range(2):  # a name may be used before the line that a reader of this code would read first
            for node in inside:
                for target, value in _assigned(node):
                    self._note(target, value, names)
        return names

    def _note(self, target: ast.expr, value: ast.expr, names: _Names) -> None:
        if isinstance(target, ast.Subscript):
            target = target.value
        if not isinstance(target, ast.Name):
            return
        aliased = isinstance(value, ast.Call) and (
            (isinstance(value.func, ast.Attribute) and value.func.attr in {"alias", "tablesample"})
            or self._path(value.func).rpartition(".")[2] in {"aliased", "alias"}
        )
        if choices := self._choices(value):
            names.builders[target.id] = choices.pop()
        if aliased or self._table(value, names):
            if any(self._table(part, names) for part in ast.walk(value)):
                names.aliases.add(target.id)
            return
        for part in ast.walk(value):
            beginning = self._beginning(part)
            if self._chain(part) is not part or not self._states(part, names):
                continue
            guards = self._guards(part, names)
            if isinstance(beginning, ast.Name):
                guards = guards | names.guarded[beginning.id]
            names.guarded[target.id] = names.guarded.get(target.id, guards) & guards
        used = self._mentioned(value, names)
        if used and target.id not in names.guarded:
            names.columns.setdefault(target.id, set()).update(used)

    def _choices(self, value: ast.expr) -> set[str]:
        """`{"insert"}` where `value` is one database's `insert` or another's; empty where it is anything else."""
        leaves = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
        kinds = {self._path(leaf).rpartition(".")[2] for leaf in leaves if self._path(leaf).startswith("sqlalchemy.")}
        whole = all(self._path(leaf).startswith("sqlalchemy.dialects.") for leaf in leaves)
        return kinds if whole and kinds == {"insert"} else set()

    # What a statement mentions, and what it is narrowed to.

    def _mentioned(self, whole: ast.AST, names: _Names) -> set[str]:
        """The tables that `whole` means, but for those of statements within it and those in `mine` and `upsert`."""
        found: set[str] = set()
        pending: list[ast.AST] = [whole]
        while pending:
            node = pending.pop()
            if table := self._table(node, names):
                found.add(table)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names.columns:
                found |= names.columns[node.id]
            elif self._chain(node) is not node or not self._states(node, names):
                owned = isinstance(node, ast.Call) and self._path(node.func) in _NAMING
                pending += [part for part in ast.iter_child_nodes(node) if not owned or part is not node.args[0]]
        return found

    def _states(self, node: ast.AST, names: _Names) -> bool:
        """Whether `node` is a statement, begun there or going on from a name for one."""
        beginning = self._beginning(node)
        goes_on = isinstance(beginning, ast.Name) and beginning is not node and beginning.id in names.guarded
        return goes_on or bool(self._builder(beginning, names))

    def _guards(self, whole: ast.AST, names: _Names) -> set[str]:
        """The tables of the chain `whole` that are narrowed to the reader's rows, whatever else it says."""
        found = set()
        beginning = self._beginning(whole)
        if self._builder(beginning, names) == "insert" and isinstance(beginning, ast.Call) and beginning.args:
            found.add(self._table(beginning.args[0], names))
        for node in ast.walk(whole):
            if self._is_mine(node) and self._narrows(node, whole):
                found.add(self._table(node.args[0], names))  # type: ignore[attr-defined]
        return found - {""}

    def _is_mine(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and self._path(node.func) == _OWNERSHIP + "mine" and len(node.args) > 1

    def _narrows(self, node: ast.AST, whole: ast.AST) -> bool:
        node, parent = self._conjunction(node)
        if isinstance(parent, ast.keyword) and parent.arg == "where":
            call = self._parents[parent]
            return isinstance(call, ast.Call) and _is_upsert(call) and self._chain(call) is whole
        if not isinstance(parent, ast.Call) or not isinstance(parent.func, ast.Attribute) or node not in parent.args:
            return False
        if self._chain(parent) is not whole:
            return False
        inner = not any(word.arg in {"isouter", "full"} for word in parent.keywords)
        return parent.func.attr in _FILTERS or (parent.func.attr == "join" and parent.args[0] is not node and inner)

    def _conjunction(self, node: ast.AST) -> tuple[ast.AST, ast.AST]:
        """The widest condition that holds only where `node` holds, and what it is part of."""
        parent = self._parents[node]
        while (isinstance(parent, ast.Call) and self._path(parent.func) == "sqlalchemy.and_") or (
            isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.BitAnd)
        ):
            node, parent = parent, self._parents[parent]
        return node, parent

    # What is wrong.

    def _look(self, node: ast.AST, names: _Names) -> None:
        if self._chain(node) is node and not isinstance(node, ast.expr_context):
            beginning = self._beginning(node)
            if builder := self._builder(beginning, names):
                self._statement(node, builder, names)
            elif isinstance(beginning, ast.Name) and beginning.id in names.guarded and beginning is not node:
                self._continued(node, beginning.id, names)
        self._stray(node, names)
        if isinstance(node, ast.Name | ast.Attribute):
            self._builder_as_value(node)
        if isinstance(node, ast.Call) and _is_upsert(node):
            wheres = [word.value for word in node.keywords if word.arg == "where"]
            if not any(
                self._is_mine(part) and self._conjunction(part)[0] is where
                for where in wheres
                for part in ast.walk(where)
            ):
                self._say(node, "on_conflict_do_update without where=mine(...)")

    def _statement(self, whole: ast.AST, builder: str, names: _Names) -> None:
        if builder == "insert":
            self._inserts(whole)
            return
        guards = self._guards(whole, names)
        used = self._mentioned_by(whole, names)
        outer = self._outer_guards(whole, names) if guards else set()
        for table in sorted(used - guards - outer):
            self._say(whole, f"{builder} touches {table} without mine({table}, ...)")
        known = any(isinstance(part, ast.Name) and part.id in names.guarded for part in ast.walk(whole))
        if not used and not guards and not known and not self._of_literals(whole):
            self._say(whole, f"{builder} of something this rule cannot name")
        self._values(whole)

    def _mentioned_by(self, whole: ast.AST, names: _Names) -> set[str]:
        return {table for part in ast.iter_child_nodes(whole) for table in self._mentioned(part, names)}

    def _outer_guards(self, whole: ast.AST, names: _Names) -> set[str]:
        found: set[str] = set()
        node = self._parents.get(whole)
        while node is not None and isinstance(node, ast.expr | ast.keyword):
            if self._chain(node) is node and self._builder(self._beginning(node), names):
                found |= self._guards(node, names)
            node = self._parents.get(node)
        return found

    def _continued(self, whole: ast.AST, name: str, names: _Names) -> None:
        allowed = names.guarded[name] | self._guards(whole, names)
        for table in sorted(self._mentioned_by(whole, names) - allowed):
            self._say(whole, f"{name} goes on to touch {table} without mine({table}, ...)")

    def _inserts(self, whole: ast.AST) -> None:
        values = [call for call in _calls(whole, "values") if self._chain(call) is whole]
        if not values or not all(self._names_owner(call) for call in values):
            self._say(whole, "insert without owner(...) among its values")
        if _calls(whole, "from_select"):
            self._say(whole, "insert from a select, whose owner this rule cannot see")
        self._values(whole)

    def _names_owner(self, values: ast.Call) -> bool:
        unpacked: list[ast.expr] = [word.value for word in values.keywords if word.arg is None]
        shown = [argument.elt if isinstance(argument, ast.ListComp) else argument for argument in values.args]
        rows = [row for part in shown for row in (part.elts if isinstance(part, ast.List) else [part])]
        for row in rows:
            pairs = zip(row.keys, row.values, strict=True) if isinstance(row, ast.Dict) else ()
            if not any(key is None and self._is_owner(value) for key, value in pairs):
                return False
        return bool(rows) or any(self._is_owner(value) for value in unpacked)

    def _is_owner(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and self._path(node.func) == _OWNERSHIP + "owner"

    def _values(self, whole: ast.AST) -> None:
        for call in _calls(whole, "values"):
            if any(word.arg in OWNING for word in call.keywords):
                self._say(call, "values say whose the row is beside owner(...)")

    def _of_literals(self, whole: ast.AST) -> bool:
        call = self._beginning(whole)
        if call is not whole or not isinstance(call, ast.Call):
            return False
        return all(
            isinstance(part, ast.Constant)
            or (isinstance(part, ast.Call) and self._path(part.func).startswith("sqlalchemy."))
            for part in call.args
        ) and not any(isinstance(part, ast.Name) and not self._path(part) for part in ast.walk(call))

    def _stray(self, node: ast.AST, names: _Names) -> None:
        """A table, or a column of one, where no statement, name, `mine` or `upsert` takes it."""
        tables_here = {self._table(node, names)} - {""}
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            tables_here |= names.columns.get(node.id, set())
        if isinstance(node, ast.Attribute | ast.Name) and self._path(node) in {
            _TABLES.rstrip("."),
            _TABLES + "metadata",
        }:
            parent = self._parents[node]
            if self._floor != "storage" and not (isinstance(parent, ast.Attribute) and self._path(parent)):
                self._say(node, "all tables at once, where each has to be named")
        if not tables_here or isinstance(self._parents[node], ast.alias):
            return
        if not self._taken(node, names):
            self._say(node, f"{', '.join(sorted(tables_here))} outside a statement")

    def _taken(self, node: ast.AST, names: _Names) -> bool:
        while not isinstance(node, ast.stmt):
            parent = self._parents[node]
            if isinstance(parent, ast.Call):
                path = self._path(parent.func)
                if path in _NAMING and parent.args[:1] == [node]:
                    return True
            whole = self._chain(node)
            beginning = self._beginning(whole)
            if self._builder(beginning, names):
                return True
            if isinstance(beginning, ast.Name) and beginning.id in names.guarded:
                return True
            node = self._parents[whole] if whole is not node else parent
        targets = [target for target, _ in _assigned(node)]
        plain = [target.value if isinstance(target, ast.Subscript) else target for target in targets]
        return bool(plain) and all(isinstance(target, ast.Name) for target in plain)

    def _builder_as_value(self, node: ast.AST) -> None:
        path = self._path(node)
        if not path.startswith("sqlalchemy.") or path.rpartition(".")[2] not in _STATEMENTS:
            return
        parent = self._parents[node]
        chosen = isinstance(parent, ast.IfExp | ast.AnnAssign | ast.Assign) and (
            bool(self._choices(parent if isinstance(parent, ast.IfExp) else node))  # type: ignore[arg-type]
        )
        if not chosen and not (isinstance(parent, ast.Call) and parent.func is node):
            self._say(node, f"{path.rpartition('.')[2]} under another name")


def _scopes(tree: ast.Module) -> Iterator[ast.AST]:
    """The outermost functions; what is defined within one shares its names."""
    pending: list[ast.AST] = [tree]
    while pending:
        for node in ast.iter_child_nodes(pending.pop()):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node
            else:
                pending.append(node)


def _own(scope: ast.AST, scopes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    others = set(scopes) - {scope}
    pending = [scope]
    while pending:
        node = pending.pop(0)
        yield node
        pending += [child for child in ast.iter_child_nodes(node) if child not in others]


def _assigned(node: ast.AST) -> list[tuple[ast.expr, ast.expr]]:
    match node:
        case ast.Assign():
            return [(target, node.value) for target in node.targets]
        case ast.AnnAssign(value=ast.expr() as value) | ast.AugAssign(value=value):
            return [(node.target, value)]
        case ast.NamedExpr():
            return [(node.target, node.value)]
        case _:
            return []


def _calls(whole: ast.AST, method: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(whole)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method
    ]


def _is_upsert(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "on_conflict_do_update"
