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

from scheduler.response.fit.covariates import COVARIATES, PRICE, CaptionCovariates
from scheduler.response.rows import BoolArray, FloatArray, IntArray, Rows
from scheduler.response.spec import SPEC

# Log multipliers that a caption may have.
GRID = np.linspace(SPEC.grid[0], SPEC.grid[1], SPEC.grid_size)
MULTIPLIERS = np.exp(GRID)
QUANTILES = SPEC.caption_quantiles


@dataclass(frozen=True)
class CaptionEffects:
    """Empirical-Bayes effects, one element per caption of `Labels.captions`.

    Attributes:
        log_effect: ln of the posterior mean multiplier over that of captions nobody chose yet, of
            an unknown price tier.
        deviation: posterior standard deviation of the log multiplier.
        quantiles: (captions, QUANTILES) log multipliers over the usual one, each as likely as the
            next, to draw from: what is believed of a caption that may be a dud or a hit is no
            bell curve.
        covariates: what sellers show of them.
        chosen: (len(GRID),) share of captions at each multiplier when their covariates are 0:
            chosen once, at the usual price, nothing of their sales known.
        tilt: (COVARIATES + T,) covariates make a multiplier exp(covariates x tilt x its logarithm)
            times likelier. Duds are told apart by it without taking a good caption for better.
        dispersion: of one message around its caption's mean, as a part of its page's.
        others_effect: (rows of the fit,) the effect as the caption's *other* messages tell it.
    """

    log_effect: FloatArray
    deviation: FloatArray
    quantiles: FloatArray
    covariates: CaptionCovariates
    chosen: FloatArray
    tilt: FloatArray
    dispersion: float
    others_effect: FloatArray

    @property
    def is_new(self) -> BoolArray:
        """(captions,) no message of the fit had it; the empty key, never doubted, is no caption."""
        found: BoolArray = np.isnan(self.covariates.own[:, PRICE]) & (self.deviation > 0.0)
        return found

    @property
    def unsent(self) -> FloatArray:
        """(T + 1, len(GRID)) share at each multiplier of captions that nobody chose yet, by tier.

        What sellers choose is better than what they leave, as what they choose again is better
        than what they chose once: the same tilt, known by what is sent, leads back to what is not.
        The last row is of a price tier that no row has.
        """
        return _normal(_tilting(self.covariates.untried(), self.tilt) * self.chosen)

    def unsent_effect(self) -> FloatArray:
        """(T + 1,) log effect of captions that nobody chose yet, by tier; 0 at the end."""
        means = np.log(self.unsent @ MULTIPLIERS)
        effect: FloatArray = means - means[-1]
        return effect

    def unsent_variance(self) -> FloatArray:
        """(T + 1,) variance of the log multiplier of captions that nobody chose yet, by tier."""
        return _variance(self.unsent)


def no_effects(covariates: CaptionCovariates, rows: int) -> CaptionEffects:
    """Where a fit starts: nothing known, every multiplier of the grid as likely as the next."""
    captions, width = covariates.own.shape
    flat = np.full(len(GRID), 1.0 / len(GRID))
    nothing, none = np.zeros(captions), np.zeros(width)
    quantiles = np.zeros((captions, QUANTILES))
    return CaptionEffects(
        nothing, np.ones(captions), quantiles, covariates, flat, none, 0.5, np.zeros(rows)
    )


def _log_likelihood(
    purchases: FloatArray, log_means: FloatArray, dispersion: FloatArray
) -> FloatArray:
    """Negative-binomial log likelihood of each row at each multiplier: (rows, len(GRID))."""
    size = 1.0 / dispersion
    constant = gammaln(purchases + size) - gammaln(size) + size * np.log(size)
    # In place: of a large agency each of these arrays is larger than the processor's cache.
    shaped: FloatArray = np.exp(log_means)
    shaped += size[:, None]
    np.log(shaped, out=shaped)
    shaped *= -(purchases + size)[:, None]
    shaped += purchases[:, None] * log_means
    shaped += constant[:, None]
    return shaped


@dataclass(frozen=True)
class _Groups:
    """Rows sorted by caption and time: one group for every caption that has rows."""

    order: IntArray
    starts: IntArray
    caption: IntArray  # of each group
    place: IntArray  # group of each row

    def first(self, covariates: FloatArray) -> FloatArray:
        """Signs of each group's caption at the first of its rows."""
        found: FloatArray = covariates[self.order[self.starts]]
        return found

    def sums(self, values: FloatArray) -> FloatArray:
        """Column sums of each group, in a fixed order."""
        total: FloatArray = np.add.reduceat(values[self.order], self.starts, axis=0)
        return total

    def before(self, values: FloatArray) -> FloatArray:
        """Of each row, the column sums over the rows of its group that are older."""
        ordered = values[self.order]
        so_far = np.cumsum(ordered, axis=0) - ordered
        sizes = np.diff(self.starts, append=len(self.order))
        so_far -= np.repeat(so_far[self.starts], sizes, axis=0)
        found = np.empty_like(values)
        found[self.order] = so_far
        return found


def _group(rows: Rows) -> _Groups:
    order = np.lexsort((-rows.age, rows.caption))
    caption = rows.caption[order]
    found, starts, place = np.unique(caption, return_index=True, return_inverse=True)
    back = np.empty(len(caption), dtype=np.int64)
    back[order] = place
    return _Groups(order, starts.astype(np.int64), found, back)


def _shares(log_likelihood: FloatArray) -> FloatArray:
    """Likelihoods, each row over its largest."""
    top: FloatArray = log_likelihood - log_likelihood.max(axis=1, keepdims=True)
    return np.exp(top, out=top)


def _tilting(covariates: FloatArray, tilt: FloatArray) -> FloatArray:
    """How much likelier covariates make each multiplier, (n, len(GRID)), up to a factor a row."""
    tilted: FloatArray = (np.nan_to_num(covariates) @ tilt)[:, None] * GRID
    return np.exp(tilted, out=tilted)


def _normal(share: FloatArray) -> FloatArray:
    """Rows brought to a sum of 1, in their own place."""
    share /= share.sum(axis=1, keepdims=True)
    return share


def _variance(share: FloatArray) -> FloatArray:
    """Variance of the log multiplier of each row's distribution on the grid."""
    middle = share @ GRID
    return np.asarray(np.maximum(share @ GRID**2 - middle**2, 0.0))


def _mixing_distribution(
    likelihood: FloatArray, tilting: FloatArray, start: FloatArray
) -> FloatArray:
    """Some EM steps towards the distribution of multipliers that makes the sales likeliest.

    It is that of captions whose covariates are 0; the others were drawn from it tilted, as from a
    biased sample (Vardi 1985, "Empirical distributions in selection bias models", Annals of
    Statistics 13).
    """
    prior, both = start, likelihood * tilting
    for _ in range(SPEC.em_steps if len(both) else 0):
        found = prior * (both.T @ (1.0 / (both @ prior)))
        prior = found / (tilting.T @ (1.0 / (tilting @ prior)))
        prior = prior / prior.sum()
    return prior


def _own_dispersion(
    rows: Rows,
    log_means: FloatArray,
    of_page: FloatArray,
    groups: _Groups,
    prior: FloatArray,
    start: float,
) -> float:
    """One step towards the likeliest part: the top of a parabola through three values.

    Args:
        rows: see `caption_effects`, as the next two.
        log_means: of each row.
        of_page: of each row.
        groups: of the rows.
        prior: (groups, len(GRID)) of each caption.
        start: the part before.
    """

    def fit(log_dispersion: float) -> float:
        values = groups.sums(
            _log_likelihood(rows.purchases, log_means, np.exp(log_dispersion) * of_page)
        )
        top = values.max(axis=1, keepdims=True)
        return float(np.sum(np.log((np.exp(values - top) * prior).sum(axis=1)) + top[:, 0]))

    centre, step = float(np.log(start)), SPEC.dispersion_step
    low, middle, high = fit(centre - step), fit(centre), fit(centre + step)
    bend = low - 2.0 * middle + high
    move = 0.5 * step * (low - high) / bend if bend < 0.0 else np.sign(high - low) * step
    moved = np.exp(centre + np.clip(move, -2.0 * step, 2.0 * step))
    return float(np.clip(moved, *SPEC.caption_dispersion_limits))


@dataclass(frozen=True)
class _Likelihood:
    """What the sales of all rows tell: their likelihood at each multiplier.

    Attributes:
        groups: of the rows.
        total: (groups, len(GRID)) of all rows of a caption.
        others: (rows, len(GRID)) of the other rows of each row's caption.
        earlier: (rows, len(GRID)) of those that are older.
        own: (rows, len(GRID)) of each row alone.
    """

    groups: _Groups
    total: FloatArray
    others: FloatArray
    earlier: FloatArray
    own: FloatArray

    def others_mean(self, chosen: FloatArray, tilting: FloatArray, nameless: int) -> FloatArray:
        """Log mean multiplier of each row's caption as its other rows tell it.

        Without a caption it is that of one chosen once.
        """
        left_out = _normal(self.others * tilting * chosen)
        is_nameless = (self.groups.caption == nameless)[self.groups.place]
        return np.where(is_nameless, log_mean(chosen), np.log(left_out @ MULTIPLIERS))


def _likelihoods(each: FloatArray, groups: _Groups) -> _Likelihood:
    """What log likelihoods of rows come to."""
    total = groups.sums(each)
    others, earlier = total[groups.place] - each, groups.before(each)
    return _Likelihood(groups, _shares(total), _shares(others), _shares(earlier), _shares(each))


def _tilt(
    known: _Likelihood, covariates: FloatArray, prior: FloatArray, start: FloatArray
) -> FloatArray:
    """Some scoring steps towards the tilt with which older messages predict each one best.

    Newer ones would not do: a text is sent again because it sold, so that its first messages had
    luck, and covariates of much sending would seem to foretell worse sales.

    Source: Berndt, Hall, Hall and Hausman (1974), "Estimation and inference in nonlinear structural
    models", Annals of Economic and Social Measurement 3.
    """
    tilt, tiers = start, len(start) - COVARIATES
    mean, deviation = (
        np.r_[prior[:COVARIATES], np.full(tiers, prior[COVARIATES])]
        for prior in (SPEC.tilt_mean, SPEC.tilt_deviation)
    )
    for _ in range(SPEC.tilt_steps):
        before = _normal(known.earlier * _tilting(covariates, tilt) * prior)
        after = _normal(before * known.own)
        score = covariates * ((after - before) @ GRID)[:, None]
        information = score.T @ score + np.diag(deviation**-2.0)
        gradient = score.sum(axis=0) - (tilt - mean) / deviation**2
        tilt = tilt + np.clip(np.linalg.solve(information, gradient), -0.5, 0.5)
    return tilt


def _quantiles(share: FloatArray) -> FloatArray:
    """Log multipliers in the middle of `QUANTILES` equally likely parts, (n, QUANTILES)."""
    total = np.cumsum(share, axis=1)
    at = (np.arange(QUANTILES) + 0.5) / QUANTILES * (1.0 - 1e-12)
    place = np.stack([(total < each).sum(axis=1) for each in at], axis=1)
    found: FloatArray = GRID[np.minimum(place, len(GRID) - 1)]
    return found


def log_mean(share: FloatArray) -> float:
    """Log of the mean multiplier of a distribution on the grid."""
    return float(np.log(share @ MULTIPLIERS))


def untried_effect(covariates: FloatArray, effects: CaptionEffects) -> FloatArray:
    """Log effect of captions of which no sale is known, (n,)."""
    share = _normal(_tilting(covariates, effects.tilt) * effects.chosen)
    effect: FloatArray = np.log(share @ MULTIPLIERS) - log_mean(effects.unsent[-1])
    return effect


def caption_effects(
    rows: Rows,
    log_means: FloatArray,
    of_page: FloatArray,
    covariates: FloatArray,
    before: CaptionEffects,
    nameless: int,
) -> CaptionEffects:
    """Posterior multipliers given the purchases expected at each of them.

    A message's own outcome must not enter the offset that its mean is fitted with, or the fit
    calls luck quality and settles too low: so `others_effect` leaves each message out.

    Args:
        rows: the rows of the fit.
        log_means: (rows, len(GRID)) log of the purchases expected at each multiplier.
        of_page: dispersion of each row's page with the captions' differences in it.
        covariates: (rows, COVARIATES + T) as other messages show them, see `row_covariates`.
        before: the effects of the round before: where dispersion and distribution start from.
        nameless: code of the empty caption key, which is no caption; -1 when there is none.
    """
    groups = _group(rows)
    # What made people send a caption again is in its sales: it began as one chosen once.
    tilting = _tilting(groups.first(covariates), before.tilt)
    own_prior = _normal(tilting * before.chosen)
    part = _own_dispersion(rows, log_means, of_page, groups, own_prior, before.dispersion)
    known = _likelihoods(_log_likelihood(rows.purchases, log_means, part * of_page), groups)
    named = groups.caption != nameless
    chosen = _mixing_distribution(known.total[named], tilting[named], before.chosen)
    has_name = named[groups.place]
    tilt = _tilt(known, np.where(has_name[:, None], covariates, 0.0), chosen, before.tilt)
    found = replace(before, chosen=chosen, tilt=tilt, dispersion=part)
    unsent, tier = found.unsent, before.covariates.tier
    usual = log_mean(unsent[-1])
    effect, quantiles = found.unsent_effect()[tier], _quantiles(unsent)[tier]
    deviation = np.sqrt(found.unsent_variance())[tier]
    share = _normal(known.total * _tilting(before.covariates.own[groups.caption], tilt) * chosen)
    effect[groups.caption] = np.log(share @ MULTIPLIERS) - usual
    quantiles[groups.caption] = _quantiles(share)
    deviation[groups.caption] = np.sqrt(_variance(share))
    if nameless >= 0:
        # Somebody chose to send it; that is all there is to know.
        effect[nameless], deviation[nameless] = log_mean(chosen) - usual, 0.0
        quantiles[nameless] = log_mean(chosen)
    return replace(
        found,
        log_effect=effect,
        deviation=deviation,
        quantiles=quantiles - usual,
        others_effect=known.others_mean(chosen, _tilting(covariates, tilt), nameless) - usual,
    )
