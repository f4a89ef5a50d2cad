"""Replies and calls in the warehouse: a run that is repeated asks nothing and says the same."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from scheduler.agents.agent_settings import ModelPrice
from scheduler.agents.calls import Call
from scheduler.warehouse.base import MARTS, OPERATIONS, Warehouse, read

REPLIES = f"{OPERATIONS}.agent_replies"
CALLS = f"{OPERATIONS}.agent_calls"

_TIME = pa.timestamp("us")
_REPLY_SCHEMA = pa.schema(
    [
        ("reply_key", pa.string()),
        ("role", pa.string()),
        ("page_name", pa.string()),
        ("model", pa.string()),
        ("reply", pa.string()),
        ("replied_at", _TIME),
    ]
)
_CALL_SCHEMA = pa.schema(
    [
        ("run_id", pa.string()),
        ("role", pa.string()),
        ("page_name", pa.string()),
        ("model", pa.string()),
        ("reply_key", pa.string()),
        ("outcome", pa.string()),
        ("input_tokens", pa.int64()),
        ("output_tokens", pa.int64()),
        ("cache_write_tokens", pa.int64()),
        ("cache_read_tokens", pa.int64()),
        ("dollars", pa.float64()),
        ("seconds", pa.float64()),
        ("sentences_dropped", pa.int64()),
        ("ids_dropped", pa.int64()),
        ("batch_id", pa.string()),
        ("called_at", _TIME),
    ]
)


@dataclass
class Replies:
    """Replies of earlier runs, read once, and those of this one until they are written."""

    known: dict[str, str] = field(default_factory=dict)
    fresh: list[dict[str, object]] = field(default_factory=list)

    @staticmethod
    def of(warehouse: Warehouse, model: str, pages: Iterable[str]) -> "Replies":
        """The replies of a model about some pages."""
        rows = warehouse.query(
            f"select reply_key, reply from {REPLIES}"  # noqa: S608
            " where model = $model and page_name in (select unnest($pages)) order by reply_key",
            {"model": model, "pages": sorted(pages)},
        )
        return Replies({row["reply_key"]: row["reply"] for row in rows.to_pylist()})

    def get(self, key: str) -> str | None:
        """The reply as JSON, or None."""
        return self.known.get(key)

    def put(self, key: str, role: str, page: str, model: str, reply: str) -> None:
        """Keep a reply."""
        self.known[key] = reply
        self.fresh.append(
            {"reply_key": key, "role": role, "page_name": page, "model": model, "reply": reply}
        )


def write_calls(
    warehouse: Warehouse, run_id: str, replies: Replies, calls: Iterable[Call], now: datetime
) -> None:
    """Write the fresh replies and the calls of a run, in one transaction."""
    fresh = [row | {"replied_at": now} for row in replies.fresh]
    with warehouse.transaction():
        table = pa.Table.from_pylist(fresh, schema=_REPLY_SCHEMA)
        warehouse.append(REPLIES, table, ["reply_key"])
        rows = [_row(call, run_id, now) for call in calls]
        warehouse.append(CALLS, pa.Table.from_pylist(rows, schema=_CALL_SCHEMA))
    replies.fresh.clear()


def _row(call: Call, run_id: str, now: datetime) -> dict[str, object]:
    return {
        "run_id": run_id,
        "role": call.role,
        "page_name": call.page_name or None,
        "model": call.model,
        "reply_key": call.reply_key,
        "outcome": call.outcome.value,
        "input_tokens": call.usage.input,
        "output_tokens": call.usage.output,
        "cache_write_tokens": call.usage.cache_write,
        "cache_read_tokens": call.usage.cache_read,
        "dollars": call.dollars,
        "seconds": call.seconds,
        "sentences_dropped": call.sentences_dropped,
        "ids_dropped": call.ids_dropped,
        "batch_id": call.batch_id or None,
        "called_at": now,
    }


def read_prices(warehouse: Warehouse) -> tuple[ModelPrice, ...]:
    """Dollars per million tokens by model, from the seed `model_prices`."""
    columns = (
        "model_prefix", "input_price", "output_price", "cache_write_price", "cache_read_price",
        "batch_factor",
    )  # fmt: skip
    rows = read(warehouse, f"{MARTS}.model_prices", columns, ["model_prefix"]).to_pylist()
    return tuple(ModelPrice(*(row[name] for name in columns)) for row in rows)
