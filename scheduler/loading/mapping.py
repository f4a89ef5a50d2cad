"""Another tool's columns as ours: a small YAML that says which is which.

mass_messages:
  files: ["*messages*.csv"]       # their names, with *; without: the usual names
  timezone: Eastern Time          # of times written without an offset; without: UTC
  date_order: month_first         # or day_first; without: as the file shows
  columns:
    page_name: Creator            # ours: theirs, in any case
    sending_time: Date + Time     # several, joined by a blank
    sent_count: [Sent, Sent to]   # the first that the file has
  constants:
    message_type: ppv             # ours: one value for all rows; null for nothing
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from scheduler.errors import SchedulerError
from scheduler.loading.contract import RAW_TABLES, RawTable, plain_name
from scheduler.loading.files import FileRows
from scheduler.loading.problems import Problem, listed, problem
from scheduler.loading.reading import DAY_FIRST, MONTH_FIRST
from scheduler.loading.zones import known_zone

_SHIPPED = Path(__file__).parent / "maps"
_KEYS = {"files", "timezone", "date_order", "columns", "constants"}


@dataclass(frozen=True, slots=True)
class TableMap:
    """How one table's file differs from ours.

    Attributes:
        files: names, with `*`, of the file.
        zone: of times without one.
        date_order: MONTH_FIRST, DAY_FIRST or None.
        columns: ours -> choices, the first that the file has wins; each is columns to join.
        constants: ours -> the value of every row.
    """

    files: tuple[str, ...]
    zone: ZoneInfo | None
    date_order: str | None
    columns: Mapping[str, tuple[tuple[str, ...], ...]]
    constants: Mapping[str, str]

    @property
    def names(self) -> frozenset[str]:
        """Their columns, plain."""
        choices = (choice for each in self.columns.values() for choice in each)
        return frozenset(plain_name(name) for choice in choices for name in choice)


def read_map(name: str) -> dict[str, TableMap]:
    """The map of a file, or a shipped one by its name, by raw table.

    Raises:
        SchedulerError: there is none, or it says what no map can.
    """
    shipped = {path.stem: path for path in sorted(_SHIPPED.glob("*.yml"))}
    path = shipped.get(name, Path(name))
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        known = listed(list(shipped))
        raise SchedulerError(
            f"{name} is no map that can be read. Name a YAML file, or one of {known}."
        ) from error
    except yaml.YAMLError as error:
        line = str(error).splitlines()[-1].strip()
        raise SchedulerError(f"{name} is not YAML ({line}). Mend it there.") from error
    tables = {table.name: table for table in RAW_TABLES}
    if not isinstance(content, dict) or not content or not set(content) <= set(tables):
        raise SchedulerError(f"{name} must name tables at its top: one of {listed(list(tables))}.")
    return {table: _table_map(name, tables[table], said) for table, said in content.items()}


def _table_map(name: str, table: RawTable, said: Any) -> TableMap:
    place = f"{name}, {table.name}"
    if not isinstance(said, dict) or not set(said) <= _KEYS:
        raise SchedulerError(f"{place}: it may only say {listed(sorted(_KEYS))}.")
    ours = {column.name for column in table.columns}
    columns, constants = said.get("columns") or {}, said.get("constants") or {}
    for each in (columns, constants):
        if not isinstance(each, dict):
            raise SchedulerError(f"{place}: columns and constants are lists of `ours: theirs`.")
        strange = sorted(set(map(str, each)) - ours)
        if strange:
            raise SchedulerError(f"{place}: {listed(strange)} is no column of ours.")
    order = said.get("date_order")
    if order not in (None, MONTH_FIRST, DAY_FIRST):
        raise SchedulerError(f"{place}: date_order must be {MONTH_FIRST} or {DAY_FIRST}.")
    zone = said.get("timezone")
    known = known_zone(str(zone)) if zone else None
    if zone and known is None:
        raise SchedulerError(f"{place}: timezone {zone} is not known. Name it as IANA does.")
    files = said.get("files") or []
    return TableMap(
        files=tuple(map(str, [files] if isinstance(files, str) else files)),
        zone=ZoneInfo(known) if known else None,
        date_order=order,
        columns={str(our): _choices(theirs) for our, theirs in columns.items()},
        constants={str(k): "" if v is None else str(v) for k, v in constants.items()},
    )


def _choices(theirs: Any) -> tuple[tuple[str, ...], ...]:
    choices: Sequence[Any] = theirs if isinstance(theirs, list) else [theirs]
    return tuple(tuple(part.strip() for part in str(each).split(" + ")) for each in choices)


def mapped(
    rows: FileRows, table: RawTable, table_map: TableMap, file: str
) -> tuple[FileRows, list[Problem]]:
    """A file's rows under our names, and what the map asks for and the file has not.

    Columns that the map does not name are left out, but for content types.
    """
    positions = {plain_name(name.replace("\ufeff", "")): i for i, name in enumerate(rows.names)}
    names: list[str] = []
    columns: list[pa.Array] = []
    invalid: list[int] = []
    used: set[int] = set()
    problems: list[Problem] = []
    for ours, choices in table_map.columns.items():
        found = next((c for c in choices if all(plain_name(n) in positions for n in c)), None)
        if found is None:
            wanted = " or ".join(" + ".join(choice) for choice in choices)
            text = f"{file} has no column {wanted}, which the map takes for {ours}"
            problems.append(problem(f"{text}: its columns are {listed(list(rows.names))}", file))
            continue
        at = [positions[plain_name(name)] for name in found]
        used |= set(at)
        names.append(ours)
        columns.append(_joined([rows.columns[i] for i in at]))
        invalid.append(int(sum(rows.invalid_utf8[i] for i in at)))
    rest = [i for i in range(len(rows.names)) if i not in used and table.has_content_types]
    constants = [
        pa.array([value or None] * len(rows.numbers), pa.large_string())
        for value in table_map.constants.values()
    ]
    changed = replace(
        rows,
        names=(*names, *table_map.constants, *(rows.names[i] for i in rest)),
        columns=(*columns, *constants, *(rows.columns[i] for i in rest)),
        invalid_utf8=np.array(
            [*invalid, *[0] * len(constants), *(int(rows.invalid_utf8[i]) for i in rest)], np.int64
        ),
    )
    return changed, problems


def _joined(columns: Sequence[pa.Array]) -> pa.Array:
    if len(columns) == 1:
        return columns[0]
    texts = [pc.fill_null(column.cast(pa.large_string()), "") for column in columns]
    return pc.utf8_trim_whitespace(
        pc.binary_join_element_wise(*texts, pa.scalar(" ", pa.large_string()))
    )
