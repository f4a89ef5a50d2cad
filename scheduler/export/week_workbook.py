"""The agency's week as a spreadsheet: a summary, all pages by time, and one sheet per page."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from scheduler.export.file_spec import Column, FileSpec

Row = Mapping[str, Any]

# What a spreadsheet calls a sheet: this long at most, in UTF-16, and none of these characters.
_SHEET_NAME_LENGTH = 31
_SHEET_NAME_BANNED = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))
NUMBERS = frozenset({"decimal_1", "decimal_2", "decimal_4", "hour"})
WIDTHS = {
    "Caption": 60, "Strategy_Note": 60, "Reason": 60, "Content_Category": 18, "Timezone": 20,
    "Page_Name": 20, "Caption_ID": 22, "Schedule_ID": 18, "Message_ID": 18, "Date": 11, "Day": 11,
    "Local_Time": 17, "Operator_Time": 17,
}  # fmt: skip
NARROW = 12
MONEY = frozenset({"Price", "Expected_Revenue", "Revenue_Low", "Revenue_High"})


@dataclass(frozen=True)
class WeekTables:
    """What a spreadsheet of the agency's week holds.

    Attributes:
        summary: columns and rows of the sheet "Summary".
        agency: columns and rows of the sheet "All pages", by time.
        pages: columns, and page -> rows of its sheet.
    """

    summary: tuple[FileSpec, Sequence[Row]]
    agency: tuple[FileSpec, Sequence[Row]]
    pages: tuple[FileSpec, Mapping[str, Sequence[Row]]]

    def sheets(self) -> dict[str, tuple[FileSpec, Sequence[Row]]]:
        """Sheet name -> columns and rows, in order."""
        spec, rows = self.pages
        own = {name: (spec, rows[page]) for name, page in sheet_names(rows).items()}
        return {"Summary": self.summary, "All pages": self.agency, **own}


def workbook(tables: WeekTables, prices: Sequence[float], created: datetime) -> bytes:
    """The week as .xlsx.

    Ids are text, so that no program rounds them. Texts are written as in the CSV, safe to
    save as one. Price and hour offer what may be chosen.

    Args:
        tables: what it holds.
        prices: dollars that the price cells offer.
        created: the time written into the file: the same week is the same bytes.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": created, "title": "Schedules of the week"})
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"}),
        "money": book.add_format({"num_format": "0.00", "valign": "top"}),
        "number": book.add_format({"valign": "top"}),
    }
    for name, (spec, rows) in tables.sheets().items():
        sheet = book.add_worksheet(name)
        _fill(sheet, spec, rows, formats)
        if spec is tables.pages[0]:
            _offer(sheet, spec, len(rows), prices)
    _offers(book, prices)
    book.close()
    return buffer.getvalue()


def sheet_names(pages: Mapping[str, Any]) -> dict[str, str]:
    """Sheet name -> page: names that spreadsheets accept, no two alike."""
    names: dict[str, str] = {}
    taken = {"summary", "all pages", "choices", "history"}  # the last is a program's own
    for page in pages:
        readable = "".join(sign if sign.isprintable() else "_" for sign in page)
        stem = readable.translate(_SHEET_NAME_BANNED).strip() or "page"
        name, number = _shortened(stem, _SHEET_NAME_LENGTH), 1
        while name.casefold() in taken:
            number += 1
            end = f"_{number}"
            name = _shortened(stem, _SHEET_NAME_LENGTH - len(end)) + end
        taken.add(name.casefold())
        names[name] = page
    return names


def _shortened(text: str, length: int) -> str:
    """The text's beginning, no longer than this in UTF-16."""
    return text.encode("utf-16-le")[: 2 * length].decode("utf-16-le", "ignore")


def cell_value(column: Column, row: Row) -> float | str | None:
    """What a cell of a spreadsheet holds: a number, a text as in the CSV, or nothing."""
    if row[column.source] is None:
        return None
    return float(column.cell(row)) if column.format in NUMBERS else column.cell(row)


def _fill(
    sheet: Worksheet, spec: FileSpec, rows: Sequence[Row], formats: Mapping[str, Any]
) -> None:
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(spec.columns) - 1)
    for place, column in enumerate(spec.columns):
        sheet.set_column(place, place, WIDTHS.get(column.header, NARROW))
        sheet.write_string(0, place, column.header, formats["head"])
        for line, row in enumerate(rows, start=1):
            _write(sheet, line, place, column, row, formats)


def _write(
    sheet: Worksheet, line: int, place: int, column: Column, row: Row, formats: Mapping[str, Any]
) -> None:
    value = cell_value(column, row)
    if value is None:
        sheet.write_blank(line, place, None, formats["text"])
    elif isinstance(value, float):
        money = "money" if column.header in MONEY else "number"
        sheet.write_number(line, place, value, formats[money])
    else:
        sheet.write_string(line, place, value, formats["text"])


def _offer(sheet: Worksheet, spec: FileSpec, rows: int, prices: Sequence[float]) -> None:
    """Lists to choose a price and an hour from; other values stay possible, with a warning."""
    if rows == 0:
        return
    for header, source in (
        ("Price", f"=Choices!$A$1:$A${len(prices)}"),
        ("Hour", "=Choices!$B$1:$B$24"),
    ):
        place = spec.header.index(header)
        sheet.data_validation(
            1, place, rows, place,
            {"validate": "list", "source": source, "error_type": "warning",
             "error_message": f"Not one of the usual values of {header}."},
        )  # fmt: skip


def _offers(book: Workbook, prices: Sequence[float]) -> None:
    sheet = book.add_worksheet("Choices")
    sheet.write_column(0, 0, list(prices))
    sheet.write_column(0, 1, list(range(24)))
    sheet.hide()
