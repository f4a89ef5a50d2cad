"""The raw files of a directory, checked against the contract and typed."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scheduler.loading.columns import Converted, cells_at, convert
from scheduler.loading.contract import KNOWN_NAMES, Column, Kind, RawTable
from scheduler.loading.files import FileRows, read_file
from scheduler.loading.find import Source, find_files
from scheduler.loading.header import match_header, tidy_name
from scheduler.loading.mapping import TableMap, mapped
from scheduler.loading.problems import (
    LoadError,
    Problem,
    UnreadableFileError,
    listed,
    problem,
    shown,
)
from scheduler.loading.reading import Reading, date_order, decimal_mark, is_ambiguous_date
from scheduler.loading.suspicions import suspicions, unfit_name

_ROWS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file, typed.

    Attributes:
        table: the raw table it is for.
        file_name: its name inside the directory.
        rows: the columns the file has, under the contract's names and types.
        invalid_utf8_cells: cells in which bytes that are no UTF-8 became U+FFFD.
        notes: what a person should know of how it was read, or look at.
    """

    table: RawTable
    file_name: str
    rows: pa.Table
    invalid_utf8_cells: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawFiles:
    """The files of a directory, in the order of the contract, and names of what was not read."""

    files: tuple[RawFile, ...]
    unread: tuple[str, ...]


def read_directory(directory: Path, **options: object) -> tuple[RawFile, ...]:
    """Every raw table that `directory` has a file for; see `read_files`."""
    return read_files(directory, **options).files  # type: ignore[arg-type]


def read_files(
    directory: Path,
    maps: Mapping[str, TableMap] | None = None,
    *,
    ignore_row_ids: bool = False,
    now: datetime | None = None,
) -> RawFiles:
    """Every raw table that `directory` has a file for, in the order of the contract.

    Args:
        directory: with the files.
        maps: by raw table, how its file names columns.
        ignore_row_ids: leave the column row_id of the messages out.
        now: UTC without zone, after which no message can have been sent; default: the wall clock.

    Raises:
        LoadError: no file is there, or anything in one is not as the contract says; it holds every
            problem of every file.
    """
    maps = maps or {}
    patterns = {table: each.files for table, each in maps.items() if each.files}
    found = find_files(directory, patterns)
    problems, files = list(found.problems), []
    moment = now or datetime.now(UTC).replace(tzinfo=None)
    for table, source in found.sources:
        file, wrong = _read(table, source, maps.get(table.name), moment)
        problems += wrong
        if file is not None:
            files.append(_without_ids(file) if ignore_row_ids else file)
    if problems:
        raise LoadError(problems)
    return RawFiles(tuple(files), found.unread)


def _without_ids(file: RawFile) -> RawFile:
    if "row_id" not in file.rows.column_names:
        return file
    rows = file.rows.drop_columns(["row_id"])
    return RawFile(file.table, file.file_name, rows, file.invalid_utf8_cells, file.notes)


def _read(
    table: RawTable, source: Source, table_map: TableMap | None, now: datetime
) -> tuple[RawFile | None, list[Problem]]:
    name = source.name
    names = KNOWN_NAMES | (table_map.names if table_map else frozenset())
    try:
        rows = read_file(source, names)
    except UnreadableFileError as error:
        return None, [problem(f"{name} {error}", name)]
    problems: list[Problem] = []
    if table_map:
        rows, problems = mapped(rows, table, table_map, name)
    targets, wrong = match_header(table, rows, name)
    problems += wrong if not problems else []
    problems += _row_problems(table, rows, name)
    reading = _reading(table, rows, targets, table_map)
    columns: dict[str, pa.Array] = {}
    invalid = 0
    for index, column in targets.items():
        known = table.column(column)
        converted = convert(rows.columns[index], known.kind, reading, known.limit)
        problems += _value_problems(rows, index, converted, known, reading, name)
        columns[column] = converted.values
        invalid += converted.invalid_utf8_cells + int(rows.invalid_utf8[index])
        if column == "page_name":
            problems += _page_problems(rows, converted.values, name)
    if problems:
        return None, problems
    typed = pa.table(columns)
    notes = (*_how_read(rows, reading, source), *suspicions(table, typed, now))
    return RawFile(table, name, typed, invalid, notes), []


def _how_read(rows: FileRows, reading: Reading, source: Source) -> Iterator[str]:
    yield from rows.notes
    if rows.separator != ",":
        yield f"values are separated by {rows.separator!r}"
    if reading.decimal_mark == ",":
        yield "the comma is read as the decimal mark"


def _reading(
    table: RawTable, rows: FileRows, targets: Mapping[int, str], table_map: TableMap | None
) -> Reading:
    """How the whole file writes numbers and dates."""
    cells: dict[Kind, set[str]] = {kind: set() for kind in Kind}
    for index, column in targets.items():
        kind, values = table.kind_of(column), rows.columns[index]
        if kind in {Kind.NUMBER, Kind.INTEGER, Kind.TIMESTAMP} and pa.types.is_large_string(
            values.type
        ):
            cells[kind] |= {each for each in pc.unique(values).to_pylist() if each}
    order = table_map.date_order if table_map else None
    return Reading(
        decimal_mark=decimal_mark(cells[Kind.NUMBER], cells[Kind.INTEGER], rows.separator),
        date_order=order or date_order(cells[Kind.TIMESTAMP]),
        zone=table_map.zone if table_map else None,
    )


def _row_problems(table: RawTable, rows: FileRows, file: str) -> Iterator[Problem]:
    wrong = rows.wrong_widths
    if wrong:
        places = [f"{rows.place} {number} has {width}" for number, width in wrong[:_ROWS_SHOWN]]
        text = f"{file}: the header has {len(rows.names)} columns, but {listed(places)}"
        yield problem(f"{text}{_and_more(len(wrong))}: give each row one value per column", file)
    elif table.is_snapshot and not len(rows.numbers):
        text = f"{file} has no rows below its header: leave it out to keep {table.name} as it is"
        yield problem(text, file)


def _page_problems(rows: FileRows, values: pa.Array, file: str) -> Iterator[Problem]:
    """Page names after which no file can be named."""
    for name in pc.unique(values.drop_null()).to_pylist():
        if reason := unfit_name(name):
            row = pc.index(values, name).as_py()
            place = f"{rows.place} {rows.numbers[row]}"
            text = f"{file}, column page_name: {place} has {shown(name)}, which {reason}"
            yield problem(f"{text}: give the page its name", file, "page_name")


def _value_problems(
    rows: FileRows, index: int, converted: Converted, column: Column, reading: Reading, file: str
) -> Iterator[Problem]:
    name, wanted = tidy_name(rows.names[index]), column.kind.value
    refused = converted.refused
    if converted.wrong_type is not None:
        text = f"{file}, column {name}: holds {converted.wrong_type}; it must be {wanted}"
        yield problem(text, file, name)
    elif len(refused):
        first = refused[:_ROWS_SHOWN]
        cells = list(cells_at(rows.columns[index], np.asarray(first)))
        places = [
            f"{rows.place} {rows.numbers[row]} has {shown(cell)}"
            for row, cell in zip(first, cells, strict=True)
        ]
        cause = _cause(cells, column, reading) or f"it must be {wanted}"
        text = f"{file}, column {name}: {listed(places)}{_and_more(len(refused))}; {cause}"
        yield problem(text, file, name)


def _cause(cells: Iterable[object], column: Column, reading: Reading) -> str | None:
    """Why cells are refused that have the form of the column's kind."""
    texts = [str(cell) for cell in cells]
    if column.kind is Kind.TIMESTAMP:
        if reading.date_order is None and any(map(is_ambiguous_date, texts)):
            return (
                "day and month can't be told apart in this file: write dates like 2026-03-05, or"
                " name the order in a map (--map)"
            )
    elif column.limit is not None:
        if reading.decimal_mark is None and any(re.search("[.,]", text) for text in texts):
            return "the file has both decimal points and decimal commas: use one of them"
        most = 2.0**63 if column.kind is Kind.INTEGER else math.inf
        if any(_is_between(text, column.limit, most) for text in texts):
            return f"it can't be more than {column.limit:,.0f}: is it an id that slipped?"
    return None


def _is_between(text: str, low: float, high: float) -> bool:
    try:
        return low < abs(float(text)) < high
    except ValueError:
        return False


def _and_more(count: int) -> str:
    return f" (and {count - _ROWS_SHOWN} more)" if count > _ROWS_SHOWN else ""
