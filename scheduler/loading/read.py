"""The raw files of a directory, checked against the contract and typed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from scheduler.loading.columns import Converted, cells_at, convert
from scheduler.loading.contract import IGNORED_COLUMNS, RAW_TABLES, Kind, RawTable, plain_name
from scheduler.loading.files import FileRows, read_file
from scheduler.loading.problems import LoadError, Problem, UnreadableFileError, listed, shown

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
        raise LoadError([_problem(f"{directory} {reason}: name the directory that has the files")])
    try:
        entries = sorted(directory.iterdir())
    except OSError as error:
        raise LoadError([_problem(f"{directory} can't be read: {error.strerror}")]) from error
    found, problems = [], []
    for table in RAW_TABLES:
        paths = [p for p in entries if p.name.lower() in {table.name + s for s in _SUFFIXES}]
        if len(paths) > 1:
            names = listed([path.name for path in paths])
            problems.append(_problem(f"{names} are both in {directory}: keep one of them"))
        elif paths:
            found.append((table, paths[0]))
    if not found and not problems:
        names = listed([table.name for table in RAW_TABLES])
        text = f"{directory} has none of the files {names} as .csv or .parquet: name the directory"
        problems.append(_problem(f"{text} that has them"))
    return found, problems


def _problem(text: str, file: str = "", column: str | None = None) -> Problem:
    return Problem(file, column, text)


def _read(table: RawTable, path: Path) -> tuple[RawFile | None, list[Problem]]:
    name = path.name
    try:
        rows = read_file(path)
    except UnreadableFileError as error:
        return None, [_problem(f"{name} {error}", name)]
    targets, problems = _match_header(table, rows, name)
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


def _match_header(
    table: RawTable, rows: FileRows, file: str
) -> tuple[dict[int, str], list[Problem]]:
    """Position in the file -> name in the raw table, of the columns to keep."""
    names = [name.replace("\ufeff", "").strip() for name in rows.names]
    plain = [plain_name(name) for name in names]
    renamed = {
        alias: column.name
        for column in table.columns
        if column.name not in plain
        for alias in column.aliases
    }
    listed_names = {column.name for column in table.columns}
    targets: dict[int, str] = {}
    nameless: list[int] = []
    for index, (name, key) in enumerate(zip(names, plain, strict=True)):
        target = renamed.get(key, key)
        if key in IGNORED_COLUMNS:
            continue
        if name == "":
            if not _is_blank(rows.columns[index]):
                nameless.append(index + 1)
            continue
        is_content_type = table.has_content_types and target not in listed_names
        targets[index] = name if is_content_type else target
    problems = [
        _problem(f"{file}, column {number}: name it in the header or delete it", file)
        for number in nameless
    ]
    problems += [
        *_missing_problems(table, targets, rows, file),
        *(
            _problem(f"{file}, column {n}: name it in the header or delete it", file)
            for n in nameless
        ),
        *_name_problems(table, list(targets.values()), file),
    ]
    return targets, problems


def _is_blank(column: pa.Array) -> bool:
    """Whether nothing is in the column, as behind a comma too many at the end of each line."""
    return bool(convert(column, Kind.TEXT).values.null_count == len(column))


def _missing_problems(
    table: RawTable, targets: dict[int, str], rows: FileRows, file: str
) -> Iterator[Problem]:
    missing = [c for c in table.columns if c.is_required and c.name not in targets.values()]
    if missing:
        names = listed([" or ".join((c.name, *c.aliases)) for c in missing])
        advice = "add it" if len(missing) == 1 else "add them"
        separator = re.search("[;\t|]", rows.names[0]) if len(rows.names) == 1 else None
        if separator:
            advice = f"its header is separated by {separator[0]!r}, save it with commas"
        plural = "" if len(missing) == 1 else "s"
        column = missing[0].name if len(missing) == 1 else None
        yield _problem(f"{file} has no column{plural} {names}: {advice}", file, column)
    elif table.has_content_types and len(targets) == len(table.columns):
        text = f"{file} has no content type: add one true/false column for each"
        yield _problem(text, file)


def _name_problems(table: RawTable, targets: list[str], file: str) -> Iterator[Problem]:
    by_identity: dict[str, list[str]] = {}
    for name in targets:
        identity = table.identity(name)
        if identity == "":
            text = f"{file}, column {shown(name)}: a content type's name needs a letter or digit"
            yield _problem(text, file, name)
        else:
            by_identity.setdefault(identity, []).append(name)
    for names in by_identity.values():
        if len(names) > 1:
            spelled = listed([shown(name) for name in names])
            text = f"{file} has the same column {len(names)} times, as {spelled}: keep one"
            yield _problem(text, file, names[0])


def _row_problems(table: RawTable, rows: FileRows, file: str) -> Iterator[Problem]:
    wrong = rows.wrong_widths
    if wrong:
        places = [f"{rows.place} {number} has {width}" for number, width in wrong[:_ROWS_SHOWN]]
        text = f"{file}: the header has {len(rows.names)} columns, but {listed(places)}"
        yield _problem(f"{text}{_and_more(len(wrong))}: give each row one value per column", file)
    elif table.is_snapshot and not len(rows.numbers):
        text = f"{file} has no rows below its header: leave it out to keep {table.name} as it is"
        yield _problem(text, file)


def _value_problems(
    rows: FileRows, index: int, converted: Converted, kind: Kind, file: str
) -> Iterator[Problem]:
    column = rows.names[index].replace("\ufeff", "").strip()
    refused = converted.refused
    if converted.wrong_type is not None:
        text = f"{file}, column {column}: holds {converted.wrong_type}; it must be {kind.value}"
        yield _problem(text, file, column)
    elif len(refused):
        first = refused[:_ROWS_SHOWN]
        cells = zip(first, cells_at(rows.columns[index], np.asarray(first)), strict=True)
        places = [f"{rows.place} {rows.numbers[row]} has {shown(cell)}" for row, cell in cells]
        text = f"{file}, column {column}: {listed(places)}{_and_more(len(refused))}"
        yield _problem(f"{text}; it must be {kind.value}", file, column)


def _and_more(count: int) -> str:
    return f" (and {count - _ROWS_SHOWN} more)" if count > _ROWS_SHOWN else ""
