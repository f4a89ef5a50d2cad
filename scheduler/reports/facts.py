"""What reports show, read from the marts: one query per mart for all pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scheduler.numeric import rounded_table
from scheduler.warehouse.base import MARTS, Warehouse

Row = Mapping[str, Any]

_QUERIES = {
    "weeks": "select * from {marts}.weekly_performance where is_complete"
    " order by page_name, week_start",
    "planned": "select * from {marts}.schedule_performance order by page_name, week_start",
    "bridge": "select * from {marts}.revenue_bridge order by page_name, schedule_id, part_order",
    "next_steps": "select * from {marts}.next_steps"
    " order by page_name, weekly_dollars desc, kind, subject",
    "alerts": "select * from {marts}.alerts where is_open"
    " order by acknowledged_at is not null, opened_at, alert_id",
    "hours": "select * from {marts}.hour_performance order by page_name, local_hour, iso_weekday",
    "prices": "select * from {marts}.price_response order by page_name, price",
    "volumes": "select * from {marts}.saturation order by page_name, weekly_volume",
    "prime": "select * from {marts}.creator_curves where curve = 'hour' and is_prime"
    " order by page_name, rank",
    "scores": "select * from {marts}.eros_scores order by page_name, window_days, score_date",
    "content": "select * from {marts}.content_performance where revenue_per_send is not null"
    " and content_class <> 'unknown'"
    " order by page_name, revenue_per_send desc, content_category_key",
    "captions": "select * from {marts}.caption_filter_counts order by page_name, step",
    "quality": "select * from {marts}.data_quality_reasons where reason_row_count > 0"
    " order by page_name, window_days, reason_row_count desc, reason",
}


@dataclass(frozen=True)
class Facts:
    """Rows of the marts by page.

    Attributes:
        rows: what is asked -> page -> rows in their order. Rows of no page are under "".
    """

    rows: Mapping[str, Mapping[str, Sequence[Row]]]

    def of(self, name: str, page: str) -> Sequence[Row]:
        """The page's rows of one question; none is an empty list."""
        return self.rows[name].get(page, ())

    def of_all(self, name: str, pages: Iterable[str] | None = None) -> list[Row]:
        """The rows of these pages, or of all, page after page."""
        known = self.rows[name]
        return [row for page in (known if pages is None else pages) for row in known.get(page, ())]


def read_facts(warehouse: Warehouse) -> Facts:
    """Everything that reports show, of every page."""
    found: dict[str, dict[str, list[Row]]] = {}
    for name, sql in _QUERIES.items():
        pages: dict[str, list[Row]] = {}
        # Sums differ in their last digits by the order of rows; a report must not.
        for row in rounded_table(warehouse.query(sql.format(marts=MARTS))).to_pylist():
            pages.setdefault(row["page_name"] or "", []).append(row)
        found[name] = pages
    return Facts(found)
