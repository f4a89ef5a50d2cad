"""A file that any spreadsheet saved is the week it was, or says which cell is not."""

from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.errors import SchedulerError
from scheduler.sheet import SheetRow, SheetWeek, read_sheet
from tests.scheduler.sheet.weeks import (
    MONDAY,
    Cells,
    Locale,
    cells,
    edited,
    locales,
    messages,
    save,
)

HEADER = list(cells()[0])
KNOWN = {"fa891c90327aade8": MONDAY}
shared_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def meaning(row: SheetRow) -> tuple[Any, ...]:
    return (
        row.page_name, row.local_at, row.timezone, row.price, row.caption_text,
        row.caption_id.value, row.message_id, row.schedule_id, row.is_locked,
    )  # fmt: skip


def wanted() -> list[tuple[Any, ...]]:
    return [
        (
            m["page_name"], m["local_at"], m["timezone"], m["price"], m["caption_text"],
            m["caption_id"], m["message_id"], m["schedule_id"], m["is_locked"],
        )
        for m in messages()
    ]  # fmt: skip


def read(path: Path, rows: list[Cells], **form: Any) -> SheetWeek:
    return read_sheet(save(path / "week.csv", rows, **form))


def said(week: SheetWeek) -> list[str]:
    return [str(problem) for problem in week.problems]


@shared_folder
@given(locale=locales, order=st.permutations(HEADER), blanks=st.integers(0, 3))
def test_a_week_that_a_spreadsheet_of_any_country_saved_reads_back_to_the_same_rows(
    tmp_path: Path, locale: Locale, order: list[str], blanks: int
) -> None:
    spelled = [locale.respelled(row) for row in cells()]
    rows = [{name: row[name] for name in order} | {"": ""} for row in spelled]
    rows += [dict.fromkeys(rows[0], "")] * blanks
    form = {"separator": locale.separator, "encoding": locale.encoding, "end": locale.end}
    week = read(tmp_path, rows, **form)
    assert said(week) == []
    texts = {row["Message_ID"]: row for row in cells()}
    assert len(texts) == len(week.rows)
    assert [meaning(row) for row in week.rows] == wanted()


@pytest.mark.parametrize(
    "form",
    [
        {"before": "sep=;\r\n", "separator": ";"},
        {"before": "\n,,,\n"},
        {"title": lambda name: name.upper().replace("_", " ")},
        {"after": ",".join(HEADER) + "\n"},
        {"after": "\n\n ,, ,\n"},
    ],
    ids=["separator line", "blank lines first", "another case", "header again", "blank lines last"],
)
def test_what_spreadsheets_add_changes_nothing(tmp_path: Path, form: dict[str, Any]) -> None:
    assert [meaning(row) for row in read(tmp_path, cells(), **form).rows] == wanted()


def test_a_workbook_reads_as_its_csv_does_whatever_the_types_of_its_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a sheet of something else"])
    sheet = book.create_sheet("Week")
    sheet.append([])
    sheet.append(HEADER)
    for row in cells():
        day = datetime.fromisoformat(f"{row['Date']}T{row['Time']}")
        typed: dict[str, Any] = {
            "Date": day.date(), "Time": day.time(), "Price": float(row["Price"]), "Hour": day.hour,
            "Locked": row["Locked"] == "TRUE",
        }  # fmt: skip
        sheet.append([typed.get(name, row[name]) for name in HEADER])
    book.save(tmp_path / "week.xlsx")
    week = read_sheet(tmp_path / "week.xlsx")
    assert said(week) == []
    assert [meaning(row) for row in week.rows] == wanted()
    assert week.rows[0].where == "Week row 3"


def test_a_file_that_is_not_unicode_is_read_and_told(tmp_path: Path) -> None:
    rows = edited(Caption="café \u2019til late")[:1]
    week = read(tmp_path, rows, encoding="cp1252")
    assert week.rows[0].caption_text == "café \u2019til late"
    assert "Windows-1252" in week.remarks[0]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"Hour": "20"}, "row 2, Hour and Time: Hour says 20, Time says 08:00"),
        (
            {"Day": "Sunday"},
            "row 2, Day and Date: Day says Sunday, Date says 2026-03-23 (a Monday)",
        ),
        ({"Date": "2026-04-02", "Day": ""}, "row 2, Date: 2026-04-02 is not in the week"),
        ({"Time": "08:00+09:00"}, "row 2, Time: '08:00+09:00' holds an offset"),
        ({"Hour": "inf", "Time": ""}, "row 2, Hour: 'inf' is no hour"),
        ({"Hour": "", "Time": ""}, "row 2, Time and Hour: are both empty"),
        ({"Caption_ID": "9" * 30}, "row 2, Caption_ID: '999999999999999999999999999999' has 30"),
        ({"Price": "20.000"}, "row 2, Price: '20.000' is 20000 or 20.000"),
        ({"Page_Name": " "}, "row 2, Page_Name: is empty"),
        ({"Caption": "x" * 140_000}, "row 2, Caption: has 140,000 characters; a cell holds 32,767"),
        ({"Locked": "perhaps"}, "row 2, Locked: 'perhaps' is neither"),
        ({"Date": "24 Sept", "Day": ""}, "row 2, Date: 2026-09-24 is not in the week"),
    ],
)
def test_a_cell_that_cannot_be_or_contradicts_another_is_named_with_its_row(
    tmp_path: Path, values: Cells, told: str
) -> None:
    (problem,) = said(read(tmp_path, edited(**values)))
    assert problem.startswith(told)


def test_every_wrong_cell_of_every_row_is_named(tmp_path: Path) -> None:
    rows = edited(0, Price="x", Date="soon")
    rows[3] |= {"Caption_ID": "y"}
    week = read(tmp_path, rows)
    assert [(p.where, p.cells) for p in week.problems] == [
        ("row 2", ("Price",)), ("row 2", ("Date",)), ("row 5", ("Caption_ID",)),
    ]  # fmt: skip
    assert len(week.rows) == 3


def april(day_first: bool) -> list[Cells]:
    """A week whose dates can all be read in two ways."""
    days = [date(2026, 4, day) for day in range(6, 11)]
    return [
        row
        | {"Date": f"{d.day}/{d.month}/2026" if day_first else f"{d.month}/{d.day}/2026", "Day": ""}
        for row, d in zip(cells(), days, strict=True)
    ]


@pytest.mark.parametrize("day_first", [True, False])
def test_the_week_of_the_rows_decides_which_number_is_the_day(
    tmp_path: Path, day_first: bool
) -> None:
    week = read(tmp_path, april(day_first))
    assert [row.local_at.date() for row in week.rows] == [date(2026, 4, d) for d in range(6, 11)]


def test_a_lone_date_is_decided_by_the_published_week_or_the_weekday_or_named(
    tmp_path: Path,
) -> None:
    row = cells()[0] | {"Date": "6/4/2026", "Day": ""}
    path = save(tmp_path / "one.csv", [row])
    (problem,) = said(read_sheet(path))
    assert "'6/4/2026' is 2026-04-06 or 2026-06-04" in problem
    known = read_sheet(path, {"fa891c90327aade8": date(2026, 4, 6)})
    assert [found.local_at.date() for found in known.rows] == [date(2026, 4, 6)]
    by_day = read(tmp_path, [row | {"Day": "Thu"}])
    assert [found.local_at.date() for found in by_day.rows] == [date(2026, 6, 4)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no header of a schedule"),
        (b"a,b\n1,2\n", "no header of a schedule"),
        (",".join(HEADER).encode(), "holds no message"),
        (",".join(n for n in HEADER if n != "Price").encode() + b"\n", "lacks the column Price"),
        (",".join([*HEADER, "Price"]).encode() + b"\n", "has the column Price twice"),
        (
            ",".join(HEADER).encode() + b'\n"Monday,2026-03-23\n',
            "a quotation mark there is not closed",
        ),
        (b"PK\x03\x04 nothing", "is damaged"),
        (b"\x1f\x8b\x08", "is compressed with gzip"),
        (b"\xd0\xcf\x11\xe0", "is a workbook of Excel 97"),
    ],
)
def test_a_file_that_is_no_schedule_says_what_it_is(
    tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(SchedulerError, match=told):
        read_sheet(path)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SchedulerError, match=r"cannot be read \(No such file"):
        read_sheet(tmp_path / "absent.csv")


NASTY = st.sampled_from(
    ["", " ", "inf", "-inf", "nan", "1e309", "-0", "9" * 5000, "x" * 200_000, "\0", "\ufeff",
     "=1+1", "'", '="', "''''", "0x1F", "\uff11\uff12", "٣", "½", "²", "1_000", "--", "1/0/0",
     "0/0/0", "00:00:60",
     "America", "/etc", "../..", "12:00 BST", "Di", "so so so", "31.02.2026", "1899-12-31",
     "2026-03-29", "1:30", "\ud7ff", "é\u0301", "TRUE", "20.000,00,00", "$€", "E+", "1e+999999999"]
)  # fmt: skip


@shared_folder
@given(
    spoilt=st.lists(
        st.tuples(
            st.integers(0, 4),
            st.sampled_from(HEADER),
            NASTY | st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
        ),
        min_size=1,
        max_size=6,
    ),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)
def test_no_cell_whatever_it_holds_is_a_traceback_or_a_lost_row(
    tmp_path: Path, spoilt: list[tuple[int, str, str]], separator: str, encoding: str
) -> None:
    rows = cells()
    for index, name, value in spoilt:
        rows[index][name] = value
    week = read(tmp_path, rows, separator=separator, encoding=encoding)
    named = {problem.where for problem in week.problems}
    assert {row.where for row in week.rows} | named == {f"row {i}" for i in range(2, 7)}
    assert not {row.where for row in week.rows} & named


@shared_folder
@given(data=st.binary(max_size=400), place=st.integers(0, 1500))
def test_no_bytes_are_a_traceback(tmp_path: Path, data: bytes, place: int) -> None:
    path = save(tmp_path / "week.csv", cells())
    content = path.read_bytes()
    path.write_bytes(content[:place] + data + content[place:])
    with suppress(SchedulerError):
        assert len(read_sheet(path).rows) <= 1500
