"""From recipients to viewers to buyers: one regression of views, one of purchases per view.

Expected purchases = recipients x view rate x conversion. Both factors have the same terms, so their
coefficients add up to one response. But hundreds see a message before one buys, so views show far
more surely when subscribers look and what tires them; and given how many saw a message, its
purchases tell more of its caption, its price and its hour. A message's own views are known only
after it is sent: they are fitted, never a feature of a prediction.
"""

from dataclasses import replace

import numpy as np
from scipy.special import gammaln

from scheduler.response.design import Layout
from scheduler.response.fit.problem import Fitted, Problem
from scheduler.response.rows import BoolArray, FloatArray, Rows
from scheduler.response.spec import SPEC


def is_seen(rows: Rows) -> BoolArray:
    """Messages whose views are known."""
    return ~np.isnan(rows.viewed)


def viewed_rows(rows: Rows) -> Rows:
    """The messages whose views are known, their views in the place of what is counted."""
    own = rows.take(is_seen(rows))
    return replace(own, purchases=np.clip(own.viewed, own.purchases, own.sent))


def expected_views(problem: Problem, fitted: Fitted) -> FloatArray:
    """Views that each row of a fit of views should have had, its caption judged by others alone."""
    own = fitted.captions.others_effect
    expected: FloatArray = np.exp(problem.log_mean(fitted.coefficients, own))
    return expected


def excess_views(rows: Rows, expected: FloatArray) -> FloatArray:
    """Log of views over expected views; half a view keeps it finite where nobody looked.

    Zero where views are unknown.
    """
    excess: FloatArray = np.log((np.fmax(rows.viewed, rows.purchases) + 0.5) / (expected + 0.5))
    return np.where(is_seen(rows), excess, 0.0)


def elasticity(conversion: Fitted, layout: Layout) -> float:
    """Purchases rise with views beyond the expected ones to this power.

    One where whoever happens to look is as likely to buy as others.
    """
    return 1.0 + float(conversion.coefficients.block(layout, "excess views", "pool")[0, 0])


def luck_of_views(views: Fitted, conversion: Fitted, layout: Layout) -> FloatArray:
    """What a page's mean purchases lie above those at the expected views, in logs: (pages + 1,).

    The moment of a gamma variable with mean 1 and the dispersion of the page's views, to the power
    of `elasticity`; nothing at a power of one. The last page is the unknown one.
    """
    power = elasticity(conversion, layout)
    size = 1.0 / np.append(views.page_dispersion, views.dispersion)
    luck: FloatArray = gammaln(size + power) - gammaln(size) - power * np.log(size)
    return luck


def both(views: Fitted, conversion: Fitted) -> Fitted:
    """The response of purchases per recipient: effects add up, and so do variances.

    The dispersion is that of a product of two independent gamma variables with mean 1.
    """
    looked, bought = views.captions, conversion.captions
    deviation = np.hypot(looked.deviation, bought.deviation)
    # Views leave little open of captions; what they do widens the spread of buyers.
    middle = bought.quantiles.mean(axis=1, keepdims=True)
    wider = deviation[:, None] / np.maximum(
        bought.quantiles.std(axis=1, keepdims=True), SPEC.least_deviation
    )
    captions = replace(
        bought,
        log_effect=looked.log_effect + bought.log_effect,
        deviation=deviation,
        quantiles=looked.log_effect[:, None] + middle + wider * (bought.quantiles - middle),
    )
    return replace(
        conversion,
        coefficients=views.coefficients + conversion.coefficients,
        posteriors=(*views.posteriors, *conversion.posteriors),
        dispersion=(1.0 + views.dispersion) * (1.0 + conversion.dispersion) - 1.0,
        page_dispersion=(1.0 + views.page_dispersion) * (1.0 + conversion.page_dispersion) - 1.0,
        captions=captions,
    )
