"""A load of raw messages with every flaw there is, and what is said of messages."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.scheduler.conftest import AS_OF
from tests.scheduler.mutation.ground import Connection, Ground, ask

MESSAGES = "eros_raw.mass_messages"
SOUND_MESSAGE = """
    select raw.*
    from eros_raw.mass_messages as raw
    inner join eros_intermediate.int_messages as messages on raw.row_id = messages.row_id
    where
        messages.page_name = $page and messages.is_usable and messages.is_in_window
        and messages.viewed_count is not null and messages.purchased_count is not null
    order by raw.row_id
    limit 1
"""
CORRUPT_MESSAGES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "missing_page": lambda _: {"page_name": "  "},
    "missing_time": lambda _: {"sending_time": None},
    "future_time": lambda _: {"sending_time": AS_OF + timedelta(seconds=1)},
    "repeat": lambda _: {},
    "no_recipients": lambda _: {"sent_count": 0, "viewed_count": 0, "purchased_count": 0.0},
    "views_above_sends": lambda row: {"viewed_count": row["sent_count"] + 1},
    "purchases_above_views": lambda row: {"purchased_count": row["viewed_count"] + 1.0},
    "negative_earnings": lambda _: {"earnings": -0.01},
    "price_out_of_range": lambda _: {"price": 200.01},
}
FLAWED_MESSAGES: dict[str, dict[str, Any]] = {
    "missing_message": {"message": None},
    "missing_sent_count": {"sent_count": None},
    "missing_viewed_count": {"viewed_count": None},
    "missing_purchased_count": {"purchased_count": None},
    "missing_earnings": {"earnings": None},
    "replacement_character": {"message": "it was all \ufffd to me"},
    "small_send": {"sent_count": 49, "viewed_count": 4, "purchased_count": 1.0},
}
"""Flaws that are counted but reject no row."""


@dataclass(frozen=True)
class Findings:
    """What is said of raw messages.

    Attributes:
        rows: staging's rows by row_id and reason, None for a valid one.
        flaws: rows of the whole window by page and flaw; a page without the flaw has a 0.
        scores: data quality by page.
    """

    rows: Counter[tuple[str, str | None]]
    flaws: Counter[tuple[str, str]]
    scores: dict[str, float]

    @classmethod
    def read(cls, connection: Connection) -> "Findings":
        rows = connection.execute(
            "select row_id, rejection_reason from eros_staging.stg_mass_messages"
        )
        found = Counter(rows.fetchall())
        flaws = connection.execute(
            "select page_name, reason, reason_row_count from eros_marts.data_quality_reasons"
            " where window_days = 90"
        )
        counts = Counter({(page, reason): count for page, reason, count in flaws.fetchall()})
        scores = connection.execute(
            "select page_name, data_quality_score from eros_marts.data_quality"
        )
        return cls(found, counts, dict(scores.fetchall()))


def planted_messages(connection: Connection, ground: Ground) -> list[dict[str, Any]]:
    """Raw rows of a further load: a sound one of the first page, and one for each flaw.

    Each has a minute of its own, or it would be the sound one again; a repeat repeats a row.
    """
    (sound,) = ask(connection, SOUND_MESSAGE, page=ground.pages[0])
    sound["_loaded_at"] += timedelta(days=1)
    changes = {"sound": {}, **{name: change(sound) for name, change in CORRUPT_MESSAGES.items()}}
    changes |= FLAWED_MESSAGES
    sent = sound["sending_time"]
    rows = [
        sound
        | {"sending_time": sent - timedelta(minutes=minute), "row_id": f"planted {name}"}
        | values
        for minute, (name, values) in enumerate(changes.items(), 1)
    ]
    return [*rows, *(row for row in rows if row["row_id"] == "planted repeat")]
