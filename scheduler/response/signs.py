"""What sellers show of a caption beside its sales: at which price, and how often, they send it."""

import numpy as np

from scheduler.response.rows import FloatArray, Rows
from scheduler.response.stats import PageStats

SIGNS = 2
LEAST_VARIANCE = 1e-6


def sends_sign(sends: FloatArray) -> FloatArray:
    """ln((1 + sends) / 2), the last one included: 0 of a text that sellers chose once."""
    sign: FloatArray = np.log1p(sends) - np.log(2.0)
    return sign


# Of a caption that nobody chose yet: a usual price and no send.
UNSENT = np.column_stack([np.zeros(1), sends_sign(np.zeros(1))])


def _price_gap(rows: Rows, stats: PageStats) -> FloatArray:
    """Log price over what is usual for the page and the content."""
    usual = stats.log_price[rows.page] + stats.content_price[rows.content]
    gap: FloatArray = np.clip(np.log(rows.price) - usual, -1.5, 1.5)
    return gap


def caption_signs(rows: Rows, stats: PageStats, captions: int) -> tuple[FloatArray, float]:
    """What sellers thought of each caption: its usual price and its `sends_sign`.

    A price is set for many reasons, so a few of them tell little: the usual price is the posterior
    mean of a random effect (Robinson 1991, "That BLUP is a good thing", Statistical Science 6).

    Returns:
        (captions, 2), the price NaN for a caption without rows; and the variance of one message's
        price around its caption's over the variance of captions.
    """
    count = np.bincount(rows.caption, minlength=captions).astype(np.float64)
    gap = _price_gap(rows, stats)
    total = np.bincount(rows.caption, gap, minlength=captions)
    usual = np.where(count > 0, total / np.maximum(count, 1.0), np.nan)
    noise = _noise_ratio(gap - usual[rows.caption], usual, count)
    sends = np.zeros(captions)
    np.maximum.at(sends, rows.caption, rows.caption_sends + 1.0)
    return np.stack([usual * count / (count + noise), sends_sign(sends)], axis=1), noise


def _noise_ratio(rest: FloatArray, mean: FloatArray, count: FloatArray) -> float:
    """Variance within groups over variance between them, by moments; 0 when no group has two.

    Args:
        rest: of each value around its group's mean.
        mean: of each group, NaN when it has no value.
        count: values of each group.
    """
    freedom = float(np.maximum(count - 1.0, 0.0).sum())
    seen = count > 0
    if freedom == 0.0 or seen.sum() < 2:
        return 0.0
    within = float(rest @ rest) / freedom
    between = float(np.var(mean[seen])) - within * float(np.mean(1.0 / count[seen]))
    return within / max(between, LEAST_VARIANCE)


def row_signs(rows: Rows, signs: FloatArray, noise: float, stats: PageStats) -> FloatArray:
    """The signs of each row's caption when the row was sent; its usual price is that of all rows.

    That somebody chose to send it is a sign; how often it was sent afterwards follows from what it
    sold, and would foretell it.

    Args:
        rows: n messages.
        signs: see `caption_signs`, as `noise`.
        noise: how little one price tells.
        stats: what the pages' history shows.

    Returns:
        (n, 2); a new caption's usual price is told by the message's own.
    """
    own = signs[rows.caption]
    own[:, 1] = sends_sign(rows.caption_sends + 1.0)
    alone = _price_gap(rows, stats) / (1.0 + noise)
    own[:, 0] = np.where(np.isnan(own[:, 0]), alone, own[:, 0])
    return own
