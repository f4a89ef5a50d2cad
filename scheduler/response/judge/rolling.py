"""Rolling origins: fit on what was known before a day, predict the week after it, go on a week.

Source: Tashman (2000), "Out-of-sample tests of forecasting accuracy", International Journal of
Forecasting 16.
"""

from dataclasses import dataclass, replace

import numpy as np

from scheduler.response.rows import BoolArray, FloatArray, Rows

WEEK = 7
LEAST_TRAIN, LEAST_TRAIN_SHARE, LEAST_TEST = 100, 0.25, 10
# Of a history too short for a single weekly origin, the last days that judge the days before them.
SHORT_SHARE = 0.2


@dataclass(frozen=True)
class Origin:
    """A day at which a model would have been trained, in whole days before the rows' `days_ago` 0.

    Attributes:
        days_ago: predicted are the messages below it, down to `days_ago - horizon`.
        horizon: days predicted.
        gap: days before the origin whose purchases were still coming in: nothing learns from them.
        window: days of history a training reads.
    """

    days_ago: float
    horizon: float
    gap: float
    window: float = np.inf

    def train(self, days_ago: FloatArray) -> BoolArray:
        """True for what was known and complete on that day."""
        first = self.days_ago + self.gap
        mask: BoolArray = (days_ago >= first) & (days_ago < self.days_ago + self.window)
        return mask

    def test(self, days_ago: FloatArray) -> BoolArray:
        """True for what is predicted."""
        mask: BoolArray = (days_ago < self.days_ago) & (days_ago >= self.days_ago - self.horizon)
        return mask

    def week(self, days_ago: FloatArray) -> FloatArray:
        """Week of each predicted message, 0 for the first after the origin."""
        week: FloatArray = (self.days_ago - 1.0 - days_ago) // WEEK
        return week


def weekly_origins(
    days_ago: FloatArray, count: int, gap: float, weeks: int = 1, window: float = np.inf
) -> tuple[Origin, ...]:
    """At most `count` origins, oldest first, whose predicted weeks do not overlap.

    The last predicted day is `gap` days before the newest message, so that every outcome is
    complete. An origin with hardly a history, or nothing to predict, is left out.

    Args:
        days_ago: of every message, whole days.
        count: origins wanted.
        gap: days until a message's purchases count as complete.
        weeks: weeks predicted from each origin.
        window: days of history a training reads.
    """
    horizon = float(WEEK * weeks)
    newest = days_ago.min() + gap
    least = max(LEAST_TRAIN, LEAST_TRAIN_SHARE * (days_ago < window).sum())
    found = []
    for number in range(count, 0, -1):
        origin = Origin(newest + number * horizon, horizon, gap, window)
        if origin.train(days_ago).sum() >= least and origin.test(days_ago).sum() >= LEAST_TEST:
            found.append(origin)
    return tuple(found)


def short_origin(days_ago: FloatArray) -> Origin:
    """The one origin of a history of a few days: its last fifth is predicted from the rest."""
    first, last = days_ago.max(), days_ago.min()
    cut = np.ceil(last + SHORT_SHARE * (first - last + 1.0))
    return Origin(float(cut), float(cut - last), 0.0)


def split(rows: Rows, origin: Origin) -> tuple[Rows, Rows]:
    """What a training on that day reads, its weights counted from its newest day, and the rest."""
    before, after = rows.take(origin.train(rows.days_ago)), rows.take(origin.test(rows.days_ago))
    newest = rows.weight.max() / before.weight.max() if len(before) else 1.0
    return replace(before, weight=before.weight * newest), after
