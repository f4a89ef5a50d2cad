"""Two pages, ninety quiet days and a clean week each: the ground that one fault is planted into."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

AS_OF = datetime(2026, 11, 22, 12)
WEEK = date(2026, 11, 23)
ZONE = "America/Los_Angeles"
PAGES = ("alpha", "beta")
PRIME_HOURS = (6, 9, 12, 15, 18, 21)
CATEGORIES = ("B/G", "B/G", "B/G", "General", "Shower")
"""Categories of a page's captions, repeated; the vault of both pages holds all that they need."""
CAPTIONS_PER_PAGE = 30
UNAVAILABLE_CAPTION = 900


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """UTC of a clock time on a day of the planned week, 0 for Monday."""
    local = datetime.combine(WEEK + timedelta(days=day), time(hour, minute), ZoneInfo(ZONE))
    return local.astimezone(UTC).replace(tzinfo=None)


def caption_id(page: str, number: int) -> int:
    """Id of a page's n-th caption; its category is `CATEGORIES[n % 5]`."""
    return (PAGES.index(page) + 1) * 100 + number


def caption_text(identity: int) -> str:
    """Text of a caption, as the bank has it."""
    return f"a quiet thought number {identity}"


def fill_raw(path: Path) -> None:
    """Write the raw tables: a send a day, each of its own text, that sells well."""
    days = [AS_OF - timedelta(days=back, hours=12) for back in range(1, 90)]
    messages = [
        {
            "row_id": f"{page}-{number}", "page_name": page, "sending_time": day,
            "message": f"a memory of {page} number {number}", "price": 20.0, "sent_count": 1000,
            "viewed_count": 40, "purchased_count": 10, "earnings": 200.0, "message_type": "ppv",
        }
        for page in PAGES
        for number, day in enumerate(days)
    ]  # fmt: skip
    captions = [
        (caption_id(page, number), CATEGORIES[number % 5])
        for page in PAGES
        for number in range(CAPTIONS_PER_PAGE)
    ]
    bank = [
        {
            "caption_id": identity, "caption_text": caption_text(identity),
            "content_category": category, "price_tier": "mid", "validation_level": "high",
            "usage_status": "available",
        }
        for identity, category in [*captions, (UNAVAILABLE_CAPTION, "G/G")]
    ]  # fmt: skip
    vault = [{"page_name": page, "BG": True, "Shower": True, "GG": None} for page in PAGES]
    creators = [{"page_name": page, "timezone": ZONE} for page in PAGES]
    tables = {
        "mass_messages": pa.Table.from_pylist(messages),
        "caption_bank": pa.Table.from_pylist(bank),
        "vault_matrix": pa.Table.from_pylist(
            vault,
            pa.schema(
                [("page_name", pa.string()), *[(n, pa.bool_()) for n in ("BG", "Shower", "GG")]]
            ),
        ),
        "active_creators": pa.Table.from_pylist(creators),
    }
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema eros_raw")
        for name, rows in tables.items():
            connection.register("rows", rows)
            connection.execute(f"create table eros_raw.{name} as select * from rows")  # noqa: S608
            connection.unregister("rows")


def message(page: str, number: int, send_at: datetime) -> dict[str, object]:
    """A row of `schedule_templates` that sends the page's n-th caption."""
    identity = caption_id(page, number)
    return {
        "schedule_id": f"week of {page}", "page_name": page, "week_start": WEEK,
        "status": "active", "message_id": f"{page} {number}", "send_at": send_at, "price": 20.0,
        "caption_id": identity, "caption_text": caption_text(identity),
        "content_category": CATEGORIES[number % 5], "confidence": 0.9, "is_price_test": False,
        "run_id": "run", "as_of": AS_OF,
    }  # fmt: skip


def plan_clean_weeks(connection: duckdb.DuckDBPyConnection) -> None:
    """Write five messages per page, Monday to Friday at 18:00, and the hours of a training."""
    rows = [message(page, number, at(number, 18)) for page in PAGES for number in range(5)]
    add_messages(connection, rows)
    hours = [
        {
            "training_hash": "t", "page_name": page, "curve": "hour", "x": str(hour),
            "x_value": float(hour), "estimate": 2.0 if hour in PRIME_HOURS else 1.0,
            "trained_at": AS_OF,
        }
        for page in PAGES
        for hour in range(24)
    ]  # fmt: skip
    _append(connection, "response_curves", hours)


def add_messages(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, object]]) -> None:
    """Append rows to `schedule_templates`."""
    _append(connection, "schedule_templates", rows)


def _append(
    connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, object]]
) -> None:
    connection.register("rows", pa.Table.from_pylist(rows))
    connection.execute(
        f"insert into eros_operations.{table} by name select * from rows"  # noqa: S608
    )
    connection.unregister("rows")
