"""The marts say what an implementation that shares nothing with them says, to 1e-9."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from tests.scheduler.conftest import AS_OF
from tests.scheduler.marts.recomputed import PageMessages, days_before, fallen, outliers

TODAY = AS_OF.date()
# A sample of the history: its ends, and days between.
DAYS = [days_before(TODAY, days) for days in (0, 1, 6, 13, 20, 29)]


def close(value: float) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-9, nan_ok=True)


@pytest.fixture(scope="module")
def connection(built: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(built / "agency.duckdb"), read_only=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def messages(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    rows = connection.sql("select * from eros_intermediate.int_messages").df()
    assert rows["page_name"].nunique() == 4
    return rows.assign(local_date=pd.to_datetime(rows["local_date"]))


def rows_of(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = connection.sql(sql).to_arrow_table().to_pylist()
    assert rows
    return rows


def sampled(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """Rows of the sampled days."""
    return [row for row in rows_of(connection, sql) if row["score_date"] in DAYS]


def seen(messages: pd.DataFrame, page: str, day: date) -> PageMessages:
    return PageMessages.of(messages[messages["page_name"] == page], day, AS_OF)


def number(value: float | None) -> float:
    return float("nan") if value is None else value


def test_a_page_stands_now_and_a_week_ago_as_its_messages_say(
    connection: duckdb.DuckDBPyConnection, messages: pd.DataFrame
) -> None:
    for row in rows_of(connection, "select * from eros_marts.creators"):
        now = seen(messages, row["page_name"], TODAY)
        before = seen(messages, row["page_name"], days_before(TODAY, 7))
        assert row["creator_tier"] == now.tier
        assert row["creator_tier_before"] == before.tier
        for suffix, state in (("", now), ("_before", before)):
            assert row[f"avg_daily_revenue{suffix}"] == close(state.daily_revenue(90))
            assert number(row[f"health_ratio{suffix}"]) == close(state.health_ratio)
            assert row[f"data_quality_score{suffix}"] == close(state.quality)
            assert row[f"eros_score{suffix}"] == close(state.eros(30))
        assert row["present_weekly_volume"] == now.weekly_volume
        assert row["weekly_volume_before"] == before.weekly_volume


def test_scores_of_any_day_and_window_and_the_agency_s(
    connection: duckdb.DuckDBPyConnection, messages: pd.DataFrame
) -> None:
    weighted: dict[tuple[date, int], list[tuple[float, float]]] = {}
    states: dict[tuple[str, date], PageMessages] = {}
    for row in sampled(connection, "select * from eros_marts.eros_scores"):
        page, day = row["page_name"], row["score_date"]
        if (page, day) not in states:
            states[page, day] = seen(messages, page, day)
        state = states[page, day]
        assert row["creator_tier"] == state.tier
        assert row["eros_score"] == close(state.eros(row["window_days"]))
        parts = weighted.setdefault((day, row["window_days"]), [])
        parts.append((state.daily_revenue(90), row["eros_score"]))
    for row in sampled(connection, "select * from eros_marts.agency_scores"):
        parts = weighted[row["score_date"], row["window_days"]]
        mean = sum(weight * score for weight, score in parts) / sum(weight for weight, _ in parts)
        assert row["eros_score"] == close(mean)


def test_outliers_are_those_that_stand_out(
    connection: duckdb.DuckDBPyConnection, messages: pd.DataFrame
) -> None:
    rows = rows_of(connection, "select message_key, test from eros_marts.message_outliers")
    assert {(row["message_key"], row["test"]) for row in rows} == outliers(messages)


def test_an_alert_looks_at_the_days_that_it_names(
    connection: duckdb.DuckDBPyConnection, messages: pd.DataFrame
) -> None:
    checks = sampled(connection, "select * from eros_intermediate.int_page_checks")
    judged = [row for row in checks if row["revenue_ratio"] is not None]
    assert len(judged) > len(checks) / 2  # not today, which is not whole
    for row in judged:
        revenue, conversion = fallen(seen(messages, row["page_name"], row["score_date"]))
        assert row["revenue_ratio"] == close(revenue)
        assert number(row["conversion_ratio"]) == close(conversion)
