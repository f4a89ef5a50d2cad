"""One world: what a message would earn in it, without noise, and the luck it meets."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.stats import gamma, poisson

from scheduler.simulation.truth import (
    BoolArray,
    CaptionTruth,
    FloatArray,
    IntArray,
    Sends,
    local_minute,
)
from scheduler.simulation.worlds.forms import LEAST_SHARE, Fatigue, Function, Qualities

DAY = 1440
NOVELTY_DAYS = 30.0
MOST_VIEWS = 0.95
VIEW_SHAPE, DAY_LUCK = 12.0, 0.12
"""Gamma shape of the luck of views; deviation of the luck that a page's day shares, in logs."""


@dataclass(frozen=True)
class Pages:
    """Pages as arrays of length P; effects are logarithms."""

    name: tuple[str, ...]
    timezone: tuple[str, ...]
    audience: FloatArray
    view_rate: FloatArray
    base: FloatArray
    """Purchases per viewer where every effect is 0."""
    hour: FloatArray
    """(P, 24)"""
    weekday: FloatArray
    """(P, 8), column 0 unused."""
    content: FloatArray
    """(P, K)"""
    has_content: BoolArray
    usual_price: FloatArray
    """(P, K) dollars that willingness to pay is around."""
    usual_stock: FloatArray
    """What history's volume leaves of fatigue's weights."""
    novelty_loss: FloatArray
    dispersion: FloatArray
    """Gamma shape of one message's luck."""


@dataclass(frozen=True)
class World:
    """Everything that decides what a message earns.

    Attributes:
        seed: the same seed is the same world.
        forms: what was drawn, in words.
        start: UTC minute at which the history begins.
        now: UTC minute at which it ends, a Sunday's noon.
        level: (P, days since `start`) log level of each page.
        holidays: log effect of each local date that has one.
        of_views: share of the effects of hour and fatigue that views show.
        history: what people sent; NaN prices are free messages.
        tier: of each text of the bank, index into `content.PRICE_TIERS`.
        plan_max: messages of a planned week at most.
    """

    seed: int
    forms: dict[str, str]
    start: int
    now: int
    pages: Pages
    captions: CaptionTruth
    fatigue: Fatigue
    demand: Function
    ceiling: Function
    qualities: Qualities
    level: FloatArray
    holidays: dict[date, float]
    of_views: float
    history: Sends
    tier: IntArray
    plan_max: int

    def local(self, page: IntArray, minute: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """Local day since 1970, hour and ISO weekday."""
        local = local_minute(self.pages, page, minute)  # type: ignore[arg-type]
        day = local // DAY
        return day, local // 60 % 24, (day + 3) % 7 + 1

    def stock(self, sends: Sends, wanted: IntArray) -> FloatArray:
        """What earlier sends left of fatigue's weights, in the page's usual ones, (wanted,)."""
        found, reach = np.zeros(len(wanted)), self.fatigue.hours * 60
        for page in np.unique(sends.page[wanted]):
            own = np.flatnonzero(sends.page[wanted] == page)
            past = np.sort(sends.minute[sends.page == page])
            for at in own:
                minute = sends.minute[wanted[at]]
                low, high = np.searchsorted(past, [minute - reach, minute])
                found[at] = self.fatigue.left((minute - past[low:high]) / 60.0).sum()
            found[own] /= self.pages.usual_stock[page]
        return found

    def worn(self, sends: Sends, wanted: IntArray) -> FloatArray:
        """Log loss by earlier uses of the caption on the page, (wanted,)."""
        pair = sends.page * (len(self.captions.text) + 1) + sends.text
        order = np.argsort(pair, kind="stable")
        ranked = pair[order]
        found = np.zeros(len(wanted))
        for at, one in enumerate(wanted):
            low, high = np.searchsorted(ranked, [pair[one], pair[one] + 1])
            days = (sends.minute[one] - sends.minute[order[low:high]]) / DAY
            found[at] = np.exp(-days[days > 0] / NOVELTY_DAYS).sum()
        return -self.pages.novelty_loss[sends.page[wanted]] * found

    def timing(self, page: IntArray, minute: IntArray) -> tuple[FloatArray, FloatArray]:
        """Log effects of the moment: of hour and weekday, and of level and holiday."""
        day, hour, weekday = self.local(page, minute)
        look = self.pages.hour[page, hour] + self.pages.weekday[page, weekday]
        passed = np.clip((minute - self.start) // DAY, 0, self.level.shape[1] - 1)
        dates = day.astype("datetime64[D]").tolist()
        paid = np.array([self.holidays.get(one, 0.0) for one in dates])
        return look, self.level[page, passed] + paid

    def log_price(self, page: IntArray, content: IntArray, price: FloatArray) -> FloatArray:
        """Log of the share that would pay a price."""
        gap = np.log(price / self.pages.usual_price[page, content])
        return np.log(np.maximum(self.demand(gap), LEAST_SHARE))

    def effects(
        self, sends: Sends, wanted: IntArray
    ) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
        """Pages, prices, and the log effects of looking and of wishing, bases apart.

        Args:
            sends: all of them, free ones too, which tire like the others.
            wanted: (n,) positions of priced messages.
        """
        page, minute, text = (own[wanted] for own in (sends.page, sends.minute, sends.text))
        price = sends.price[wanted]
        content = self.captions.content[text]
        look, level = self.timing(page, minute)
        look = look + self.fatigue.effect(self.stock(sends, wanted))
        wish = self.pages.content[page, content] + level + self.captions.quality[text]
        wish = wish + self.worn(sends, wanted) + self.log_price(page, content, price)
        return page, price, look, wish

    def rates(self, sends: Sends, wanted: IntArray) -> tuple[FloatArray, FloatArray]:
        """Views per recipient and purchases per recipient, (n,); see `effects`."""
        page, _, look, wish = self.effects(sends, wanted)
        return self.bought(page, look, wish + self.pages.base[page])

    def bought(
        self, page: IntArray, look: FloatArray, wish: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Views and purchases per recipient of the effects of looking and of wishing."""
        views = np.minimum(self.pages.view_rate[page] * np.exp(self.of_views * look), MOST_VIEWS)
        return views, views * self.ceiling(np.exp(wish + (1.0 - self.of_views) * look))

    def drawn(
        self,
        page: IntArray,
        turn: IntArray,
        minute: IntArray,
        views: FloatArray,
        bought: FloatArray,
        draw: int = 0,
    ) -> tuple[FloatArray, FloatArray]:
        """Counts of views and purchases of messages whose expected counts are known.

        Luck belongs to a page's first, second, ... message and to its days, not to what is said:
        two ways to plan the same world meet the same luck.
        """
        seeds = [[self.seed, draw, int(p), int(t)] for p, t in zip(page, turn, strict=True)]
        luck = np.array([np.random.default_rng(one).random(3) for one in seeds])
        days = [[self.seed, draw, int(p), int(m) // DAY, 1] for p, m in zip(page, minute)]  # noqa: B905
        day = np.array([np.random.default_rng(one).normal() for one in days])
        seen = gamma.ppf(luck[:, 0], VIEW_SHAPE, scale=1 / VIEW_SHAPE)
        shape = self.pages.dispersion[page]
        mood = gamma.ppf(luck[:, 1], shape, scale=1 / shape)
        mood = mood * seen * np.exp(DAY_LUCK * day - 0.5 * DAY_LUCK**2)
        viewed = np.round(views * seen)
        return viewed, np.minimum(poisson.ppf(luck[:, 2], bought * mood), np.maximum(viewed, 1.0))
