"""The first lines of a report: what earned, what is planned, and why that differs."""

from datetime import date, timedelta
from typing import Any

import pytest

from scheduler.marts.run_result import PageResult
from scheduler.reports import charts
from scheduler.reports.facts import Facts
from scheduler.reports.page_report import calendar, heat, page_view, weeks_chart
from scheduler.reports.summary import PastWeek, bridge, past_weeks, summarise
from scheduler.reports.words import dollars, price, signed_dollars
from tests.scheduler.conftest import RanWeek

MONDAY = date(2026, 3, 2)
WEEKS = [MONDAY + timedelta(days=7 * number) for number in range(6)]


def test_the_parts_of_the_bridge_lead_from_the_last_weeks_to_the_planned_one(
    ran: RanWeek, facts: Facts, settings: dict[str, Any]
) -> None:
    pages = [page for page in ran.result.pages.values() if page.messages]
    assert len(pages) > 1
    for page in pages:
        view = page_view(page, facts, settings, ())
        summary, parts = view["summary"], view["bridge"]
        assert summary.recent_count == settings["recent_weeks"]
        assert parts[0].part == "Number of messages"
        assert len(parts) == 4
        assert summary.recent_mean + sum(part.dollars for part in parts) == pytest.approx(
            page.of_week("expected_revenue"), abs=0.01
        )
        assert summary.expected == page.of_week("expected_revenue")


def test_the_bridge_of_the_agency_is_that_of_its_pages_added_up(ran: RanWeek, facts: Facts) -> None:
    ids = {page.schedule_id for page in ran.result.pages.values()}
    rows = [row for row in facts.of_all("bridge") if row["schedule_id"] in ids]
    whole = bridge(rows)
    assert sum(part.dollars for part in whole) == pytest.approx(sum(row["dollars"] for row in rows))
    sent = sum(row["value_before"] for row in rows if row["part"] == "messages")
    planned = sum(len(page.messages) for page in ran.result.pages.values())
    assert whole[0].words == f"{planned} priced messages instead of {sent:.1f} a week"


def test_weeks_of_several_pages_add_up_and_the_last_ones_are_compared() -> None:
    earned = [
        {"page_name": page, "week_start": week, "earnings": amount}
        for page, amount in (("a", 100.0), ("b", 50.0))
        for week in WEEKS
    ]
    planned = [{"page_name": "a", "week_start": WEEKS[-1], "planned_revenue": 120.0}]
    weeks = past_weeks(earned, planned)
    assert [week.start for week in weeks] == WEEKS
    assert {week.actual for week in weeks} == {150.0}
    assert [week.planned for week in weeks] == [None] * 5 + [120.0]
    summary = summarise(weeks, 4, {"expected": 200.0, "low": 100.0, "high": 300.0})
    assert (summary.recent_mean, summary.recent_count) == (150.0, 4)
    assert summary.last_week == weeks[-1]
    assert weeks_chart(weeks).startswith("<svg")


@pytest.mark.parametrize("planned", [None, 90.0])
def test_one_week_is_a_chart_and_none_is_no_chart(planned: float | None) -> None:
    assert weeks_chart([]) == ""
    drawn = weeks_chart([PastWeek(MONDAY, 100.0, planned)])
    assert "Revenue of the last 1 complete weeks, the last one $100" in drawn


def test_a_chart_of_one_point_is_drawn_and_its_label_is_text() -> None:
    price_row = {"price": 12.0, "revenue_index": 1.0, "index_low": 0.8, "index_high": 1.2}
    volume = {"weekly_volume": 7, "weekly_revenue": 50.0, "revenue_low": 1.0, "revenue_high": 90.0}
    label = '"><script>'
    for drawn in (
        charts.price_chart([price_row], [12.0, 12.0], label),
        charts.volume_chart([volume], None, 7, label),
        charts.score_chart([{"score_date": MONDAY, "eros_score": 40.0}], 50, label),
    ):
        assert drawn.count("<svg") == 1
        assert "<script" not in drawn
        assert 'aria-label="&quot;&gt;&lt;script&gt;"' in drawn


def test_the_calendar_and_the_heat_show_every_message_once(
    page: PageResult, facts: Facts, settings: dict[str, Any]
) -> None:
    rows = calendar(page.messages, settings["week"])["rows"]
    shown = [message["message_id"] for row in rows for cell in row["cells"] for message in cell]
    assert sorted(shown) == sorted(message["message_id"] for message in page.messages)
    for row in rows:
        for day, cell in enumerate(row["cells"]):
            for message in cell:
                assert message["local_at"].hour == row["hour"]
                assert message["local_at"].weekday() == day
    table = heat(facts.of("hours", page.page_name), page.messages)
    chosen = {(m["local_at"].hour, m["local_at"].weekday()) for m in page.messages}
    assert chosen == {
        (row["hour"], day)
        for row in table
        for day, cell in enumerate(row["cells"])
        if cell["is_chosen"]
    }
    assert max(cell["share"] or 0 for row in table for cell in row["cells"]) == 45


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (dollars(1234.4), "$1,234"), (dollars(-1234.4), "-$1,234"), (dollars(3.5), "$3.50"),
        (dollars(None), "unknown"), (signed_dollars(120.0), "+$120"),
        (signed_dollars(-3), "-$3.00"),
        (price(25.0), "$25"), (price(9.5), "$9.50"),
    ],
)  # fmt: skip
def test_money_is_written_as_people_write_it(shown: str, expected: str) -> None:
    assert shown == expected
