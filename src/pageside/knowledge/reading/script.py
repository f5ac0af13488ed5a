"""JavaScript as far as it holds words: the strings, lists, objects and JSX of an expression, read by a real grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

LONGEST_SCRIPT_CHARACTERS = 200_000
_DEEPEST = 60
_FURTHEST_BLANK_LINES = 40

_LANGUAGE = Language(tree_sitter_javascript.language())
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))")
_SIMPLE = {"n": "\n", "t": "\t", "r": "\n", "b": " ", "f": " ", "v": " ", "0": "", "\n": "", "\r\n": ""}
_IMPORT = re.compile(r"import\s*(?:[\"'{*]|[\w$]+\s*(?:,|from\b))")
_EXPORT = re.compile(r"export\s+(?:const|let|var|function|class|default|async)\b|export\s*[{*]")
_BLANK_LINE = re.compile(r"\n[ \t]*(?=\n|\Z)")
_BRANCHES = frozenset((
    "binary_expression", "parenthesized_expression", "sequence_expression", "spread_element", "ternary_expression",
))  # fmt: skip
_JSX = frozenset(("jsx_element", "jsx_self_closing_element"))


class Markup(str):
    """JSX as it stands in the source: to be read as MDX."""

    __slots__ = ()


class Number(str):
    """A number as it stands in the source: shown where it is a child, technical where it is a prop."""

    __slots__ = ()


Value: TypeAlias = str | tuple["Value", ...] | Mapping[str, "Value"] | None


class Unreadable(ValueError):
    """The text is not JavaScript."""


def read(expression: str) -> Value:
    """What `expression` holds in words: a string, `Markup`, a `Number`, a tuple, a mapping, or nothing.

    Raises:
        Unreadable: it is not a JavaScript expression, or far too long or deep to be one somebody wrote.
    """
    if len(expression) > LONGEST_SCRIPT_CHARACTERS:
        raise Unreadable("too long")
    if _only_comments(expression):
        return None
    root = _parsed(f"({expression}\n)")
    if root.has_error:
        raise Unreadable("not an expression")
    return _value(root, depth=0)


def names(script: str) -> frozenset[str]:
    """Every identifier that occurs in `script`."""
    found: set[str] = set()
    pending = [_parsed(script[:LONGEST_SCRIPT_CHARACTERS])]
    while pending:
        node = pending.pop()
        if node.type in ("identifier", "shorthand_property_identifier"):
            found.add(_source(node))
        pending.extend(node.children)
    return frozenset(found)


def module_statements_end(text: str, start: int) -> int:
    """One past the `import` and `export` statements that begin at `start`; `start` itself where there are none."""
    if not (_IMPORT.match(text, start) or _EXPORT.match(text, start)):
        return start
    paragraph = _blank_from(text, start)
    if _is_module(text[start:paragraph]):
        return paragraph
    end = start
    for line_end in _line_ends(text, start, paragraph):
        if _is_module(text[start:line_end]):
            end = line_end
    if end > start:
        return end
    end = paragraph
    for _ in range(_FURTHEST_BLANK_LINES):
        if end >= min(len(text), start + LONGEST_SCRIPT_CHARACTERS):
            return start
        end = _blank_from(text, end + 1)
        if _is_balanced(text[start:end]) and _is_module(text[start:end]):
            return end
    return start


def _is_balanced(script: str) -> bool:
    return all(script.count(opening) == script.count(closing) for opening, closing in ("{}", "()", "[]"))


def _blank_from(text: str, start: int) -> int:
    found = _BLANK_LINE.search(text, start)
    return found.start() if found else len(text)


def _line_ends(text: str, start: int, end: int) -> Iterator[int]:
    position = text.find("\n", start, end)
    for _ in range(60):
        if position < 0:
            return
        yield position
        position = text.find("\n", position + 1, end)


def _is_module(script: str) -> bool:
    if len(script) > LONGEST_SCRIPT_CHARACTERS:
        return False
    root = _parsed(script)
    kinds = {child.type for child in root.children} - {"comment", ";", "empty_statement"}
    return not root.has_error and bool(kinds) and kinds <= {"import_statement", "export_statement"}


def _parsed(script: str) -> Node:
    return Parser(_LANGUAGE).parse(script.encode("utf-8", "replace")).root_node


def _only_comments(expression: str) -> bool:
    return not re.sub(r"/\*[\s\S]*?\*/|//[^\n]*", "", expression).strip()


def _source(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _value(node: Node, *, depth: int) -> Value:
    if depth > _DEEPEST:
        raise Unreadable("too deep")
    if node.type == "string":
        return _unescaped(_source(node)[1:-1])
    if node.type == "template_string":
        return _template(node)
    if node.type == "number":
        return Number(_source(node))
    if node.type in _JSX:
        return Markup(_source(node))
    if node.type == "object":
        return _object(node, depth=depth)
    if node.type == "binary_expression" and (operator := node.child_by_field_name("operator")):
        if _source(operator) == "+":
            return _joined(node, depth=depth)
        if _source(operator) not in ("&&", "||", "??"):
            return None
    if node.type in ("arrow_function", "function_expression", "statement_block", "return_statement"):
        return _jsx_within(node, depth=depth)
    if node.type in _BRANCHES or node.type in ("array", "arguments", "program", "expression_statement"):
        return _children(node, depth=depth)
    if node.type == "call_expression":
        return _arguments(node, depth=depth)
    return None


def _children(node: Node, *, depth: int) -> Value:
    skipped = node.child_by_field_name("condition")
    found = [_value(child, depth=depth + 1) for child in node.named_children if child != skipped]
    kept = tuple(value for value in found if value is not None)
    if node.type == "array":
        return kept
    return kept[0] if len(kept) == 1 else kept or None


def _joined(node: Node, *, depth: int) -> Value:
    parts = [_value(child, depth=depth + 1) for child in node.named_children]
    if all(part is None or (isinstance(part, str) and not isinstance(part, Markup)) for part in parts):
        return "".join(part for part in parts if isinstance(part, str)) or None
    return tuple(part for part in parts if part is not None)


def _arguments(node: Node, *, depth: int) -> Value:
    given = node.child_by_field_name("arguments")
    called = node.child_by_field_name("function")
    parts = [_value(given, depth=depth + 1)] if given else []
    if called is not None and called.type == "member_expression":
        parts.extend(_value(child, depth=depth + 1) for child in called.named_children)
    kept = tuple(part for part in parts if part is not None)
    return kept[0] if len(kept) == 1 else kept or None


def _object(node: Node, *, depth: int) -> Value:
    found: dict[str, Value] = {}
    for pair in node.named_children:
        name, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if pair.type == "pair" and name is not None and value is not None:
            read_value = _value(value, depth=depth + 1)
            if read_value is not None:
                found[_source(name).strip("\"'`")] = read_value
    return found


def _jsx_within(node: Node, *, depth: int) -> Value:
    found: list[Value] = []
    pending = list(reversed(node.children))
    while pending:
        child = pending.pop()
        if child.type in _JSX:
            found.append(Markup(_source(child)))
        else:
            pending.extend(reversed(child.children))
    return tuple(found) or None


def _template(node: Node) -> str:
    source = _source(node)[1:-1]
    offset = node.start_byte + 1
    raw = source.encode()
    kept, position = [], 0
    for child in node.named_children:
        if child.type == "template_substitution":
            kept.append(raw[position : child.start_byte - offset])
            position = child.end_byte - offset
    kept.append(raw[position:])
    return _unescaped(" ".join(part.decode("utf-8", "replace") for part in kept))


def _unescaped(source: str) -> str:
    def character(found: re.Match[str]) -> str:
        code = found[1] or found[2] or found[3]
        if code:
            return chr(int(code, 16)) if int(code, 16) < 0x110000 else ""
        return _SIMPLE.get(found[4], found[4])

    if "\\" not in source:
        return source
    # Two escapes may be the halves of one character.
    return _ESCAPE.sub(character, source).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
