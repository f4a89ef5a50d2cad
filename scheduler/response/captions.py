"""Caption effects: what a caption sold over what the rest of the model expected of it.

Most captions never sell, many sell alike and a few are hits, so no bell curve describes how they
differ. Their distribution is estimated without a form, on a grid, from all captions together:
nonparametric empirical Bayes (Kiefer and Wolfowitz 1956; computed by EM as in Laird 1978,
"Nonparametric maximum likelihood estimation of a mixing distribution", JASA 73). Every message of
the window counts the same here: how well a text sells hardly changes in some weeks, and the ones
that may be sent again are those that rested longest.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammaln

from scheduler.response.rows import FloatArray, IntArray, Rows
from scheduler.response.stats import PageStats

# Log multipliers of a caption, from one that sells a fiftieth to one that sells twelvefold.
GRID = np.linspace(-4.0, 2.5, 66)
MULTIPLIERS = np.exp(GRID)
EM_STEPS = 20
PART_LIMITS = (0.05, 2.0)
DISPERSION_STEP = 0.25
LEAST_VARIANCE = 1e-6


@dataclass(frozen=True)
class CaptionEffects:
    """Empirical-Bayes effects, one element per caption of `Labels.captions`.

    Attributes:
        log_effect: ln of the posterior mean multiplier; 0 for a caption without sales history.
        deviation: posterior standard deviation of the log multiplier.
        signs: see `caption_signs`.
        sign_noise: see `caption_signs`.
        prior: (len(GRID),) share of captions at each multiplier; the mean multiplier is 1.
        dispersion: of one message around its caption's mean, as a part of its page's.
        others_effect: (rows of the fit,) the effect as the caption's *other* messages tell it.
    """

    log_effect: FloatArray
    deviation: FloatArray
    signs: FloatArray
    sign_noise: float
    prior: FloatArray
    dispersion: float
    others_effect: FloatArray

    def prior_variance(self) -> float:
        """Variance of the log multiplier over all captions: of one without sales history."""
        return float(self.prior @ (GRID - self.prior @ GRID) ** 2)


def _price_gap(rows: Rows, stats: PageStats) -> FloatArray:
    """Log price over what is usual for the page and the content."""
    usual = stats.log_price[rows.page] + stats.content_price[rows.content]
    gap: FloatArray = np.clip(np.log(rows.price) - usual, -1.5, 1.5)
    return gap


def caption_signs(rows: Rows, stats: PageStats, captions: int) -> tuple[FloatArray, float]:
    """What sellers thought of each caption: its usual price and ln(1 + sends).

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
    return np.stack([usual * count / (count + noise), np.log1p(count)], axis=1), noise


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


def row_signs(
    rows: Rows, signs: FloatArray, noise: float, stats: PageStats, own_counts: int
) -> FloatArray:
    """The signs of each row's caption as its other messages show them.

    Args:
        rows: n messages.
        signs: see `caption_signs`, as `noise`.
        noise: how little one price tells.
        stats: what the pages' history shows.
        own_counts: 1 when the rows are among those that `signs` counted, else 0.

    Returns:
        (n, 2); a new caption's usual price is told by the message's own.
    """
    own = signs[rows.caption]
    own[:, 1] = np.log(np.maximum(np.exp(own[:, 1]) - own_counts, 1.0))
    alone = _price_gap(rows, stats) / (1.0 + noise)
    own[:, 0] = np.where(np.isnan(own[:, 0]), alone, own[:, 0])
    return own


def no_effects(signs: FloatArray, noise: float, rows: int) -> CaptionEffects:
    """Where a fit starts: nothing known, every multiplier of the grid as likely as the next."""
    captions = len(signs)
    flat = np.full(len(GRID), 1.0 / len(GRID))
    nothing = np.zeros(captions)
    return CaptionEffects(nothing, np.ones(captions), signs, noise, flat, 0.5, np.zeros(rows))


def _log_likelihood(purchases: FloatArray, mean: FloatArray, dispersion: FloatArray) -> FloatArray:
    """Negative-binomial log likelihood of each row at each multiplier: (rows, len(GRID))."""
    size = 1.0 / dispersion
    mean = np.maximum(mean, 1e-12)
    constant = (
        gammaln(purchases + size) - gammaln(size) + size * np.log(size) + purchases * np.log(mean)
    )
    shaped = np.log(size[:, None] + mean[:, None] * MULTIPLIERS)
    shaped *= -(purchases + size)[:, None]
    shaped += purchases[:, None] * GRID
    shaped += constant[:, None]
    return shaped


@dataclass(frozen=True)
class _Groups:
    """Rows sorted by caption: one group for every caption that has rows."""

    order: IntArray
    starts: IntArray
    caption: IntArray  # of each group
    place: IntArray  # group of each row

    def sums(self, values: FloatArray) -> FloatArray:
        """Column sums of each group, in a fixed order."""
        total: FloatArray = np.add.reduceat(values[self.order], self.starts, axis=0)
        return total


def _group(caption: IntArray) -> _Groups:
    order = np.argsort(caption, kind="stable")
    found, starts, place = np.unique(caption[order], return_index=True, return_inverse=True)
    back = np.empty(len(caption), dtype=np.int64)
    back[order] = place
    return _Groups(order, starts.astype(np.int64), found, back)


def _posterior(log_likelihood: FloatArray, prior: FloatArray) -> FloatArray:
    """Share of each multiplier given the sales, rows summing to 1."""
    share = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True)) * prior
    result: FloatArray = share / share.sum(axis=1, keepdims=True)
    return result


def _mixing_distribution(log_likelihood: FloatArray, start: FloatArray) -> FloatArray:
    """Some EM steps towards the distribution of multipliers that makes the sales likeliest."""
    prior = start
    for _ in range(EM_STEPS):
        prior = _posterior(log_likelihood, prior).mean(axis=0)
    return prior


def _own_dispersion(
    rows: Rows,
    mean: FloatArray,
    of_page: FloatArray,
    groups: _Groups,
    prior: FloatArray,
    start: float,
) -> float:
    """One step towards the likeliest part: the top of a parabola through three values."""

    def fit(log_dispersion: float) -> float:
        values = groups.sums(
            _log_likelihood(rows.purchases, mean, np.exp(log_dispersion) * of_page)
        )
        top = values.max(axis=1, keepdims=True)
        return float(np.sum(np.log(np.exp(values - top) @ prior) + top[:, 0]))

    centre, step = float(np.log(start)), DISPERSION_STEP
    low, middle, high = fit(centre - step), fit(centre), fit(centre + step)
    bend = low - 2.0 * middle + high
    move = 0.5 * step * (low - high) / bend if bend < 0.0 else np.sign(high - low) * step
    moved = np.exp(centre + np.clip(move, -2.0 * step, 2.0 * step))
    return float(np.clip(moved, *PART_LIMITS))


@dataclass(frozen=True)
class _Told:
    """Log likelihood of the sales at each multiplier: of each row, of each caption's rows."""

    groups: _Groups
    each: FloatArray
    total: FloatArray

    def others_effect(self, prior: FloatArray, nameless: int) -> FloatArray:
        """Log effect of each row's caption as its other rows tell it; 0 without a caption."""
        left_out = _posterior(self.total[self.groups.place] - self.each, prior)
        effect = np.log(left_out @ MULTIPLIERS) - _usual(prior)
        is_nameless = (self.groups.caption == nameless)[self.groups.place]
        return np.where(is_nameless, 0.0, effect)


def _told(rows: Rows, mean: FloatArray, dispersion: FloatArray, groups: _Groups) -> _Told:
    each = _log_likelihood(rows.purchases, mean, dispersion)
    return _Told(groups, each, groups.sums(each))


def _usual(prior: FloatArray) -> float:
    """Log of the mean multiplier."""
    return float(np.log(prior @ MULTIPLIERS))


def others_effect(
    rows: Rows, mean: FloatArray, of_page: FloatArray, effects: CaptionEffects, nameless: int
) -> FloatArray:
    """`CaptionEffects.others_effect` at other means, the distribution of captions kept.

    Args:
        rows: see `caption_effects`, as all of the following.
        mean: the other means.
        of_page: dispersions.
        effects: what is known of captions.
        nameless: code of the empty key.
    """
    told = _told(rows, mean, effects.dispersion * of_page, _group(rows.caption))
    return told.others_effect(effects.prior, nameless)


def caption_effects(
    rows: Rows, mean: FloatArray, of_page: FloatArray, before: CaptionEffects, nameless: int
) -> CaptionEffects:
    """Posterior multipliers given the mean purchases expected without the caption's own effect.

    A message's own outcome must not enter the offset that its mean is fitted with, or the fit
    calls luck quality and settles too low: so `others_effect` leaves each message out.

    Args:
        rows: the rows of the fit.
        mean: expected purchases of each row at a caption multiplier of one.
        of_page: dispersion of each row's page with the captions' differences in it.
        before: the effects of the round before: where dispersion and distribution start from.
        nameless: code of the empty caption key, which is no caption; -1 when there is none.
    """
    captions = len(before.signs)
    groups = _group(rows.caption)
    part = _own_dispersion(rows, mean, of_page, groups, before.prior, before.dispersion)
    told = _told(rows, mean, part * of_page, groups)
    named = groups.caption != nameless
    prior = _mixing_distribution(told.total[named], before.prior)
    effect, deviation = np.zeros(captions), np.empty(captions)
    deviation[:] = np.sqrt(prior @ (GRID - prior @ GRID) ** 2)
    share = _posterior(told.total, prior)
    effect[groups.caption] = np.log(share @ MULTIPLIERS) - _usual(prior)
    middle = share @ GRID
    deviation[groups.caption] = np.sqrt(np.maximum(share @ GRID**2 - middle**2, 0.0))
    if nameless >= 0:
        effect[nameless] = deviation[nameless] = 0.0
    return replace(
        before,
        log_effect=effect,
        deviation=deviation,
        prior=prior,
        dispersion=part,
        others_effect=told.others_effect(prior, nameless),
    )
