"""What a JavaScript or TypeScript configuration file says literally, without running it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

_CONSTANTS = {"true": True, "false": False, "null": None}

_LANGUAGE = Language(tree_sitter_javascript.language())
_DEPTH = 40


class Unknown:
    """Stands for a value that only running the file could tell."""


UNKNOWN = Unknown()


def exported(source: str) -> object:
    """The default export of the module `source`; whatever in it is computed is `UNKNOWN` or left out.

    Dictionaries, lists, strings, numbers, booleans and None stand for the literals; names are looked up among the
    module's own constants.
    """
    tree = Parser(_LANGUAGE).parse(source.encode())
    names = dict(_declarations(tree.root_node))
    exports = list(_exports(tree.root_node))
    return _value(exports[-1], names, 0) if exports else UNKNOWN


def _walk(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.children)


def _declarations(root: Node) -> Iterator[tuple[str, Node]]:
    for node in _walk(root):
        if node.type == "variable_declarator":
            name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            if name is not None and value is not None:
                yield _annotated(node) or _text(name), value


def _annotated(declarator: Node) -> str:
    """The name in `const name: Type = ...`, which JavaScript reads as an error and a declaration of `Type`."""
    before = declarator.prev_sibling
    if before is None or before.type != "ERROR" or not before.named_children:
        return ""
    return _text(before.named_children[0])


def _exports(root: Node) -> Iterator[Node]:
    for node in _walk(root):
        if node.type == "export_statement":
            value = node.child_by_field_name("value") or node.child_by_field_name("declaration")
            yield from (value,) if value is not None else node.named_children[:1]
        elif node.type == "assignment_expression":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None and _text(left) == "module.exports":
                yield right


def _value(node: Node, names: Mapping[str, Node], depth: int) -> object:
    if depth > _DEPTH:
        return UNKNOWN
    match node.type:
        case "object":
            return _object(node, names, depth)
        case "array":
            return [_value(item, names, depth + 1) for item in node.named_children if item.type != "comment"]
        case "string":
            return _unescaped(node)
        case "template_string" if not any(child.type == "template_substitution" for child in node.children):
            return _unescaped(node)
        case "number":
            return _number(_text(node))
        case "true" | "false" | "null":
            return _CONSTANTS[node.type]
        case "identifier" if (named := names.get(_text(node))) is not None:
            return _value(named, names, depth + 1)
        case "parenthesized_expression" | "await_expression" if node.named_children:
            return _value(node.named_children[0], names, depth + 1)
        case "member_expression" if (inner := node.child_by_field_name("object")) is not None:
            # `{...} satisfies A.B`, which JavaScript reads as a property of the object.
            return _value(inner, names, depth + 1) if inner.type in {"object", "array"} else UNKNOWN
        case "function_expression" | "arrow_function" | "function_declaration":
            return _returned(node, names, depth)
        case _:
            return UNKNOWN


def _returned(function: Node, names: Mapping[str, Node], depth: int) -> object:
    body = function.child_by_field_name("body")
    if body is None or body.type != "statement_block":
        return UNKNOWN if body is None else _value(body, names, depth + 1)
    results = [child for child in body.named_children if child.type == "return_statement" and child.named_children]
    return _value(results[0].named_children[0], names, depth + 1) if results else UNKNOWN


def _object(node: Node, names: Mapping[str, Node], depth: int) -> dict[str, object]:
    made: dict[str, object] = {}
    for pair in node.named_children:
        if pair.type == "pair":
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if key is not None and value is not None:
                made[_unescaped(key) if key.type == "string" else _text(key)] = _value(value, names, depth + 1)
        elif pair.type == "shorthand_property_identifier" and _text(pair) in names:
            made[_text(pair)] = _value(names[_text(pair)], names, depth + 1)
    return made


def _unescaped(node: Node) -> str:
    parts = []
    for child in node.named_children:
        text = _text(child)
        parts.append(text[1:] if child.type == "escape_sequence" else text)
    return "".join(parts)


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return UNKNOWN


def _text(node: Node) -> str:
    return (node.text or b"").decode(errors="replace")
