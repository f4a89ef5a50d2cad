"""Intervals of realised earnings: negative-binomial shape, level set on weeks the fit never saw.

A message earns nothing or its price times a small number, so an interval takes quantiles of the
predictive distribution, and conformal calibration sets how far out they lie, tier by tier.
Source: Romano, Patterson and Candes (2019), "Conformalized quantile regression", adapted to a
discrete predictive distribution.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats as distributions

from scheduler.response.fit.dispersion import estimate_dispersion
from scheduler.response.judge.skill import Judged
from scheduler.response.rows import BoolArray, FloatArray, IntArray

TIER_PRIOR_ROWS, MIN_TIER_ROWS = 150, 30
BAND_PRIOR_ROWS = 30
TIER_PRIOR_WEEKS, MIN_TIER_WEEKS = 20, 10
TINY_MEAN = 1e-9
# Expected purchases at which a band of messages ends. Few purchases make coarse intervals that hold
# more than they should; a level set on all messages together would let larger ones hold less.
BAND_EDGES = np.array([0.5, 2.0, 8.0, 32.0])
BANDS = len(BAND_EDGES) + 1


@dataclass(frozen=True)
class IntervalLevels:
    """Calibrated shape and level, one element per tier; the last one is the agency's.

    Attributes:
        dispersion: predictive dispersion of purchases.
        level: (tiers + 1, BANDS) nominal central coverage whose intervals contain the wanted
            share, by band of expected purchases.
        week_variance: relative variance a whole page-week shares; a small page's is larger.
        week_level: nominal central coverage for the sum of a page-week.
    """

    dispersion: FloatArray
    level: FloatArray
    week_variance: FloatArray
    week_level: FloatArray


def _size(dispersion: FloatArray, mean: FloatArray) -> tuple[FloatArray, FloatArray]:
    size = 1.0 / dispersion
    return size, size / (size + np.maximum(mean, TINY_MEAN))


def message_scores(purchases: FloatArray, mean: FloatArray, dispersion: FloatArray) -> FloatArray:
    """Smallest nominal central coverage whose quantiles contain what was bought (may be < 0)."""
    size, chance = _size(dispersion, mean)
    below = distributions.nbinom.cdf(purchases - 1.0, size, chance)
    upto = distributions.nbinom.cdf(purchases, size, chance)
    scores: FloatArray = np.maximum(2.0 * below - 1.0, 1.0 - 2.0 * upto)
    return scores


def message_bounds(
    mean: FloatArray, dispersion: FloatArray, level: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Lower and upper number of purchases at a nominal central coverage."""
    size, chance = _size(dispersion, mean)
    low = distributions.nbinom.ppf((1.0 - level) / 2.0, size, chance)
    high = distributions.nbinom.ppf((1.0 + level) / 2.0, size, chance)
    return np.maximum(low, 0.0), np.maximum(high, 0.0)


def band_of(mean: FloatArray) -> IntArray:
    """Band of expected purchases, 0 .. BANDS - 1."""
    return np.searchsorted(BAND_EDGES, mean, side="right").astype(np.int64)


def conformal_level(scores: FloatArray, coverage: float) -> float:
    """The score that a `coverage` share of a future message's scores does not exceed."""
    rank = int(np.ceil((len(scores) + 1) * coverage))
    ordered = np.sort(scores)
    chosen = ordered[min(rank, len(ordered)) - 1]
    return float(np.clip(chosen, 0.0, 0.998))


def week_bounds(
    mean: FloatArray, variance: FloatArray, level: FloatArray | float
) -> tuple[FloatArray, FloatArray]:
    """Quantiles of a gamma distribution with this mean and variance."""
    mean = np.maximum(mean, TINY_MEAN)
    variance = np.maximum(variance, TINY_MEAN)
    shape, scale = mean * mean / variance, variance / mean
    low = distributions.gamma.ppf((1.0 - level) / 2.0, shape, scale=scale)
    high = distributions.gamma.ppf((1.0 + level) / 2.0, shape, scale=scale)
    return low, high


def week_scores(total: FloatArray, mean: FloatArray, variance: FloatArray) -> FloatArray:
    """Smallest nominal central coverage of `week_bounds` that contains the total."""
    mean = np.maximum(mean, TINY_MEAN)
    variance = np.maximum(variance, TINY_MEAN)
    share = distributions.gamma.cdf(total, mean * mean / variance, scale=variance / mean)
    scores: FloatArray = np.abs(2.0 * share - 1.0)
    return scores


def shared_variance(total: FloatArray, mean: FloatArray, variance: FloatArray) -> float:
    """Relative variance common to a week's messages: Pearson's statistic brought to its mean.

    Bisection on an increasing function of the shared variance; 0 when the messages' own variance
    already explains the weeks.
    """
    square = np.maximum(mean, TINY_MEAN) ** 2

    def excess(shared: float) -> float:
        return float(np.sum((total - mean) ** 2 / (variance + shared * square))) - len(total)

    low, high = 0.0, 4.0
    if len(total) == 0 or excess(low) <= 0.0:
        return 0.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if excess(middle) > 0.0 else (low, middle)
    return high


def week_sums(held: Judged, dispersion: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Per page-week: realised dollars, expected dollars, variance of independent messages."""
    _, cell = np.unique(held.cell, return_inverse=True)
    own = held.worth**2 * (held.mean + dispersion[held.tier] * held.mean**2)
    count = int(cell.max()) + 1 if len(cell) else 0
    sums = np.zeros((3, count))
    for place, values in enumerate((held.earnings, held.predicted, own)):
        np.add.at(sums[place], cell, values)
    return sums[0], sums[1], sums[2]


def _by_tier(
    tier: IntArray, tiers: int, figure: Callable[[BoolArray], float], least: int, prior: float
) -> FloatArray:
    """A figure of all, and of each tier drawn towards it as if `prior` more were like all.

    Args:
        tier: (n,) tier of each message or page-week.
        tiers: how many there are.
        figure: computes it from those where a mask is true.
        least: a tier with fewer has the figure of all.
        prior: weight of the figure of all, in messages or page-weeks.

    Returns:
        (tiers + 1,), the last is the figure of all.
    """
    pool = figure(np.ones(len(tier), dtype=bool))
    found = np.full(tiers + 1, pool)
    for number in range(tiers):
        own = tier == number
        count = int(own.sum())
        if count >= least:
            share = count / (count + prior)
            found[number] = share * figure(own) + (1.0 - share) * pool
    return found


def calibrate(
    held: Judged, tiers: int, coverage: float, fitted_dispersion: float
) -> IntervalLevels:
    """Set shape and level from held-out messages; tiers with few of them lean on the agency."""
    dispersion: FloatArray = np.full(tiers + 1, fitted_dispersion)
    level: FloatArray = np.full((tiers + 1, BANDS), coverage)
    if len(held) >= MIN_TIER_ROWS:
        mean = np.maximum(held.mean, TINY_MEAN)

        def log_dispersion(own: BoolArray) -> float:
            ones = np.ones(int(own.sum()))
            return float(np.log(estimate_dispersion(held.purchases[own], mean[own], ones)))

        few = MIN_TIER_ROWS, TIER_PRIOR_ROWS
        dispersion = np.exp(_by_tier(held.tier, tiers, log_dispersion, *few))
        scores = message_scores(held.purchases, held.mean, dispersion[held.tier])
        level = _message_levels(held.tier, band_of(held.mean), scores, tiers, coverage)
    return IntervalLevels(dispersion, level, *_week_levels(held, tiers, coverage, dispersion))


def _message_levels(
    tier: IntArray, band: IntArray, scores: FloatArray, tiers: int, coverage: float
) -> FloatArray:
    """Level of each tier and band, (tiers + 1, BANDS): a cell leans on its band.

    A band with few messages leans on the one below it, or on all where that is wider: the finer
    the count, the further out a level has to lie.
    """
    pool = conformal_level(scores, coverage)
    bands = np.empty(BANDS)
    for number in range(BANDS):
        own = scores[band == number]
        bands[number] = max(pool, bands[number - 1]) if number else pool
        if len(own) >= MIN_TIER_ROWS:
            share = len(own) / (len(own) + BAND_PRIOR_ROWS)
            found = conformal_level(own, coverage)
            bands[number] = share * found + (1.0 - share) * bands[number]
    level = np.tile(bands, (tiers + 1, 1))
    for row, column in np.ndindex(tiers, BANDS):
        own = scores[(tier == row) & (band == column)]
        if len(own) >= MIN_TIER_ROWS:
            share = len(own) / (len(own) + TIER_PRIOR_ROWS)
            cell = conformal_level(own, coverage)
            level[row, column] = share * cell + (1.0 - share) * bands[column]
    return level


def _week_levels(
    held: Judged, tiers: int, coverage: float, dispersion: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Shared variance and level of page-weeks by tier."""
    total, mean, variance = week_sums(held, dispersion)
    if len(total) < MIN_TIER_WEEKS:
        shared = shared_variance(total, mean, variance)
        return np.full(tiers + 1, shared), np.full(tiers + 1, coverage)
    _, first = np.unique(held.cell, return_index=True)
    tier, few = held.tier[first], (MIN_TIER_WEEKS, TIER_PRIOR_WEEKS)
    shared_by_tier = _by_tier(
        tier, tiers, lambda own: shared_variance(total[own], mean[own], variance[own]), *few
    )
    scores = week_scores(total, mean, variance + shared_by_tier[tier] * mean**2)
    level = _by_tier(tier, tiers, lambda own: conformal_level(scores[own], coverage), *few)
    return shared_by_tier, level


def is_covered(judged: Judged, levels: IntervalLevels) -> FloatArray:
    """1 where a message's outcome is inside its interval, else 0."""
    scores = message_scores(judged.purchases, judged.mean, levels.dispersion[judged.tier])
    level = levels.level[judged.tier, band_of(judged.mean)]
    inside: FloatArray = (scores <= level).astype(np.float64)
    return inside


def is_week_covered(judged: Judged, levels: IntervalLevels) -> FloatArray:
    """1 where the total of a message's page-week is inside its interval, else 0."""
    total, mean, variance = week_sums(judged, levels.dispersion)
    _, first, cell = np.unique(judged.cell, return_index=True, return_inverse=True)
    tier = judged.tier[first]
    scores = week_scores(total, mean, variance + levels.week_variance[tier] * mean**2)
    inside: FloatArray = (scores <= levels.week_level[tier]).astype(np.float64)[cell]
    return inside
