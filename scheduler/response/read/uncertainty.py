"""How far a page's log means may be off for messages unlike those that intervals were set on.

Held-out messages are the page's usual ones, and the calibrated intervals hold their errors. Chosen
messages lie elsewhere: fewer before them, other hours, prices, contents. What the fit does not know
about the difference follows from the covariance of its coefficients (the delta method).
"""

from dataclasses import dataclass, replace

import numpy as np

from scheduler.response.design import Design
from scheduler.response.read.predict import Response
from scheduler.response.rows import FloatArray, IntArray, Rows, rows_of

# A log mean off by a factor of e; of more, a skewed distribution's upper quantiles fall again.
MOST_VARIANCE = 1.0
OLD = 1e3  # days at which every purchase has come in


@dataclass(frozen=True, eq=False)
class Planned:
    """What sets n messages of a page apart; contents by code, the last one unknown."""

    hour: IntArray
    weekday: IntArray
    content: IntArray
    price: FloatArray
    stock: FloatArray
    since: FloatArray  # days since the page last sent the caption, NaN when never
    is_first: FloatArray  # 1 where nobody has sent the caption
    caption_variance: FloatArray  # of the caption's own effect


def hypothetical(
    response: Response,
    page: int,
    hour: IntArray,
    weekday: IntArray,
    content: IntArray,
    price: FloatArray,
    stock: FloatArray,
    since: FloatArray,
    is_first: FloatArray,
) -> Rows:
    """Messages of a page that nobody has sent, as of now, in the shape of sent ones."""
    count, stats = len(hour), response.stats
    nothing, no_code = np.zeros(count), np.zeros(count, dtype=np.int64)
    return Rows(
        page=np.full(count, page),
        content=content,
        caption=no_code,
        tier=no_code,
        hour=hour,
        weekday=weekday,
        days_ago=np.full(count, stats.latest),
        weight=np.ones(count),
        price=price,
        sent=np.full(count, stats.audience[page]),
        viewed=np.full(count, np.nan),
        purchases=nothing,
        earnings=nothing,
        caption_sends=1.0 - is_first,
        since=since,
        age=np.full(count, OLD),
        stock=stock,
        excess=nothing,
    )


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """What is not known of one page's messages, against its usual ones.

    Attributes:
        response: the fit.
        page: code of the page.
        usual: the mean of its messages' design, one row, as of now.
        held: variance of the log mean of its messages around their usual one, on average.
    """

    response: Response
    page: int
    usual: Design
    held: float

    def away(self, planned: Planned) -> Design:
        """The messages' design beyond that of the usual one."""
        rows = hypothetical(
            self.response,
            self.page,
            planned.hour,
            planned.weekday,
            planned.content,
            planned.price,
            planned.stock,
            planned.since,
            planned.is_first,
        )
        found = self.response.design(rows)
        return replace(
            found, shared=found.shared - self.usual.shared, own=found.own - self.usual.own
        )

    def excess(self, planned: Planned) -> FloatArray:
        """Covariance of the log means beyond what the page's usual messages have, (n, n)."""
        shared = self.response.fitted.covariance(self.away(planned))
        beyond = shared + np.diag(planned.caption_variance - self.held)
        return np.minimum(beyond, MOST_VARIANCE)


@dataclass(frozen=True, eq=False)
class Usual:
    """The usual messages of every page, and of the unknown one: see `Uncertainty`."""

    shared: FloatArray  # (pages + 1, s)
    own: FloatArray  # (pages + 1, d)
    variance: FloatArray  # (pages + 1,)

    def of(self, response: Response, page: int) -> Uncertainty:
        """What is not known about a page's messages against its usual ones."""
        code = np.array([page])
        return Uncertainty(
            response=response,
            page=page,
            usual=Design(self.shared[[page]], self.own[[page]], code),
            held=float(self.variance[page]),
        )


def usual_messages(response: Response, rows: Rows) -> Usual:
    """Decay-weighted means over each page's rows; over all rows for a page without any."""
    layout, captions = response.layout, response.fitted.captions
    pages = layout.pages
    shared = np.zeros((pages + 1, layout.width(is_own=False)))
    own = np.zeros((pages + 1, layout.width(is_own=True)))
    variance = np.zeros(pages + 1)
    now = replace(
        rows,
        days_ago=np.full(len(rows), response.stats.latest),
        age=np.full(len(rows), OLD),
        excess=np.zeros(len(rows)),
    )
    of_page, everything = rows_of(rows.page), np.arange(len(rows))
    for page in range(pages + 1):
        index = of_page.get(page, everything)
        some = now.take(index)
        some = replace(some, page=np.full(len(index), page))
        found = response.design(some)
        weight = rows.weight[index]
        shared[page] = np.average(found.shared, axis=0, weights=weight)
        own[page] = np.average(found.own, axis=0, weights=weight)
        away = replace(found, shared=found.shared - shared[page], own=found.own - own[page])
        spread = response.fitted.variance(away) + captions.deviation[rows.caption[index]] ** 2
        variance[page] = np.average(spread, weights=weight)
    return Usual(shared, own, variance)
