"""The response of one page: plain arrays that a planner can evaluate without the model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scheduler.response.basis import novelty_basis, price_basis
from scheduler.response.ceiling import bounded_rate
from scheduler.response.doubt import Doubt, Planned
from scheduler.response.fatigue import FatigueCurve
from scheduler.response.intervals import band_of, message_bounds, week_bounds
from scheduler.response.rows import FloatArray, IntArray

LEAST_DOLLARS = 1e-9


@dataclass(frozen=True)
class Shared:
    """What every page of one model shares."""

    content_slot: dict[str, int]
    caption_slot: dict[str, int]
    untried_slot: dict[str, int]  # by price tier: of a caption nobody sent yet
    caption_effect: FloatArray  # the last is a caption nobody sent yet, of a tier nobody sent yet
    caption_variance: FloatArray  # of the log effect, in the same places
    novelty: FloatArray

    def captions(self, keys: Sequence[str], price_tiers: Sequence[str | None]) -> list[int]:
        """Where each caption's figures are.

        Args:
            keys: caption keys.
            price_tiers: of each in the bank, None for none: all that is known of one never sent.
        """
        last = len(self.caption_effect) - 1
        return [
            self.caption_slot.get(key, self.untried_slot.get(tier or "", last))
            for key, tier in zip(keys, price_tiers, strict=True)
        ]

    def over_untried(self, places: Sequence[int]) -> FloatArray:
        """Log effect of captions over one of which nothing is known, novelty apart.

        Args:
            places: see `captions`.
        """
        over: FloatArray = self.caption_effect[places] - self.caption_effect[-1]
        return over


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
    doubt: Doubt
    shared: Shared
    dispersion: float
    level: FloatArray  # (BANDS,)
    week_variance: float
    week_level: float
    mean_rate: float  # purchases per recipient over the page's messages
    view_rate: float  # views per recipient
    crowding: float  # how hard the ceiling bites, see `ceiling`
    crowding_deviation: float
    extra_price: tuple[FloatArray, FloatArray] | None = None

    def __repr__(self) -> str:
        return f"PageResponse({self.page_name!r}, audience={self.audience:.0f})"

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
            fatigue=replace(self.fatigue, slopes=np.zeros_like(self.fatigue.slopes)),
            shared=replace(
                self.shared,
                caption_slot={},
                untried_slot={},
                caption_effect=np.zeros(1),
                novelty=np.zeros(3),
            ),
            extra_price=None,
        )

    def _content(self, key: str) -> int:
        return self.shared.content_slot.get(key, len(self.content_effect) - 1)

    def content(self, keys: list[str]) -> FloatArray:
        """Log effect of each content_category_key; the pool's for one never seen."""
        return self.content_effect[[self._content(key) for key in keys]]

    def caption(self, places: Sequence[int], days_since: FloatArray | None) -> FloatArray:
        """Log effect of each caption: what it sold, and novelty.

        Args:
            places: see `Shared.captions`; one never sent has the effect of a first message.
            days_since: days since this page last sent each, NaN when never; None when all never.
        """
        effect: FloatArray = self.shared.caption_effect[places]
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

    def bounded(
        self, expected: FloatArray, price: FloatArray, deviations: float = 0.0
    ) -> FloatArray:
        """Expected dollars under the ceiling; see `ceiling.bounded_rate`.

        Args:
            expected: dollars as the effects multiply, shape (n,).
            price: dollars, shape (n,).
            deviations: how far off the ceiling may be, in standard deviations of its crowding.
        """
        dollars = np.asarray(expected, dtype=float)
        worth = np.asarray(price, dtype=float) * self.dollar_ratio * self.audience
        crowding = max(self.crowding + deviations * self.crowding_deviation, 0.0)
        rates = np.array(self.view_rate), np.array(self.mean_rate)
        return bounded_rate(dollars / worth, *rates, crowding) * worth

    def doubt_of(
        self,
        hour: IntArray,
        weekday: IntArray,
        content_keys: list[str],
        captions: Sequence[int],
        price: FloatArray,
        stock: FloatArray,
    ) -> FloatArray:
        """Covariance of the log means of n messages beyond what held-out messages had, (n, n).

        Args:
            hour: local hours.
            weekday: ISO weekdays.
            content_keys: content_category_keys.
            captions: see `Shared.captions`.
            price: dollars.
            stock: (n, MEMORIES) what earlier sends left.
        """
        content = np.array([self._content(key) for key in content_keys], dtype=np.int64)
        own = self.shared.caption_variance[captions]
        return self.doubt.excess(Planned(hour, weekday, content, price, stock, own))

    def ceiling_doubt(self, expected: FloatArray, price: FloatArray) -> FloatArray:
        """Covariance of the log means of n messages by what is not known of the ceiling, (n, n).

        History seldom comes near it; where it lies is the same for all messages.

        Args:
            expected: dollars as the effects multiply.
            price: dollars.
        """
        dollars = np.maximum(np.asarray(expected, dtype=float), LEAST_DOLLARS)
        taken = np.log(self.bounded(dollars, price, 1.0) / self.bounded(dollars, price))
        shared: FloatArray = np.outer(taken, taken)
        return shared

    def interval(
        self, expected: FloatArray, price: FloatArray, doubt: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Bounds of the dollars each message really earns.

        Args:
            expected: dollars.
            price: dollars.
            doubt: see `doubt_of`.
        """
        worth = np.asarray(price, dtype=float) * self.dollar_ratio
        mean = np.asarray(expected, dtype=float) / worth
        extra = np.maximum(np.diag(doubt), 0.0)
        shape = (1.0 + self.dispersion) * np.exp(extra) - 1.0
        low, high = message_bounds(mean, shape, self.level[band_of(mean)])
        return low * worth, high * worth

    def week_interval(
        self, expected: FloatArray, price: FloatArray, doubt: FloatArray
    ) -> tuple[float, float]:
        """Bounds of the dollars a whole week really earns; its messages share one luck.

        What is off for one message of a week is often off for all: a slope, a price response.
        """
        dollars = np.asarray(expected, dtype=float)
        worth = np.asarray(price, dtype=float) * self.dollar_ratio
        mean = dollars / worth
        total = dollars.sum()
        own = np.sum(worth**2 * (mean + self.dispersion * mean**2))
        wrong = max(float(dollars @ np.expm1(doubt) @ dollars), 0.0)
        variance = own + self.week_variance * total**2 + wrong
        low, high = week_bounds(np.array(total), np.array(variance), self.week_level)
        return float(low), float(high)
