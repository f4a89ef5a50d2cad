"""Days that no load covers yet are not silence: what a page is stays what it was on the day of the load."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scheduler.settings import format_time
from scheduler.warehouse import DbtProject
from tests.scheduler.conftest import AS_OF

# Weeks behind and before the load: two of three messages were sent as planned, the third never was.
PLANNED = f"""
    insert into eros_operations.schedule_templates by name
    select
        'plan ' || page_name || case when is_past then ' past' else ' to come' end as schedule_id,
        page_name, message_key as message_id, 'active' as status,
        date_trunc('week', local_date)::date as week_start, message as caption_text, price,
        10.0 as expected_revenue, 1.0 as revenue_low, 30.0 as revenue_high,
        sent_at + case when not is_past then interval 21 day
            when place % 3 = 0 then interval 5 hour else interval 20 minute end as send_at,
        timestamp '{AS_OF}' - interval 30 day as as_of
    from (
        select *, row_number() over (partition by page_name order by sent_at) as place
        from eros_intermediate.int_messages where is_valid and caption_key is not null
    ) cross join (values (true), (false)) as sides (is_past)
    where days_ago between 1 and 20
"""  # noqa: S608
STATES = {
    "pages": (
        "select page_name, creator_tier, health_status, change_status, saturation_status, eros_band,"
        " eros_trend, round(avg_daily_revenue, 6), round(health_ratio, 6), round(eros_score, 6),"
        " round(data_quality_score, 6), round(confidence_score, 6), present_weekly_volume,"
        " usable_message_count, creator_tier_before, health_status_before, round(eros_score_before, 6)"
        " from eros_marts.creators order by page_name"
    ),
    "scores": (
        "select page_name, window_days, scheduled_count, executed_count, round(execution_rate, 6),"
        " round(eros_score, 6), eros_trend from eros_marts.eros_scores"
        " qualify score_date = max(score_date) over (partition by page_name) order by all"
    ),
    "agency": (
        "select window_days, round(eros_score, 6), eros_band, eros_trend, round(execution_component, 6)"
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
        "select alert_type, page_name, status, round(value, 6), round(dollars_at_stake, 4)"
        " from eros_marts.alerts order by all"
    ),
}  # fmt: skip
SHOWN = ("creators", "alerts", "agency_scores", "data_quality_reasons", "int_schedule_due")


@pytest.fixture(scope="module")
def agency(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The built agency, with plans."""
    folder = tmp_path_factory.mktemp("known_until")
    database = folder / "agency.duckdb"
    shutil.copyfile(built / "agency.duckdb", database)
    shutil.copytree(built / ".agency_dbt", folder / ".agency_dbt")
    with duckdb.connect(str(database)) as connection:
        connection.execute(PLANNED)
    yield database


@pytest.fixture(scope="module")
def on_the_day(agency: Path) -> Mapping[str, list[tuple[Any, ...]]]:
    return states(agency, AS_OF)


def states(database: Path, as_of: datetime) -> dict[str, list[tuple[Any, ...]]]:
    """Every status, as of a moment."""
    names = [f"+{name}" for name in SHOWN]
    arguments = ["run", "--select", *names, "--exclude", "saturation", "price_response"]
    DbtProject.find().run(arguments, {"as_of": format_time(as_of)}, database, lambda _: None)
    with duckdb.connect(str(database), read_only=True) as connection:
        return {name: connection.execute(sql).fetchall() for name, sql in STATES.items()}


def test_the_load_day_itself_says_something(
    on_the_day: Mapping[str, list[tuple[Any, ...]]],
) -> None:
    """Some messages were sent and some were not, and there are alerts: what follows is no empty comparison."""
    assert {row[2] for row in on_the_day["executed"]} == {True, False}
    assert len(on_the_day["executed"]) > 100
    assert all(0 < row[4] < 1 for row in on_the_day["scores"] if row[1] >= 30)
    assert any(row[2] == "open" for row in on_the_day["alerts"])


def test_nothing_changes_for_want_of_data(
    agency: Path, on_the_day: Mapping[str, list[tuple[Any, ...]]]
) -> None:
    assert states(agency, AS_OF + timedelta(days=9, hours=7)) == on_the_day


@pytest.mark.full
@pytest.mark.parametrize("days", range(1, 15))
def test_on_every_day_of_two_weeks_nothing_changes_for_want_of_data(
    agency: Path, on_the_day: Mapping[str, list[tuple[Any, ...]]], days: int
) -> None:
    assert states(agency, AS_OF + timedelta(days=days)) == on_the_day


def test_a_load_that_does_not_come_at_all_is_an_alert(agency: Path) -> None:
    """Three weeks: the pages are what they were, and the agency is told that nothing has come."""
    found = states(agency, AS_OF + timedelta(days=21))["alerts"]
    assert [row[:4] for row in found if row[0] == "load_overdue"] == [("load_overdue", None, "open", 21.0)]
