"""How far a page's log means may be off for messages unlike those that intervals were set on.

Held-out messages are the page's usual ones, and the calibrated intervals hold their errors. Chosen
messages lie elsewhere: fewer before them, other hours, prices, contents. What the fit does not know
about the difference follows from the covariance of its coefficients (the delta method).
"""

from dataclasses import dataclass, replace

import numpy as np

from scheduler.response.basis import hour_basis, price_basis
from scheduler.response.curves import PageIndex, curve_of, term_columns
from scheduler.response.fatigue import FatigueCurve
from scheduler.response.predict import Response
from scheduler.response.rows import MEMORIES, FloatArray, IntArray, Rows

HOURS, DAYS = 8, 7
# A log mean off by a factor of e; told of more, a skewed distribution's upper quantiles fall again.
MOST_VARIANCE = 1.0


@dataclass(frozen=True, eq=False)
class Planned:
    """What sets n messages of a page apart; contents by code, the last one unknown."""

    hour: IntArray
    weekday: IntArray
    content: IntArray
    price: FloatArray
    stock: FloatArray
    caption_variance: FloatArray  # of the caption's own effect


@dataclass(frozen=True, eq=False)
class Doubt:
    """What is not known about one page's effects.

    Attributes:
        covariance: (d, d) of the effects of `traits`.
        contents: contents that the fit knows.
        price_centre: see `PageResponse`.
        fatigue: the page's curve.
        usual: (d,) mean traits of the page's messages.
        held: variance of the log mean of its messages around their usual one, on average.
    """

    covariance: FloatArray
    contents: int
    price_centre: float
    fatigue: FatigueCurve
    usual: FloatArray
    held: float

    def traits(self, planned: Planned) -> FloatArray:
        """Everything that has an effect, (n, d), in the order of `effect_columns`.

        The last one is the form of fatigue, one standard deviation of it.
        """
        price = price_basis(planned.price, np.array(self.price_centre))
        content = np.eye(self.contents + 1)[planned.content][:, : self.contents]
        parts = (
            hour_basis(planned.hour),
            np.eye(DAYS)[planned.weekday - 1],
            content,
            price,
            content * price[:, :1],
            self.fatigue.felt(planned.stock) / self.fatigue.scale,
            self.fatigue.bend_doubt(planned.stock)[:, None],
        )
        return np.hstack(parts)

    def excess(self, planned: Planned) -> FloatArray:
        """Covariance of the log means beyond what the page's usual messages have, (n, n)."""
        away = self.traits(planned) - self.usual
        shared: FloatArray = away @ self.covariance @ away.T
        beyond = shared + np.diag(planned.caption_variance - self.held)
        return np.minimum(beyond, MOST_VARIANCE)


def effect_columns(response: Response, page: PageIndex) -> list[list[int]]:
    """Coefficients (intercept first) that add up to the effect of each trait but the last."""
    contents = response.layout.contents
    group, peer = page.group, int(response.stats.peer[page.stat])
    found: list[list[int]] = []

    def add(width: int, *parts: tuple[str, str, int]) -> None:
        own: list[list[int]] = [[] for _ in range(width)]
        for what, by, number in parts:
            if number >= 0:
                columns = term_columns(response, what, by, number, width)
                for place, column in enumerate(columns):
                    own[place].append(int(column))
        found.extend(own)

    add(HOURS, ("hour", "pool", 0), ("hour", "page", group))
    for day in range(DAYS):
        own = group * DAYS + day if group >= 0 else -1
        add(1, ("one", "weekday", day), ("one", "page_weekday", own))
    for code in range(contents):
        pair = int(response.layout.pair[page.stat, code])
        add(1, ("one", "content", code), ("one", "page_content", pair))
    add(2, ("price", "pool", 0), ("price", "page", group))
    for code in range(contents):
        add(1, ("price", "content", code))
    tired = ("fatigue", "pool", 0), ("fatigue", "peer", peer), ("fatigue", "page", group)
    add(MEMORIES, *tired)
    return found


def page_doubt(response: Response, page: PageIndex) -> Doubt:
    """What the fit does not know about a page; nothing of it held by any interval yet."""
    effects = effect_columns(response, page)
    where = sorted({column for columns in effects for column in columns})
    place = {column: number for number, column in enumerate(where)}
    contents = response.layout.contents
    mapping = np.zeros((len(effects) + 1, len(where)))
    for row, columns in enumerate(effects):
        mapping[row, [place[column] for column in columns]] = 1.0
    covariance = mapping @ response.fitted.covariance[np.ix_(where, where)] @ mapping.T
    for code in range(contents):
        covariance[HOURS + DAYS + code, HOURS + DAYS + code] += response.untried_variance(
            page.stat, code
        )
    covariance[-1, -1] = 1.0
    return Doubt(
        covariance=covariance,
        contents=contents,
        price_centre=float(response.stats.log_price[page.stat]),
        fatigue=curve_of(response, page),
        usual=np.zeros(len(covariance)),
        held=0.0,
    )


@dataclass(frozen=True, eq=False)
class Usual:
    """The usual messages of every page, and of the unknown one: see `Doubt`."""

    traits: FloatArray  # (pages + 1, d)
    variance: FloatArray  # (pages + 1,)

    def of(self, doubt: Doubt, page: PageIndex) -> Doubt:
        """What is not known about a page's messages against its usual ones."""
        return replace(doubt, usual=self.traits[page.stat], held=float(self.variance[page.stat]))


def usual_messages(response: Response, rows: Rows) -> Usual:
    """Decay-weighted means over each page's rows; over all rows for a page without any."""
    stats, captions = response.stats, response.fitted.captions
    traits, variance = [], np.zeros(stats.unknown + 1)
    for page in range(stats.unknown + 1):
        doubt = page_doubt(response, PageIndex("", page if page < stats.unknown else -1, page))
        own = rows.page == page
        own = own if own.any() else np.ones(len(rows), dtype=bool)
        seen = Planned(
            rows.hour[own],
            rows.weekday[own],
            rows.content[own],
            rows.price[own],
            rows.stock[own],
            captions.deviation[rows.caption[own]] ** 2,
        )
        found = doubt.traits(seen)
        traits.append(np.average(found, axis=0, weights=rows.weight[own]))
        away = found - traits[-1]
        spread = np.einsum("ni,ni->n", away @ doubt.covariance, away) + seen.caption_variance
        variance[page] = np.average(spread, weights=rows.weight[own])
    return Usual(np.stack(traits), variance)
