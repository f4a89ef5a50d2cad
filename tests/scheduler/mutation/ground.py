"""The demo with a clean week planned by hand for two of its pages: what faults are planted into."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from tests.scheduler.conftest import AS_OF

Connection = duckdb.DuckDBPyConnection
WEEK = date(2026, 3, 23)
PRIME_HOURS = (6, 9, 12, 15, 18, 21)
CLASSES = ("explicit", "explicit", "explicit", "teasing", "teasing")
"""Classes of a page's captions, repeated. All explicit ones are of one category."""
CAPTIONS_PER_PAGE = 20

# The two pages, and the explicit category, that have the most captions in common.
PAIR = """
    select
        one.page_name as first, other.page_name as second, one.content_category_key as category
    from eros_marts.caption_candidates as one
    inner join eros_marts.caption_candidates as other
        on one.caption_id = other.caption_id and one.page_name < other.page_name
    where one.content_class = 'explicit'
    group by all
    order by count(*) desc, one.page_name, other.page_name, one.content_category_key
    limit 1
"""
# Captions both pages may send, each text once.
COMMON = """
    select
        one.content_class, min(one.caption_id) as caption_id, min(one.caption_text) as caption_text,
        min(one.content_category) as content_category
    from eros_marts.caption_candidates as one
    inner join eros_marts.caption_candidates as other on one.caption_id = other.caption_id
    where
        one.page_name = $first and other.page_name = $second
        and (one.content_class = 'teasing' or one.content_category_key = $category)
    group by one.content_class, one.caption_key
    order by one.content_class, one.caption_key
"""
UNAVAILABLE = """
    select bank.caption_id, bank.caption_text, bank.content_category
    from eros_staging.stg_caption_bank as bank
    inner join eros_intermediate.int_categories as categories
        on bank.content_category = categories.content_category
    inner join eros_intermediate.int_vault as vault
        on categories.content_type = vault.vault_column
    where
        vault.page_name = $page and not vault.is_available
        and categories.content_class = 'explicit' and bank.rejection_reason is null
    order by bank.caption_id
    limit 1
"""


@dataclass(frozen=True)
class Caption:
    """A caption of the bank."""

    caption_id: int
    caption_text: str
    content_category: str


@dataclass(frozen=True)
class Ground:
    """Two pages of the demo and what they may send.

    Attributes:
        pages: two page names, each with a clean week.
        zones: IANA time zone by page.
        captions: by page, `CAPTIONS_PER_PAGE` that no other page has; the class of the n-th is
            `CLASSES[n % 5]`.
        unavailable: an explicit caption that the first page's vault does not hold.
    """

    pages: tuple[str, str]
    zones: dict[str, str]
    captions: dict[str, list[Caption]]
    unavailable: Caption

    def at(self, page: str, day: int, hour: int, minute: int = 0) -> datetime:
        """UTC of the page's clock on a day of the planned week, 0 for Monday."""
        moment = datetime.combine(WEEK + timedelta(days=day), time(hour, minute))
        local = moment.replace(tzinfo=ZoneInfo(self.zones[page]))
        return local.astimezone(UTC).replace(tzinfo=None)

    def message(self, page: str, number: int, day: int, hour: int) -> dict[str, Any]:
        """A row of `schedule_templates` that sends the page's n-th caption."""
        caption = self.captions[page][number]
        return {
            "schedule_id": f"week of {page}", "page_name": page, "week_start": WEEK,
            "status": "active", "message_id": f"{page} {number}",
            "send_at": self.at(page, day, hour), "price": 20.0, "caption_id": caption.caption_id,
            "caption_text": caption.caption_text, "content_category": caption.content_category,
            "confidence": 0.9, "is_price_test": False, "run_id": "run", "as_of": AS_OF,
        }  # fmt: skip


def survey(connection: Connection) -> Ground:
    """Find two pages of the demo, and captions for them, that a clean week can be made of."""
    (pair,) = ask(connection, PAIR)
    first, second = pair["first"], pair["second"]
    common: dict[str, list[Caption]] = {"explicit": [], "teasing": []}
    for row in ask(connection, COMMON, **pair):
        common[row.pop("content_class")].append(Caption(**row))
    captions: dict[str, list[Caption]] = {}
    for page in (first, second):
        captions[page] = [common[CLASSES[n % 5]].pop() for n in range(CAPTIONS_PER_PAGE)]
    zones = ask(connection, "select page_name, timezone from eros_marts.creators")
    (unavailable,) = ask(connection, UNAVAILABLE, page=first)
    return Ground(
        (first, second),
        {row["page_name"]: row["timezone"] for row in zones},
        captions,
        Caption(**unavailable),
    )


def plan_clean_weeks(connection: Connection, ground: Ground) -> None:
    """Write five messages per page, Monday to Friday at 18:00, and the hours of a training.

    The demo's pages do fall short of some targets; these are lowered to where the pages stand.
    """
    weeks = [ground.message(page, n, n, 18) for page in ground.pages for n in range(5)]
    append(connection, "eros_operations.schedule_templates", weeks)
    hours = [
        {
            "training_hash": "t", "page_name": page, "curve": "hour", "x": str(hour),
            "x_value": float(hour), "estimate": 2.0 if hour in PRIME_HOURS else 1.0,
            "trained_at": AS_OF,
        }
        for page in ground.pages
        for hour in range(24)
    ]  # fmt: skip
    append(connection, "eros_operations.response_curves", hours)
    connection.execute("update eros_marts.creator_settings set eros_score_target = 40")
    connection.execute("update eros_marts.creator_performance set health_status = 'STABLE'")


def append(connection: Connection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    """Append rows to a table; columns that they lack are NULL."""
    connection.register("rows", pa.Table.from_pylist(list(rows)))
    connection.execute(f"insert into {table} by name select * from rows")  # noqa: S608
    connection.unregister("rows")


def ask(connection: Connection, sql: str, **parameters: Any) -> list[dict[str, Any]]:
    """Rows of a query, by column."""
    rows: list[dict[str, Any]] = connection.sql(sql, params=parameters).to_arrow_table().to_pylist()
    return rows
