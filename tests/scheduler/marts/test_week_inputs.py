"""What holds on some days binds the weeks that it concerns, and no others."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from scheduler.marts.inputs import read_candidates, read_filter_counts, read_page_settings
from scheduler.marts.known_pages import unknown_captions
from scheduler.warehouse import connect

WEEK = date(2026, 3, 23)
LATER = WEEK + timedelta(days=7)
STEP = "page_restrictions of the week"


@pytest.fixture
def database(built: Path, tmp_path: Path) -> Path:
    """A copy of the built agency, to change."""
    path = tmp_path / "agency.duckdb"
    shutil.copyfile(built / "agency.duckdb", path)
    return path


def banned(database: Path, first: str, last: str) -> tuple[str, int]:
    """A page and one of its candidates, restricted from one day to another (SQL)."""
    with duckdb.connect(str(database)) as connection:
        page, caption = connection.execute(
            "select page_name, caption_id from eros_marts.caption_candidates order by all limit 1"
        ).fetchall()[0]
        connection.execute(
            f"update eros_marts.caption_candidates set restricted_from = {first},"  # noqa: S608
            f" restricted_until = {last} where page_name = $page and caption_id = $caption",
            {"page": page, "caption": caption},
        )
    return str(page), int(caption)


@pytest.mark.parametrize(
    ("first", "last", "is_free"),
    [
        ("null", "date '2026-03-22'", True),
        ("null", "date '2026-03-23'", False),
        ("date '2026-03-25'", "date '2026-03-25'", False),
        ("date '2026-03-29'", "null", False),
        ("date '2026-03-30'", "null", True),
    ],
)
def test_a_restricted_caption_is_left_out_of_the_weeks_that_its_days_touch(
    database: Path, first: str, last: str, is_free: bool
) -> None:
    page, caption = banned(database, first, last)
    with connect(database) as warehouse:
        candidates = read_candidates(warehouse, WEEK)
        counts = read_filter_counts(warehouse, WEEK)
    assert (caption in candidates[page].column("caption_id").to_pylist()) is is_free
    (name, before, after) = counts[page][-1]
    told = (name, before - after, after) == (STEP, 1, candidates[page].num_rows)
    assert told is not is_free
    assert all(steps[-1][0] != STEP for other, steps in counts.items() if other != page)


def test_a_week_has_the_settings_of_its_monday(database: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "insert into eros_marts.creator_settings by name"
            " select * replace (3 as messages_per_week_max, $later as valid_from)"
            " from eros_marts.creator_settings",
            {"later": LATER},
        )
        connection.execute(
            "update eros_marts.creator_settings set valid_until = $last where valid_from is null",
            {"last": LATER - timedelta(days=1)},
        )
    with connect(database) as warehouse:
        now, then = (read_page_settings(warehouse, week) for week in (WEEK, LATER))
    assert len(now) == len(then) == 4
    assert {rules["messages_per_week_max"] for rules in now.values()} == {15}
    assert {rules["messages_per_week_max"] for rules in then.values()} == {3}


def test_an_id_that_no_caption_has_is_told(built: Path) -> None:
    with connect(built / "agency.duckdb") as warehouse:
        ids = warehouse.query("select caption_id from eros_marts.caption_candidates limit 1")
        known = str(ids["caption_id"][0])
        assert unknown_captions(warehouse, [known, "99999999"]) == ["99999999"]
        assert unknown_captions(warehouse, []) == []
