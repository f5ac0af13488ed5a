"""SQL written as text: an offence above the storage floor, and below where it could reach a reader's rows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from pageside.storage import tables

_TEXTUAL = frozenset({"text", "literal_column", "TextClause", "table", "Table", "DDL", "TextualSelect"})
_DRIVERS = frozenset({"sqlite3", "aiosqlite", "asyncpg", "psycopg", "psycopg2"})
_DRIVING = frozenset({"storage", "knowledge", "cli", "doctor.py"})  # the index has databases of its own
_NAMES = "|".join(sorted(tables.metadata.tables))
_REACHES = re.compile(
    rf'\b(from|into|update|join|truncate|copy|using)\s+(table\s+|only\s+)*("?\w+"?\.)?"?({_NAMES})\b', re.IGNORECASE
)
_VERB = re.compile(r"\b(select|insert|update|delete|merge|truncate|copy)\b", re.IGNORECASE)
_BEGINS = re.compile(
    r"\s*(select|with|insert\s+into|update|delete\s+from|merge|truncate|copy|from|join|into)\b", re.IGNORECASE
)


def offences(tree: ast.Module, *, floor: str) -> Iterator[str]:
    """Each SQL text in `tree` that must not stand there, with its line."""
    prose, imported = _docstrings(tree), imports(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() as told) if node not in prose and _REACHES.search(told):
                if _BEGINS.match(told):
                    yield f"{node.lineno}: SQL as text on a reader's table"
            case ast.Call() if _is_textual(node, imported):
                if floor != "storage":
                    yield f"{node.lineno}: SQL as text"
                elif _is_put_together(node):
                    yield f"{node.lineno}: SQL put together from parts"
            case ast.Import() | ast.ImportFrom() if floor not in _DRIVING:
                modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
                if any(module.partition(".")[0] in _DRIVERS for module in modules):
                    yield f"{node.lineno}: a driver beside the store"


def imports(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for, in full."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                top = name.name.partition(".")[0]
                found[name.asname or top] = name.name if name.asname else top
        elif isinstance(node, ast.ImportFrom):
            for name in node.names:
                found[name.asname or name.name] = f"{node.module}.{name.name}"
    return found


def path(node: ast.AST, imported: Mapping[str, str]) -> str:
    """The full name of what `node` names; empty where it names nothing that was imported."""
    match node:
        case ast.Name():
            return imported.get(node.id, "")
        case ast.Attribute():
            before = path(node.value, imported)
            return f"{before}.{node.attr}" if before else ""
        case _:
            return ""


def _is_textual(call: ast.Call, imported: Mapping[str, str]) -> bool:
    named = path(call.func, imported)
    if named.startswith("sqlalchemy.") and named.rpartition(".")[2] in _TEXTUAL:
        return True
    return isinstance(call.func, ast.Attribute) and call.func.attr == "exec_driver_sql"


def _is_put_together(call: ast.Call) -> bool:
    argument = call.args[0] if call.args else None
    if argument is None or isinstance(argument, ast.Constant):
        return False
    parts = [part.value for part in ast.walk(argument) if isinstance(part, ast.Constant)]
    return bool(_VERB.search(" ".join(part for part in parts if isinstance(part, str))))


def _docstrings(tree: ast.Module) -> set[ast.AST]:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }
