"""A warehouse with a published week, of captions that its bank has."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from scheduler.marts.schedules import TEMPLATE_SCHEMA, TEMPLATES
from scheduler.warehouse import Warehouse, connect
from scheduler.warehouse.base import MARTS

MONDAY = date(2026, 3, 23)
SCHEDULE = "fa891c90327aade8"


def _texts(warehouse: Warehouse, page: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = warehouse.query(
        "select caption_id, caption_key, caption_text, content_category, content_type"  # noqa: S608
        f" from {MARTS}.caption_candidates where page_name = $page"
        " order by candidate_rank, caption_id limit 6",
        {"page": page},
    ).to_pylist()
    return rows


def _template(page: str, zone: str, number: int, caption: dict[str, Any]) -> dict[str, Any]:
    local = datetime.combine(MONDAY + timedelta(days=number), time(20), ZoneInfo(zone))
    empty: dict[str, Any] = dict.fromkeys(TEMPLATE_SCHEMA.names)
    return (
        empty
        | caption
        | {
            "schedule_id": SCHEDULE,
            "page_name": page,
            "week_start": MONDAY,
            "status": "active",
            "message_id": f"a83d2e82eb9ded2{number}",
            "send_at": local.astimezone(UTC).replace(tzinfo=None),
            "price": 10.0 + number,
            "confidence": 0.8,
            "expected_revenue": 50.0,
            "revenue_low": 1.0,
            "revenue_high": 99.0,
            "is_locked": False,
            "is_price_test": False,
            "run_id": "run",
        }
    )


@pytest.fixture(scope="session")
def published(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the built agency in which six messages of one page are published."""
    database = tmp_path_factory.mktemp("published") / "agency.duckdb"
    shutil.copyfile(built / "agency.duckdb", database)
    with connect(database) as warehouse:
        page = warehouse.query(
            f"select page_name, timezone from {MARTS}.creators"  # noqa: S608
            f" where page_name in (select page_name from {MARTS}.caption_candidates"
            " group by page_name having count(*) > 20) order by page_name limit 1"
        ).to_pylist()[0]
        captions = _texts(warehouse, page["page_name"])
        rows = [
            _template(page["page_name"], page["timezone"], number, caption)
            for number, caption in enumerate(captions)
        ]
        warehouse.append(TEMPLATES, pa.Table.from_pylist(rows, schema=TEMPLATE_SCHEMA))
    return database


@pytest.fixture
def warehouse(published: Path) -> Iterator[Warehouse]:
    """The published week, open. Nothing that a test asks of it may change it."""
    with connect(published) as opened:
        before = opened.query(f"select count(*) as n from {TEMPLATES}").to_pylist()  # noqa: S608
        yield opened
        assert opened.query(f"select count(*) as n from {TEMPLATES}").to_pylist() == before  # noqa: S608
