"""How the people of a world have been sending: some try much, others never change anything."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.simulation.clock import utc_offset
from scheduler.simulation.content_types import PRICE_POINTS, TIER_PRICE, TIER_PRICED_SHARE
from scheduler.simulation.truth import FloatArray, IntArray, Sends

if TYPE_CHECKING:
    from scheduler.simulation.worlds.drawn_world import World

LEAST_A_WEEK, MOST_A_WEEK = 15.0, 100.0


@dataclass(frozen=True)
class Sellers:
    """Habits of the people behind each page, arrays of length P.

    Attributes:
        form: in words.
        per_week: messages, free ones included.
        hour_weight: (P, 24) liking of each local hour.
        paid_share: of their messages.
        price_level: log factor on the usual price of a tier.
        mood: deviation of the log price they set.
        volume_mood: deviation of the log volume of a week.
        belief: how far they send what sells, and price what they believe in.
    """

    form: str
    per_week: FloatArray
    hour_weight: FloatArray
    paid_share: FloatArray
    price_level: FloatArray
    mood: float
    volume_mood: float
    belief: float


def draw_sellers(rng: np.random.Generator, pages: int) -> Sellers:
    """Sellers who experiment with hours, prices and volumes, a little, or never."""
    trying = float(rng.choice([0.0, 0.5, 1.0]))
    usual = np.exp(rng.uniform(np.log(LEAST_A_WEEK), np.log(MOST_A_WEEK)))
    hours = np.arange(24)
    middle = rng.normal(18.0, 3.0, (pages, 1))
    away = np.abs(hours - middle) % 24
    near = np.exp(-0.5 * (np.minimum(away, 24 - away) / (2.5 + 2.0 * trying)) ** 2)
    return Sellers(
        form=f"{('never experiment', 'experiment a little', 'experiment')[round(2 * trying)]}",
        per_week=np.clip(usual * np.exp(rng.normal(0, 0.25, pages)), LEAST_A_WEEK, MOST_A_WEEK),
        hour_weight=0.02 + 0.25 * trying + near,
        paid_share=rng.uniform(0.45, 0.9, pages),
        price_level=rng.normal(0.0, 0.2, pages),
        mood=0.05 + 0.35 * trying,
        volume_mood=0.08 + 0.4 * trying,
        belief=float(rng.uniform(0.0, 0.7)),
    )


def send_history(rng: np.random.Generator, world: "World", sellers: Sellers, days: int) -> Sends:
    """Everything the sellers sent in the days before the world's `now`, in order of page and time.

    Args:
        rng: source of chance.
        world: without a history.
        sellers: their habits.
        days: length of the history.
    """
    times = [_times(rng, world, sellers, one, days) for one in range(len(world.pages.name))]
    page = np.repeat(np.arange(len(times)), [len(own) for own in times])
    minute = np.concatenate(times)
    paid = rng.random(len(page)) < sellers.paid_share[page]
    text = _texts(rng, world, sellers, page, paid)
    wish = np.log(np.array(TIER_PRICE)[world.tier[text]]) + sellers.price_level[page]
    wish = wish + rng.normal(0, sellers.mood, len(page))
    points = np.array(PRICE_POINTS)
    nearest = np.searchsorted((np.log(points[1:]) + np.log(points[:-1])) / 2, wish)
    return Sends(page, minute, text, np.where(paid, points[nearest], np.nan))


def _times(
    rng: np.random.Generator, world: "World", sellers: Sellers, page: int, days: int
) -> IntArray:
    slots = world.start + 30 * np.arange(days * 48)
    local = slots + utc_offset(world.pages.timezone[page], slots)
    weight = np.log(sellers.hour_weight[page, local // 60 % 24])
    weeks = np.exp(rng.normal(0, sellers.volume_mood, days // 7 + 1))
    mean = sellers.per_week[page] / 7 * weeks[np.arange(days) // 7] / weeks.mean()
    daily = np.minimum(np.floor(mean + rng.random(days)), 40)
    keys = (weight + rng.gumbel(size=len(slots))).reshape(days, 48)
    rank = np.argsort(np.argsort(-keys, axis=1), axis=1)
    chosen = slots.reshape(days, 48)[rank < daily[:, None]]
    return np.sort(chosen + rng.integers(0, 30, len(chosen)))


def _texts(
    rng: np.random.Generator,
    world: "World",
    sellers: Sellers,
    page: IntArray,
    paid: np.ndarray,
) -> IntArray:
    """Captions the page holds; sellers like some, and what sells a little more."""
    quality, count = world.captions.quality, len(world.captions.text)
    pull = np.exp(rng.normal(0, 1.0, count) + sellers.belief * quality)
    priced_share = np.array(TIER_PRICED_SHARE)[world.tier]
    text = np.zeros(len(page), dtype=np.int64)
    for one in range(len(world.pages.name)):
        likes = pull * np.exp(rng.normal(0, 0.7, count))
        likes = likes * world.pages.has_content[one, world.captions.content]
        for is_paid, share in ((True, priced_share), (False, 1 - priced_share)):
            rows = np.flatnonzero((page == one) & (paid == is_paid))
            edges = np.cumsum(likes * share)
            text[rows] = np.searchsorted(edges, rng.random(len(rows)) * edges[-1], side="right")
    return np.minimum(text, count - 1)
