"""Sheets of an Excel workbook as rows of text, so that they are read as a CSV file is."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from scheduler.loading.problems import UnreadableFileError

_BROKEN = "is not an Excel workbook, or a damaged one: save it as CSV UTF-8"


def sheet_names(path: Path) -> list[str]:
    """Titles of the sheets; none when it is no workbook, which is told when it is read."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, InvalidFileException):
        return []
    try:
        return [str(name) for name in book.sheetnames]
    finally:
        book.close()


def workbook_records(data: bytes, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with its number; a formula is its last value.

    Args:
        data: the file.
        sheet: its title; '' for the one that has rows.

    Raises:
        UnreadableFileError: it is no workbook, or several sheets have rows and none is named.
    """
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = {
            each.title: [[_text(cell) for cell in row] for row in each.iter_rows(values_only=True)]
            for each in book.worksheets
            if not sheet or each.title == sheet
        }
    except Exception as error:  # a damaged workbook fails in as many ways as XML and zip do
        raise UnreadableFileError(_BROKEN) from error
    filled = {title: rows for title, rows in sheets.items() if any(any(row) for row in rows)}
    if len(filled) > 1:
        names = ", ".join(filled)
        raise UnreadableFileError(f"has several sheets with rows ({names}): keep one of them")
    for rows in filled.values():
        width = max(max((i for i, cell in enumerate(row, 1) if cell), default=0) for row in rows)
        for number, row in enumerate(rows, 1):
            if any(row):
                yield number, (row + [""] * width)[:width]


def _text(cell: object) -> str:
    """A cell as a CSV file would have it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**63 else repr(cell)
    if isinstance(cell, datetime):
        # a serial number of days keeps no more than milliseconds
        return (cell + timedelta(milliseconds=0.5)).replace(microsecond=0).isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)
