"""How the people of the agency have been sending: habit hours, habit captions, guessed prices."""

from dataclasses import dataclass

import numpy as np

from scheduler.simulation.clock import utc_offset
from scheduler.simulation.content_types import (
    CONTENTS,
    EXPLICIT,
    PRICE_POINTS,
    TIER_PRICE,
    TIER_PRICED_SHARE,
    TIER_SHARE,
)
from scheduler.simulation.truth import (
    BoolArray,
    CaptionTruth,
    FloatArray,
    IntArray,
    PageTruth,
    Sends,
)

SLOT_MINUTES = 30
SLOTS_PER_DAY = 1440 // SLOT_MINUTES
MOST_PER_DAY = 40
SMALL_AGENCY = 10
"""Below this many pages nothing is blocked by nature, late or inactive."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What the people of each page do; P pages."""

    total: IntArray
    """Messages in the whole history."""
    first_day: IntArray
    last_day: IntArray
    """Days of the history on which the page sends, the last one excluded."""
    hour_weight: FloatArray
    """Liking of each local hour, shape (P, 24)."""
    priced_share: FloatArray
    price_level: FloatArray
    """Log factor on the usual price of a price tier."""
    is_short: BoolArray
    """A page too new to have the messages that a plan needs."""


def draw_habits(rng: np.random.Generator, pages: PageTruth, messages: int, days: int) -> Habits:
    """Share `messages` among the pages and draw the hours and prices they are used to."""
    count = len(pages.name)
    is_short = _pick_short(pages)
    first = np.where(is_short, days - 8, 0)
    # A tenth of the pages is loaded some days late; inactive ones stopped weeks ago.
    late = (rng.random(count) < 0.1) * rng.integers(2, 6, count) * (count >= SMALL_AGENCY)
    last = np.where(pages.is_active, days - late * ~is_short, days - rng.integers(35, 60, count))
    hours = np.arange(24)
    bumps = 0.15 + np.zeros((count, 24))
    for centre, width, height in ((19.5, 3.0, 1.0), (11.0, 2.5, 0.7)):
        middle = rng.normal(centre, 2.5, (count, 1))
        away = np.abs(hours - middle) % 24
        bumps += height * np.exp(-0.5 * (np.minimum(away, 24 - away) / width) ** 2)
    usual = np.median(pages.best_price, axis=1)
    return Habits(
        total=_share_messages(rng, pages, messages, days, is_short),
        first_day=first,
        last_day=last,
        hour_weight=bumps * np.exp(rng.normal(0, 0.5, (count, 24))),
        priced_share=rng.uniform(0.38, 0.60, count),
        price_level=0.7 * np.log(usual / 18) + rng.normal(-0.02, 0.20, count),
        is_short=is_short,
    )


def _pick_short(pages: PageTruth) -> BoolArray:
    """One small paid page of a real agency is new; a small agency has none."""
    chosen = np.zeros(len(pages.name), dtype=bool)
    if pages.is_active.sum() >= SMALL_AGENCY:
        size = np.where(pages.is_active & ~pages.is_free, pages.audience, np.inf)
        chosen[np.argsort(size)[2]] = True
    return chosen


def _share_messages(
    rng: np.random.Generator,
    pages: PageTruth,
    messages: int,
    days: int,
    is_short: BoolArray,
) -> IntArray:
    """Messages per page: 2 to 20 a day, more on larger pages, in all exactly `messages`."""
    count = len(pages.name)
    rank = np.argsort(np.argsort(pages.audience)) / max(count - 1, 1)
    wish = 2 + 18 * np.clip(0.55 * rank + 0.45 * rng.random(count), 0, 1)
    wish = np.where(pages.is_active, wish, 0.3 * wish)
    new = min(36, messages // (2 * count))
    rest = messages - new * int(is_short.sum())
    floor = np.where(is_short, 0, int(min(2 * days, 0.75 * messages / count)))
    share = np.where(is_short, 0.0, np.maximum(wish - 2, 0.1))
    total = floor + rng.multinomial(rest - int(floor.sum()), share / share.sum())
    return np.where(is_short, new, total).astype(np.int64)


def send_times(
    rng: np.random.Generator, pages: PageTruth, habits: Habits, as_of: int, days: int
) -> tuple[IntArray, IntArray]:
    """When each page sent: volumes that vary by day and week, at the hours people like.

    Args:
        rng: source of randomness.
        pages: P pages.
        habits: what they are used to.
        as_of: UTC minute before which everything happened.
        days: length of the history.

    Returns:
        Page index and UTC minute of every message, ordered by page and time.
    """
    start = as_of - days * 1440
    page_of, minute_of = [], []
    for page, timezone in enumerate(pages.timezone):
        counts = _daily_counts(rng, habits, page, days)
        slots = start + SLOT_MINUTES * np.arange(days * SLOTS_PER_DAY)
        local = slots + utc_offset(timezone, slots)
        liking = np.log(habits.hour_weight[page, local // 60 % 24])
        keys = (liking + rng.gumbel(size=slots.size)).reshape(days, SLOTS_PER_DAY)
        rank = np.argsort(np.argsort(-keys, axis=1), axis=1)
        chosen = slots.reshape(days, SLOTS_PER_DAY)[rank < counts[:, None]]
        odd = rng.random(chosen.size) < 0.4
        minutes = chosen + odd * rng.integers(1, SLOT_MINUTES, chosen.size)
        page_of.append(np.full(chosen.size, page))
        minute_of.append(np.sort(np.minimum(minutes, as_of - 1)))
    return np.concatenate(page_of), np.concatenate(minute_of)


def _daily_counts(rng: np.random.Generator, habits: Habits, page: int, days: int) -> IntArray:
    """Messages of each day of one page, in all its total, with at least one on the last day."""
    first, last = int(habits.first_day[page]), int(habits.last_day[page])
    span = last - first
    weeks = np.exp(rng.normal(0, 0.30, span // 7 + 2))
    level = weeks[(np.arange(span) + rng.integers(0, 7)) // 7] * np.exp(rng.normal(0, 0.25, span))
    level[rng.random(span) < 0.05] *= 0.15
    counts = rng.multinomial(int(habits.total[page]), level / level.sum())
    counts[-1] += 1
    counts[np.argmax(counts[:-1])] -= 1
    while counts.max() > MOST_PER_DAY:
        spare = int((counts - MOST_PER_DAY).clip(0).sum())
        counts = np.minimum(counts, MOST_PER_DAY)
        counts += rng.multinomial(spare, np.full(span, 1 / span))
    result = np.zeros(days, dtype=np.int64)
    result[first:last] = counts
    return result


def draw_tiers(rng: np.random.Generator, captions: CaptionTruth) -> IntArray:
    """Price tier of each text: people price what they believe in higher, so price tells quality."""
    belief = 0.6 * captions.quality / captions.quality.std() + rng.normal(
        0, 0.8, len(captions.text)
    )
    belief += np.array([0.35 if name in EXPLICIT else 0.0 for name in CONTENTS])[captions.content]
    limits = np.quantile(belief, np.cumsum(TIER_SHARE)[:-1])
    tier: IntArray = np.searchsorted(limits, belief).astype(np.int64)
    return tier


def choose_messages(
    rng: np.random.Generator,
    pages: PageTruth,
    captions: CaptionTruth,
    habits: Habits,
    tier: IntArray,
    page: IntArray,
    minute: IntArray,
) -> Sends:
    """Give each send a caption the page can deliver and, if it is priced, a price.

    Args:
        rng: source of randomness.
        pages: P pages.
        captions: T texts.
        habits: what the people of each page do.
        tier: price tier of each text, shape (T,).
        page: page of each send, shape (n,).
        minute: UTC minute of each send, shape (n,).
    """
    count = len(captions.text)
    typed = np.arange(count) >= captions.bank_size
    pull = np.exp(rng.normal(0, 1.1, count) + 0.45 * captions.quality) * np.where(typed, 0.25, 1.0)
    priced_share = np.array(TIER_PRICED_SHARE)[tier]
    is_priced = rng.random(page.size) < habits.priced_share[page]
    text = np.zeros(page.size, dtype=np.int64)
    for one in range(len(pages.name)):
        likes = pull * np.exp(rng.normal(0, 0.9, count))
        likes *= pages.has_content[one, captions.content]
        for priced, share in ((True, priced_share), (False, 1 - priced_share)):
            rows = np.flatnonzero((page == one) & (is_priced == priced))
            edges = np.cumsum(likes * share)
            draws = np.searchsorted(edges, rng.random(rows.size) * edges[-1], side="right")
            text[rows] = np.minimum(draws, count - 1)
    return Sends(page, minute, text, _prices(rng, habits, tier[text], page, is_priced))


def _prices(
    rng: np.random.Generator,
    habits: Habits,
    tier: IntArray,
    page: IntArray,
    is_priced: BoolArray,
) -> FloatArray:
    """The tier's usual price, bent by page and mood, at a price people type; NaN when unpriced."""
    mood = rng.normal(0, 0.18, page.size) + (rng.random(page.size) < 0.12) * rng.normal(
        0, 0.5, page.size
    )
    wish = np.log(np.array(TIER_PRICE)[tier]) + habits.price_level[page] + mood
    points = np.array(PRICE_POINTS)
    limits = (np.log(points[1:]) + np.log(points[:-1])) / 2
    return np.where(is_priced, points[np.searchsorted(limits, wish)], np.nan)
