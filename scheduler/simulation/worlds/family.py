"""Draws a world: its forms, its pages, its captions, and the history its sellers left."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np

from scheduler.simulation.captions import draw_page_names
from scheduler.simulation.clock import to_minute
from scheduler.simulation.content_types import CONTENTS, EXPLICIT
from scheduler.simulation.policy import draw_tiers
from scheduler.simulation.truth import CaptionTruth, FloatArray, IntArray, Sends
from scheduler.simulation.world import draw_captions
from scheduler.simulation.worlds.drawn_world import Pages, World
from scheduler.simulation.worlds.forms import (
    HOURS_OF_A_WEEK,
    Fatigue,
    Qualities,
    draw_ceiling,
    draw_demand,
    draw_fatigue,
    draw_hours,
    draw_levels,
    draw_qualities,
)
from scheduler.simulation.worlds.sellers import draw_sellers, send_history

HISTORY_DAYS, FUTURE_DAYS = 120, 120
FIRST_SUNDAY, SUNDAYS = datetime(2026, 2, 1, 12), 44
TIMEZONES = ("America/Los_Angeles", "America/New_York", "America/Chicago", "Europe/London")
LEAST_RATE, MOST_RATE = 0.002, 0.02
"""Purchases per recipient of a page's history, on average."""


def draw_world(
    seed: int, *, pages: int = 6, captions: int = 900, holidays: Mapping[date, str] | None = None
) -> World:
    """The world of a seed.

    Args:
        seed: the same seed gives the same world.
        pages: of its agency.
        captions: texts in its bank.
        holidays: dates that may be days on which people pay.
    """
    rng = np.random.default_rng([seed, 2026])
    now = to_minute(FIRST_SUNDAY + timedelta(weeks=int(rng.integers(SUNDAYS))))
    fatigue, (demand_form, demand) = draw_fatigue(rng), draw_demand(rng)
    ceiling_form, ceiling = draw_ceiling(rng)
    caption_form, qualities = draw_qualities(rng)
    hour_form, hour = draw_hours(rng, pages)
    days = HISTORY_DAYS + FUTURE_DAYS
    level_form, level = draw_levels(rng, pages, days, HISTORY_DAYS)
    pays = rng.random() < 0.5
    paid = {day: float(rng.uniform(0.2, 0.8)) if pays else 0.0 for day in sorted(holidays or {})}
    bank = written(rng, qualities, captions)
    tier = draw_tiers(rng, bank)
    sellers = draw_sellers(rng, pages)
    drawn = _draw_pages(rng, pages, hour, fatigue, sellers.per_week)
    world = World(
        seed=seed,
        forms={
            "fatigue": fatigue.form,
            "demand": demand_form,
            "buyers": ceiling_form,
            "captions": caption_form,
            "hours": hour_form,
            "levels": level_form,
            "holidays": "pay" if pays else "do not pay",
            "sellers": sellers.form,
            "messages a week": f"{sellers.per_week.mean():.0f}",
        },
        start=now - HISTORY_DAYS * 1440,
        now=now,
        pages=drawn,
        captions=bank,
        fatigue=fatigue,
        demand=demand,
        ceiling=ceiling,
        qualities=qualities,
        level=level,
        holidays=paid,
        of_views=float(rng.choice([0.0, 0.5, 1.0])),
        history=Sends(*(np.zeros(0, dtype=np.int64),) * 3, np.zeros(0)),
        tier=tier,
        plan_max=int(rng.choice([15, 15, 28])),
    )
    world = replace(world, history=send_history(rng, world, sellers, HISTORY_DAYS))
    return _calibrated(rng, world)


def written(rng: np.random.Generator, qualities: Qualities, count: int) -> CaptionTruth:
    """Captions as the people of a world write them."""
    texts = draw_captions(rng, count, 0)
    return replace(texts, quality=qualities(rng, count))


def _draw_pages(
    rng: np.random.Generator,
    count: int,
    hour: FloatArray,
    fatigue: Fatigue,
    per_week: FloatArray,
) -> Pages:
    contents = len(CONTENTS)
    explicit = np.array([name in EXPLICIT for name in CONTENTS])
    taste = rng.normal(0, 0.20, contents) + 0.25 * explicit
    weekday = np.array([0.0, -0.06, -0.05, 0.0, 0.02, 0.12, 0.04, 0.10])
    weekday = rng.uniform(0, 1.5) * weekday + rng.normal(0, 0.06, (count, 8))
    price = np.log(16.0) + rng.normal(0, 0.25, (count, 1))
    price = price + rng.normal(0, 0.12, (count, contents)) + 0.15 * explicit
    return Pages(
        name=draw_page_names(rng, count),
        timezone=tuple(rng.choice(TIMEZONES, count).tolist()),
        audience=np.exp(rng.uniform(np.log(300), np.log(6000), count)),
        view_rate=rng.uniform(0.2, 0.5, count),
        base=np.zeros(count),
        hour=hour,
        weekday=weekday,
        content=taste + rng.normal(0, 0.2, (count, contents)),
        has_content=rng.random((count, contents)) < np.where(explicit, 0.7, 0.9),
        usual_price=np.exp(price),
        usual_stock=np.maximum(per_week / HOURS_OF_A_WEEK * fatigue.usual, 1e-9),
        novelty_loss=np.full(count, rng.uniform(0.0, 0.8)),
        dispersion=rng.uniform(1.5, 5.0, count),
    )


def _calibrated(rng: np.random.Generator, world: World) -> World:
    """The world with bases at which each page's history sells what such a page sells."""
    count = len(world.pages.name)
    wanted = np.exp(rng.uniform(np.log(LEAST_RATE), np.log(MOST_RATE), count))
    paid: IntArray = np.flatnonzero(~np.isnan(world.history.price))
    page, base = world.history.page[paid], np.full(count, -4.0)
    _, _, look, wish = world.effects(world.history, paid)
    for _ in range(12):
        _, bought = world.bought(page, look, wish + base[page])
        mean = np.bincount(page, bought, minlength=count) / np.bincount(page, minlength=count)
        base += np.log(wanted / mean)
    return replace(world, pages=replace(world.pages, base=base))
