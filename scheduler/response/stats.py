"""What a page's own history shows before any effect is fitted: its centre and its limits."""

from dataclasses import dataclass

import numpy as np

from scheduler.response.rows import FloatArray, IntArray, Labels, Rows, rows_of
from scheduler.response.settings import ResponseSettings
from scheduler.response.spec import SPEC

HOURS_OF_A_WEEK = 168.0


@dataclass(frozen=True)
class PageStats:
    """One element per page of `Labels.pages`; the last, extra element is the unknown page."""

    audience: FloatArray  # recipients, median of the last weeks
    log_price: FloatArray  # decay-weighted mean of ln(price)
    price_low: FloatArray
    price_high: FloatArray
    usual_stock: FloatArray  # (pages + 1, MEMORIES) decay-weighted mean of the stocks
    stock_scale: FloatArray  # (pages + 1, MEMORIES) unit in which a page's fatigue is counted
    per_week: FloatArray  # present weekly volume as the longest memory shows it
    dollar_ratio: FloatArray  # earnings per dollar of price x purchases, shrunk to the agency's
    tier: IntArray
    has_history: FloatArray  # 1.0 or 0.0
    content_price: FloatArray  # (contents + 1,) what a content costs over the page's mean, in logs
    mean_rate: FloatArray  # purchases per recipient, shrunk to the agency's
    view_rate: FloatArray  # views per recipient, shrunk to the agency's
    latest: float  # days_ago of the newest row: the "now" of the trend

    @property
    def unknown(self) -> int:
        """Index of the page nobody has seen."""
        return len(self.audience) - 1


def weighted_quantile(values: FloatArray, weights: FloatArray, shares: FloatArray) -> FloatArray:
    """Quantiles of a weighted sample: the smallest value whose cumulated share reaches it."""
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(weights[order])
    index = np.searchsorted(cumulated, np.asarray(shares) * cumulated[-1] * (1 - 1e-12))
    found: FloatArray = values[order][np.minimum(index, len(values) - 1)]
    return found


def _one_page(rows: Rows, now: float, present_days: int) -> list[float]:
    weights = rows.weight
    is_recent = rows.days_ago < now + present_days
    recent = rows.take(is_recent) if is_recent.any() else rows
    return [
        weighted_quantile(recent.sent, recent.weight, np.array([0.5]))[0],
        float(np.average(np.log(rows.price), weights=weights)),
        *weighted_quantile(rows.price, weights, np.array(SPEC.price_limits)),
        float(np.median(recent.stock[:, -1])),
        *np.average(rows.stock, axis=0, weights=weights),
    ]


def page_stats(rows: Rows, labels: Labels, settings: ResponseSettings) -> PageStats:
    """Summarise every page; pages without a row, and the unknown page, get the agency's figures."""
    now = float(rows.days_ago.min())
    pages = len(labels.pages)
    fatigue_hours, present = settings.fatigue_hours, settings.present_volume_days
    pool = np.array(_one_page(rows, now, present))
    figures = np.tile(pool, (pages + 1, 1))
    tier = np.full(pages + 1, np.bincount(rows.tier).argmax())
    has = np.zeros(pages + 1)
    for page, index in rows_of(rows.page).items():
        own = rows.take(index)
        figures[page] = _one_page(own, now, present)
        tier[page] = own.tier[np.argmin(own.days_ago)]
        has[page] = 1.0
    mean_rate = _mean_rate(rows.page, rows.weight, rows.purchases, rows.sent, pages)
    return PageStats(
        audience=figures[:, 0],
        log_price=figures[:, 1],
        price_low=figures[:, 2],
        price_high=figures[:, 3],
        usual_stock=figures[:, 5:],
        stock_scale=_stock_scale(figures[:, 5:], pool[5:], fatigue_hours),
        per_week=figures[:, 4] * HOURS_OF_A_WEEK / fatigue_hours[-1],
        dollar_ratio=_dollar_ratio(rows, pages),
        tier=tier.astype(np.int64),
        has_history=has,
        content_price=_content_prices(rows, labels, figures[:, 1]),
        mean_rate=mean_rate,
        view_rate=_view_rate(rows, pages, mean_rate),
        latest=now,
    )


def _stock_scale(
    usual: FloatArray, agency: FloatArray, fatigue_hours: tuple[float, ...]
) -> FloatArray:
    """Geometric mean of the page's usual stock and the agency's.

    An audience used to many messages minds one more less than another one does, but hardly in full
    proportion; one message a week is the least that a page is taken to be used to.
    """
    least = np.array(fatigue_hours) / HOURS_OF_A_WEEK
    scale: FloatArray = np.sqrt((usual + least) * (agency + least))
    return scale


def _dollar_ratio(rows: Rows, pages: int) -> FloatArray:
    """Dollars earned per dollar of price x purchases, shrunk towards the agency's own ratio.

    It is 1 unless earnings are booked after a platform's fee or with refunds.
    """
    billed = np.bincount(rows.page, rows.weight * rows.price * rows.purchases, minlength=pages + 1)
    earned = np.bincount(rows.page, rows.weight * rows.earnings, minlength=pages + 1)
    total = billed.sum()
    agency = earned.sum() / total if total > 0.0 else 1.0
    prior = SPEC.ratio_prior * float(np.average(rows.price, weights=rows.weight))
    ratio: FloatArray = (earned + prior * agency) / (billed + prior)
    return ratio


def _content_prices(rows: Rows, labels: Labels, log_price: FloatArray) -> FloatArray:
    """Mean log price of each content relative to the page's, shrunk to none."""
    contents = len(labels.contents)
    gap = np.log(rows.price) - log_price[rows.page]
    count = np.bincount(rows.content, minlength=contents + 1)
    total = np.bincount(rows.content, gap, minlength=contents + 1)
    mean: FloatArray = total / (count + SPEC.content_price_prior)
    return mean


def _mean_rate(
    page: IntArray, weight: FloatArray, count: FloatArray, sent: FloatArray, pages: int
) -> FloatArray:
    """Decay-weighted count per recipient, shrunk to the agency's."""
    counted = np.bincount(page, weight * count, minlength=pages + 1)
    reached = np.bincount(page, weight * sent, minlength=pages + 1)
    agency = (counted.sum() + 0.5) / reached.sum()
    prior = SPEC.rate_prior * reached.sum() / len(page)
    rate: FloatArray = (counted + prior * agency) / (reached + prior)
    return rate


def _view_rate(rows: Rows, pages: int, mean_rate: FloatArray) -> FloatArray:
    """Views per recipient.

    Where no view was ever counted, those of pages like it as far as purchases tell: unknown views
    are not none, and buyers have a bound all the same.
    """
    known = ~np.isnan(rows.viewed)
    if not known.any():
        likely = np.minimum(mean_rate / SPEC.unknown_conversion, SPEC.unknown_view_rate)
        return np.maximum(likely, mean_rate)
    seen = rows.take(known)
    return np.minimum(_mean_rate(seen.page, seen.weight, seen.viewed, seen.sent, pages), 1.0)
