"""Draws the truth: pages from small to large, captions from dull to outstanding."""

from dataclasses import replace

import numpy as np

from scheduler.simulation.captions import draw_page_names, draw_texts
from scheduler.simulation.content_types import (
    CONTENT_INDEX,
    CONTENTS,
    EXPLICIT,
    MAIN_SHARE,
    VAULT_COLUMNS,
    VAULT_SHARE,
)
from scheduler.simulation.truth import (
    LONG_HOURS,
    SHORT_HOURS,
    BoolArray,
    CaptionTruth,
    FloatArray,
    PageTruth,
)

TIMEZONES = (
    "America/Los_Angeles", "America/New_York", "America/Chicago", "Europe/London",
    "America/Denver", "America/Phoenix", "Europe/Berlin", "Australia/Sydney", "America/Bogota",
)  # fmt: skip
DUD_SHARE = 0.47
HIT_SHARE = 0.06
TIMEZONE_SHARE = (0.42, 0.20, 0.10, 0.07, 0.06, 0.04, 0.05, 0.03, 0.03)


def spread(rng: np.random.Generator, count: int) -> FloatArray:
    """One value from each of `count` equal parts of 0..1, in random order."""
    return (rng.permutation(count) + rng.random(count)) / count


def draw_pages(rng: np.random.Generator, active: int, inactive: int, weeks: int) -> PageTruth:
    """Draw pages whose size runs evenly from small to large, so that every tier occurs.

    Args:
        rng: source of randomness.
        active: pages that are worked on.
        inactive: pages that have stopped.
        weeks: weekly levels of the slow wave.
    """
    count = active + inactive
    size = spread(rng, count)
    reach = np.clip(0.8 * size + 0.2 * rng.random(count), 0, 1)
    is_free = _pick_free(rng, size, active)
    paid_audience = 300 * (5000 / 300) ** reach
    content_effects = _content_effects(rng, count)
    best_price = _best_prices(rng, is_free)
    steps = rng.normal(0, 0.05, (count, weeks))
    return PageTruth(
        name=draw_page_names(rng, count),
        # The first page lives where the agency does, whatever the draw.
        timezone=(TIMEZONES[0], *rng.choice(TIMEZONES, count - 1, p=TIMEZONE_SHARE).tolist()),
        is_active=np.arange(count) < active,
        is_free=is_free,
        audience=np.where(is_free, rng.uniform(45_000, 47_000, count), paid_audience),
        audience_growth=rng.normal(0.0003, 0.0006, count) * ~is_free,
        view_rate=_view_rates(rng, is_free),
        log_base=np.zeros(count),
        hour=_hour_curves(rng, count),
        weekday=_weekday_effects(rng, count),
        content=content_effects,
        has_content=_draw_vault(rng, count),
        best_price=best_price,
        price_shape=rng.uniform(0.9, 1.35, count),
        fatigue_short=np.zeros(count),
        fatigue_long=np.zeros(count),
        novelty_loss=rng.uniform(0.35, 0.9, count),
        energy_gain=rng.uniform(0.08, 0.20, count),
        trend=rng.choice([-0.006, 0.0, 0.0, 0.006], count) + rng.normal(0, 0.002, count),
        wave=np.cumsum(steps, axis=1) - np.cumsum(steps, axis=1)[:, -1:],
        dispersion=rng.uniform(1.5, 4.0, count),
    )


def _pick_free(rng: np.random.Generator, size: FloatArray, active: int) -> BoolArray:
    """The free pages. Everybody is their audience, so none is one of the small ones."""
    is_free = np.zeros(size.size, dtype=bool)
    candidates = np.flatnonzero((size > 0.35) & (size < 0.85) & (np.arange(size.size) < active))
    is_free[rng.permutation(candidates)[: round(0.06 * active)]] = True
    return is_free


def set_fatigue(rng: np.random.Generator, pages: PageTruth, weekly: FloatArray) -> PageTruth:
    """Give each page a best weekly volume near `weekly`, some far below, some above.

    Args:
        rng: source of randomness.
        pages: P pages.
        weekly: messages a week that the page's people send, shape (P,).
    """
    best = np.clip(weekly * np.exp(rng.normal(0.0, 0.45, weekly.size)), 25, 220)
    per_hour = 168 / best
    short_share = rng.uniform(0.3, 0.6, weekly.size)
    return replace(
        pages,
        fatigue_short=per_hour * short_share / SHORT_HOURS,
        fatigue_long=per_hour * (1 - short_share) / LONG_HOURS,
    )


def _hour_curves(rng: np.random.Generator, count: int) -> FloatArray:
    """Two harmonics: an evening peak of the page's own, a second one around noon or late."""
    hours = np.arange(24)
    peak = rng.normal(21.0, 2.0, (count, 1))
    second = rng.uniform(0, 12, (count, 1))
    main = rng.uniform(0.30, 0.65, (count, 1)) * np.cos(2 * np.pi * (hours - peak) / 24)
    other = rng.uniform(0.05, 0.30, (count, 1)) * np.cos(4 * np.pi * (hours - second) / 24)
    return main + other + rng.normal(0, 0.06, (count, 24))


def _weekday_effects(rng: np.random.Generator, count: int) -> FloatArray:
    """Shared week shape plus the page's own; column 0 unused."""
    shared = np.array([0.0, -0.06, -0.05, 0.0, 0.02, 0.12, 0.04, 0.10])
    effects: FloatArray = shared + rng.normal(0, 0.08, (count, 8))
    effects[:, 0] = 0.0
    return effects


def _content_effects(rng: np.random.Generator, count: int) -> FloatArray:
    """Agency-wide taste plus the page's own; explicit contents sell better."""
    shared = rng.normal(0, 0.20, len(CONTENTS))
    shared += [0.25 if name in EXPLICIT else 0.0 for name in CONTENTS]
    effects: FloatArray = shared + rng.normal(0, 0.22, (count, len(CONTENTS)))
    return effects


def _view_rates(rng: np.random.Generator, is_free: BoolArray) -> FloatArray:
    """Views per recipient: 0.3-5 % on a free page, 25-45 % on a paid one."""
    free = 0.003 * (0.05 / 0.003) ** rng.random(is_free.size)
    return np.where(is_free, free, rng.uniform(0.25, 0.45, is_free.size))


def _best_prices(rng: np.random.Generator, is_free: BoolArray) -> FloatArray:
    """Dollars by page and content: lower on free pages, higher for explicit contents."""
    count = is_free.size
    dollars = np.where(is_free, 12.0, 17.5) * np.exp(rng.normal(0, 0.22, count))
    shared = rng.normal(0, 0.15, len(CONTENTS))
    shared += [0.15 if name in EXPLICIT else 0.0 for name in CONTENTS]
    factors = shared + rng.normal(0, 0.12, (count, len(CONTENTS)))
    best: FloatArray = np.clip(dollars[:, None] * np.exp(factors), 7, 60)
    return best


def _draw_vault(rng: np.random.Generator, count: int) -> BoolArray:
    """What each page can deliver; the contents outside the vault are always deliverable."""
    share = np.array([VAULT_SHARE.get(name, 0.40) for name in VAULT_COLUMNS])
    free = np.ones((count, len(CONTENTS) - len(VAULT_COLUMNS)), dtype=bool)
    return np.hstack([rng.random((count, share.size)) < share, free])


def draw_captions(rng: np.random.Generator, bank: int, typed: int) -> CaptionTruth:
    """Draw `bank` texts of the caption bank and `typed` texts that no bank knows."""
    count = bank + typed
    texts = draw_texts(rng, count)
    rest = sorted(set(CONTENTS) - set(MAIN_SHARE), key=CONTENT_INDEX.__getitem__)
    share = np.zeros(len(CONTENTS))
    for name, value in MAIN_SHARE.items():
        share[CONTENT_INDEX[name]] = value
    share[[CONTENT_INDEX[name] for name in rest]] = (1 - share.sum()) / len(rest)
    # Many duds that hardly ever sell, and a few hits with a Pareto tail.
    is_dud = rng.random(count) < DUD_SHARE
    is_hit = rng.random(count) < HIT_SHARE
    quality = np.where(is_dud, rng.normal(-2.2, 0.7, count), rng.normal(0.0, 0.35, count))
    quality += is_hit * rng.exponential(0.28, count)
    return CaptionTruth(
        text=texts.text,
        key=texts.key,
        content=rng.choice(len(CONTENTS), count, p=share).astype(np.int64),
        energy=texts.energy,
        quality=quality,
        bank_size=bank,
    )
