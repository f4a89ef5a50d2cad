"""The scheduler's statements in BigQuery's spelling: the one place that knows the differences.

A statement is written once, in the words both engines share. Three things differ: how a value is
named (`$week`, `@week`), how a list is searched (`in (select unnest($ids))`, `in unnest(@ids)`)
and what a schema is called (`eros_marts`, a dataset of some project).
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
from google.cloud import bigquery

from scheduler.errors import SchedulerError
from scheduler.warehouse.base import RAW

_LIST = re.compile(r"\(\s*select\s+unnest\(\s*\$(\w+)\s*\)\s*\)", re.IGNORECASE)
_VALUE = re.compile(r"\$([a-z_]\w*)", re.IGNORECASE)
_RELATION = re.compile(r"(?<![\w.`])eros_([a-z]+)\.([a-z_]\w*)")
_SCALARS: tuple[tuple[type, str], ...] = (
    # in this order: a bool is an int, a datetime is a date
    (bool, "BOOL"),
    (int, "INT64"),
    (float, "FLOAT64"),
    (datetime, "TIMESTAMP"),
    (date, "DATE"),
    (str, "STRING"),
)


@dataclass(frozen=True)
class Names:
    """Where the schemas are.

    Attributes:
        project: that holds the datasets.
        dataset: the profile's; the layers are `<dataset>_marts` and so on.
        raw: the dataset of the raw tables, which another tool may fill.
    """

    project: str
    dataset: str
    raw: str

    def schema(self, name: str) -> str:
        """The dataset of one of our schemas, such as `eros_marts`."""
        return self.raw if name == RAW else f"{self.dataset}_{name.removeprefix('eros_')}"

    def table(self, relation: str) -> str:
        """`schema.name` as `project.dataset.name`."""
        schema, name = relation.split(".")
        return f"{self.project}.{self.schema(schema)}.{name}"


def statement(sql: str, names: Names) -> str:
    """A statement of the scheduler in BigQuery's spelling."""
    sql = _LIST.sub(r"unnest(@\1)", sql)
    sql = _VALUE.sub(r"@\1", sql)
    return _RELATION.sub(lambda found: f"`{names.table(found.group())}`", sql)


def parameters(
    values: Mapping[str, Any],
) -> list[bigquery.ScalarQueryParameter | bigquery.ArrayQueryParameter]:
    """Bound values with their types; a datetime without zone is UTC.

    Raises:
        SchedulerError: a value is of a type that no statement takes.
    """
    bound: list[bigquery.ScalarQueryParameter | bigquery.ArrayQueryParameter] = []
    for name, value in values.items():
        if isinstance(value, list | tuple):
            kinds = {_kind(name, item) for item in value} or {"STRING"}
            if len(kinds) > 1:
                raise SchedulerError(f"The list {name} mixes {', '.join(sorted(kinds))}.")
            items = [_aware(item) for item in value]
            bound.append(bigquery.ArrayQueryParameter(name, kinds.pop(), items))
        else:
            kind = _kind(name, value)
            bound.append(bigquery.ScalarQueryParameter(name, kind, _aware(value)))
    return bound


def _kind(name: str, value: Any) -> str:
    for python, kind in _SCALARS:
        if isinstance(value, python):
            return kind
    raise SchedulerError(f"The value {name} is {type(value).__name__}, which cannot be bound.")


def _aware(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


def json_lines(rows: pa.Table) -> bytes:
    """Rows as newline-delimited JSON, NULLs left out, floats to the last bit."""
    lines = (
        json.dumps(
            {name: _json_value(value) for name, value in row.items() if value is not None},
            ensure_ascii=False,
        )
        for row in _plain_rows(rows)
    )
    return "".join(f"{line}\n" for line in lines).encode()


def _plain_rows(rows: pa.Table) -> Iterator[dict[str, Any]]:
    for batch in rows.to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return _aware(value).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return {"inf": "Infinity", "-inf": "-Infinity"}.get(str(value), "NaN")
    return value


def as_embedded(table: pa.Table) -> pa.Table:
    """A result with the types that DuckDB gives: moments in UTC without a zone mark."""
    for index, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type) and field.type.tz is not None:
            naive = table.column(index).cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))
            table = table.set_column(index, field.name, naive)
        elif pa.types.is_decimal(field.type):
            table = table.set_column(index, field.name, table.column(index).cast(pa.float64()))
    return table
