"""The history as any day of it knew it: rows with the weights and the tiers of that day."""

from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np
import pyarrow as pa

from scheduler.numeric import table_hash
from scheduler.response.judge.rolling import Origin, split
from scheduler.response.rows import IntArray, Labels, Rows, read_rows
from scheduler.response.settings import ResponseSettings

UNKNOWN_TIER = "SMALL"


@dataclass(frozen=True)
class History:
    """Messages that can be replayed, newest and oldest alike.

    Attributes:
        rows: of `replay_messages`, with weights as of today.
        labels: names behind the codes.
        tier_by_day: (pages, days) code of a page's tier as of the end of the day so many days ago.
        key: hash of the rows, the tiers and the settings.
    """

    rows: Rows
    labels: Labels
    tier_by_day: IntArray
    key: str

    def reaches(self, origin: Origin) -> bool:
        """Whether the history knows the pages' tiers, and a whole window, on the origin's day."""
        return origin.days_ago + origin.gap < self.tier_by_day.shape[1]

    def split(self, origin: Origin) -> tuple[Rows, Rows]:
        """What a training on the origin's day would have read, and what it predicts.

        Weights count from the newest day that training reads, a page's tier is that day's, and
        both halves know nothing later. Features that count messages end before each message.
        """
        tier = self.tier_by_day[self.rows.page, int(origin.days_ago + origin.gap)]
        return split(replace(self.rows, tier=tier), origin)


def read_history(
    messages: pa.Table, tiers: pa.Table, decay_days: float, settings: ResponseSettings
) -> History:
    """Turn the marts `replay_messages` and `creator_tiers` into a history.

    Args:
        messages: in any order.
        tiers: in order of page and date.
        decay_days: e-folding age of a weight, days.
        settings: of the training.

    Raises:
        ResponseError: there are too few messages to fit anything.
    """
    age = messages.column("days_ago").to_numpy(zero_copy_only=False).astype(np.float64)
    today = pa.array([UNKNOWN_TIER] * messages.num_rows)
    table = messages.append_column("weight", pa.array(np.exp(-age / decay_days)))
    rows, labels, key = read_rows(table.append_column("creator_tier", today), settings)
    names = tiers.column("creator_tier").to_pylist()
    labels = replace(labels, tiers=tuple(sorted({UNKNOWN_TIER, *names})))
    days = int(max(tiers.column("days_ago").to_pylist(), default=0)) + 1
    by_day = np.full((len(labels.pages), days), labels.tiers.index(UNKNOWN_TIER))
    slot = {name: i for i, name in enumerate(labels.pages)}
    for page, day, tier in zip(
        tiers.column("page_name").to_pylist(), tiers.column("days_ago").to_pylist(), names,
        strict=True,
    ):  # fmt: skip
        if page in slot:
            by_day[slot[page], day] = labels.tiers.index(tier)
    digest = sha256(f"{key}|{table_hash(tiers)}".encode()).hexdigest()
    return History(rows, labels, by_day, digest)
