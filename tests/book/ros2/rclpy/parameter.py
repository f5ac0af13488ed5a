"""Parameters: named, typed values of a node."""

from __future__ import annotations

from enum import Enum
from typing import Any

from rcl_interfaces.msg import ParameterValue


class ParameterType(Enum):
    NOT_SET = 0
    BOOL = 1
    INTEGER = 2
    DOUBLE = 3
    STRING = 4
    INTEGER_ARRAY = 7
    DOUBLE_ARRAY = 8
    STRING_ARRAY = 9

    @classmethod
    def of(cls, value: Any) -> ParameterType:
        scalars = {bool: cls.BOOL, int: cls.INTEGER, float: cls.DOUBLE, str: cls.STRING, type(None): cls.NOT_SET}
        arrays = {int: cls.INTEGER_ARRAY, float: cls.DOUBLE_ARRAY, str: cls.STRING_ARRAY}
        if isinstance(value, list):
            return arrays[type(value[0])] if value else cls.STRING_ARRAY
        return scalars[type(value)]


class Parameter:
    Type = ParameterType

    def __init__(self, name: str, type_: ParameterType | None = None, value: Any = None) -> None:
        self.name, self.value = name, value
        self.type_ = type_ or ParameterType.of(value)
        if value is not None and ParameterType.of(value) is not self.type_:
            raise ValueError(f"Type {self.type_} and value {value!r} do not agree")

    def get_parameter_value(self) -> Any:
        field = {
            ParameterType.BOOL: "bool_value",
            ParameterType.INTEGER: "integer_value",
            ParameterType.DOUBLE: "double_value",
            ParameterType.STRING: "string_value",
            ParameterType.INTEGER_ARRAY: "integer_array_value",
            ParameterType.DOUBLE_ARRAY: "double_array_value",
            ParameterType.STRING_ARRAY: "string_array_value",
        }.get(self.type_)
        kind = ParameterValue(type=self.type_.value)
        if field:
            setattr(kind, field, self.value)
        return kind
