"""Basis functions: how a known-before-send quantity enters the linear predictor."""

import numpy as np

from scheduler.response.rows import FloatArray, IntArray

HOUR_HARMONICS = 4
PRICE_SPAN = 1.5  # ln units around the page's centre; beyond it a price tells nothing more
NOVELTY_DAYS = (5.0, 30.0)
MATURITY_DAYS = (1.0, 3.0)


def hour_basis(hour: IntArray) -> FloatArray:
    """Cosines and sines of the local hour, slow ones first: (N, 2 * HOUR_HARMONICS)."""
    angle = 2.0 * np.pi * np.asarray(hour, dtype=np.float64)[:, None] / 24.0
    waves = np.arange(1, HOUR_HARMONICS + 1)[None, :]
    pairs = np.stack([np.cos(angle * waves), np.sin(angle * waves)], axis=2)
    return pairs.reshape(len(angle), 2 * HOUR_HARMONICS)


def price_basis(price: FloatArray, centre: FloatArray) -> FloatArray:
    """Log price around the page's centre, and what bends demand: (N, 2).

    Together they make an elasticity of a part that is constant and a part that grows with the price
    (Marshall's second law): demand of constant elasticity, exponential demand, and what lies
    between. With the square of the log price instead, cheap offers would come out inelastic.
    """
    gap = np.clip(np.log(price) - centre, -PRICE_SPAN, PRICE_SPAN)
    return np.stack([gap, np.expm1(gap) - gap], axis=1)


def felt_stock(stock: FloatArray, usual: FloatArray, scale: FloatArray, bend: float) -> FloatArray:
    """What earlier sends left, as subscribers mind it: (N, memories).

    Without a bend each message of stock weighs the same, and fatigue is straight in the log. Fully
    bent it is hyperbolic, a power of 1 / (a quarter of the scale + stock), which promises more
    relief at volumes below the usual ones. Both have the same slope at the usual stock.

    Args:
        stock: (N, memories).
        usual: stock that the page's history shows.
        scale: unit in which the page's stock is counted.
        bend: 0 straight, 1 hyperbolic.
    """
    centre = 0.25 * scale + usual
    level = usual + centre * np.log((0.25 * scale + stock) / centre)
    felt: FloatArray = stock + bend * (level - stock)
    return felt


def novelty_basis(since: FloatArray) -> FloatArray:
    """Zero when the page never sent the caption; else a lasting part and fading ones: (N, 3)."""
    known = ~np.isnan(since)
    days = np.where(known, since, 0.0)
    fading = [np.where(known, np.exp(-days / scale), 0.0) for scale in NOVELTY_DAYS]
    return np.stack([known.astype(np.float64), *fading], axis=1)


def first_basis(caption_sends: FloatArray) -> FloatArray:
    """One for the first message of a caption, which nobody has seen sell, else zero: (N, 1).

    Sellers try the best they have first, so what is left to try late in a history sells worse than
    what was tried early, and what they send again better than both.
    """
    is_first: FloatArray = (caption_sends == 0.0).astype(np.float64)
    return is_first[:, None]


def maturity_basis(age: FloatArray) -> FloatArray:
    """How new a message is, zero for an old one; late purchases are still to come: (N, 2)."""
    return np.stack([np.exp(-age / days) for days in MATURITY_DAYS], axis=1)
