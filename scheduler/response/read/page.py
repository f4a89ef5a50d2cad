"""The response of one page: what a planner evaluates, and the intervals of what it plans."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scheduler.response.judge.intervals import band_of, message_bounds, week_bounds
from scheduler.response.read.fatigue_of_week import FatigueCurve
from scheduler.response.read.saturation import log_share
from scheduler.response.read.uncertainty import Planned, Uncertainty
from scheduler.response.rows import FloatArray, IntArray
from scheduler.response.terms.novelty import worn
from scheduler.response.terms.price import demand


@dataclass(frozen=True)
class Shared:
    """What every page of one model shares."""

    content_slot: dict[str, int]
    caption_slot: dict[str, int]
    untried_slot: dict[str, int]  # by price tier: of a caption nobody sent yet
    caption_effect: FloatArray  # the last is a caption nobody sent yet, of a tier nobody sent yet
    caption_variance: FloatArray  # of the log effect, in the same places
    novelty: FloatArray
    tried: int  # captions with a place before the ones nobody sent yet

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
        saturates: whether buyers are bounded by viewers, see `saturation`.
        correction: factor on predicted revenue that weeks of its own have taught. One for all
            messages of a page, so that what is maximised is what is projected.
        has_history: false when the page was never seen and leans on the pool alone.
    """

    page_name: str
    audience: float
    log_base: float
    hour: FloatArray
    weekday: FloatArray
    price_low: float
    price_high: float
    has_history: bool
    content_effect: FloatArray  # (contents + 1,) the last is an unknown content
    price_slopes: FloatArray  # (2,) of the page
    content_slopes: FloatArray  # (contents + 1,)
    price_centre: float
    dollar_ratio: float
    fatigue: FatigueCurve
    uncertainty: Uncertainty
    shared: Shared
    dispersion: float
    level: FloatArray  # (BANDS,)
    week_variance: float
    week_level: float
    mean_rate: float  # purchases per recipient over the page's messages
    view_rate: float  # views per recipient
    saturates: bool = True
    correction: float = 1.0

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
            saturates=False,
            fatigue=replace(self.fatigue, slopes=np.zeros_like(self.fatigue.slopes)),
            shared=replace(
                self.shared,
                caption_slot={},
                untried_slot={},
                caption_effect=np.zeros(1),
                novelty=np.zeros(3),
            ),
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
        return effect + worn(np.asarray(days_since, dtype=float)) @ self.shared.novelty

    def log_price(self, content_key: str, prices: FloatArray) -> FloatArray:
        """Log effect on purchases of each price for one content."""
        values = demand(np.asarray(prices, dtype=float), self.price_centre)
        slope = self.content_slopes[self._content(content_key)]
        effect: FloatArray = values @ self.price_slopes + slope * values[:, 0]
        return effect

    def saturated(self, dollars: FloatArray, price: FloatArray, moment: float) -> FloatArray:
        """Expected dollars of messages once no more viewers can buy, as effects multiply.

        A caption's and a price's, that is: the hour's and fatigue's factors multiply what is left,
        so that a week's best captions need not know when they are sent.

        Args:
            dollars: as effects multiply, at a factor of one of hour and fatigue, any shape.
            price: dollars, of the same shape or one that broadcasts to it.
            moment: usual factor of hour and fatigue in a planned week.
        """
        if not self.saturates:
            return dollars
        worth = np.asarray(price, dtype=float) * self.dollar_ratio * self.audience
        rate = np.asarray(dollars, dtype=float) * moment / worth
        found: FloatArray = dollars * np.exp(log_share(rate, self.view_rate, self.mean_rate))
        return found

    def planned(
        self,
        hour: IntArray,
        weekday: IntArray,
        content_keys: list[str],
        captions: Sequence[int],
        price: FloatArray,
        stock: FloatArray,
        since: FloatArray,
    ) -> Planned:
        """What sets n messages apart.

        Args:
            hour: local hours.
            weekday: ISO weekdays.
            content_keys: content_category_keys.
            captions: see `Shared.captions`.
            price: dollars.
            stock: (n, MEMORIES) what earlier sends left.
            since: days since the page last sent each caption, NaN when never.
        """
        place = np.asarray(captions, dtype=np.int64)
        return Planned(
            hour=hour,
            weekday=weekday,
            content=np.array([self._content(key) for key in content_keys], dtype=np.int64),
            price=price,
            stock=stock,
            since=since,
            is_first=(place >= self.shared.tried).astype(np.float64),
            caption_variance=self.shared.caption_variance[place],
        )

    def interval(
        self, expected: FloatArray, price: FloatArray, covariance: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Bounds of the dollars each message really earns.

        Args:
            expected: dollars.
            price: dollars.
            covariance: of their log means beyond that of usual messages, (n, n).
        """
        worth = np.asarray(price, dtype=float) * self.dollar_ratio
        mean = np.asarray(expected, dtype=float) / worth
        extra = np.maximum(np.diag(covariance), 0.0)
        shape = (1.0 + self.dispersion) * np.exp(extra) - 1.0
        low, high = message_bounds(mean, shape, self.level[band_of(mean)])
        return low * worth, high * worth

    def week_variance_of(
        self, expected: FloatArray, price: FloatArray, covariance: FloatArray
    ) -> tuple[float, float]:
        """Variance of the dollars a week really earns: by its messages' luck, and by what is off.

        What is off for one message of a week is often off for all: a slope, a price response.
        """
        dollars = np.asarray(expected, dtype=float)
        worth = np.asarray(price, dtype=float) * self.dollar_ratio
        mean = dollars / worth
        luck = float(np.sum(worth**2 * (mean + self.dispersion * mean**2)))
        return luck, max(float(dollars @ np.expm1(covariance) @ dollars), 0.0)

    def week_interval(
        self, expected: FloatArray, price: FloatArray, covariance: FloatArray
    ) -> tuple[float, float]:
        """Bounds of the dollars a whole week really earns; its messages share one luck."""
        total = float(np.sum(expected))
        luck, wrong = self.week_variance_of(expected, price, covariance)
        variance = luck + wrong + self.week_variance * total**2
        low, high = week_bounds(np.array(total), np.array(variance), self.week_level)
        return float(low), float(high)
