"""A Google on loopback: its tokens, and as much of the Sheets API as a week needs.

A batch is done whole or not at all, a worksheet's grid holds no cell beyond its edge, and what the
real service refuses is refused: two sheets of one title, unknown requests, other tokens.
"""

import copy
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.scheduler.loopback import listening

TOKEN = "ya29.s3cret-token"  # noqa: S105 - made up
KEY = "1AbC-d_9"


class Refused(Exception):
    """A request that the API does not take."""


@dataclass
class Sheet:
    """A worksheet: rows of cells, each a dictionary as the API has it."""

    properties: dict[str, Any]
    cells: list[list[dict[str, Any]]] = field(default_factory=list)
    merges: list[dict[str, Any]] = field(default_factory=list)
    widths: dict[int, int] = field(default_factory=dict)
    filtered: dict[str, Any] | None = None

    def resize(self) -> None:
        """Give it the rows and columns that its properties say."""
        grid = self.properties["gridProperties"]
        rows, columns = grid["rowCount"], grid["columnCount"]
        if grid.get("frozenRowCount", 0) >= rows:
            raise Refused("You can't freeze all visible rows.")
        self.cells = [
            [*row[:columns], *({} for _ in range(columns - len(row)))] for row in self.cells[:rows]
        ]
        self.cells += [[{} for _ in range(columns)] for _ in range(rows - len(self.cells))]

    def values(self) -> list[list[Any]]:
        """Rows of raw values, without the empty ones at the ends."""
        rows = [[_value(cell) for cell in row] for row in self.cells]
        for row in rows:
            while row and row[-1] == "":
                row.pop()
        while rows and not rows[-1]:
            rows.pop()
        return rows

    def write(self, row: int, column: int, value: Any) -> None:
        """What a person types: into a cell of text it stays text, else it is what it looks like."""
        cell = self.cells[row][column]
        kind = cell.get("userEnteredFormat", {}).get("numberFormat", {}).get("type")
        is_text = kind == "TEXT" or isinstance(value, str)
        cell["userEnteredValue"] = {"stringValue" if is_text else "numberValue": value}


def _value(cell: dict[str, Any]) -> Any:
    value = cell.get("userEnteredValue") or {}
    assert "formulaValue" not in value
    return next(iter(value.values()), "")


@dataclass
class Google:
    """The service: a spreadsheet, what was asked of it, and what it answers before it works.

    Attributes:
        refusals: (status, `status` of the body, reason) of the next answers; each once, or always
            where `stays` is set.
    """

    url: str = ""
    sheets: list[Sheet] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    batches: list[list[dict[str, Any]]] = field(default_factory=list)
    refusals: list[tuple[int, str, str]] = field(default_factory=list)
    stays: bool = False

    def add(self, title: str, rows: int = 100, columns: int = 26) -> Sheet:
        """A worksheet of somebody else's."""
        taken = [sheet.properties["sheetId"] for sheet in self.sheets]
        grid = {"rowCount": rows, "columnCount": columns}
        number = max(taken, default=-1) + 1
        sheet = Sheet({"sheetId": number, "title": title, "gridProperties": grid})
        sheet.resize()
        self.sheets.append(sheet)
        return sheet

    def __getitem__(self, title: str) -> Sheet:
        return next(sheet for sheet in self.sheets if sheet.properties["title"] == title)

    @property
    def titles(self) -> list[str]:
        return [sheet.properties["title"] for sheet in self.sheets]

    def answer(self, method: str, target: str, headers: Any, body: Any) -> tuple[int, Any]:
        """Status and body of the answer to a request."""
        split = urlsplit(target)
        path, query = unquote(split.path), parse_qs(split.query)
        if path == "/token":
            return 200, {"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}
        self.asked.append((method, path))
        if headers["authorization"] != f"Bearer {TOKEN}":
            return 401, _error(401, "UNAUTHENTICATED")
        if self.refusals:
            refusal = self.refusals[0] if self.stays else self.refusals.pop(0)
            return refusal[0], _error(*refusal)
        return self._sheets(f"{method} {path.removeprefix(f'/v4/spreadsheets/{KEY}')}", query, body)

    def _sheets(self, asked: str, query: Any, body: Any) -> tuple[int, Any]:
        if asked == "GET ":
            return 200, self._described()
        if asked == "GET /values:batchGet":
            assert query["valueRenderOption"] == ["UNFORMATTED_VALUE"]
            titles = [re.fullmatch(r"'(.*)'", name)[1] for name in query["ranges"]]  # type: ignore[index]
            found = [self[title.replace("''", "'")].values() for title in titles]
            return 200, {"valueRanges": [{"values": rows} if rows else {} for rows in found]}
        if asked == "POST :batchUpdate":
            return self._batch(body["requests"])
        return 404, _error(404, "NOT_FOUND")

    def _described(self) -> dict[str, Any]:
        sheets = [
            {"properties": sheet.properties} | ({"merges": sheet.merges} if sheet.merges else {})
            for sheet in self.sheets
        ]
        chart = {"properties": {"sheetId": 77, "title": "Chart", "sheetType": "OBJECT"}}
        return {"properties": {"title": "Weeks of the agency"}, "sheets": [*sheets, chart]}

    def _batch(self, requests: list[dict[str, Any]]) -> tuple[int, Any]:
        before = copy.deepcopy(self.sheets)
        self.batches.append(requests)
        try:
            for request in requests:
                [(name, asked)] = request.items()
                getattr(self, f"_{name}")(asked)
        except (Refused, KeyError, AttributeError):
            self.sheets = before
            return 400, _error(400, "INVALID_ARGUMENT")
        return 200, {"replies": [{} for _ in requests]}

    def _of(self, asked: dict[str, Any]) -> Sheet:
        number = asked["sheetId"]
        return next(sheet for sheet in self.sheets if sheet.properties["sheetId"] == number)

    def _addSheet(self, asked: dict[str, Any]) -> None:  # noqa: N802 - names of the API
        properties = copy.deepcopy(asked["properties"])
        for sheet in self.sheets:
            if sheet.properties["title"].casefold() == properties["title"].casefold():
                raise Refused("A sheet with this name is there.")
            if sheet.properties["sheetId"] == properties["sheetId"]:
                raise Refused("A sheet with this id is there.")
        new = Sheet(properties)
        new.resize()
        self.sheets.append(new)

    def _updateSheetProperties(self, asked: dict[str, Any]) -> None:  # noqa: N802
        sheet = self._of(asked["properties"])
        for name in asked["fields"].split(","):
            outer, inner = name.split(".")
            sheet.properties[outer][inner] = asked["properties"][outer][inner]
        sheet.resize()

    def _unmergeCells(self, asked: dict[str, Any]) -> None:  # noqa: N802
        self._of(asked["range"]).merges.clear()

    def _updateCells(self, asked: dict[str, Any]) -> None:  # noqa: N802
        assert set(asked["range"]) == {"sheetId"}
        sheet, rows = self._of(asked["range"]), asked.get("rows", [])
        if len(rows) > len(sheet.cells):
            raise Refused("More rows than the grid has.")
        for line, row in enumerate(sheet.cells):
            given = rows[line]["values"] if line < len(rows) else []
            for place, cell in enumerate(row):
                new = given[place] if place < len(given) else {}
                if asked["fields"] == "*":
                    cell.clear()
                    cell.update(copy.deepcopy(new))
                else:
                    cell[asked["fields"]] = copy.deepcopy(new.get(asked["fields"]))

    def _repeatCell(self, asked: dict[str, Any]) -> None:  # noqa: N802
        where, sheet = asked["range"], self._of(asked["range"])
        for row in sheet.cells[where.get("startRowIndex", 0) : where.get("endRowIndex")]:
            for cell in row[where.get("startColumnIndex", 0) : where.get("endColumnIndex")]:
                how = asked["cell"][asked["fields"]]
                cell[asked["fields"]] = how
                if how.get("numberFormat") == {"type": "TEXT"} and _value(cell) != "":
                    cell["userEnteredValue"] = {"stringValue": str(_value(cell))}

    def _updateDimensionProperties(self, asked: dict[str, Any]) -> None:  # noqa: N802
        where = asked["range"]
        for place in range(where["startIndex"], where["endIndex"]):
            self._of(where).widths[place] = asked["properties"]["pixelSize"]

    def _setBasicFilter(self, asked: dict[str, Any]) -> None:  # noqa: N802
        self._of(asked["filter"]["range"]).filtered = asked["filter"]


def _error(code: int, status: str, reason: str = "") -> dict[str, Any]:
    """In the API's form. Its message quotes the token, as no server should."""
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    told = {"code": code, "status": status, "message": f"No, Bearer {TOKEN}."}
    return {"error": told | ({"details": details} if reason else {})}


@contextmanager
def serving() -> Iterator[Google]:
    """A Google on a free port until the block ends."""
    google = Google()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def _handle(self) -> None:
            data = self.rfile.read(int(self.headers.get("content-length") or 0))
            body = json.loads(data) if data.startswith(b"{") else None
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, told = google.answer(self.command, self.path, headers, body)
            sent = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = _handle  # noqa: N815 - names of the standard library

    with listening(Handler) as port:
        google.url = f"http://127.0.0.1:{port}"
        yield google
