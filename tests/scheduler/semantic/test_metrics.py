"""Every metric, computed from its definition, is the figure that the marts show."""

import copy
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.scheduler.semantic.definitions import Manifest, UnknownDefinition, metric_sql

LATEST_SCORES = """
    select page_name, {column} as value
    from eros_marts.eros_scores
    where window_days = 90
    qualify score_date = max(score_date) over (partition by page_name)
"""
USABLE = "from eros_intermediate.int_messages where is_usable and is_in_window"
SOLD = "from eros_intermediate.int_messages where is_usable and is_priced"
LOG = "from eros_operations.schedule_performance_log group by page_name"
CHECKS = {
    # metric: what it is grouped by, and the figure of each group from elsewhere
    "revenue": (
        "page_name",
        "select page_name, sum(earnings) as value from eros_intermediate.int_messages"
        " where is_valid group by page_name",
    ),
    "messages": (
        "page_name",
        "select page_name, count(*) as value from eros_intermediate.int_messages"
        " where is_valid group by page_name",
    ),
    "revenue_per_send_undecayed": (
        "local_hour",
        f"select local_hour, sum(earnings) / sum(sent_count) as value {SOLD}"
        " and earnings is not null group by local_hour",
    ),
    "conversion_rate_undecayed": (
        "price_tier",
        "select case when price < 10 then 'budget' when price < 20 then 'mid' else 'premium' end,"
        f" sum(purchased_count) / sum(viewed_count) as value {SOLD}"
        " and purchased_count is not null and viewed_count is not null group by 1",
    ),
    "revenue_per_send": ("page_name", LATEST_SCORES.format(column="revenue_per_send")),
    "conversion_rate": ("page_name", LATEST_SCORES.format(column="conversion_rate")),
    "view_rate": (
        "page_name",
        "select page_name, sum(weight * viewed_count) / sum(weight * sent_count) as value"
        f" {USABLE} and viewed_count is not null group by page_name",
    ),
    "eros_score": ("page_name", "select page_name, eros_score as value from eros_marts.creators"),
    "plan_accuracy": (
        "page_name",
        "select page_name, 1 - abs(sum(revenue_error))"
        f" / sum(case when revenue_error is not null then expected_revenue end) as value {LOG}",
    ),
    "interval_coverage": (
        "page_name",
        f"select page_name, avg(cast(is_within_interval as int)) as value {LOG}",
    ),
    "execution_rate": ("page_name", f"select page_name, avg(cast(was_sent as int)) as value {LOG}"),
}
BY_DAY = ("revenue_per_send", "conversion_rate", "view_rate")
PLANNED = """
    insert into eros_operations.schedule_performance_log by name
    select
        's' as schedule_id, 'm' || row_number() over () as message_id, page_name, 'sent' as outcome,
        expected_revenue, realised_revenue, realised_revenue - expected_revenue as revenue_error,
        was_sent, is_within_interval
    from (
        values
        ('a', 100.0, 130.0, true, true), ('a', 50.0, 0.0, true, false),
        ('a', 40.0, null, false, null), ('a', 40.0, null, null, null),
        ('a', 70.0, null, true, null),
        ('b', 10.0, 45.0, true, false)
    ) as made_up (page_name, expected_revenue, realised_revenue, was_sent, is_within_interval)
"""


@pytest.fixture(scope="module")
def manifest(built: Path) -> Manifest:
    path = built / ".agency_dbt" / "target" / "manifest.json"
    content: Manifest = json.loads(path.read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def connection(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A copy of the built agency whose plans of an earlier week were carried out, more or less."""
    path = tmp_path_factory.mktemp("metrics") / "agency.duckdb"
    shutil.copyfile(built / "agency.duckdb", path)
    with duckdb.connect(str(path)) as opened:
        opened.execute(PLANNED)
        yield opened


def figures(connection: Any, sql: str) -> dict[Any, Any]:
    """Value by group, of those that have one."""
    rows = connection.execute(sql).fetchall()
    return {tuple(row[:-1]): row[-1] for row in rows if row[-1] is not None}


def check(connection: Any, manifest: Manifest, metric: str) -> None:
    group, expected = CHECKS[metric]
    found = figures(connection, metric_sql(manifest, metric, [group]))
    assert found
    assert found == pytest.approx(figures(connection, expected), rel=1e-9)


@pytest.mark.parametrize("metric", CHECKS)
def test_a_metric_is_the_figure_of_the_marts(
    connection: Any, manifest: Manifest, metric: str
) -> None:
    check(connection, manifest, metric)


@pytest.mark.parametrize("metric", BY_DAY)
def test_a_rate_by_day_is_the_rate_of_the_day(
    connection: Any, manifest: Manifest, metric: str
) -> None:
    sql = metric_sql(manifest, metric, ["page_name", "local_date"])
    mart = f"select page_name, local_date, {metric} from eros_marts.day_performance"  # noqa: S608
    found, expected = figures(connection, sql), figures(connection, mart)
    assert expected
    assert found == pytest.approx(expected, rel=1e-9)


def test_the_score_by_date_is_that_of_the_agency(connection: Any, manifest: Manifest) -> None:
    """All pages of the demo are active, as the agency's are; a closed one is in neither."""
    mart = "select score_date, eros_score from eros_marts.agency_scores where window_days = 30"
    expected = figures(connection, mart)
    found = figures(connection, metric_sql(manifest, "eros_score", ["score_date"]))
    assert len(expected) > 1
    assert {day: found[day] for day in expected} == pytest.approx(expected, rel=1e-9)
    latest = max(expected)
    connection.execute("begin")
    connection.execute(
        "update eros_marts.eros_scores set is_active = false, eros_score = 1.0"
        " where page_name = (select min(page_name) from eros_marts.creators)"
    )
    others = """
        select sum(avg_daily_revenue * eros_score) / sum(avg_daily_revenue)
        from eros_marts.eros_scores where window_days = 30 and score_date = $day
        and page_name <> (select min(page_name) from eros_marts.creators)
    """
    (expected_value,) = connection.execute(others, {"day": latest[0]}).fetchone()
    found = figures(connection, metric_sql(manifest, "eros_score", ["score_date"]))
    connection.execute("rollback")
    assert found[latest] == pytest.approx(expected_value, rel=1e-9)


def test_plans_are_judged_by_what_was_sent(connection: Any, manifest: Manifest) -> None:
    """150 dollars expected and 130 earned, 70 of unknown earnings; 10 expected and 45 earned."""
    found = {
        metric: figures(connection, metric_sql(manifest, metric, ["page_name"]))
        for metric in ("plan_accuracy", "interval_coverage", "execution_rate")
    }
    assert found["plan_accuracy"] == pytest.approx({("a",): 1 - 20 / 150, ("b",): 1 - 35 / 10})
    assert found["interval_coverage"] == {("a",): 0.5, ("b",): 0.0}
    assert found["execution_rate"] == pytest.approx({("a",): 3 / 4, ("b",): 1.0})


def test_every_metric_is_checked_or_is_a_part_of_one(manifest: Manifest) -> None:
    metrics = {metric["name"]: metric["type_params"] for metric in manifest["metrics"].values()}
    hidden = {
        metric["name"]
        for metric in manifest["metrics"].values()
        if metric["config"]["meta"].get("hidden")
    }
    parts = {
        part["name"]
        for params in metrics.values()
        for part in [params["numerator"], params["denominator"], *params["metrics"]]
        if part
    }
    assert set(metrics) == set(CHECKS) | parts
    assert hidden == parts


def test_every_metric_is_explained(manifest: Manifest) -> None:
    assert [
        name
        for kind in ("metrics", "semantic_models")
        for name, node in manifest[kind].items()
        if not (node["description"] or "").strip()
    ] == []


@pytest.mark.parametrize(
    ("metric", "measure", "expression"),
    [
        ("revenue", "earnings", "revenue_earnings"),
        ("revenue_per_send", "weighted_revenue_recipients", "revenue_recipients"),
        ("conversion_rate", "weighted_conversion_purchases", "weight * purchased_count"),
        ("view_rate", "weighted_view_views", "weight * conversion_views"),
        ("messages", "valid_messages", "1"),
        ("revenue_per_send_undecayed", "revenue_recipients", "sent_count"),
        ("conversion_rate_undecayed", "conversion_views", "viewed_count"),
        ("eros_score", "score_dollars", "avg_daily_revenue * eros_score"),
        ("plan_accuracy", "expected_revenue", "expected_revenue"),
        ("interval_coverage", "messages_with_interval", "1"),
        ("execution_rate", "known_messages", "1"),
    ],
)
def test_another_definition_is_caught(
    connection: Any, manifest: Manifest, metric: str, measure: str, expression: str
) -> None:
    changed = copy.deepcopy({key: manifest[key] for key in ("metrics", "semantic_models")})
    (found,) = [
        known
        for model in changed["semantic_models"].values()
        for known in model["measures"]
        if known["name"] == measure
    ]
    found["expr"] = expression
    with pytest.raises(AssertionError):
        check(connection, changed, metric)


def test_a_definition_that_is_not_understood_is_no_figure(manifest: Manifest) -> None:
    changed = copy.deepcopy({key: manifest[key] for key in ("metrics", "semantic_models")})
    changed["metrics"]["metric.eros.revenue"]["type"] = "cumulative"
    with pytest.raises(UnknownDefinition):
        metric_sql(changed, "revenue", ["page_name"])
