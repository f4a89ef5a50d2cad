"""Days that no load covers yet are not silence: a page stays what it was on the day of the load."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.scheduler.conftest import AS_OF
from tests.scheduler.marts.conftest import rebuild

States = dict[str, list[tuple[Any, ...]]]
TYPED = """
    select count(*) from eros_intermediate.int_messages where rejection_reason = 'after_its_load'
"""

STATES = {
    "pages": (
        "select page_name, creator_tier, health_status, change_status, saturation_status,"
        " eros_band, eros_trend, round(avg_daily_revenue, 6), round(health_ratio, 6),"
        " round(eros_score, 6),"
        " round(data_quality_score, 6), round(confidence_score, 6), present_weekly_volume,"
        " usable_message_count, creator_tier_before, health_status_before,"
        " round(eros_score_before, 6)"
        " from eros_marts.creators order by page_name"
    ),
    "scores": (
        "select page_name, window_days, scheduled_count, executed_count, round(execution_rate, 6),"
        " round(eros_score, 6), eros_trend from eros_marts.eros_scores"
        " qualify score_date = max(score_date) over (partition by page_name) order by all"
    ),
    "agency": (
        "select window_days, round(eros_score, 6), eros_band, eros_trend,"
        " round(execution_component, 6)"
        " from eros_marts.agency_scores qualify score_date = max(score_date) over () order by all"
    ),
    "executed": (
        "select page_name, message_id, was_sent from eros_intermediate.int_schedule_due"
        " where was_sent is not null order by all"
    ),
    "quality": (
        "select page_name, reason, window_days, row_count, reason_row_count"
        " from eros_marts.data_quality_reasons"
        " where reason not in ('future_time', 'after_its_load') order by all"
    ),
    "alerts": (
        "select alert_type, page_name, status, round(value, 6), round(dollars_at_stake, 4),"
        " alert_id from eros_marts.alerts order by all"
    ),
}  # fmt: skip


def states(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every status."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return {name: connection.execute(sql).fetchall() for name, sql in STATES.items()}


@pytest.fixture(scope="module")
def agency(planned: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the planned agency, to build as of later days."""
    folder = tmp_path_factory.mktemp("known_until")
    shutil.copyfile(planned, folder / "agency.duckdb")
    shutil.copytree(planned.parent / ".agency_dbt", folder / ".agency_dbt")
    return folder / "agency.duckdb"


@pytest.fixture(scope="module")
def on_the_day(planned: Path) -> States:
    return states(planned)


def test_the_load_day_itself_says_something(on_the_day: States) -> None:
    """Some messages were sent, some were not, and there are alerts: there is much to compare."""
    assert {row[2] for row in on_the_day["executed"]} == {True, False}
    assert len(on_the_day["executed"]) > 100
    assert all(0 < row[4] < 1 for row in on_the_day["scores"] if row[1] >= 30)
    assert any(row[2] == "open" for row in on_the_day["alerts"])


def test_nothing_changes_for_want_of_data_but_the_load_is_missed(
    agency: Path, on_the_day: States
) -> None:
    """Sixteen days later the pages are what they were, and the agency is told that no load came."""
    rebuild(agency, AS_OF + timedelta(days=16, hours=7))
    later = states(agency)
    overdue = [row for row in later["alerts"] if row[0] == "load_overdue"]
    assert [row[:4] for row in overdue] == [("load_overdue", None, "open", 16.0)]
    later["alerts"] = [row for row in later["alerts"] if row not in overdue]
    assert later == on_the_day
    with duckdb.connect(str(agency), read_only=True) as connection:
        ((typed,),) = connection.execute(TYPED).fetchall()
    assert typed > 0, "the clock passed no typing error, so none was refused for its load"


@pytest.mark.full
@pytest.mark.parametrize("days", range(1, 15))
def test_on_every_day_of_two_weeks_nothing_changes_for_want_of_data(
    agency: Path, on_the_day: States, days: int
) -> None:
    rebuild(agency, AS_OF + timedelta(days=days))
    assert states(agency) == on_the_day
