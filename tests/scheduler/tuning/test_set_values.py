"""What `scheduler set` writes into the tables in `seeds/`."""

import shutil
from pathlib import Path

import pytest

from scheduler.errors import SchedulerError
from scheduler.tuning.seed_tables import check_tables
from scheduler.tuning.set_values import Asked, changed_tables
from scheduler.warehouse import DbtProject

PROJECT = DbtProject.find()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT.root / "seeds", tmp_path / "seeds")
    return tmp_path


def write(root: Path, tables: dict[str, str]) -> None:
    for name, text in tables.items():
        (root / "seeds" / f"{name}.csv").write_text(text, encoding="utf-8")


def test_a_setting_is_replaced_and_taken_back_and_others_stay(root: Path) -> None:
    write(root, changed_tables(root, Asked("amber"), [("price_min", "9"), ("price_max", "40")]))
    write(root, changed_tables(root, Asked("lunavale"), [("price_min", "12")]))
    write(root, changed_tables(root, Asked("amber"), [("price_min", "10")]))
    path = root / "seeds" / "creator_overrides.csv"
    assert path.read_text(encoding="utf-8").splitlines() == [
        "page_name,setting,value,valid_from,valid_until", "lunavale,price_min,12,,",
        "amber,price_max,40,,", "amber,price_min,10,,",
    ]  # fmt: skip
    write(root, changed_tables(root, Asked("amber"), [("price_min", ""), ("price_max", "")]))
    assert path.read_text(encoding="utf-8").splitlines()[1:] == ["lunavale,price_min,12,,"]


@pytest.mark.parametrize(
    ("span", "row"),
    [
        ("2026-12-24", "amber,blackout,2026-12-24,,2026-12-24,,,,away"),
        ("2026-12-24..2026-12-26", "amber,blackout,2026-12-24,,2026-12-26,,,,away"),
        ("2026-12-24T18..2026-12-26T11", "amber,blackout,2026-12-24,18,2026-12-26,11,,,away"),
    ],
)
def test_a_blackout_is_a_row_of_the_calendar_once(root: Path, span: str, row: str) -> None:
    for _ in range(2):
        write(root, changed_tables(root, Asked("amber", "away"), [("blackout", span)]))
    path = root / "seeds" / "page_calendar.csv"
    assert path.read_text(encoding="utf-8").splitlines()[1:] == [row]
    check_tables(root, PROJECT.default_vars(), {"amber"})


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (("price_max", "900"), "price_max is '900'"),
        (("lookback_days", "9"), "no setting that a page can override"),
        (("blackout", "christmas"), "'christmas' is no date"),
        (("blackout", "2026-12-24T18..2026-12-24T9"), "ends before it begins"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_written(
    root: Path, value: tuple[str, str], told: str
) -> None:
    tables = changed_tables(root, Asked("amber"), [value])
    with pytest.raises(SchedulerError, match=told):
        check_tables(root, PROJECT.default_vars(), {"amber"}, tables)


@pytest.mark.parametrize("span", ["..2026-12-26", "2026-12-24T18..", "T18"])
def test_a_blackout_without_a_day_is_refused(root: Path, span: str) -> None:
    with pytest.raises(SchedulerError, match=r"write it as 2026-12-24"):
        changed_tables(root, Asked("amber"), [("blackout", span)])


def test_a_caption_is_banned_once_with_its_last_days_and_allowed_again(root: Path) -> None:
    december = Asked("amber", valid_from="2026-12-01", valid_until="2026-12-14")
    write(root, changed_tables(root, Asked("amber"), [("ban_caption", "7"), ("ban_caption", "8")]))
    write(root, changed_tables(root, Asked("lunavale"), [("ban_caption", "7")]))
    write(root, changed_tables(root, december, [("ban_caption", "7")]))
    path = root / "seeds" / "page_restrictions.csv"
    assert path.read_text(encoding="utf-8").splitlines()[1:] == [
        "lunavale,caption,7,,", "amber,caption,8,,", "amber,caption,7,2026-12-01,2026-12-14",
    ]  # fmt: skip
    check_tables(root, PROJECT.default_vars(), {"amber", "lunavale"})
    write(root, changed_tables(root, Asked("amber"), [("allow_caption", "8")]))
    assert "amber,caption,8,," not in path.read_text(encoding="utf-8")
    with pytest.raises(SchedulerError, match="amber has no ban of the caption '8'"):
        changed_tables(root, Asked("amber"), [("allow_caption", "8")])


def test_an_empty_value_takes_back_all_of_its_kind_and_nothing_else(root: Path) -> None:
    path = root / "seeds" / "page_restrictions.csv"
    row = "amber,category,B/G,,"
    path.write_text(f"{path.read_text(encoding='utf-8')}{row}\n", encoding="utf-8")
    values = [("ban_caption", "7"), ("blackout", "2026-12-24")]
    write(root, changed_tables(root, Asked("amber"), values))
    write(root, changed_tables(root, Asked("amber"), [("ban_caption", ""), ("blackout", "")]))
    assert path.read_text(encoding="utf-8").splitlines()[1:] == [row]
    calendar = root / "seeds" / "page_calendar.csv"
    assert calendar.read_text(encoding="utf-8").splitlines()[1:] == []


def test_a_table_without_the_columns_of_validity_gets_them(root: Path) -> None:
    path = root / "seeds" / "page_restrictions.csv"
    path.write_text("page_name,restriction_type,value\namber,category,B/G\n", encoding="utf-8")
    write(root, changed_tables(root, Asked("amber"), [("ban_caption", "7")]))
    check_tables(root, PROJECT.default_vars(), {"amber"})
    assert "amber,category,B/G,," in path.read_text(encoding="utf-8")


def test_a_blackout_has_its_own_days(root: Path) -> None:
    asked = Asked("amber", valid_until="2026-12-14")
    with pytest.raises(SchedulerError, match="leave out --from and --until"):
        changed_tables(root, asked, [("blackout", "2026-12-24")])


def test_a_setting_of_some_days_stands_beside_the_one_of_always(root: Path) -> None:
    path = root / "seeds" / "creator_overrides.csv"
    days = Asked("amber", valid_from="2026-12-01", valid_until="2026-12-14")
    write(root, changed_tables(root, Asked("amber"), [("messages_per_week_max", "12")]))
    for value in ("9", "10"):
        write(root, changed_tables(root, days, [("messages_per_week_max", value)]))
    check_tables(root, PROJECT.default_vars(), {"amber"})
    assert path.read_text(encoding="utf-8").splitlines()[1:] == [
        "amber,messages_per_week_max,12,,",
        "amber,messages_per_week_max,10,2026-12-01,2026-12-14",
    ]
    write(root, changed_tables(root, days, [("messages_per_week_max", "")]))
    assert path.read_text(encoding="utf-8").splitlines()[1:] == ["amber,messages_per_week_max,12,,"]
    write(root, changed_tables(root, days, [("messages_per_week_max", "10")]))
    write(root, changed_tables(root, Asked("amber"), [("messages_per_week_max", "")]))
    assert path.read_text(encoding="utf-8").splitlines()[1:] == []


def test_a_launch_replaces_the_one_of_its_hour_and_is_taken_back(root: Path) -> None:
    path = root / "seeds" / "page_calendar.csv"
    for caption, hour in (("7", "2026-12-24T18"), ("8", "2026-12-24T18"), ("8", "2026-12-25T09")):
        asked = Asked("amber", "video", caption=caption, price="25")
        write(root, changed_tables(root, asked, [("launch", hour)]))
    check_tables(root, PROJECT.default_vars(), {"amber"})
    assert path.read_text(encoding="utf-8").splitlines()[1:] == [
        "amber,launch,2026-12-24,18,2026-12-24,18,8,25,video",
        "amber,launch,2026-12-25,09,2026-12-25,09,8,25,video",
    ]
    write(root, changed_tables(root, Asked("amber"), [("blackout", "2026-12-26"), ("launch", "")]))
    assert path.read_text(encoding="utf-8").splitlines()[1:] == [
        "amber,blackout,2026-12-26,,2026-12-26,,,,"
    ]


@pytest.mark.parametrize(
    ("asked", "hour", "told"),
    [
        (Asked("amber", caption="7", price="25"), "2026-12-24", "write it as 2026-12-24T18"),
        (Asked("amber", caption="7"), "2026-12-24T18", "needs --caption ID and --price"),
        (Asked("amber", price="25"), "2026-12-24T18", "needs --caption ID and --price"),
    ],
)
def test_a_launch_needs_hour_caption_and_price(
    root: Path, asked: Asked, hour: str, told: str
) -> None:
    with pytest.raises(SchedulerError, match=told):
        changed_tables(root, asked, [("launch", hour)])
