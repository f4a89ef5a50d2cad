"""The rows of a returned sheet by the names of their columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from scheduler.errors import SchedulerError
from scheduler.export.file_spec import read_spec
from scheduler.export.schedule_csv import EXPOSURE
from scheduler.sheet.grid import Line, column_key, read_lines, titled_lines
from scheduler.sheet.sheet_rows import Problem
from scheduler.sheet.sheet_workbook import cell_text

REQUIRED = ("Date", "Caption", "Price", "Page_Name")
CLOCKS = ("Time", "Hour")
"""One of them at least says when."""
_FEWEST_KNOWN = 3
"""Columns of ours by which a line is taken for the header."""


@dataclass(frozen=True)
class Table:
    """A sheet's rows, blank ones left out.

    Attributes:
        name: the file's path, or what a spreadsheet on the network is called.
        rows: (place, column -> cell) of each; every known column is there.
        absent: known columns that the sheet lacks.
        problems: rows that do not fit under the header.
        remarks: how a file had to be read.
    """

    name: str
    rows: tuple[tuple[str, Mapping[str, str]], ...]
    absent: frozenset[str]
    problems: tuple[Problem, ...]
    remarks: tuple[str, ...]


def read_table(path: Path) -> Table:
    """The rows of a schedule that a spreadsheet saved, as CSV or .xlsx.

    Columns may stand in any order and more may be there; blank rows and columns are nothing.

    Raises:
        SchedulerError: the file can't be read, lacks a column or has one twice, or has no row.
    """
    tables, remark = read_lines(path, _known())
    return _table(str(path), tables, (remark,) if remark else ())


def table_of_values(name: str, sheets: Iterable[tuple[str, Sequence[Sequence[Any]]]]) -> Table:
    """The rows of a schedule in a spreadsheet that was read over the network.

    Args:
        name: what it is called in messages and in the record of edits.
        sheets: title and rows of values of each worksheet, from its first cell on.

    Raises:
        SchedulerError: it lacks a column or has one twice, or has no row.
    """
    tables = [
        (title, [(n, tuple(map(cell_text, row))) for n, row in enumerate(rows, start=1)])
        for title, rows in sheets
    ]
    return _table(name, titled_lines(tables), ())


def _known() -> dict[str, str]:
    """Key of a column -> its name, as the contract writes it."""
    return {column_key(name): name for name in read_spec(EXPOSURE).header}


def _table(name: str, tables: Sequence[Sequence[Line]], remarks: tuple[str, ...]) -> Table:
    known = _known()
    whole = [lines for lines in tables if _is_whole(lines, known)]
    # A workbook has a summary and the agency's list beside the pages' sheets.
    parts = [part for lines in whole or tables if (part := _part(lines, known, name)) is not None]
    if not parts:
        raise SchedulerError(
            f"{name} has no header of a schedule. Start from a CSV that `scheduler run` wrote."
        )
    rows = [row for part in parts for row in part.rows]
    problems = [problem for part in parts for problem in part.problems]
    if not rows and not problems:
        raise SchedulerError(f"{name} holds no message. Nothing to validate.")
    absent = frozenset.intersection(*(part.absent for part in parts))
    return Table(name, tuple(rows), absent, tuple(problems), remarks)


def _is_whole(lines: Sequence[Line], known: Mapping[str, str]) -> bool:
    """Whether a line names every column that a schedule needs."""
    for line in lines[:50]:
        names = [known.get(column_key(cell), "") for cell in line.cells]
        if not _lacking(names):
            return True
    return False


def _lacking(names: Sequence[str]) -> list[str]:
    """Columns that a schedule needs and these names lack."""
    lacks = [name for name in REQUIRED if name not in names]
    return lacks if set(CLOCKS) & set(names) else [*lacks, " or ".join(CLOCKS)]


def _part(lines: Sequence[Line], known: Mapping[str, str], name: str) -> Table | None:
    """One sheet of a workbook, or the whole CSV; None for a sheet of something else."""
    header = next((i for i, line in enumerate(lines[:50]) if _ours(line, known)), None)
    if header is None:
        return None
    names = _names(lines[header], known, name)
    width = len(names)
    rows, problems = [], []
    for line in lines[header + 1 :]:
        if line.is_blank or _ours(line, known) == width:
            continue
        over = [cell for cell in line.cells[width:] if cell.strip()]
        if over:
            says = f"has {len(over)} more cells than the header; a text with commas needs quotes"
            problems.append(Problem(line.where, ("the row",), says))
            continue
        cells = dict.fromkeys(known.values(), "") | dict(zip(names, line.cells, strict=False))
        rows.append((line.where, cells))
    absent = frozenset(known.values()) - set(names)
    return Table(name, tuple(rows), absent, tuple(problems), ())


def _ours(line: Line, known: Mapping[str, str]) -> int:
    """How many cells are names of our columns; 0 for too few."""
    count = sum(column_key(cell) in known for cell in line.cells)
    return count if count >= _FEWEST_KNOWN else 0


def _names(header: Line, known: Mapping[str, str], source: str) -> list[str]:
    cells = list(header.cells)
    while cells and not cells[-1].strip():
        cells.pop()
    names = [known.get(column_key(cell), cell.strip()) for cell in cells]
    twice = sorted({name for name in names if names.count(name) > 1 and name in known.values()})
    if twice:
        raise SchedulerError(
            f"{source} has the column {', '.join(twice)} twice. Delete one of them."
        )
    lacks = _lacking(names)
    if lacks:
        near = [n for name in lacks for n in get_close_matches(name, names, 1, 0.7)]
        hint = f" (is it {', '.join(map(repr, near))}?)" if near else ""
        raise SchedulerError(
            f"{source} lacks the column {', '.join(lacks)}{hint}. "
            "Start from a CSV that `scheduler run` wrote."
        )
    return names
