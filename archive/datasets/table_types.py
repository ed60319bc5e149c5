"""The types of a record in Arrow and in DuckDB, both read off the record itself."""

from enum import Enum
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import pyarrow as pa
from pydantic import BaseModel

from archive.records import Record

_SCALARS: dict[type, pa.DataType] = {str: pa.string(), bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
_NAMES = {pa.string(): "VARCHAR", pa.bool_(): "BOOLEAN", pa.int64(): "BIGINT", pa.float64(): "DOUBLE"}


def arrow_type(annotation: Any) -> pa.DataType:
    """The Arrow type of a field of a record. `None` beside a type is what every Arrow column allows."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is tuple:
        return pa.list_(arrow_type(arguments[0]))
    # An object of any keys stands as JSON.
    if origin is Literal or origin is dict:
        return pa.string()
    if arguments:
        return arrow_type(next(argument for argument in arguments if argument is not NoneType))
    if issubclass(annotation, BaseModel):
        return pa.struct([(name, arrow_type(field.annotation)) for name, field in annotation.model_fields.items()])
    return pa.string() if issubclass(annotation, Enum) else _SCALARS[annotation]


def duckdb_type(kind: pa.DataType) -> str:
    """The same type as DuckDB writes it."""
    if pa.types.is_list(kind):
        return duckdb_type(kind.value_type) + "[]"
    if pa.types.is_struct(kind):
        fields = (f'"{field.name}" {duckdb_type(field.type)}' for field in kind)
        return f"STRUCT({', '.join(fields)})"
    return _NAMES[kind]


#: The fields of a record with their Arrow types, in the order of its line.
FIELDS: dict[str, pa.DataType] = {name: arrow_type(field.annotation) for name, field in Record.model_fields.items()}
