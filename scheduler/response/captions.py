"""Caption effects: what a caption sold over what the rest of the model expected of it."""

from dataclasses import dataclass

import numpy as np

from scheduler.response.rows import FloatArray, IntArray, Rows
from scheduler.response.stats import PageStats

STRENGTH_LIMITS = (0.5, 200.0)
DISPERSION_LIMITS = (0.02, 20.0)


@dataclass(frozen=True)
class CaptionEffects:
    """Empirical-Bayes effects, one element per caption of `Labels.captions`.

    Attributes:
        log_effect: ln of the posterior mean multiplier; 0 for a caption without sales history.
        signs: see `caption_signs`.
        strength: prior strength in expected purchases; the prior variance is 1 / strength.
        others_effect: (rows of the fit,) the effect as the caption's *other* messages tell it.
    """

    log_effect: FloatArray
    signs: FloatArray
    strength: float
    others_effect: FloatArray


def _price_gap(rows: Rows, stats: PageStats) -> FloatArray:
    """Log price over what is usual for the page and the content."""
    usual = stats.log_price[rows.page] + stats.content_price[rows.content]
    gap: FloatArray = np.clip(np.log(rows.price) - usual, -1.5, 1.5)
    return gap


def caption_signs(rows: Rows, stats: PageStats, captions: int) -> FloatArray:
    """What sellers thought of each caption, (captions, 2): its usual price, ln(1 + sends).

    The price is NaN for a caption without rows.
    """
    count = np.bincount(rows.caption, minlength=captions)
    total = np.bincount(rows.caption, _price_gap(rows, stats), minlength=captions)
    usual = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return np.stack([usual, np.log1p(count)], axis=1)


def row_signs(rows: Rows, signs: FloatArray, stats: PageStats, own_counts: int) -> FloatArray:
    """The signs of each row's caption as its other messages show them.

    Args:
        rows: n messages.
        signs: see `caption_signs`.
        stats: what the pages' history shows.
        own_counts: 1 when the rows are among those that `signs` counted, else 0.

    Returns:
        (n, 2); a new caption's usual price is the message's own.
    """
    own = signs[rows.caption]
    own[:, 1] = np.log(np.maximum(np.exp(own[:, 1]) - own_counts, 1.0))
    own[:, 0] = np.where(np.isnan(own[:, 0]), _price_gap(rows, stats), own[:, 0])
    return own


def prior_strength(
    caption: IntArray, ratio: FloatArray, information: FloatArray, captions: int
) -> float:
    """One over the variance between captions, from pairs of sends of one caption.

    Two sends share their caption's effect and no other noise, so the mean product of their
    relative residuals is that variance (a Bühlmann-Straub estimate).
    """
    residual = information * (ratio - 1.0)
    pairs = np.bincount(caption, residual, minlength=captions) ** 2
    pairs -= np.bincount(caption, residual**2, minlength=captions)
    weight = np.bincount(caption, information, minlength=captions) ** 2
    weight -= np.bincount(caption, information**2, minlength=captions)
    total = weight.sum()
    variance = pairs.sum() / total if total > 0.0 else 0.0
    low, high = STRENGTH_LIMITS
    return float(1.0 / np.clip(variance, 1.0 / high, 1.0 / low))


def message_dispersion(
    purchases: FloatArray, mean: FloatArray, weight: FloatArray, strength: float
) -> float:
    """Dispersion of one message around its own caption's mean, the captions' variance left out.

    Relative to the plain mean, the total is (1 + variance) x own + variance.
    """
    excess = weight @ ((purchases - mean) ** 2 - mean) / (weight @ mean**2)
    own = (excess - 1.0 / strength) / (1.0 + 1.0 / strength)
    return float(np.clip(own, *DISPERSION_LIMITS))


def caption_effects(
    rows: Rows, mean: FloatArray, dispersion: float, signs: FloatArray, nameless: int
) -> CaptionEffects:
    """Shrunken multipliers given the mean purchases expected without the caption's own effect.

    A message's own outcome must not enter the offset that its mean is fitted with, or the fit
    calls luck quality and settles too low: so `others_effect` leaves each message out.

    Args:
        rows: the rows of the fit.
        mean: expected purchases of each row at a caption multiplier of one.
        dispersion: of one message around its caption's mean; it caps what one big send can say.
        signs: see `caption_signs`.
        nameless: code of the empty caption key, which is no caption; -1 when there is none.
    """
    captions, caption = len(signs), rows.caption
    credibility = rows.weight / (1.0 + dispersion * mean)
    information = credibility * mean
    sales = credibility * rows.purchases
    strength = prior_strength(caption, rows.purchases / mean, information, captions)
    bought = np.bincount(caption, sales, minlength=captions) + strength
    expected = np.bincount(caption, information, minlength=captions) + strength
    effect = np.log(bought / expected)
    others = np.log((bought[caption] - sales) / (expected[caption] - information))
    if nameless >= 0:
        effect[nameless] = 0.0
        others[caption == nameless] = 0.0
    return CaptionEffects(effect, signs, strength, others)
