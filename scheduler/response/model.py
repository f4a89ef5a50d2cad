"""The one response model of the agency: fitted once, read page by page."""

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from scheduler.numeric import rounded
from scheduler.response.fit.response import fit_rows
from scheduler.response.judge.evaluate import evaluate
from scheduler.response.judge.intervals import IntervalLevels
from scheduler.response.judge.replay import Fit, replay
from scheduler.response.judge.skill import SkillReport
from scheduler.response.read import curves as curve
from scheduler.response.read.curve_draws import DRAWS, draw_table, page_draws
from scheduler.response.read.fatigue_of_week import combined, curve_of, gain_read_as_none
from scheduler.response.read.page import PageResponse, Shared
from scheduler.response.read.predict import Response, linear_predictor
from scheduler.response.read.uncertainty import OLD, Usual, usual_messages
from scheduler.response.rows import FloatArray, Labels, Rows, read_rows, rows_of
from scheduler.response.settings import ResponseSettings
from scheduler.response.store import pack, unpack
from scheduler.response.terms.price import WIDTH

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
    usual: Usual
    typical: FloatArray  # dollars of a page's typical message without fatigue
    row_count: int

    @cached_property
    def shared(self) -> Shared:
        """What the responses of all pages share."""
        captions, labels = self.response.fitted.captions, self.labels
        untried = captions.unsent_effect() + self.response.block("first message", "pool")[0, 0]
        tried = len(labels.captions)
        slots = range(tried, tried + len(untried) - 1)
        return Shared(
            content_slot={key: i for i, key in enumerate(labels.contents)},
            caption_slot={key: i for i, key in enumerate(labels.captions)},
            untried_slot=dict(zip(labels.price_tiers, slots, strict=True)),
            caption_effect=np.append(captions.log_effect, untried),
            caption_variance=np.append(captions.deviation**2, captions.unsent_variance()),
            novelty=self.response.block("novelty", "pool")[0],
            tried=tried,
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

    def page_response(self, page_name: str) -> PageResponse:
        """The response of a page; a page never seen gets the pool's."""
        index, response = self.page_index(page_name), self.response
        page, stats = index.stat, response.stats
        tier = stats.tier[page]
        fatigue = curve_of(response, page)
        level, _ = combined(response, "level", page, 1)
        base = level[0] + response.spread[page] + gain_read_as_none(response, page, fatigue)
        slopes = response.block("price", "content")[:, 0]
        return PageResponse(
            page_name=page_name,
            audience=float(stats.audience[page]),
            log_base=float(base + np.log(stats.dollar_ratio[page])),
            hour=curve.hour_effects(response, page),
            weekday=curve.weekday_effects(response, page),
            price_low=float(stats.price_low[page]),
            price_high=float(stats.price_high[page]),
            has_history=index.group >= 0,
            content_effect=curve.content_effects(response, page),
            price_slopes=combined(response, "price", page, WIDTH)[0],
            content_slopes=np.resize(slopes, len(self.labels.contents) + 1),
            price_centre=float(stats.log_price[page]),
            dollar_ratio=float(stats.dollar_ratio[page]),
            fatigue=fatigue,
            uncertainty=self.usual.of(response, page),
            shared=self.shared,
            dispersion=float(self.levels.dispersion[tier]),
            level=self.levels.level[tier],
            week_variance=float(self.levels.week_variance[tier]),
            week_level=float(self.levels.week_level[tier]),
            mean_rate=float(stats.mean_rate[page]),
            view_rate=float(stats.view_rate[page]),
            saturates="saturation" not in self.settings.without,
        )

    def curves(self) -> pa.Table:
        """Rows of `response_curves`: every page's hour, weekday, price, content and volume.

        The page `POOL` stands for a page without a history of its own.
        """
        records: list[curve.Record] = []
        coverage = self.settings.interval_coverage
        for name in (*self.labels.pages, POOL):
            page = self.page_index(name)
            records += curve.hour_rows(self.response, page, coverage)
            records += curve.weekday_rows(self.response, page, coverage)
            records += curve.content_rows(self.response, page, self.labels, coverage)
        frame = self.draws().to_pandas()
        for _, some in frame.groupby(np.arange(len(frame)) // (AT_ONCE * (DRAWS + 1))):
            records += curve.price_rows(some) + curve.volume_rows(some)
        return curve.as_table(records)

    def draws(self) -> pa.Table:
        """Rows of `response_draws`: what every page's curves of price and volume are made of."""
        pages = []
        for name in (*self.labels.pages, POOL):
            page = self.page_index(name)
            typical = float(self.typical[page.stat])
            own = page_draws(self.response, page.stat, typical, self.settings.interval_coverage)
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
        parts = {f.name: getattr(self, f.name) for f in fields(self)}
        parts["response"] = replace(self.response, parts=())
        return pack(parts)

    @staticmethod
    def from_bytes(content: bytes) -> "ResponseModel":
        """Read what `to_bytes` wrote."""
        return ResponseModel(**unpack(content))


def typical_dollars(response: Response, rows: Rows) -> FloatArray:
    """Decay-weighted mean dollars of each page's messages with the effect of fatigue removed."""
    stats = response.stats
    old = np.full(len(rows), OLD)
    rows = replace(rows, age=old, days_ago=np.full(len(rows), stats.latest))
    log_rate = linear_predictor(response, rows)
    dollars = np.zeros(stats.unknown + 1)
    of_page, everything = rows_of(rows.page), np.arange(len(rows))
    for page in range(stats.unknown + 1):
        own = of_page.get(page, everything)
        tired = curve_of(response, page).log_effect(rows.stock[own])
        value = np.exp(log_rate[own] - tired) * rows.price[own] * stats.dollar_ratio[page]
        dollars[page] = stats.audience[page] * np.average(value, weights=rows.weight[own])
    return dollars


def fit_response(
    training: pa.Table, settings: ResponseSettings, fit: Fit = fit_rows
) -> ResponseModel:
    """Fit the agency's response model and judge it out of time.

    Args:
        training: the mart `training_messages`, in any order.
        settings: what the warehouse's settings say.
        fit: how rows become a response; another way is judged, and plans, all alike.

    Raises:
        ResponseError: there is too little to learn from.
    """
    rows, labels, key = read_rows(training, settings)
    with threadpool_limits(limits=1):
        parts, last = replay(rows, labels, settings, fit)
        found = evaluate(parts, labels, settings, last.fitted.dispersion)
        response = fit(rows, labels, settings, last)
        typical = typical_dollars(response, rows)
        usual = usual_messages(response, rows)
    return ResponseModel(
        key,
        found.skill,
        settings,
        labels,
        response,
        found.levels,
        usual,
        typical,
        len(rows),
    )
