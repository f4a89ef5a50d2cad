"""What sellers show of a caption beside its sales.

At which price they send it, how often, and in which price tier they filed it. The last one is known
of captions, too, that nobody sent yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.response.rows import FloatArray, IntArray, Labels, Rows
from scheduler.response.spec import SPEC
from scheduler.response.stats import PageStats

# Columns of covariates before those of the price tiers.
PRICE, SENDS, COVARIATES = 0, 1, 2
_NAMED = {
    "price covariate": slice(PRICE, SENDS),
    "sends covariate": slice(SENDS, COVARIATES),
    "tier covariate": slice(COVARIATES, None),
}


@dataclass(frozen=True)
class CaptionCovariates:
    """Signs of the captions of `Labels`, T price tiers.

    Attributes:
        own: (captions, COVARIATES + T) usual price, `sends_covariate`, and for each price tier 1
            in it and 0 outside, less the tier's share; the price is NaN for a caption without rows.
        tier: (captions,) code of the price tier.
        tier_share: (T,) of the captions with rows, those in each tier.
        tier_price: (T,) usual price of the captions of each tier.
        used: (COVARIATES + T,) 1, and 0 of a covariate that is left out.
        noise: variance of one message's price around its caption's over the variance of captions
            around their tier's.
    """

    own: FloatArray
    tier: IntArray
    tier_share: FloatArray
    tier_price: FloatArray
    noise: float
    used: FloatArray

    def untried(self) -> FloatArray:
        """(T + 1, COVARIATES + T) of captions that nobody chose yet, the last of no known tier."""
        tiers = len(self.tier_price)
        covariates = np.zeros((tiers + 1, COVARIATES + tiers))
        covariates[:tiers, PRICE] = self.tier_price
        covariates[:, SENDS] = sends_covariate(np.zeros(1))
        covariates[:tiers, COVARIATES:] = np.eye(tiers) - self.tier_share
        return covariates * self.used


def sends_covariate(sends: FloatArray) -> FloatArray:
    """ln((1 + sends) / 2), the last one included: 0 of a text that sellers chose once."""
    covariate: FloatArray = np.log1p(sends) - np.log(2.0)
    return covariate


def _price_gap(rows: Rows, stats: PageStats) -> FloatArray:
    """Log price over what is usual for the page and the content."""
    usual = stats.log_price[rows.page] + stats.content_price[rows.content]
    gap: FloatArray = np.clip(np.log(rows.price) - usual, -1.5, 1.5)
    return gap


def caption_covariates(
    rows: Rows, stats: PageStats, labels: Labels, without: Sequence[str] = ()
) -> CaptionCovariates:
    """What sellers thought of each caption.

    A price is set for many reasons, so a few of them tell little: the usual price of a caption is
    the posterior mean of a random effect around that of its tier, and so is a tier's around none
    (Robinson 1991, "That BLUP is a good thing", Statistical Science 6).
    """
    captions, tier = len(labels.captions), labels.caption_tier
    count = np.bincount(rows.caption, minlength=captions).astype(np.float64)
    gap = _price_gap(rows, stats)
    total = np.bincount(rows.caption, gap, minlength=captions)
    usual = np.where(count > 0, total / np.maximum(count, 1.0), np.nan)
    tiers = len(labels.price_tiers)
    tier_share = np.bincount(tier[count > 0], minlength=tiers) / (count > 0).sum()
    tier_price = _tier_prices(usual, tier, tiers)
    middle = tier_price[tier]
    noise = _noise_ratio(gap - usual[rows.caption], usual - middle, count)
    sends = np.zeros(captions)
    np.maximum.at(sends, rows.caption, rows.caption_sends + 1.0)
    own = np.empty((captions, COVARIATES + tiers))
    own[:, PRICE] = middle + (usual - middle) * count / (count + noise)
    own[:, SENDS] = sends_covariate(sends)
    own[:, COVARIATES:] = np.eye(tiers)[tier] - tier_share
    if labels.nameless >= 0:
        own[labels.nameless] = 0.0
        own[labels.nameless, PRICE] = np.nan
    used = np.ones(COVARIATES + tiers)
    for name, columns in _NAMED.items():
        if name in without:
            used[columns] = 0.0
    return CaptionCovariates(own * used, tier, tier_share, tier_price, noise, used)


def _tier_prices(usual: FloatArray, tier: IntArray, tiers: int) -> FloatArray:
    """Usual price of the captions of each tier, (T,); 0 where one tier is all there is."""
    seen = ~np.isnan(usual)
    count = np.bincount(tier[seen], minlength=tiers).astype(np.float64)
    if (count > 0).sum() < 2:
        return np.zeros(tiers)
    total = np.bincount(tier[seen], usual[seen], minlength=tiers)
    mean = np.where(count > 0, total / np.maximum(count, 1.0), np.nan)
    noise = _noise_ratio(usual[seen] - mean[tier[seen]], mean, count)
    found: FloatArray = total / np.maximum(count + noise, 1.0)
    return found


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
    return within / max(between, SPEC.least_price_variance)


def row_covariates(rows: Rows, covariates: CaptionCovariates, stats: PageStats) -> FloatArray:
    """Covariates of each row's caption when it was sent; its usual price is that of all rows.

    That somebody chose to send it is one; how often it was sent afterwards follows from what it
    sold, and would foretell it.

    Args:
        rows: n messages.
        covariates: of their captions.
        stats: what the pages' history shows.

    Returns:
        (n, COVARIATES + T); a new caption's usual price is told by the message's own.
    """
    own = covariates.own[rows.caption]
    own[:, SENDS] = sends_covariate(rows.caption_sends + 1.0)
    middle = covariates.tier_price[covariates.tier[rows.caption]]
    alone = middle + (_price_gap(rows, stats) - middle) / (1.0 + covariates.noise)
    own[:, PRICE] = np.where(np.isnan(own[:, PRICE]), alone, own[:, PRICE])
    found: FloatArray = own * covariates.used
    return found
