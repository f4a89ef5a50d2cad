"""The raw files of a directory, checked against the contract and typed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from scheduler.loading.columns import Converted, cells_at, convert
from scheduler.loading.contract import RAW_TABLES, Kind, RawTable
from scheduler.loading.files import FileRows, read_file
from scheduler.loading.header import match_header, tidy_name
from scheduler.loading.problems import (
    LoadError,
    Problem,
    UnreadableFileError,
    listed,
    problem,
    shown,
)

_SUFFIXES = (".csv", ".parquet")
_ROWS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file, typed.

    Attributes:
        table: the raw table it is for.
        file_name: its name inside the directory.
        rows: the columns the file has, under the contract's names and types.
        invalid_utf8_cells: cells in which bytes that are no UTF-8 became U+FFFD.
    """

    table: RawTable
    file_name: str
    rows: pa.Table
    invalid_utf8_cells: int
    notes: tuple[str, ...] = ()


def read_directory(directory: Path) -> tuple[RawFile, ...]:
    """Every raw table that `directory` has a file for, in the order of the contract.

    Raises:
        LoadError: no file is there, or anything in one is not as the contract says; it holds every
            problem of every file.
    """
    found, problems = _find(directory)
    files = []
    for table, path in found:
        file, wrong = _read(table, path)
        problems += wrong
        if file is not None:
            files.append(file)
    if problems:
        raise LoadError(problems)
    return tuple(files)


def _find(directory: Path) -> tuple[list[tuple[RawTable, Path]], list[Problem]]:
    if not directory.is_dir():
        reason = "is not a directory" if directory.exists() else "does not exist"
        raise LoadError([problem(f"{directory} {reason}: name the directory that has the files")])
    try:
        entries = sorted(directory.iterdir())
    except OSError as error:
        raise LoadError([problem(f"{directory} can't be read: {error.strerror}")]) from error
    found, problems = [], []
    for table in RAW_TABLES:
        paths = [p for p in entries if p.name.lower() in {table.name + s for s in _SUFFIXES}]
        if len(paths) > 1:
            names = listed([path.name for path in paths])
            problems.append(problem(f"{names} are both in {directory}: keep one of them"))
        elif paths:
            found.append((table, paths[0]))
    if not found and not problems:
        names = listed([table.name for table in RAW_TABLES])
        text = f"{directory} has none of the files {names} as .csv or .parquet: name the directory"
        problems.append(problem(f"{text} that has them"))
    return found, problems


def _read(table: RawTable, path: Path) -> tuple[RawFile | None, list[Problem]]:
    name = path.name
    try:
        rows = read_file(path)
    except UnreadableFileError as error:
        return None, [problem(f"{name} {error}", name)]
    targets, problems = match_header(table, rows, name)
    problems += _row_problems(table, rows, name)
    columns: dict[str, pa.Array] = {}
    invalid = 0
    for index, column in targets.items():
        kind = table.kind_of(column)
        converted = convert(rows.columns[index], kind)
        problems += _value_problems(rows, index, converted, kind, name)
        columns[column] = converted.values
        invalid += converted.invalid_utf8_cells + int(rows.invalid_utf8[index])
    if problems:
        return None, problems
    return RawFile(table, name, pa.table(columns), invalid), []


def _row_problems(table: RawTable, rows: FileRows, file: str) -> Iterator[Problem]:
    wrong = rows.wrong_widths
    if wrong:
        places = [f"{rows.place} {number} has {width}" for number, width in wrong[:_ROWS_SHOWN]]
        text = f"{file}: the header has {len(rows.names)} columns, but {listed(places)}"
        yield problem(f"{text}{_and_more(len(wrong))}: give each row one value per column", file)
    elif table.is_snapshot and not len(rows.numbers):
        text = f"{file} has no rows below its header: leave it out to keep {table.name} as it is"
        yield problem(text, file)


def _value_problems(
    rows: FileRows, index: int, converted: Converted, kind: Kind, file: str
) -> Iterator[Problem]:
    column = tidy_name(rows.names[index])
    refused = converted.refused
    if converted.wrong_type is not None:
        text = f"{file}, column {column}: holds {converted.wrong_type}; it must be {kind.value}"
        yield problem(text, file, column)
    elif len(refused):
        first = refused[:_ROWS_SHOWN]
        cells = zip(first, cells_at(rows.columns[index], np.asarray(first)), strict=True)
        places = [f"{rows.place} {rows.numbers[row]} has {shown(cell)}" for row, cell in cells]
        text = f"{file}, column {column}: {listed(places)}{_and_more(len(refused))}"
        yield problem(f"{text}; it must be {kind.value}", file, column)


def _and_more(count: int) -> str:
    return f" (and {count - _ROWS_SHOWN} more)" if count > _ROWS_SHOWN else ""
