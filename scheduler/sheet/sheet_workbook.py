"""The cells of an .xlsx workbook as the text that a CSV of it would have."""

import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl

from scheduler.errors import SchedulerError

Rows = list[tuple[int, tuple[str, ...]]]
_FORMATS = {
    "content.xml": "is a workbook of LibreOffice",
    "Index/Document.iwa": "is a document of Numbers",
    "xl/workbook.bin": "is a binary workbook (.xlsb)",
}
_LARGEST_SHEET = 512 * 2**20
"""Bytes of a sheet when it is unpacked."""


def read_workbook(path: Path) -> list[tuple[str, Rows]]:
    """Each sheet's title, and its rows with their numbers.

    Raises:
        SchedulerError: it is another kind of archive, damaged, or protected.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = {info.filename: info.file_size for info in archive.infolist()}
    except (zipfile.BadZipFile, OSError) as error:
        raise SchedulerError(f"{path} is damaged. Save it anew as .xlsx or CSV (UTF-8).") from error
    if "xl/workbook.xml" not in infos:
        what = next((w for name, w in _FORMATS.items() if name in infos), "is an archive")
        raise SchedulerError(f"{path} {what}. Save it as .xlsx or as CSV (UTF-8).")
    if sum(infos.values()) > _LARGEST_SHEET:
        raise SchedulerError(f"{path} is too large unpacked: that is no week's schedule.")
    try:
        return _sheets(path)
    except Exception as error:  # the library raises whatever a damaged part makes it stumble on
        raise SchedulerError(
            f"{path} is no workbook that can be read ({type(error).__name__})."
            " Save it anew as .xlsx or CSV (UTF-8)."
        ) from error


def _sheets(path: Path) -> list[tuple[str, Rows]]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        found = []
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what the file says of its size is often wrong
            rows = [
                (number, tuple(cell_text(value) for value in values))
                for number, values in enumerate(sheet.iter_rows(values_only=True), start=1)
            ]
            found.append((sheet.title, rows))
        return found
    finally:
        book.close()


def cell_text(value: Any) -> str:
    """A value as ISO text, so that no format of a country stands between."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return str(int(value))
    return value.isoformat(" ", "seconds") if isinstance(value, datetime) else str(value)
