"""The cells of a file as text, whatever spreadsheet saved it. Nothing is known of their meaning."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scheduler.errors import SchedulerError
from scheduler.sheet.sheet_workbook import Rows, read_workbook

SEPARATORS = (",", ";", "\t", "|")
_LARGEST_FILE = 64 * 2**20
_LARGEST_CELL = 16 * 2**20
_SEPARATOR_LINE = re.compile(r'^\s*"?sep=(.|\t)"?\s*(?:\r\n|\r|\n|$)', re.IGNORECASE)
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_OTHER_FORMATS = {
    b"\xd0\xcf\x11\xe0": "is a workbook of Excel 97",
    b"\x1f\x8b": "is compressed with gzip",
    b"%PDF": "is a PDF",
    b"{\\rtf": "is a text document",
    b"PAR1": "is a Parquet file",
}


@dataclass(frozen=True)
class Line:
    """One row of cells.

    Attributes:
        where: its place as a spreadsheet numbers it, such as `row 3`.
        cells: text; empty for an empty cell.
    """

    where: str
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        """Whether nothing but white space is there."""
        return not any(cell.strip() for cell in self.cells)


def read_lines(path: Path, columns: Iterable[str]) -> tuple[list[list[Line]], str | None]:
    """The tables of a CSV or .xlsx file, each a list of lines.

    Args:
        path: the file.
        columns: names of columns, by which the separator is told.

    Returns:
        The tables, and a remark on how the file had to be read.

    Raises:
        SchedulerError: it can't be read, or is another kind of file; says what to save it as.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= _LARGEST_FILE else b""
    except OSError as error:
        raise SchedulerError(
            f"{path} cannot be read ({error.strerror}). Check the path."
        ) from error
    if size > _LARGEST_FILE:
        raise SchedulerError(f"{path} has {size:,} bytes: that is no week's schedule.")
    if data.startswith(b"PK\x03\x04"):
        return titled_lines(read_workbook(path)), None
    for start, what in _OTHER_FORMATS.items():
        if data.startswith(start):
            raise SchedulerError(f"{path} {what}. Save it as .xlsx or as CSV (UTF-8).")
    text, remark = _decoded(data)
    return [_split(text, columns, path)], remark


def titled_lines(tables: Sequence[tuple[str, Rows]]) -> list[list[Line]]:
    """The sheets of a workbook; a line says which it is in, unless there is one sheet alone."""
    return [
        [Line(f"{title} row {number}" if len(tables) > 1 else f"row {number}", cells)
         for number, cells in rows]
        for title, rows in tables
    ]  # fmt: skip


def _decoded(data: bytes) -> tuple[str, str | None]:
    """The text of the bytes, and a remark when its encoding was not Unicode."""
    for bom, encoding in _BOMS.items():
        if data.startswith(bom):
            return data.decode(encoding, "replace").removeprefix("\ufeff"), None
    head = data[:2000]
    if len(head) > 3 and head.count(0) > len(head) // 4:
        encoding = "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
        return data.decode(encoding, "replace"), None
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        remark = "It is not UTF-8 and was read as Windows-1252: save it as CSV (UTF-8)."
        return data.decode("cp1252", "replace"), remark


def _split(text: str, columns: Iterable[str], path: Path) -> list[Line]:
    separators: tuple[str, ...] = SEPARATORS
    if match := _SEPARATOR_LINE.match(text):
        text, separators = text[match.end() :], (str(match[1]), *SEPARATORS)
    separator = _separator(text, separators, frozenset(columns))
    csv.field_size_limit(_LARGEST_CELL)
    lines = []
    number = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            lines.append(Line(f"row {number}", tuple(cells)))
    except csv.Error as error:
        raise SchedulerError(
            f"{path} breaks off in row {number + 1}: a quotation mark there is not closed, or not"
            " doubled inside a text. Save the sheet as CSV (UTF-8) anew."
        ) from error
    return lines


def _separator(text: str, separators: tuple[str, ...], columns: frozenset[str]) -> str:
    """The mark by which the first lines show the most of the columns."""
    return max(separators, key=lambda mark: max(_known(text, mark, columns), default=0))


def _known(text: str, mark: str, columns: frozenset[str]) -> Iterator[int]:
    for line in re.split(r"\r\n|\r|\n", text[:100_000])[:20]:
        names = {column_key(cell) for cell in line.replace('"', "").split(mark)}
        yield len(names & columns)


def column_key(name: str) -> str:
    """A column's name by its letters and digits: `Caption_ID` and `caption id` are one."""
    return "".join(mark for mark in name.casefold() if mark.isalnum())
