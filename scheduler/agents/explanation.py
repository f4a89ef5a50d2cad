"""A page's published week in words: what stands out, and why each message is as it is."""

from collections.abc import Mapping
from typing import Any

from scheduler.agents.findings import Limits, findings
from scheduler.agents.page_figures import read_standing
from scheduler.errors import SchedulerError
from scheduler.marts.advice import WeekAdvice, read_advice
from scheduler.warehouse.base import MARTS, Warehouse


def explanation(warehouse: Warehouse, page: str, values: Mapping[str, Any]) -> list[str]:
    """Blocks of plain text on a page's latest published week.

    Args:
        warehouse: with marts.
        page: the page.
        values: the settings.

    Raises:
        SchedulerError: the page is unknown.
    """
    standing = read_standing(warehouse, values)
    if page not in standing:
        raise SchedulerError(f"Unknown page {page!r}. `scheduler score` lists the pages.")
    messages = warehouse.query(
        "select s.schedule_id, s.week_start, s.local_at, s.price, s.expected_revenue,"  # noqa: S608
        f" s.caption_text, s.strategy_note from {MARTS}.schedules as s"
        " where s.page_name = $page and s.status = 'active' and s.week_start = ("
        f"select max(week_start) from {MARTS}.schedules"
        " where page_name = $page and status = 'active') order by s.send_at, s.message_id",
        {"page": page},
    ).to_pylist()
    found = [finding.line() for finding in findings(standing[page], Limits.of(values))]
    if not messages:
        return [f"{page}: no published week.", *_block("What stands out", found)]
    schedule = messages[0]["schedule_id"]
    said = read_advice(warehouse, [schedule]).get(schedule, WeekAdvice())
    total = sum(message["expected_revenue"] for message in messages)
    head = f"{page}: week of {messages[0]['week_start']}, {len(messages)} messages"
    blocks = [f"{head}, ${total:,.2f} expected."]
    blocks += [said.summary] if said.summary else []
    blocks += _block("What stands out", said.findings or found)
    blocks += _block("To look at before it goes out", said.reviews)
    blocks += _block("Changed on advice", said.changes)
    blocks += _block("Message by message", [_message(message) for message in messages])
    return blocks


def _block(title: str, lines: Any) -> list[str]:
    return ["\n".join(["", title, *(f"- {line}" for line in lines)])] if lines else []


def _message(row: Mapping[str, Any]) -> str:
    caption = " ".join(row["caption_text"].split())
    short = caption if len(caption) <= 60 else f"{caption[:59]}…"
    head = f'{row["local_at"]:%a %H:%M}, ${row["price"]:g}, "{short}"'
    return f"{head}: ${row['expected_revenue']:,.2f} expected. {row['strategy_note']}"
