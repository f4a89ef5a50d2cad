"""The response of one page: plain arrays that a planner can evaluate without the model."""

from dataclasses import dataclass, replace

import numpy as np

from scheduler.response.basis import fatigue_basis, novelty_basis, price_basis
from scheduler.response.intervals import message_bounds, week_bounds
from scheduler.response.rows import FloatArray

FATIGUE_GRID = 400


@dataclass(frozen=True)
class FatigueCurve:
    """One page's fatigue, tabulated at whole numbers of earlier sends; never rising."""

    today: FloatArray
    week: FloatArray

    def log_effect(self, today: FloatArray, week: FloatArray) -> FloatArray:
        """Log effect of sends earlier the same day and within seven days."""
        grid = np.arange(len(self.today), dtype=np.float64)
        effect: FloatArray = np.interp(today, grid, self.today) + np.interp(week, grid, self.week)
        return effect


def fatigue_curve(
    coefficients: FloatArray,
    today_low: float,
    week_low: float,
    usual_week: float,
    extrapolation: float,
) -> FatigueCurve:
    """Tabulate a fatigue response.

    Below what the page's history shows only the share `extrapolation` of the fitted relief is
    believed. A fitted gain from more sends is read as none: pages send more when they sell well.
    """
    grid = np.arange(FATIGUE_GRID + 1, dtype=np.float64)
    basis = fatigue_basis(grid, grid, np.array(usual_week))
    curves = []
    for low, own in ((today_low, [1, 3]), (week_low, [0, 2])):
        shape = basis[:, own] - basis[0, own]
        fitted = np.minimum.accumulate(shape @ coefficients[own])
        at_low = np.interp(low, grid, fitted)
        relief = np.where(grid < low, fitted - at_low, 0.0)
        curves.append(fitted - (1.0 - extrapolation) * relief)
    return FatigueCurve(curves[0], curves[1])


@dataclass(frozen=True)
class Shared:
    """What every page of one model shares."""

    content_slot: dict[str, int]
    caption_slot: dict[str, int]
    caption_effect: FloatArray  # (captions + 1,) the last is an unseen caption: 0
    novelty: FloatArray


@dataclass(frozen=True)
class PageResponse:
    """Expected earnings = audience x exp(sum of log effects) x price.

    Attributes:
        page_name: the page.
        audience: recipients of a message.
        log_base: log purchases per recipient at reference levels, now.
        hour: (24,) log effects of the local hour.
        weekday: (8,) log effects by ISO weekday; element 0 is not used.
        price_low: the page's own 5th percentile of prices, decay-weighted; propose none below.
        price_high: the 95th.
        deflation: factor on predicted revenue of chosen messages (optimiser's curse), <= 1.
        has_history: false when the page was never seen and leans on the pool alone.
    """

    page_name: str
    audience: float
    log_base: float
    hour: FloatArray
    weekday: FloatArray
    price_low: float
    price_high: float
    deflation: float
    has_history: bool
    content_effect: FloatArray  # (contents + 1,) the last is an unknown content
    price_slopes: FloatArray  # (2,) of the page
    content_slopes: FloatArray  # (contents + 1,)
    price_centre: float
    dollar_ratio: float
    fatigue: FatigueCurve
    shared: Shared
    dispersion: float
    level: float
    week_variance: float
    week_level: float
    mean_rate: float  # purchases per recipient over the page's messages
    extra_price: tuple[FloatArray, FloatArray] | None = None

    def averages_only(self) -> "PageResponse":
        """The page without predictions: every hour, content and caption at its mean price alike."""
        usual = float(np.exp(self.price_centre))
        return replace(
            self,
            log_base=float(np.log(self.mean_rate * self.dollar_ratio)),
            hour=np.zeros_like(self.hour),
            weekday=np.zeros_like(self.weekday),
            price_low=usual,
            price_high=usual,
            content_effect=np.zeros_like(self.content_effect),
            price_slopes=np.zeros_like(self.price_slopes),
            content_slopes=np.zeros_like(self.content_slopes),
            fatigue=FatigueCurve(np.zeros(1), np.zeros(1)),
            shared=Shared(self.shared.content_slot, {}, np.zeros(1), np.zeros(3)),
            extra_price=None,
        )

    def _content(self, key: str) -> int:
        return self.shared.content_slot.get(key, len(self.content_effect) - 1)

    def content(self, keys: list[str]) -> FloatArray:
        """Log effect of each content_category_key; the pool's for one never seen."""
        return self.content_effect[[self._content(key) for key in keys]]

    def caption(self, keys: list[str], days_since: FloatArray | None) -> FloatArray:
        """Log effect of each caption: what it sold, and novelty.

        Args:
            keys: caption keys; one never sent has no effect.
            days_since: days since this page last sent each, NaN when never; None when all never.
        """
        last = len(self.shared.caption_effect) - 1
        slots = [self.shared.caption_slot.get(key, last) for key in keys]
        effect: FloatArray = self.shared.caption_effect[slots]
        if days_since is None:
            return effect
        return effect + novelty_basis(np.asarray(days_since, dtype=float)) @ self.shared.novelty

    def log_price(self, content_key: str, prices: FloatArray) -> FloatArray:
        """Log effect on purchases of each price for one content."""
        values = price_basis(np.asarray(prices, dtype=float), np.array(self.price_centre))
        slope = self.content_slopes[self._content(content_key)]
        effect: FloatArray = values @ self.price_slopes + slope * values[:, 0]
        if self.extra_price is not None:
            effect = effect + np.interp(values[:, 0], *self.extra_price)
        return effect

    def log_fatigue(
        self, sends_today_before: FloatArray, sends_7d_before: FloatArray
    ) -> FloatArray:
        """Log effect of the page's earlier sends of the day and of seven days."""
        return self.fatigue.log_effect(
            np.asarray(sends_today_before, dtype=float), np.asarray(sends_7d_before, dtype=float)
        )

    def interval(self, expected: FloatArray, price: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Bounds of the dollars each message really earns, given its expected dollars."""
        worth = np.asarray(price, dtype=float) * self.dollar_ratio
        mean = np.asarray(expected, dtype=float) / worth
        shape = np.full_like(mean, self.dispersion)
        low, high = message_bounds(mean, shape, np.full_like(mean, self.level))
        return low * worth, high * worth

    def week_interval(self, expected: FloatArray, price: FloatArray) -> tuple[float, float]:
        """Bounds of the dollars a whole week really earns; its messages share one luck."""
        dollars = np.asarray(expected, dtype=float)
        worth = np.asarray(price, dtype=float) * self.dollar_ratio
        mean = dollars / worth
        total = dollars.sum()
        own = np.sum(worth**2 * (mean + self.dispersion * mean**2))
        variance = own + self.week_variance * total**2
        low, high = week_bounds(np.array(total), np.array(variance), self.week_level)
        return float(low), float(high)
