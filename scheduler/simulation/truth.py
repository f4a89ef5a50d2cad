"""The ground truth of a made-up agency: what a message would earn, without noise.

Purchases per recipient = view rate x sat(exp(eta) / view rate), where eta adds up, on the log
scale, the page's base, hour, weekday, content, caption quality, energy match, price, fatigue,
novelty and trend. No project code but this package may read it.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scheduler.simulation.clock import utc_offset
from scheduler.simulation.phrases import DAYPART_ENERGIES, ENERGIES

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

SHORT_HOURS = 10.0
LONG_HOURS = 96.0
NOVELTY_HOURS = 30 * 24.0
WAVE_MINUTES = 7 * 1440
SATURATION = 0.5
"""Share of viewers that buy can come near this and no further."""


@dataclass(frozen=True, slots=True)
class PageTruth:
    """All pages as arrays; P pages, K contents (`content.CONTENTS`). Effects are logarithms."""

    name: tuple[str, ...]
    timezone: tuple[str, ...]
    is_active: BoolArray
    is_free: BoolArray
    audience: FloatArray
    """Recipients of a message at `as_of`, shape (P,)."""
    audience_growth: FloatArray
    """Relative growth of the audience per day."""
    view_rate: FloatArray
    """Views per recipient, a fraction."""
    log_base: FloatArray
    """Log purchases per recipient with every effect 0, at the best price times e^(1/shape)."""
    hour: FloatArray
    """Local hour, shape (P, 24)."""
    weekday: FloatArray
    """ISO weekday, shape (P, 8); column 0 is unused."""
    content: FloatArray
    """Shape (P, K)."""
    has_content: BoolArray
    """What the page can deliver, shape (P, K)."""
    best_price: FloatArray
    """Dollars at which revenue peaks, shape (P, K)."""
    price_shape: FloatArray
    """How sharply purchases fall around the best price, about 1."""
    fatigue_short: FloatArray
    """Loss per earlier message, decaying with `SHORT_HOURS`."""
    fatigue_long: FloatArray
    """Loss per earlier message, decaying with `LONG_HOURS`."""
    novelty_loss: FloatArray
    """Loss per earlier use of the caption on the page, decaying with `NOVELTY_HOURS`."""
    energy_gain: FloatArray
    """Gain when the caption's energy suits the time of day, the same loss when it does not."""
    trend: FloatArray
    """Per day."""
    wave: FloatArray
    """Level every 7 days since `start_minute`, shape (P, W); constant after the last."""
    dispersion: FloatArray
    """Gamma shape of the purchase noise: the smaller, the noisier."""

    def weekly_optimum(self) -> FloatArray:
        """Messages a week, evenly spread, that earn most; shape (P,)."""
        return 168 / (self.fatigue_short * SHORT_HOURS + self.fatigue_long * LONG_HOURS)


@dataclass(frozen=True, slots=True)
class CaptionTruth:
    """All distinct texts as arrays of length T, those of the bank first."""

    text: tuple[str, ...]
    key: tuple[str, ...]
    content: IntArray
    """Index into `content.CONTENTS`."""
    energy: IntArray
    """Index into `phrases.ENERGIES`."""
    quality: FloatArray
    """Log effect, heavy tailed."""
    bank_size: int
    """Texts that the caption bank knows; the rest were typed by hand."""


@dataclass(frozen=True, slots=True)
class Sends:
    """Messages as arrays of length n, in any order."""

    page: IntArray
    minute: IntArray
    """UTC minutes since 1970."""
    text: IntArray
    """Index into `CaptionTruth`."""
    price: FloatArray
    """Dollars; NaN when unpriced."""

    def __len__(self) -> int:
        """Count of messages."""
        return self.page.size

    def where(self, kept: BoolArray) -> "Sends":
        """The messages where `kept` is true."""
        return Sends(self.page[kept], self.minute[kept], self.text[kept], self.price[kept])

    def then(self, later: "Sends") -> "Sends":
        """These messages followed by `later`."""
        return Sends(
            np.concatenate([self.page, later.page]),
            np.concatenate([self.minute, later.minute]),
            np.concatenate([self.text, later.text]),
            np.concatenate([self.price, later.price]),
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to each message, shape (n,)."""

    sent: IntArray
    viewed: IntArray
    purchased: IntArray
    earnings: FloatArray
    expected: FloatArray
    """Noise-free dollars."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that decides what a message earns, and the history that fatigue carries over."""

    as_of: datetime
    start_minute: int
    pages: PageTruth
    captions: CaptionTruth
    history: Sends
    expected_earnings: FloatArray
    """Noise-free dollars of each message of the history."""


def local_minute(pages: PageTruth, page: IntArray, minute: IntArray) -> IntArray:
    """Local clock as minutes since 1970 of each (page, UTC minute)."""
    local = minute.copy()
    zones = np.array(pages.timezone)[page]
    for zone in dict.fromkeys(pages.timezone):
        rows = zones == zone
        local[rows] += utc_offset(zone, minute[rows])
    return local


def daypart(hour: IntArray) -> IntArray:
    """Time of day of a local hour: 0 morning 5-11, 1 afternoon 12-16, 2 evening 17-21, 3 night."""
    return np.select(
        [(hour >= 5) & (hour < 12), (hour >= 12) & (hour < 17), (hour >= 17) & (hour < 22)],
        [0, 1, 2],
        3,
    )


def energy_match(energy: IntArray, hour: IntArray) -> FloatArray:
    """+1 where the energy suits the local hour, -1 where it does not, 0 for neutral."""
    table = np.full((len(ENERGIES), 4), -1.0)
    table[0] = 0.0
    for part, suited in enumerate(DAYPART_ENERGIES.values()):
        table[[ENERGIES.index(name) for name in suited], part] = 1.0
    match: FloatArray = table[energy, daypart(hour)]
    return match


def decaying_stock(group: IntArray, minute: IntArray, hours: float) -> FloatArray:
    """Earlier rows of the same group, each counting exp(-elapsed / hours).

    Args:
        group: shape (n,), any integers.
        minute: shape (n,); rows of one minute count in row order.
        hours: time constant.

    Returns:
        Shape (n,), 0 for the first row of a group.
    """
    order = np.lexsort((minute, group))
    sorted_group, sorted_minute = group[order], minute[order]
    first = np.r_[True, sorted_group[1:] != sorted_group[:-1]]
    position = np.arange(group.size)
    rank = position - np.maximum.accumulate(np.where(first, position, 0))
    # Between two groups time may run backwards; what a group's first row would keep is not used.
    passed = np.maximum(np.diff(sorted_minute, prepend=sorted_minute[:1]), 0)
    kept = np.exp(-passed / 60 / hours)
    stock = np.zeros(group.size)
    by_rank = np.argsort(rank, kind="stable")
    bounds = np.cumsum(np.bincount(rank))
    for low, high in pairwise(bounds):
        rows = by_rank[low:high]
        stock[rows] = (stock[rows - 1] + 1) * kept[rows]
    result = np.empty(group.size)
    result[order] = stock
    return result


def log_purchase_rate(
    truth_pages: PageTruth, captions: CaptionTruth, sends: Sends, start: int, as_of: int
) -> FloatArray:
    """Eta of each message of a complete list of sends; unpriced messages get their value at 0 $.

    The list must hold every send that fatigue and novelty should remember.

    Args:
        truth_pages: P pages.
        captions: T texts.
        sends: n messages.
        start: minute at which the wave begins.
        as_of: minute at which the trend is 0.

    Returns:
        Shape (n,), log purchases per recipient before saturation.
    """
    pages, page = truth_pages, sends.page
    local = local_minute(pages, page, sends.minute)
    hour = local // 60 % 24
    weekday = (local // 1440 + 3) % 7 + 1
    content = captions.content[sends.text]
    paid = np.nan_to_num(sends.price, nan=0.0)
    shape = pages.price_shape[page]
    price = -((paid / pages.best_price[page, content]) ** shape) / shape
    tired = pages.fatigue_short[page] * decaying_stock(page, sends.minute, SHORT_HOURS)
    tired += pages.fatigue_long[page] * decaying_stock(page, sends.minute, LONG_HOURS)
    pair = page * len(captions.text) + sends.text
    worn = pages.novelty_loss[page] * decaying_stock(pair, sends.minute, NOVELTY_HOURS)
    match = pages.energy_gain[page] * energy_match(captions.energy[sends.text], hour)
    effects = pages.hour[page, hour] + pages.weekday[page, weekday] + pages.content[page, content]
    level = pages.trend[page] * (sends.minute - as_of) / 1440 + _wave(
        pages, page, sends.minute - start
    )
    quality = captions.quality[sends.text]
    return pages.log_base[page] + effects + quality + match + price + level - tired - worn


def _wave(pages: PageTruth, page: IntArray, elapsed: IntArray) -> FloatArray:
    """The slow wave of a page, linear between its weekly levels."""
    place = np.clip(elapsed / WAVE_MINUTES, 0, pages.wave.shape[1] - 1)
    low = np.minimum(place.astype(np.int64), pages.wave.shape[1] - 2)
    part = place - low
    level: FloatArray = pages.wave[page, low] * (1 - part) + pages.wave[page, low + 1] * part
    return level


def audience(pages: PageTruth, page: IntArray, minute: IntArray, as_of: int) -> FloatArray:
    """Expected recipients of each message."""
    return pages.audience[page] * np.exp(pages.audience_growth[page] * (minute - as_of) / 1440)


def purchase_rate(pages: PageTruth, page: IntArray, eta: FloatArray) -> FloatArray:
    """Expected purchases per recipient, a fraction, always below the view rate."""
    view = pages.view_rate[page]
    intent = np.exp(eta) / view
    return view * intent / (1 + intent / SATURATION)
