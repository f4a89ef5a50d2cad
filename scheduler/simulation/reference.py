"""Weeks to compare a plan with: people's habit, and one who knows the truth."""

import numpy as np

from scheduler.simulation.clock import to_minute
from scheduler.simulation.truth import (
    LONG_HOURS,
    NOVELTY_HOURS,
    SHORT_HOURS,
    FloatArray,
    IntArray,
    Sends,
    Truth,
    local_minute,
)

WEEK_MINUTES = 7 * 1440
HABIT_DAYS = 28


def week_slots(truth: Truth, page: int, week_start: int) -> tuple[IntArray, IntArray, IntArray]:
    """The 168 whole hours of a week: UTC minute, local hour, ISO weekday."""
    slots = week_start + 60 * np.arange(168)
    local = local_minute(truth.pages, np.full(slots.size, page), slots)
    return slots, local // 60 % 24, (local // 1440 + 3) % 7 + 1


def habit_week(truth: Truth, page: int, week_start: int, count: int, seed: int) -> Sends:
    """`count` priced messages at the times and with the kind of captions the page is used to.

    Times come from its priced sends of the last 28 days, captions with their prices from earlier
    ones, so that the week is not worn out by what has just been sent.

    Args:
        truth: the agency's truth.
        page: index of the page.
        week_start: UTC minute at which the week begins.
        count: messages; fewer come back when the page sent fewer.
        seed: one draw; average some of them.
    """
    history, now = truth.history, to_minute(truth.as_of)
    rng = np.random.default_rng([seed, page])
    own = (history.page == page) & ~np.isnan(history.price)
    is_late = history.minute >= now - HABIT_DAYS * 1440
    then = rng.permutation(np.flatnonzero(own & is_late))[:count]
    fresh = ~np.isin(history.text, history.text[is_late & (history.page == page)])
    what = rng.permutation(np.flatnonzero(own & fresh))[: then.size]
    then = then[: what.size]
    # The same weekday and time of day, moved on by whole weeks.
    minute = week_start + (history.minute[then] - week_start) % WEEK_MINUTES
    return Sends(history.page[then], minute, history.text[what], history.price[what])


def clairvoyant_week(
    truth: Truth,
    page: int,
    week_start: int,
    count: int,
    *,
    quality: FloatArray | None = None,
    taken: IntArray | None = None,
) -> Sends:
    """The page's best captions at their best prices in the best hours, chosen greedily.

    Knows every effect: a level to compare with, out of reach of anybody who has to learn, and not
    a bound. With a believed `quality` it is the planner who knows everything but the captions.

    Args:
        truth: the agency's truth.
        page: index of the page.
        week_start: UTC minute at which the week begins.
        count: messages; fewer come back when 3 hours between them leave no room.
        quality: (T,) what is believed of each caption; the truth when None.
        taken: texts that other pages use in the week.
    """
    slots = _best_slots(truth, page, week_start, count)
    captions, pages = truth.captions, truth.pages
    best_price = pages.best_price[page, captions.content]
    price, shape = np.round(best_price), pages.price_shape[page]
    value = (captions.quality if quality is None else quality) + pages.content[
        page, captions.content
    ]
    value = value + np.log(price) - ((price / best_price) ** shape) / shape
    value -= pages.novelty_loss[page] * _past_uses(truth, page, week_start)
    deliverable = pages.has_content[page, captions.content]
    value[~deliverable | (np.arange(value.size) >= captions.bank_size)] = -np.inf
    if taken is not None:
        value[taken] = -np.inf
    best = np.argsort(-value, kind="stable")[: slots.size]
    return Sends(np.full(slots.size, page), slots, best, price[best])


def _past_uses(truth: Truth, page: int, minute: int) -> FloatArray:
    """Past uses of each text on the page, as novelty remembers them at `minute`; shape (T,)."""
    history = truth.history
    own = np.flatnonzero(history.page == page)
    weights = np.exp(-(minute - history.minute[own]) / 60 / NOVELTY_HOURS)
    size = len(truth.captions.text)
    return np.bincount(history.text[own], weights=weights, minlength=size).astype(np.float64)


def _best_slots(truth: Truth, page: int, week_start: int, count: int) -> IntArray:
    """Hours of the week, 3 hours apart, added one by one where the page's week gains most."""
    pages, history = truth.pages, truth.history
    slots, hour, weekday = week_slots(truth, page, week_start)
    effect = pages.hour[page, hour] + pages.weekday[page, weekday]
    age = (slots[:, None] - history.minute[history.page == page][None, :]) / 60
    gap = (slots[:, None] - slots[None, :]) / 60
    tired = np.zeros(gap.shape)
    for hours, loss in ((SHORT_HOURS, pages.fatigue_short), (LONG_HOURS, pages.fatigue_long)):
        effect = effect - loss[page] * np.exp(-age / hours).sum(axis=1)
        tired += loss[page] * np.exp(-np.clip(gap, 0, None) / hours) * (gap > 0)
    chosen: list[int] = []
    free = np.ones(slots.size, dtype=bool)
    while len(chosen) < count and free.any():
        value = np.exp(effect - tired[:, chosen].sum(axis=1))
        # What a new message takes from those already chosen after it.
        taken = (value[chosen, None] * (1 - np.exp(-tired[chosen, :]))).sum(axis=0)
        best = int(np.argmax(np.where(free, value - taken, -np.inf)))
        chosen.append(best)
        free &= np.abs(gap[best]) >= 3
    return slots[np.sort(np.array(chosen, dtype=np.int64))]
