"""What `scheduler set` writes into the tables in `seeds/`."""

import shutil
from pathlib import Path

import pytest

from scheduler.errors import SchedulerError
from scheduler.tuning.seed_tables import check_tables
from scheduler.tuning.set_values import changed_tables
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
    write(root, changed_tables(root, "amber", [("price_min", "9"), ("price_max", "40")]))
    write(root, changed_tables(root, "lunavale", [("price_min", "12")]))
    write(root, changed_tables(root, "amber", [("price_min", "10")]))
    path = root / "seeds" / "creator_overrides.csv"
    assert path.read_text(encoding="utf-8").splitlines() == [
        "page_name,setting,value", "amber,price_max,40", "lunavale,price_min,12",
        "amber,price_min,10",
    ]  # fmt: skip
    write(root, changed_tables(root, "amber", [("price_min", ""), ("price_max", "")]))
    assert path.read_text(encoding="utf-8").splitlines()[1:] == ["lunavale,price_min,12"]


@pytest.mark.parametrize(
    ("span", "row"),
    [
        ("2026-12-24", "amber,blackout,2026-12-24,,2026-12-24,,away"),
        ("2026-12-24..2026-12-26", "amber,blackout,2026-12-24,,2026-12-26,,away"),
        ("2026-12-24T18..2026-12-26T11", "amber,blackout,2026-12-24,18,2026-12-26,11,away"),
    ],
)
def test_a_blackout_is_a_row_of_the_calendar_once(root: Path, span: str, row: str) -> None:
    for _ in range(2):
        write(root, changed_tables(root, "amber", [("blackout", span)], "away"))
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
    tables = changed_tables(root, "amber", [value])
    with pytest.raises(SchedulerError, match=told):
        check_tables(root, PROJECT.default_vars(), {"amber"}, tables)


def test_a_blackout_without_a_day_is_refused(root: Path) -> None:
    with pytest.raises(SchedulerError, match=r"write it as 2026-12-24"):
        changed_tables(root, "amber", [("blackout", "")])
