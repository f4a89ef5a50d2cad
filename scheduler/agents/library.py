"""The caption library's tags in the warehouse: what was read, and what is left to read."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa

from scheduler.agents.calls import Outcome
from scheduler.agents.replies import Tag
from scheduler.agents.stores import CALLS
from scheduler.agents.texts import TextTag, text_tags
from scheduler.warehouse.base import MARTS, OPERATIONS, Warehouse

TAGS = f"{OPERATIONS}.caption_tags"

_KEY = ["caption_key", "source"]
_SCHEMA = pa.schema(
    [
        ("caption_key", pa.string()),
        ("source", pa.string()),
        ("model", pa.string()),
        ("energy", pa.string()),
        ("intensity", pa.string()),
        ("intent", pa.string()),
        ("language", pa.string()),
        ("sentiment", pa.float64()),
        ("near_duplicate_group", pa.string()),
        ("similarity", pa.float64()),
        ("tagged_at", pa.timestamp("us")),
    ]
)


def read_texts(warehouse: Warehouse) -> dict[str, str]:
    """Caption key -> text, of every caption of the bank."""
    rows = warehouse.query(
        f"select caption_key, caption_text from {MARTS}.caption_tags order by caption_key"  # noqa: S608
    )
    return {row["caption_key"]: row["caption_text"] or "" for row in rows.to_pylist()}


def untagged(warehouse: Warehouse, texts: Mapping[str, str], source: str) -> dict[str, str]:
    """The captions that a source did not read yet."""
    rows = warehouse.query(
        f"select caption_key from {TAGS} where source = $source",  # noqa: S608
        {"source": source},
    )
    known = set(rows.column("caption_key").to_pylist())
    return {key: text for key, text in texts.items() if key not in known}


def read_captions(
    warehouse: Warehouse, threshold: float, now: datetime, keys: Iterable[str] | None = None
) -> int:
    """Read captions that were never read with the libraries, and keep what was found.

    Args:
        warehouse: where tags are kept.
        threshold: cosine from which two captions say the same.
        now: when they are read.
        keys: only these captions; None: all of the bank.

    Returns:
        How many were read.
    """
    texts = read_texts(warehouse)
    fresh = untagged(warehouse, texts, "text")
    if keys is not None:
        wanted = set(keys)
        fresh = {key: text for key, text in fresh.items() if key in wanted}
    if not fresh:
        return 0
    known = [
        (row["caption_key"], row["near_duplicate_group"], texts[row["caption_key"]])
        for row in warehouse.query(
            f"select caption_key, near_duplicate_group from {TAGS}"  # noqa: S608
            " where source = 'text' order by caption_key"
        ).to_pylist()
        if row["caption_key"] in texts
    ]
    _append(warehouse, [_text_row(tag, now) for tag in text_tags(fresh, known, threshold)])
    return len(fresh)


def read_groups(warehouse: Warehouse) -> dict[str, str]:
    """Caption key -> near-duplicate group, of captions that were read."""
    rows = warehouse.query(
        f"select caption_key, near_duplicate_group from {TAGS}"  # noqa: S608
        " where source = 'text' order by caption_key"
    )
    return {row["caption_key"]: row["near_duplicate_group"] for row in rows.to_pylist()}


def keep_tags(warehouse: Warehouse, tags: Mapping[str, Tag], model: str, now: datetime) -> None:
    """Keep what Claude read."""
    rows = [
        {
            "caption_key": key,
            "source": "claude",
            "model": model,
            "energy": tag.energy,
            "intensity": tag.intensity,
            "intent": tag.intent,
            "language": tag.language if tag.language.isalpha() and len(tag.language) == 2 else None,
            "tagged_at": now,
        }
        for key, tag in sorted(tags.items())
    ]
    _append(warehouse, rows)


def open_batches(warehouse: Warehouse) -> list[str]:
    """Batches that were sent and not collected, oldest first."""
    rows = warehouse.query(
        "select batch_id, min(called_at) as called_at,"  # noqa: S608
        " max(case when outcome = $submitted then 0 else 1 end) as is_closed"
        f" from {CALLS} where batch_id is not null group by batch_id order by called_at, batch_id",
        {"submitted": Outcome.SUBMITTED.value},
    )
    return [row["batch_id"] for row in rows.to_pylist() if not row["is_closed"]]


def _text_row(tag: TextTag, now: datetime) -> dict[str, Any]:
    return {
        "caption_key": tag.caption_key,
        "source": "text",
        "language": tag.language,
        "sentiment": tag.sentiment,
        "near_duplicate_group": tag.group,
        "similarity": tag.similarity,
        "tagged_at": now,
    }


def _append(warehouse: Warehouse, rows: list[dict[str, Any]]) -> None:
    blank = dict.fromkeys(_SCHEMA.names)
    table = pa.Table.from_pylist([blank | row for row in rows], schema=_SCHEMA)
    warehouse.append(TAGS, table, _KEY)
