"""A sheet is held against what was published, the bank and the page's clock; nobody guesses."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.sheet import Understood, compare, judge, read_sheet, read_weeks, understand
from scheduler.warehouse import Warehouse
from scheduler.warehouse.base import MARTS
from tests.scheduler.sheet.weeks import Cells, cells, save

Ask = Callable[..., Understood]


@pytest.fixture
def sheet(warehouse: Warehouse) -> list[Cells]:
    """The published week as the project writes it."""
    rows = warehouse.query(f"select * from {MARTS}.schedules order by send_at").to_pylist()  # noqa: S608
    return cells(rows)


@pytest.fixture
def ask(warehouse: Warehouse, sheet: list[Cells], tmp_path: Path) -> Ask:
    """Read the sheet back with other cells in its first row, or other rows."""

    def understood(rows: list[Cells] | None = None, **values: str) -> Understood:
        rows = rows or [sheet[0] | values, *sheet[1:]]
        path = save(tmp_path / "back.csv", rows)
        return understand(warehouse, read_sheet(path, read_weeks(warehouse)))

    return understood


def edits(understood: Understood) -> dict[str, int]:
    assert not understood.problems
    found = compare(understood.messages, understood.published)
    return {name: len(getattr(found, name)) for name in found.__dataclass_fields__}


UNCHANGED = {
    "moved": 0, "repriced": 0, "swapped": 0, "relocked": 0, "deleted": 0, "added": 0,
    "unchanged": 6,
}  # fmt: skip


def scientific(cell: str) -> str:
    return f"{float(cell):.5E}"


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda row: {},
        lambda row: {"Caption_ID": scientific(row["Caption_ID"])},
        lambda row: {"Caption_ID": str(int(float(row["Caption_ID"])))},
        lambda row: {"Caption_ID": "", "Message_ID": "", "Schedule_ID": ""},
        lambda row: {"Caption_ID": scientific(row["Caption_ID"]), "Message_ID": "1.23457E+15"},
        lambda row: {"Caption": f" {row['Caption'].upper()}\r\n"},
    ],
    ids=["as it was", "rounded id", "id as a double", "no ids", "spoilt ids", "white space"],
)
def test_what_a_spreadsheet_does_to_ids_and_texts_is_no_edit(
    ask: Ask, sheet: list[Cells], spoilt: Callable[[Cells], Cells]
) -> None:
    understood = ask([row | spoilt(row) for row in sheet])
    assert understood.notes == []
    assert edits(understood) == UNCHANGED


def test_what_a_person_changed_is_told_message_by_message(ask: Ask, sheet: list[Cells]) -> None:
    rows = [dict(row) for row in sheet]
    rows[0] |= {"Time": "21:30", "Hour": ""}
    rows[1] |= {"Price": "42"}
    rows[2] |= {"Locked": "TRUE"}
    rows[3], rows[4] = (
        rows[3] | {"Caption": rows[4]["Caption"], "Caption_ID": rows[4]["Caption_ID"]},
        rows[4] | {"Caption": rows[3]["Caption"], "Caption_ID": rows[3]["Caption_ID"]},
    )
    rows[5] |= {"Message_ID": "", "Caption_ID": "", "Caption": "a text that nobody ever wrote"}
    understood = ask(rows)
    assert edits(understood) == {
        "moved": 1, "repriced": 1, "swapped": 2, "relocked": 1, "deleted": 1, "added": 1,
        "unchanged": 0,
    }  # fmt: skip
    (moved,) = compare(understood.messages, understood.published).moved
    assert moved.after - moved.before == timedelta(minutes=90)


def test_a_copied_row_is_a_new_message(ask: Ask, sheet: list[Cells]) -> None:
    copy = sheet[0] | {"Time": "05:00", "Hour": "5"}
    assert edits(ask([copy, *sheet])) == UNCHANGED | {"added": 1}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"Timezone": "America"}, "row 2, Timezone and Page_Name: 'America' is no time zone"),
        ({"Timezone": "Asia/Tokyo"}, "row 2, Timezone and Page_Name: Timezone says Asia/Tokyo"),
        ({"Page_Name": "nobody"}, "row 2, Page_Name: 'nobody' is no page of the agency"),
        (
            {"Caption_ID": "1.11111E+18", "Caption": "a text that nobody ever wrote"},
            "row 2, Caption_ID and Caption: a spreadsheet rounded the id to 1.11111E+18",
        ),
    ],
)
def test_what_contradicts_the_page_or_the_bank_beyond_finding_is_named(
    ask: Ask, values: Cells, told: str
) -> None:
    (problem,) = ask(**values).problems
    assert str(problem).startswith(told)


def test_a_zone_of_another_name_with_the_same_clock_is_the_page_s(
    ask: Ask, sheet: list[Cells]
) -> None:
    same = {"America/Los_Angeles": "US/Pacific", "Europe/London": "GB",
            "America/New_York": "US/Eastern"}  # fmt: skip
    assert edits(ask(Timezone=same.get(sheet[0]["Timezone"], ""))) == UNCHANGED


def test_a_text_that_is_not_that_of_its_id_is_a_note(ask: Ask, sheet: list[Cells]) -> None:
    first, second = sheet[0]["Caption_ID"], sheet[1]["Caption_ID"]
    (note,) = ask(Caption="a text that nobody ever wrote").notes
    assert note.startswith(f"row 2: the text is not that of caption {first}, nor of any")
    garbled = f"{sheet[0]['Caption']} don\u2019t".encode().decode("cp1252", "replace")
    (note,) = ask(Caption=garbled).notes
    assert "it was saved in another encoding" in note
    swapped = [sheet[0] | {"Caption_ID": second}, sheet[1] | {"Caption_ID": first}, *sheet[2:]]
    assert ask(swapped).notes == [
        f"row 2: the text is not that of caption {second}, which Caption_ID says,"
        f" but of caption {first}",
        f"row 3: the text is not that of caption {first}, which Caption_ID says,"
        f" but of caption {second}",
    ]


def test_an_empty_text_and_an_unknown_id_break_tier_1(ask: Ask, warehouse: Warehouse) -> None:
    for values, rule in (({"Caption": "  "}, "banned_content"), ({"Caption_ID": "12"}, "vault")):
        found = judge(warehouse, ask(**values))
        broken = [f for f in found if f.violation.tier == 1 and f.where == "row 2"]
        assert any(f.violation.rule.startswith(rule) for f in broken)
        assert {f.message_id for f in broken} == {"a83d2e82eb9ded20"}


def in_zone(warehouse: Warehouse, sheet: list[Cells], zone: str, **values: str) -> Any:
    """The first row on the clock of another zone."""
    from scheduler.sheet.row_moments import place  # noqa: PLC0415

    path = Path(warehouse.description.split()[-1]).parent / "zone.csv"
    row = sheet[0] | {"Timezone": "", "Day": "", "Hour": "", "Schedule_ID": ""} | values
    week = read_sheet(save(path, [row]))
    return place(week.rows, {row["Page_Name"]: zone}, {})


def test_a_local_time_that_the_clock_leaves_out_is_named(
    warehouse: Warehouse, sheet: list[Cells]
) -> None:
    placed, (problem,) = in_zone(warehouse, sheet, "Europe/London", Date="2026-03-29", Time="01:30")
    assert placed == []
    assert "2026-03-29 01:30 does not exist in Europe/London" in str(problem)


def test_a_local_time_that_comes_twice_is_told(warehouse: Warehouse, sheet: list[Cells]) -> None:
    (placed,), problems = in_zone(
        warehouse, sheet, "Europe/London", Date="2026-10-25", Time="01:30"
    )
    assert problems == []
    assert f"{placed.send_at:%H:%M}" == "00:30"
    assert "comes twice in Europe/London" in placed.note


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    spoilt=st.lists(
        st.tuples(
            st.integers(0, 5),
            st.sampled_from(["Caption", "Caption_ID", "Message_ID", "Schedule_ID", "Timezone",
                             "Price", "Page_Name", "Time", "Date"]),
            st.sampled_from(["", "x" * 200_000, "\0", "8E+18", "9" * 19, "-1", "../..", "UTC",
                             "nan", "2026-03-29", "1:30", "\u00c3\u00a9", "' or 1=1 --",
                             "{{ x }}"])
            | st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
        ),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_whatever_the_cells_hold_each_row_is_understood_or_named(
    ask: Ask, sheet: list[Cells], spoilt: list[tuple[int, str, str]]
) -> None:
    rows = [dict(row) for row in sheet]
    for index, name, value in spoilt:
        rows[index][name] = value
    understood = ask(rows)
    named = {problem.where for problem in understood.problems}
    whole = {message.placed.row.where for message in understood.messages}
    assert named | whole == {f"row {i}" for i in range(2, 8)}
    assert not named & whole
