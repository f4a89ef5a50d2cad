"""Every constant of the response model that no term owns, frozen and named.

Priors of the terms' coefficients stand with their terms. `code_hash` makes both, and the code that
uses them, part of every training hash.
"""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path


@dataclass(frozen=True)
class Spec:
    """Constants, by what uses them.

    Attributes:
        responses_last: how many times longer than levels responses last. Hours, prices, contents
            and fatigue of some months ago are those of today; forgotten as fast as levels, what a
            good plan no longer tries would soon be unknown again.
        level_prior: purchases at the agency's mean, added to a page's own where a fit begins.
        rounds, refit_rounds: of a fit of purchases from nowhere, and from an earlier fit.
        view_rounds, view_refit_rounds: the same of views, which tell much.
        steps, last_steps: scoring steps of a round, and of the last one.
        halvings: times that a scoring step is halved until the posterior does not fall.
        precision_limits: of one over a prior variance that the data set.
        dispersion_limits: of the negative binomial's dispersion.
        dispersion_prior: information on the log dispersion that a page's own needs to count as
            much as the agency's: pages differ by about a factor of 1.6.
        elasticity_limits: of purchases by the luck of views, outside of which views are left out:
            below they tell nothing of sales, above they follow from them.
        least_deviation: of log multipliers, a fifth of the captions' grid step.
        most_variance: of the log mean that the mean of its exponential is corrected for.
        sample: messages of a page whose variance stands for all of them.
        price_limits: quantiles of a page's prices between which prices are proposed.
        ratio_prior: purchases at the agency's ratio of dollars earned to dollars billed.
        unpaid_ratio: purchases per purchase that earnings pay for, and one more, from which the
            purchases are not believed and earnings tell them. Fees and refunds take less.
        unknown_view_rate: views per recipient at most, where none are known: those of pages with
            many viewers. Buyers are bounded by them all the same.
        unknown_conversion: purchases per view of such a page, on average, at least.
        content_price_prior, rate_prior: messages at the agency's mean, added to a content's price
            and to a page's rates.
        grid, grid_size: ends and points of the grid of captions' log multipliers, from one that
            sells a fiftieth to one that sells thirtyfold.
        em_steps, tilt_steps: steps a round of the distribution of multipliers and of its tilt.
        caption_quantiles: of a caption's multiplier that are kept, each as likely as the next.
        tilt_mean, tilt_deviation: prior of the exponential tilt by a caption's price, by its sends,
            and by each price tier. How much better what is sent again is than what is not takes
            many messages to see, and that it is better is likely: sellers choose what they send.
        caption_dispersion_limits: of one message around its caption's mean, a part of its page's.
        dispersion_step: of the parabola that looks for it, in logs.
        least_price_variance: between captions' prices.
        jitter: variance that keeps a covariance invertible.
    """

    responses_last: float = 4.0
    level_prior: float = 5.0
    rounds: int = 4
    refit_rounds: int = 1
    view_rounds: int = 2
    view_refit_rounds: int = 0
    steps: int = 2
    last_steps: int = 3
    halvings: int = 6
    precision_limits: tuple[float, float] = (0.25, 1e4)
    dispersion_limits: tuple[float, float] = (0.02, 20.0)
    dispersion_prior: float = 4.0
    elasticity_limits: tuple[float, float] = (0.5, 1.2)
    least_deviation: float = 0.02
    most_variance: float = 0.5
    sample: int = 30
    price_limits: tuple[float, float] = (0.05, 0.95)
    ratio_prior: float = 20.0
    unpaid_ratio: float = 5.0
    unknown_view_rate: float = 0.35
    unknown_conversion: float = 0.02
    content_price_prior: float = 10.0
    rate_prior: float = 5.0
    grid: tuple[float, float] = (-4.0, 3.5)
    grid_size: int = 76
    em_steps: int = 20
    tilt_steps: int = 2
    caption_quantiles: int = 20
    tilt_mean: tuple[float, float, float] = (0.0, 0.4, 0.0)
    tilt_deviation: tuple[float, float, float] = (1.0, 0.3, 0.3)
    caption_dispersion_limits: tuple[float, float] = (0.05, 2.0)
    dispersion_step: float = 0.25
    least_price_variance: float = 1e-6
    jitter: float = 1e-12


SPEC = Spec()


@cache
def code_hash() -> str:
    """Of this package's source: another model of the same rows has another hash."""
    folder, digest = Path(__file__).parent, sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
