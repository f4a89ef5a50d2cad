"""UTC minutes since 1970, the simulation's only time, and local clocks."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]


def to_minute(moment: datetime) -> int:
    """UTC minutes since 1970; a time without a zone is UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(aware.timestamp() // 60)


def utc_offset(timezone: str, minute: IntArray) -> IntArray:
    """Minutes that local clocks are ahead of UTC, at each UTC minute."""
    zone = ZoneInfo(timezone)
    halves, inverse = np.unique(minute // 30, return_inverse=True)
    offsets = [
        datetime.fromtimestamp(int(half) * 1800, zone).utcoffset().total_seconds() // 60  # type: ignore[union-attr]
        for half in halves
    ]
    return np.array(offsets, dtype=np.int64)[inverse]
