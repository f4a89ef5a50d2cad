"""The week as a spreadsheet: what every program opens, rounds nothing of, and never runs."""

import io
from datetime import datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from scheduler.export.file_spec import read_spec
from scheduler.export.schedule_csv import EXPOSURE
from scheduler.export.summary_csv import summary_row
from scheduler.export.week_files import AGENCY, SUMMARY
from scheduler.export.week_workbook import WeekTables, sheet_names, workbook
from scheduler.marts.run_result import BLOCKED, PageResult
from tests.scheduler.conftest import RanWeek
from tests.scheduler.export.test_schedule_csv import message

CREATED = datetime(2026, 3, 18, 12)
IDS = ("Caption_ID", "Schedule_ID", "Message_ID")
OWN = ("Summary", "All pages", "Choices")
PRICES = (8.0, 12.0, 15.5)


def made(pages: dict[str, list[dict[str, Any]]]) -> Workbook:
    blocked = PageResult("lunavale", BLOCKED, reason="=1+1")
    clock = {"operator_at": CREATED, "operator_timezone": "UTC"}
    rows = [row | clock for own in pages.values() for row in own]
    tables = WeekTables(
        (read_spec(SUMMARY), [summary_row(blocked, None)]), (read_spec(AGENCY), rows),
        (read_spec(EXPOSURE), pages),
    )  # fmt: skip
    return load_workbook(io.BytesIO(workbook(tables, PRICES, CREATED)))


@pytest.fixture(scope="module")
def opened(ran: RanWeek) -> Workbook:
    return load_workbook(ran.output / "agency_schedule.xlsx")


def rows_of(sheet: Worksheet) -> list[dict[str, Any]]:
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def test_it_has_the_summary_all_pages_and_a_sheet_for_each(opened: Workbook, ran: RanWeek) -> None:
    assert opened.sheetnames == ["Summary", "All pages", *ran.result.pages, "Choices"]
    assert opened["Choices"].sheet_state == "hidden"
    messages = [row for page in ran.result.pages.values() for row in page.messages]
    assert [row["Page_Name"] for row in rows_of(opened["Summary"])] == list(ran.result.pages)
    together = rows_of(opened["All pages"])
    by_time = sorted(messages, key=lambda row: (row["send_at"], row["page_name"]))
    assert [row["Message_ID"] for row in together] == [row["message_id"] for row in by_time]
    for sheet in opened.worksheets[:-1]:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions


def test_ids_are_text_and_money_is_a_number(opened: Workbook, ran: RanWeek) -> None:
    for name, page in ran.result.pages.items():
        rows = rows_of(opened[name])
        assert all(isinstance(row[column], str) for row in rows for column in IDS)
        assert [row["Caption_ID"] for row in rows] == [str(m["caption_id"]) for m in page.messages]
        assert [row["Message_ID"] for row in rows] == [m["message_id"] for m in page.messages]
        assert [row["Price"] for row in rows] == [m["price"] for m in page.messages]
        assert [row["Hour"] for row in rows] == [m["local_at"].hour for m in page.messages]


def test_an_id_of_nineteen_digits_keeps_them_all() -> None:
    [row] = rows_of(made({"a": [message(caption_id=-9223372036854775807)]})["a"])
    assert row["Caption_ID"] == "-9223372036854775807"


def test_price_and_hour_offer_what_may_be_chosen(opened: Workbook, ran: RanWeek) -> None:
    for name, page in ran.result.pages.items():
        sheet = opened[name]
        columns = {cell.value: cell.column_letter for cell in sheet[1]}
        offered = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
        last = len(page.messages) + 1
        for header, choices in (("Price", "A"), ("Hour", "B")):
            rule = offered.pop(f"{columns[header]}2:{columns[header]}{last}")
            assert (rule.type, rule.errorStyle) == ("list", "warning")
            assert str(rule.formula1).startswith(f"Choices!${choices}$1:${choices}$")
        assert offered == {}
    choices = opened["Choices"]
    assert [cell.value for cell in choices["B"]][:24] == list(range(24))
    prices = {row["price"] for page in ran.result.pages.values() for row in page.messages}
    assert prices <= {cell.value for cell in choices["A"]}


def test_no_cell_is_a_formula_whatever_the_texts_say(opened: Workbook) -> None:
    hostile = message(caption_text="=HYPERLINK(1)", strategy_note="+1", content_category="@sum")
    for book in (opened, made({"=page": [hostile]})):
        cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells} <= {"s", "n"}
        assert not [cell for cell in cells if str(cell.value).startswith(("=", "+", "@"))]


def test_a_page_without_messages_has_a_sheet_with_the_header_alone() -> None:
    sheet = made({"quiet": []})["quiet"]
    assert sheet.max_row == 1
    assert sheet.data_validations.dataValidation == []


def test_the_same_week_is_the_same_bytes() -> None:
    own = (read_spec(EXPOSURE), {"a": [message()]})
    tables = WeekTables((read_spec(SUMMARY), []), (read_spec(AGENCY), []), own)
    one, two = (workbook(tables, PRICES, CREATED) for _ in range(2))
    assert one == two


@given(st.lists(st.text(min_size=1, max_size=40), unique=True, max_size=6))
@example(["summary", "Summary", "history", "a" * 40, "a" * 41, "'", "[]:*?/\\", "choices"])
@example(["\U0001f600" * 31, "\U0001f600" * 32, "\x00", "\t"])
def test_sheet_names_are_those_a_spreadsheet_takes(pages: list[str]) -> None:
    names = sheet_names(dict.fromkeys(pages))
    assert sorted(names.values()) == sorted(pages)
    assert len({name.casefold() for name in (*names, *OWN)}) == len(pages) + len(OWN)
    for name in names:
        assert name.strip()
        assert len(name.encode("utf-16-le", "surrogatepass")) <= 2 * 31
        assert not set(name) & set("[]:*?/\\'")
        assert all(sign.isprintable() for sign in name)
        assert name.casefold() != "history"
