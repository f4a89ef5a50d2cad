"""Types as the analyzer names them and as BigQuery's REST interface does."""

from typing import Any

from analyzer.googlesql import Type
from zetasql.wasi._pb2.zetasql.public import type_pb2

_REST = {
    type_pb2.TYPE_BOOL: "BOOLEAN",
    type_pb2.TYPE_BYTES: "BYTES",
    type_pb2.TYPE_DATE: "DATE",
    type_pb2.TYPE_DATETIME: "DATETIME",
    type_pb2.TYPE_DOUBLE: "FLOAT",
    type_pb2.TYPE_INT64: "INTEGER",
    type_pb2.TYPE_INTERVAL: "INTERVAL",
    type_pb2.TYPE_JSON: "JSON",
    type_pb2.TYPE_NUMERIC: "NUMERIC",
    type_pb2.TYPE_BIGNUMERIC: "BIGNUMERIC",
    type_pb2.TYPE_STRING: "STRING",
    type_pb2.TYPE_TIME: "TIME",
    type_pb2.TYPE_TIMESTAMP: "TIMESTAMP",
}
_KINDS = {name: kind for kind, name in _REST.items()} | {
    "BOOL": type_pb2.TYPE_BOOL,
    "FLOAT64": type_pb2.TYPE_DOUBLE,
    "INT64": type_pb2.TYPE_INT64,
}
_STRUCTS = ("RECORD", "STRUCT")


def rest_field(name: str, type_: Type) -> dict[str, Any]:
    """A column as a `TableFieldSchema`."""
    if type_.type_kind == type_pb2.TYPE_ARRAY:
        return rest_field(name, type_.array_type.element_type) | {"mode": "REPEATED"}
    field: dict[str, Any] = {"name": name, "mode": "NULLABLE"}
    if type_.type_kind == type_pb2.TYPE_STRUCT:
        inside = [rest_field(f.field_name, f.field_type) for f in type_.struct_type.field]
        return field | {"type": "RECORD", "fields": inside}
    return field | {"type": _REST[type_.type_kind]}


def of_field(field: dict[str, Any]) -> Type:
    """The type of a `TableFieldSchema`."""
    if field["type"].upper() in _STRUCTS:
        type_ = Type(type_kind=type_pb2.TYPE_STRUCT)
        for inside in field["fields"]:
            type_.struct_type.field.add(field_name=inside["name"], field_type=of_field(inside))
    else:
        type_ = Type(type_kind=_KINDS[field["type"].upper()])
    return array_of(type_) if field.get("mode") == "REPEATED" else type_


def of_parameter(parameter: dict[str, Any]) -> Type:
    """The type of a `QueryParameterType`."""
    kind = parameter["type"].upper()
    if kind == "ARRAY":
        return array_of(of_parameter(parameter["arrayType"]))
    if kind in _STRUCTS:
        type_ = Type(type_kind=type_pb2.TYPE_STRUCT)
        for inside in parameter["structTypes"]:
            field_type = of_parameter(inside["type"])
            type_.struct_type.field.add(field_name=inside.get("name", ""), field_type=field_type)
        return type_
    return Type(type_kind=_KINDS[kind])


def array_of(element: Type) -> Type:
    """The type of an array."""
    type_ = Type(type_kind=type_pb2.TYPE_ARRAY)
    type_.array_type.element_type.CopyFrom(element)
    return type_
