"""The one response model of the agency: fitted once, read page by page."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from scheduler.numeric import rounded
from scheduler.response import curves as curve
from scheduler.response.basis import hour_basis
from scheduler.response.boost import PRICE_GRID
from scheduler.response.curve_draws import DRAWS, draw_table, page_draws
from scheduler.response.doubt import Usual, page_doubt, usual_messages
from scheduler.response.evaluate import evaluate
from scheduler.response.fitting import fit_rows
from scheduler.response.intervals import IntervalLevels
from scheduler.response.page import PageResponse, Shared
from scheduler.response.predict import Response, linear_predictor
from scheduler.response.replay import replay
from scheduler.response.rows import FloatArray, Labels, Rows, read_rows
from scheduler.response.settings import ResponseSettings
from scheduler.response.skill import SkillReport

# No page has this name: pages are trimmed lower-case words.
POOL = "(pool)"
# Pages whose curves are computed together: bounds the memory of a large agency.
AT_ONCE = 20


@dataclass(frozen=True)
class ResponseModel:
    """A trained model with its evidence; build it with `fit_response`.

    Attributes:
        training_hash: of the rows, the settings and the code version it was fitted with.
        skill: out-of-time metrics.
    """

    training_hash: str
    skill: SkillReport
    settings: ResponseSettings
    labels: Labels
    response: Response
    levels: IntervalLevels
    deflation: float
    usual: Usual
    typical: FloatArray  # dollars of a page's typical message without fatigue
    row_count: int

    @cached_property
    def shared(self) -> Shared:
        """What the responses of all pages share."""
        captions, labels = self.response.fitted.captions, self.labels
        first = self.response.block("first", "pool")[0]
        untried = captions.unsent_effect() + first
        slots = range(len(labels.captions), len(labels.captions) + len(untried) - 1)
        return Shared(
            content_slot={key: i for i, key in enumerate(labels.contents)},
            caption_slot={key: i for i, key in enumerate(labels.captions)},
            untried_slot=dict(zip(labels.price_tiers, slots, strict=True)),
            caption_effect=np.append(captions.log_effect, untried),
            caption_variance=np.append(captions.deviation**2, captions.unsent_variance()),
            novelty=self.response.block("novelty", "pool")[0],
        )

    @cached_property
    def _page_slot(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.labels.pages)}

    def page_index(self, page_name: str) -> curve.PageIndex:
        """Where the model keeps a page; the unknown one's place for a page never seen."""
        slot = self._page_slot.get(page_name)
        if slot is None:
            return curve.PageIndex(page_name, -1, self.response.stats.unknown)
        return curve.PageIndex(page_name, slot, slot)

    def _one(self, what: str, by: str, group: int) -> FloatArray:
        block = self.response.block(what, by)
        return block[group] if group >= 0 else np.zeros(block.shape[1])

    def page_response(self, page_name: str) -> PageResponse:
        """The response of a page; a page never seen gets the pool's."""
        page = self.page_index(page_name)
        stats, boost = self.response.stats, self.response.boost
        tier = stats.tier[page.stat]
        hour, weekday, content = self._effects(page)
        price = self.response.block("price", "pool")[0] + self._one("price", "page", page.group)
        extra = None if boost is None else (PRICE_GRID, boost.price[page.stat])
        base = self.response.fitted.coefficients[0] + self._one("one", "page", page.group)[0]
        fatigue = curve.curve_of(self.response, page)
        gain = curve.gain_read_as_none(self.response, page, fatigue)
        base += self.response.spread[page.stat] + gain
        return PageResponse(
            page_name=page_name,
            audience=float(stats.audience[page.stat]),
            log_base=float(base + np.log(stats.dollar_ratio[page.stat])),
            hour=hour,
            weekday=weekday,
            price_low=float(stats.price_low[page.stat]),
            price_high=float(stats.price_high[page.stat]),
            deflation=self.deflation,
            has_history=page.group >= 0,
            content_effect=content,
            price_slopes=price,
            content_slopes=np.append(self.response.block("price", "content")[:, 0], 0.0),
            price_centre=float(stats.log_price[page.stat]),
            dollar_ratio=float(stats.dollar_ratio[page.stat]),
            fatigue=fatigue,
            doubt=self.usual.of(page_doubt(self.response, page), page),
            shared=self.shared,
            dispersion=float(self.levels.dispersion[tier]),
            level=self.levels.level[tier],
            week_variance=float(self.levels.week_variance[tier]),
            week_level=float(self.levels.week_level[tier]),
            mean_rate=float(stats.mean_rate[page.stat]),
            view_rate=float(stats.view_rate[page.stat]),
            crowding=self.response.fitted.crowding,
            crowding_deviation=self.response.fitted.crowding_deviation,
            extra_price=extra,
        )

    def _effects(self, page: curve.PageIndex) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Log effects of hour (24,), weekday (8,) and content (contents + 1,)."""
        response, group = self.response, page.group
        basis = hour_basis(np.arange(24))
        own = self._one("hour", "page", group)
        hour = basis @ response.block("hour", "pool")[0] + basis[:, : len(own)] @ own
        weekday = np.append(0.0, response.block("one", "weekday")[:, 0])
        if group >= 0:
            weekday[1:] += response.block("one", "page_weekday")[group * 7 : group * 7 + 7, 0]
        content = np.append(response.block("one", "content")[:, 0], 0.0)
        pair = response.layout.pair[page.stat]
        content += np.where(pair >= 0, response.block("one", "page_content")[pair, 0], 0.0)
        if response.boost is not None:
            hour = hour + response.boost.hour[page.stat]
            weekday = weekday + response.boost.weekday[page.stat]
            content = content + response.boost.content[page.stat]
        return hour, weekday, content

    def curves(self) -> pa.Table:
        """Rows of `response_curves`: every page's hour, weekday, price, content and volume.

        The page `POOL` stands for a page without a history of its own.
        """
        records: list[curve.Record] = []
        boost, response = self.response.boost, self.response
        for name in (*self.labels.pages, POOL):
            page = self.page_index(name)
            zero = np.zeros(max(24, len(self.labels.contents) + 1))
            hour = zero[:24] if boost is None else boost.hour[page.stat]
            weekday = zero[:8] if boost is None else boost.weekday[page.stat]
            content = zero if boost is None else boost.content[page.stat]
            records += curve.hour_rows(response, page, hour)
            records += curve.weekday_rows(response, page, weekday)
            records += curve.content_rows(response, page, self.labels, content)
        frame = self.draws().to_pandas()
        for _, some in frame.groupby(np.arange(len(frame)) // (AT_ONCE * (DRAWS + 1))):
            records += curve.price_rows(some) + curve.volume_rows(some)
        return curve.as_table(records)

    def draws(self) -> pa.Table:
        """Rows of `response_draws`: what every page's curves of price and volume are made of."""
        pages = []
        for name in (*self.labels.pages, POOL):
            page = self.page_index(name)
            own = page_draws(self.response, page, float(self.typical[page.stat]))
            pages.append((name, own))
        return draw_table(pages)

    def caption_effects(self) -> pa.Table:
        """Rows of `caption_effects`: log of what each sells over one of which nothing is known."""
        places = {key: place for key, place in self.shared.caption_slot.items() if key}
        return self._over_untried("caption_key", places)

    def untried_effects(self) -> pa.Table:
        """Rows of `untried_effects`: the same of captions that nobody sent yet, by price tier."""
        return self._over_untried("price_tier", self.shared.untried_slot)

    def _over_untried(self, name: str, places: dict[str, int]) -> pa.Table:
        effect = rounded(self.shared.over_untried(list(places.values())))
        return pa.table({name: pa.array(list(places), pa.string()), "log_effect": effect})

    def to_bytes(self) -> bytes:
        """A cache entry without code in it."""
        from scheduler.response.store import pack  # noqa: PLC0415  (store builds this class)

        return pack(self)

    @staticmethod
    def from_bytes(content: bytes) -> "ResponseModel":
        """Read what `to_bytes` wrote."""
        from scheduler.response.store import unpack  # noqa: PLC0415

        return unpack(content)


def typical_dollars(response: Response, rows: Rows) -> FloatArray:
    """Decay-weighted mean dollars of each page's messages with the effect of fatigue removed."""
    stats = response.stats
    old = np.full(len(rows), 1e3)
    rows = replace(rows, age=old, days_ago=np.full(len(rows), stats.latest))
    log_rate = linear_predictor(response, rows)
    dollars = np.zeros(stats.unknown + 1)
    for page in range(stats.unknown + 1):
        index = curve.PageIndex("", page if page < stats.unknown else -1, page)
        own = rows.page == page
        own = own if own.any() else np.ones(len(rows), dtype=bool)
        fatigue = curve.curve_of(response, index)
        tired = fatigue.log_effect(rows.stock[own])
        value = np.exp(log_rate[own] - tired) * rows.price[own] * stats.dollar_ratio[page]
        dollars[page] = stats.audience[page] * np.average(value, weights=rows.weight[own])
    return dollars


def fit_response(training: pa.Table, settings: ResponseSettings) -> ResponseModel:
    """Fit the agency's response model and judge it out of time.

    Args:
        training: the mart `training_messages`, in any order.
        settings: what the warehouse's settings say.

    Raises:
        ResponseError: there is too little to learn from.
    """
    rows, labels, key = read_rows(training, settings)
    with threadpool_limits(limits=1):
        parts, last = replay(rows, labels, settings)
        found = evaluate(parts, labels, settings, last.fitted.dispersion)
        response = fit_rows(rows, labels, settings, last, judges=True)
        typical = typical_dollars(response, rows)
        usual = usual_messages(response, rows)
    return ResponseModel(
        key,
        found.skill,
        settings,
        labels,
        response,
        found.levels,
        found.deflation,
        usual,
        typical,
        len(rows),
    )
