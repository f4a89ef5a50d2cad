"""The leakage gate: on shuffled outcomes there is nothing to learn, so a skill found is a leak.

Every message's outcomes are dealt to another message, together. What the model may know of a
message was fixed before its send and says nothing of the outcomes it now has; only a feature that
holds an outcome can still predict them.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from scheduler.response.judge.replay import replay
from scheduler.response.judge.skill import deviances, pooled, rank_correlation
from scheduler.response.rows import read_rows
from scheduler.response.settings import ResponseSettings

OUTCOMES = ("sent_count", "viewed_count", "purchased_count", "earnings")
LIMIT = 3.0  # standard errors
TINY = 1e-9


@dataclass(frozen=True)
class Leakage:
    """What was found on shuffled outcomes.

    Attributes:
        rank: Spearman correlation of predicted and real purchases per recipient, out of time.
        deviance: share of the Poisson deviance of the agency's mean that the model explains.
        deviance_noise: standard error of that share over messages.
        row_count: messages judged.
    """

    rank: float
    deviance: float
    deviance_noise: float
    row_count: int

    @property
    def rank_noise(self) -> float:
        """Standard error of the correlation of independent ranks."""
        return float(1.0 / np.sqrt(max(self.row_count - 1, 1)))

    @property
    def is_clean(self) -> bool:
        """False when a skill is more than luck: a feature knows the outcome."""
        return (
            abs(self.rank) <= LIMIT * self.rank_noise
            and self.deviance <= LIMIT * self.deviance_noise
        )


def shuffled(training: pa.Table, seed: int) -> pa.Table:
    """The same messages with the outcomes of others; a message's outcomes stay together."""
    order = pa.array(np.random.default_rng(seed).permutation(training.num_rows))
    for name in OUTCOMES:
        place = training.column_names.index(name)
        training = training.set_column(place, name, training.column(name).take(order))
    return training


def shuffled_skill(
    training: pa.Table, settings: ResponseSettings, most_rows: int, seed: int = 0
) -> Leakage:
    """Measure the pipeline's skill where there is none to be had.

    Args:
        training: the mart `training_messages` with its outcomes already shuffled.
        settings: of the training.
        most_rows: messages used at most, spread evenly over the keys.
        seed: unused rows are chosen by it.

    Raises:
        ResponseError: too few rows.
    """
    training = training.sort_by("message_key")
    if training.num_rows > most_rows:
        chosen = np.random.default_rng(seed).choice(training.num_rows, most_rows, replace=False)
        training = training.take(pa.array(np.sort(chosen)))
    rows, labels, _ = read_rows(training, settings)
    with threadpool_limits(limits=1):
        judged = pooled(replay(rows, labels, settings)[0])
    naive = deviances(judged.purchases, judged.naive_mean)
    gain = naive - deviances(judged.purchases, judged.mean)
    base, count = max(float(naive.sum()), TINY), len(judged)
    rank = rank_correlation(judged.mean / judged.sent, judged.purchases / judged.sent)
    return Leakage(
        rank=float(np.nan_to_num(rank)),
        deviance=float(gain.sum()) / base,
        deviance_noise=float(gain.std() * np.sqrt(count)) / base,
        row_count=count,
    )
