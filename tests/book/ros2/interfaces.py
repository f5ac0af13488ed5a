"""Message, service and action types, made from definitions written as ROS 2 writes them."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

_NUMBERS = {"bool": bool, "float32": float, "float64": float, "string": str, "byte": bytes}
_NUMBERS |= {f"{sign}int{bits}": int for sign in ("", "u") for bits in (8, 16, 32, 64)}
_FIELD = re.compile(r"(?P<type>[\w/]+)(?P<array>\[\d*\])?\s+(?P<name>\w+)\s*(?P<constant>=)?\s*(?P<value>\S+)?$")
_TYPES: dict[str, type] = {}


class Message:
    """A value with the fields of its definition; a wrong name or type is refused at once."""

    FIELDS: tuple[tuple[str, str, str, str], ...] = ()

    def __init__(self, **values: Any) -> None:
        for name, kind, array, default in self.FIELDS:
            setattr(self, name, _blank(kind, array, default))
        for name, value in values.items():
            setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        for field, kind, array, _ in self.FIELDS:
            if field == name:
                _check(type(self).__name__, field, kind, array, value)
                object.__setattr__(self, name, value)
                return
        raise AttributeError(f"{type(self).__name__!r} has no field {name!r}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name, *_ in self.FIELDS)
        return f"{type(self).__module__}.{type(self).__name__}({fields})"


def _blank(kind: str, array: str, default: str) -> Any:
    if array:
        length = int(array[1:-1] or 0)
        return [_blank(kind, "", default) for _ in range(length)]
    if kind in _NUMBERS:
        return _NUMBERS[kind](default) if default else _NUMBERS[kind]()
    return _TYPES[kind]()


def _check(owner: str, field: str, kind: str, array: str, value: Any) -> None:
    expected = _NUMBERS.get(kind) or _TYPES[kind]
    values = list(value) if array else [value]
    if array[1:-1] and len(values) != int(array[1:-1]):
        raise AssertionError(f"The '{field}' field of {owner} must hold {array[1:-1]} values")
    if len(values) > 64:  # a scan or an image: the first values stand for all
        values = values[:64]
    for one in values:
        plain = one.item() if hasattr(one, "item") and array else one
        if not isinstance(plain, expected) or (expected is int and isinstance(plain, bool)):
            raise AssertionError(f"The '{field}' field of {owner} must be of type '{kind}{array}', not {type(one)}")


def _parse(package: str, lines: list[str]) -> tuple[list[tuple[str, str, str, str]], dict[str, Any]]:
    fields, constants = [], {}
    for line in lines:
        match = _FIELD.match(line)
        if match is None:
            raise ValueError(f"not a field: {line!r}")
        kind, array, value = match["type"], match["array"] or "", match["value"] or ""
        if kind not in _NUMBERS and "/" not in kind:
            kind = f"{package}/{kind}"
        if match["constant"]:
            constants[match["name"]] = _NUMBERS[kind](value)
        else:
            fields.append((match["name"], kind, array, value))
    return fields, constants


def _make(package: str, name: str, lines: list[str], module: str) -> type:
    fields, constants = _parse(package, lines)
    return type(name, (Message,), {"FIELDS": tuple(fields), "__module__": module, **constants})


def _module(name: str) -> ModuleType:
    package, _, kind = name.partition(".")
    top = sys.modules.setdefault(package, ModuleType(package))
    top.__path__ = []  # type: ignore[attr-defined]
    if name not in sys.modules:
        sys.modules[name] = ModuleType(name)
        setattr(top, kind, sys.modules[name])
    return sys.modules[name]


def load(definitions: Path) -> list[str]:
    """Makes importable modules of every definition in the file; gives their names.

    A definition is a heading such as `std_msgs/msg/String` and one field on each indented line;
    `---` parts request from response, or goal from result from feedback.
    """
    for chunk in re.split(r"\n(?=\S)", definitions.read_text(encoding="utf-8").strip()):
        title, *lines = [line.strip() for line in chunk.splitlines() if line.strip() and not line.startswith("#")]
        if not title:
            continue
        package, kind, name = title.split("/")
        module = _module(f"{package}.{kind}")
        parts: list[list[str]] = [[]]
        for line in lines:
            if line == "---":
                parts.append([])
            else:
                parts[-1].append(line)
        names = {"msg": (name,), "srv": ("Request", "Response"), "action": ("Goal", "Result", "Feedback")}[kind]
        made = {part: _make(package, part, fields, module.__name__) for part, fields in zip(names, parts, strict=True)}
        whole = made[name] if kind == "msg" else type(name, (), {**made, "__module__": module.__name__})
        setattr(module, name, whole)
        _TYPES[f"{package}/{name}"] = whole
    return [name for name in sys.modules if name.partition(".")[0] in {t.partition("/")[0] for t in _TYPES}]
