"""Each spelling of a cell has one value, several that are told, or a reason."""

from datetime import date, time

import pytest

from scheduler.sheet.cell_values import CellError
from scheduler.sheet.dates import parse_dates, parse_weekdays
from scheduler.sheet.numbers import parse_flag, parse_id, parse_money
from scheduler.sheet.times import parse_hours, parse_times

TUESDAY = date(2026, 3, 24)
ID = 8_177_792_327_683_734_941


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-24", "3/24/2026", "24.03.2026", "24/03/2026", "24-3-26", "2026/3/24", "20260324",
        "46105", "46105,0", "Tue 24 Mar", "Tuesday, March 24, 2026", "24th March 2026",
        "24. März 2026", "mar 24 mars 2026", "24 de marzo de 2026", "2026. 03. 24.",
        "2026年3月24日",
        "2026-03-24 00:00:00", "24.3.", "3/24", "'2026-03-24", '="2026-03-24"',
    ],
)  # fmt: skip
def test_a_date_in_the_spelling_of_any_spreadsheet_is_that_date(cell: str) -> None:
    assert TUESDAY in parse_dates(cell, [2026])
    assert all(day.year != 2026 or day == TUESDAY for day in parse_dates(cell, [2026]))


def test_a_date_that_can_be_read_in_two_ways_gives_both() -> None:
    assert parse_dates("3/4/2026") == [date(2026, 3, 4), date(2026, 4, 3)]
    assert parse_dates("3/3/2026") == [date(2026, 3, 3)]
    assert parse_dates("Wed 3/4/2026") == [date(2026, 3, 4)]


@pytest.mark.parametrize(
    "cell",
    ["", "soon", "2026-02-30", "31/31/2026", "Wed 24 Mar 2026", "1/2/3/4", "9" * 400, "24:00",
     "2026-03-24 19:00", "12", "9999-99-99", "24 Mars Mars 2026"],
)  # fmt: skip
def test_what_is_no_date_is_refused(cell: str) -> None:
    with pytest.raises(CellError):
        parse_dates(cell, [2026])


@pytest.mark.parametrize(
    ("cell", "days"), [("Tuesday", {2}), ("tue.", {2}), ("Di", {2}), ("mié.", {3}), ("so", {6, 7})]
)
def test_a_weekday_is_known_in_several_languages(cell: str, days: set[int]) -> None:
    assert parse_weekdays(cell) == days


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("8:00", time(8)), ("08:00:00", time(8)), ("8 AM", time(8)), ("7:00 PM", time(19)),
        ("7:30pm", time(19, 30)), ("19h", time(19)), ("19h30", time(19, 30)),
        ("19.30", time(19, 30)),
        ("0.333", time(8)), ("0,791666667", time(19)), ("0.5", time(12)), ("19", time(19)),
        ("12 a.m.", time(0)), ("1899-12-30 19:00:00", time(19)), ("19:00 Uhr", time(19)),
        ("1900", time(19)),
    ],
)  # fmt: skip
def test_a_time_in_the_spelling_of_any_spreadsheet_is_that_time(cell: str, at: time) -> None:
    assert parse_times(cell) == [at]


def test_a_time_that_can_be_read_in_two_ways_gives_both() -> None:
    assert parse_times("0.25") == [time(0, 25), time(6)]


@pytest.mark.parametrize("cell", ["19:00+09:00", "19:00Z", "7:00 PM PST", "19:00 utc", "19:00 -5"])
def test_a_time_with_an_offset_is_refused_by_name(cell: str) -> None:
    with pytest.raises(CellError, match="holds an offset or a zone"):
        parse_times(cell)


@pytest.mark.parametrize("cell", ["24:00", "7:61", "13:00 PM", "inf", "nan", "1e3", "0.77", "soon"])
def test_what_is_no_time_is_refused(cell: str) -> None:
    with pytest.raises(CellError):
        parse_times(cell)


@pytest.mark.parametrize(("cell", "hour"), [("7 PM", 19), ("19.0", 19), ("8", 8), ("0.75", 18)])
def test_an_hour_is_whole(cell: str, hour: int) -> None:
    assert parse_hours(cell) == [hour]
    with pytest.raises(CellError, match="no whole hour"):
        parse_hours("19:30")


@pytest.mark.parametrize(
    ("cell", "dollars"),
    [
        ("$20.00", 20), ("20,00", 20), ("20", 20), ("20.00 USD", 20), ("US$ 20", 20),
        ("20,5", 20.5),
        ("1,234.50", 1234.5), ("1.234,50", 1234.5), ("1 234,50", 1234.5), ("1'234.50", 1234.5),
        ("19.990000000000002", 19.99), ("2E+01", 20), ("-5", -5), ("($5.00)", -5), ("$-5", -5),
        ("1,234,567", 1_234_567), ("", None), ("0.500", 0.5),
    ],
)  # fmt: skip
def test_money_in_the_spelling_of_any_spreadsheet_is_that_money(
    cell: str, dollars: float | None
) -> None:
    assert parse_money(cell) == dollars


@pytest.mark.parametrize(
    "cell",
    ["20.000", "1,234", "€20", "20 EUR", "20%", "nan", "inf", "1e400", "12.345.67", "1,23,456",
     "twenty", "9" * 400, "19.995", "20 30", "--5"],
)  # fmt: skip
def test_money_that_can_mean_two_sums_or_none_is_refused(cell: str) -> None:
    with pytest.raises(CellError):
        parse_money(cell)


@pytest.mark.parametrize(
    "cell",
    ["8.17779E+18", "8,17779E+18", "8177792327683730000", "8177792327683735552", f"'{ID}",
     f'="{ID}"', f"{ID:,}", "8.17779232768373E+18", ""],
)  # fmt: skip
def test_an_id_that_a_spreadsheet_rounded_may_still_be_it(cell: str) -> None:
    assert parse_id(cell).may_be(ID)


@pytest.mark.parametrize("cell", ["8.17778E+18", "8177792327683830000", "42", "-8.17779E+18"])
def test_another_id_is_not_taken_for_it(cell: str) -> None:
    assert not parse_id(cell).may_be(ID)


def test_an_id_is_whole_only_when_every_digit_is_there() -> None:
    assert parse_id("-42.00").value == -42
    assert not parse_id("8.17779E+17").is_whole
    assert not parse_id("1E+03").is_whole


@pytest.mark.parametrize(
    "cell", ["9" * 30, "x", "1.5", "1e300", "--4", "0x10", "9223372036854775808"]
)
def test_what_is_no_id_is_refused(cell: str) -> None:
    with pytest.raises(CellError):
        parse_id(cell)


def test_a_flag_is_known_in_several_languages() -> None:
    assert [parse_flag(cell) for cell in ("WAHR", "x", "oui", "", "FAUX", "0")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
    with pytest.raises(CellError):
        parse_flag("perhaps")
