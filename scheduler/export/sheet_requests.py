"""What Google Sheets is asked so that worksheets hold a week: one batch, done whole or not at all.

Source: developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from scheduler.export.file_spec import FileSpec
from scheduler.export.week_workbook import (
    MONEY,
    NARROW,
    NUMBERS,
    WIDTHS,
    Row,
    WeekTables,
    cell_value,
)

Request = dict[str, Any]

_SPARE_ROWS = 50
"""Empty rows under a table, for messages that a person adds: text there stays text."""
_PIXELS_A_CHARACTER = 7
_TEXT = {
    "numberFormat": {"type": "TEXT"}, "wrapStrategy": "WRAP", "verticalAlignment": "TOP",
}  # fmt: skip
_HEAD = _TEXT | {"textFormat": {"bold": True}}
_NUMBER = {"verticalAlignment": "TOP"}
_DOLLARS = _NUMBER | {"numberFormat": {"type": "NUMBER", "pattern": "0.00"}}


def replacing(
    tables: WeekTables, there: Sequence[Mapping[str, Any]]
) -> tuple[list[Request], list[str]]:
    """The batch that puts the tables in place of the worksheets of their names.

    Args:
        tables: of the week. One without rows takes the place of a worksheet only.
        there: the spreadsheet's worksheets, with `properties` and `merges`.

    Returns:
        The requests, and the titles of the worksheets that they write.
    """
    known = {sheet["properties"]["title"].casefold(): sheet for sheet in there}
    taken = {sheet["properties"]["sheetId"] for sheet in there}
    fresh = (number for number in count(1) if number not in taken)
    requests: list[Request] = []
    written = []
    for title, (spec, rows) in tables.sheets().items():
        old = known.get(title.casefold())
        if old is None and not rows:
            continue
        written.append(title)
        if old is None:
            requests += _new(next(fresh), title, spec, rows)
        else:
            requests += _renewed(old, spec, rows)
    return requests, written


def _new(sheet: int, title: str, spec: FileSpec, rows: Sequence[Row]) -> Iterator[Request]:
    properties = {"sheetId": sheet, "title": title, "gridProperties": _grid(spec, rows)}
    yield {"addSheet": {"properties": properties}}
    for place, column in enumerate(spec.columns):
        columns = {"dimension": "COLUMNS", "startIndex": place, "endIndex": place + 1}
        width = _PIXELS_A_CHARACTER * WIDTHS.get(column.header, NARROW)
        yield {
            "updateDimensionProperties": {
                "range": {"sheetId": sheet} | columns,
                "properties": {"pixelSize": width},
                "fields": "pixelSize",
            }
        }
    yield from _filled(sheet, spec, rows)


def _renewed(old: Mapping[str, Any], spec: FileSpec, rows: Sequence[Row]) -> Iterator[Request]:
    """Widths stay as people set them; merged cells would hide messages."""
    sheet = old["properties"]["sheetId"]
    if old.get("merges"):
        yield {"unmergeCells": {"range": {"sheetId": sheet}}}
    grid = _grid(spec, rows)
    yield {
        "updateSheetProperties": {
            "properties": {"sheetId": sheet, "gridProperties": grid},
            "fields": ",".join(f"gridProperties.{name}" for name in grid),
        }
    }
    yield from _filled(sheet, spec, rows)


def _grid(spec: FileSpec, rows: Sequence[Row]) -> dict[str, int]:
    return {
        "rowCount": 1 + len(rows) + _SPARE_ROWS,
        "columnCount": len(spec.columns),
        "frozenRowCount": 1,
    }


def _filled(sheet: int, spec: FileSpec, rows: Sequence[Row]) -> Iterator[Request]:
    """Every cell and the filter; what was there is gone, notes and validation of cells too.

    Formats come before values: a number that a cell holds may turn to text with its format.
    """
    whole = {"sheetId": sheet}
    yield {"updateCells": {"range": whole, "fields": "*"}}
    yield _format(whole, _TEXT)
    yield _format(whole | {"startRowIndex": 0, "endRowIndex": 1}, _HEAD)
    for place, column in enumerate(spec.columns):
        if column.format in NUMBERS:
            below = {"startRowIndex": 1, "startColumnIndex": place, "endColumnIndex": place + 1}
            yield _format(whole | below, _DOLLARS if column.header in MONEY else _NUMBER)
    lines: list[list[float | str | None]] = [list(spec.header)]
    lines += [[cell_value(column, row) for column in spec.columns] for row in rows]
    cells = [{"values": [_cell(value) for value in line]} for line in lines]
    yield {"updateCells": {"range": whole, "rows": cells, "fields": "userEnteredValue"}}
    area = {"startRowIndex": 0, "startColumnIndex": 0, "endColumnIndex": len(spec.columns)}
    yield {"setBasicFilter": {"filter": {"range": whole | area}}}


def _cell(value: float | str | None) -> dict[str, Any]:
    """A literal value: the interface has another field for a formula."""
    if value is None:
        return {}
    kind = "stringValue" if isinstance(value, str) else "numberValue"
    return {"userEnteredValue": {kind: value}}


def _format(where: Mapping[str, int], how: Mapping[str, Any]) -> Request:
    cell = {"userEnteredFormat": how}
    return {"repeatCell": {"range": where, "cell": cell, "fields": "userEnteredFormat"}}
