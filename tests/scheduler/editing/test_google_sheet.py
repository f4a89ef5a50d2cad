"""A week in Google Sheets: written as the workbook is, read back as an edited file is."""

import copy
import csv
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from openpyxl import load_workbook
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from scheduler.cli.google_option import open_sheet
from scheduler.errors import SchedulerError
from scheduler.export.file_spec import read_spec
from scheduler.export.google_sheet import GoogleSheet
from scheduler.export.schedule_csv import EXPOSURE
from scheduler.export.week_files import AGENCY, SUMMARY
from scheduler.export.week_workbook import WeekTables
from scheduler.sheet import read_sheet, table_of_values
from tests.scheduler.editing.conftest import Command
from tests.scheduler.editing.sheets_server import KEY, TOKEN, Google, Sheet, serving
from tests.scheduler.editing.test_lock import ask, sheets
from tests.scheduler.export.test_schedule_csv import message

ROBOT = "robot@agency.iam.gserviceaccount.com"
URL = f"https://docs.google.com/spreadsheets/d/{KEY}"
NAME = f"Weeks of the agency ({URL})"


@pytest.fixture(scope="session")
def private_key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, private_key: str) -> Iterator[Google]:
    """Google on loopback, and a service account that may use it."""
    send = HTTPAdapter.send

    def to_loopback(adapter: HTTPAdapter, request: Any, *rest: Any, **options: Any) -> Any:
        request.url = request.url.replace("https://sheets.googleapis.com", google.url)
        assert request.url.startswith(google.url)
        return send(adapter, request, *rest, **options)

    with serving() as google:
        account = {
            "type": "service_account", "client_email": ROBOT, "token_uri": f"{google.url}/token",
            "private_key": private_key, "private_key_id": "k1", "project_id": "agency",
        }  # fmt: skip
        path = tmp_path / "robot.json"
        path.write_text(json.dumps(account), encoding="utf-8")
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
        monkeypatch.setattr(HTTPAdapter, "send", to_loopback)
        monkeypatch.setattr(Retry, "sleep", lambda *_: None)
        yield google


def column(sheet: Sheet, name: str) -> int:
    return sheet.values()[0].index(name)


def in_tables(pages: dict[str, list[dict[str, Any]]]) -> WeekTables:
    return WeekTables(
        (read_spec(SUMMARY), []), (read_spec(AGENCY), []), (read_spec(EXPOSURE), pages)
    )


def shown_cells(sheet: Sheet) -> list[list[Any]]:
    return [[cell.get("userEnteredValue") for cell in row] for row in sheet.cells]


def test_a_week_goes_out_as_the_workbook_and_comes_back_unchanged(
    agency: Path, out: Path, command: Command, google: Google
) -> None:
    notes = google.add("Notes of ann")
    notes.write(0, 0, "=call(luna)")
    kept = copy.deepcopy(notes)
    done = command("export", "--output-dir", out, "--sheet", f"{URL}/edit?usp=sharing#gid=0")
    book = load_workbook(out / "agency_schedule.xlsx")
    titles = [name for name in book.sheetnames if name != "Choices"]
    assert google.titles == ["Notes of ann", *titles]
    assert f"{NAME}: {len(titles)} worksheets written" in done.output
    assert google["Notes of ann"] == kept
    for title in titles:
        rows = [
            ["" if value is None else value for value in row]
            for row in book[title].iter_rows(values_only=True)
        ]
        sheet = google[title]
        width = len(rows[0])
        assert [[*row, *[""] * (width - len(row))] for row in sheet.values()] == rows
        assert sheet.properties["gridProperties"]["frozenRowCount"] == 1
        assert sheet.filtered
    assert "nothing to change" in command("import", "--sheet", URL, "--output-dir", out).output
    assert ask(agency, "select count(*) from eros_marts.schedule_edits") == [(0,)]
    assert "keeps tier 1" in command("validate", "--sheet", URL).output

    # Another time nothing is added: one page's worksheet is replaced, the others stay.
    first, second, *_ = titles[2:]
    for name in (first, second):
        google[name].write(1, 0, "Someday")
    google[first].merges.append({"startRowIndex": 3})
    google[first].widths[3] = 999
    command("export", "--output-dir", out, "--sheet", URL, "--page", first)
    assert google.titles == ["Notes of ann", *titles]
    assert google[first].values()[1][0] == book[first]["A2"].value
    assert (google[first].merges, google[first].widths[3]) == ([], 999)
    assert google[second].values()[1][0] == "Someday"
    assert len(google.batches) == 2


def test_edits_in_the_spreadsheet_are_those_of_the_same_csv(
    agency: Path, out: Path, command: Command, google: Google, tmp_path: Path
) -> None:
    command("export", "--output-dir", out, "--sheet", URL)
    page, rows = next(iter(sheets(out).items()))
    sheet = google[page]
    hour = next(h for h in range(24) if h != int(rows[3]["Hour"]))
    taken = {row["Caption_ID"] for own in sheets(out).values() for row in own}
    candidates = ask(
        agency,
        "select page_name, caption_id::varchar, caption_text from eros_marts.caption_candidates"
        " order by candidate_rank",
    )
    caption = next(text for of, own, text in candidates if of == page and own not in taken)
    new = {
        "Date": rows[-1]["Date"], "Time": "03:15", "Price": "15.00", "Page_Name": page,
        "Caption": caption,
    }  # fmt: skip
    edited = [dict(row) for row in rows]
    edited[2]["Price"] = "19.00"
    edited[3] |= {"Hour": "", "Time": f"{hour:02}:30"}
    del edited[4]
    edited.append(dict.fromkeys(rows[0], "") | new)

    sheet.write(3, column(sheet, "Price"), 19)
    sheet.write(4, column(sheet, "Hour"), "")
    sheet.write(4, column(sheet, "Time"), f"{hour:02}:30")
    last = len(sheet.values())
    for name, value in new.items():
        sheet.write(last, column(sheet, name), 15 if name == "Price" else value)
    del sheet.cells[5]

    path = tmp_path / "edited.csv"
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(edited)
    by_file = command("import", path, "--check").output
    assert by_file == command("import", "--sheet", URL, "--check").output
    assert "4 edits would be made" in by_file
    command("import", "--sheet", URL, "--by", "ann", "--output-dir", out)
    made = ask(agency, "select distinct made_by, source from eros_marts.schedule_edits")
    assert made == [("ann", f"import {NAME}")]
    assert "nothing to change" in command("import", "--sheet", URL, "--output-dir", out).output

    sheet.write(3, column(sheet, "Price"), 500)
    refused = command("import", "--sheet", URL, "--output-dir", out, code=1)
    assert f"{page} row 4" in refused.output


def test_text_that_looks_like_a_formula_and_long_ids_stay_as_they_are(google: Google) -> None:
    texts = ["=HYPERLINK(1)", "+1", "'@sum", "-", "a\r\nb", "2026-03-24"]
    long = 880_000_000_000_000_001
    messages = [message(caption_text=text, caption_id=long) for text in texts]
    open_sheet(URL).replace(in_tables({"luna": messages}))
    cells = [cell for row in google["luna"].cells for cell in row if cell.get("userEnteredValue")]
    assert {kind for cell in cells for kind in cell["userEnteredValue"]} == {
        "stringValue", "numberValue",
    }  # fmt: skip
    sheet = google["luna"]
    formats = sheet.cells[-1][column(sheet, "Message_ID")]["userEnteredFormat"]
    assert formats["numberFormat"] == {"type": "TEXT"}, "of rows that are still empty, too"
    back = read_sheet(table_of_values("luna", GoogleSheet(URL).values()))
    assert [row.caption_text for row in back.rows] == texts
    assert {row.caption_id.value for row in back.rows} == {long}


def test_a_page_without_a_week_empties_its_worksheet_and_gets_none(google: Google) -> None:
    sheet = open_sheet(URL)
    sheet.replace(in_tables({"luna": [message()]}))
    assert sheet.replace(in_tables({"luna": [], "vale": []})) == ["luna"]
    assert google.titles == ["luna"]
    assert google["luna"].values() == [read_spec(EXPOSURE).header]


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        ((403, "PERMISSION_DENIED", ""), f"share it with {ROBOT}, as an editor"),
        ((403, "PERMISSION_DENIED", "SERVICE_DISABLED"), "Enable the Google Sheets API"),
        ((403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), "gcloud auth"),
        ((404, "NOT_FOUND", ""), "no such spreadsheet"),
        ((429, "RESOURCE_EXHAUSTED", ""), "Try again in some minutes"),
        ((400, "FAILED_PRECONDITION", ""), "Save as Google Sheets"),
        ((400, "INVALID_ARGUMENT", ""), "refused the request (400)"),
        ((503, "UNAVAILABLE", ""), "fails at present (503)"),
    ],
)
def test_a_refusal_is_one_line_with_what_to_do_and_quotes_no_key(
    google: Google, refusal: tuple[int, str, str], says: str
) -> None:
    google.refusals, google.stays = [refusal], True
    with pytest.raises(SchedulerError) as raised:
        GoogleSheet(URL)
    assert says in str(raised.value)
    assert TOKEN not in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1
    assert len(google.asked) == (7 if refusal[0] in (429, 503) else 1)


def test_a_busy_service_is_asked_again(google: Google) -> None:
    google.refusals = [(429, "RESOURCE_EXHAUSTED", ""), (502, "", ""), (500, "INTERNAL", "")]
    sheet = open_sheet(URL)
    google.refusals = [(429, "RESOURCE_EXHAUSTED", ""), (503, "UNAVAILABLE", "")]
    assert sheet.replace(in_tables({"luna": [message()]})) == ["luna"]
    assert len(google.batches) == 1


def test_a_spreadsheet_that_is_not_shared_leaves_files_and_marts_alone(
    agency: Path, out: Path, command: Command, google: Google, private_key: str
) -> None:
    google.refusals, google.stays = [(403, "PERMISSION_DENIED", "")], True
    shutil.rmtree(out)
    for words in (("export", "--output-dir", out), ("import",), ("validate",)):
        result = command(*words, "--sheet", URL, code=2)
        assert ROBOT in str(result.exception)
        for secret in (TOKEN, private_key.splitlines()[1]):
            assert secret not in f"{result.output}{result.exception!r}"
    assert not list(out.glob("*"))


def test_what_is_missing_is_said_with_what_to_do(
    google: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, private_key: str
) -> None:
    with pytest.raises(SchedulerError, match="no address of a spreadsheet"):
        open_sheet("https://example.com/weeks")
    path = tmp_path / "broken.json"
    broken = {"type": "service_account", "client_email": ROBOT, "private_key": private_key[:99]}
    path.write_text(json.dumps(broken), encoding="utf-8")
    for credentials in (path, tmp_path / "absent.json"):
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(credentials))
        with pytest.raises(SchedulerError, match="GOOGLE_APPLICATION_CREDENTIALS") as raised:
            open_sheet(URL)
        assert private_key.splitlines()[1][:20] not in str(raised.value)
    path.write_text(
        json.dumps(broken | {"private_key": private_key, "token_uri": "http://127.0.0.1:9/token"}),
        encoding="utf-8",
    )
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    google.url = "http://127.0.0.1:9"
    with pytest.raises(SchedulerError, match="can't be reached"):
        open_sheet(URL)
    monkeypatch.delitem(sys.modules, "scheduler.export.google_sheet")
    monkeypatch.setitem(sys.modules, "gspread", None)
    with pytest.raises(SchedulerError, match=r"pip install 'eros-scheduler\[sheets\]'"):
        open_sheet(URL)
    assert google.asked == []
