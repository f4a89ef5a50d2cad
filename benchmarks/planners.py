"""Others who plan a made-up agency: its people's habit, and one who knows the world's forms."""

from dataclasses import replace

import numpy as np
from scipy.special import gammaln

from benchmarks.living import DAY, Live
from scheduler.planning.page_problem import PlannedPage
from scheduler.simulation.truth import FloatArray, Sends
from scheduler.simulation.worlds.drawn_world import DAY_LUCK, VIEW_SHAPE
from scheduler.solver import PageProblem

QUALITIES = np.linspace(-4.0, 3.0, 57)
HABIT_DAYS = 28


def habit_week(live: Live, page: int, count: int) -> Sends:
    """`count` priced messages as the page's people would send them.

    Their times are those of a week of the old history, captions with their prices older ones of
    it, not sent within the last 28 days.
    """
    world = live.world
    rng = np.random.default_rng([world.seed, page, live.now])
    history = world.history
    own = (history.page == page) & ~np.isnan(history.price)
    then = np.flatnonzero(own & (history.minute >= world.now - HABIT_DAYS * DAY))
    then = rng.permutation(then)[:count]
    lately = (live.sends.page == page) & (live.sends.minute >= live.now - HABIT_DAYS * DAY)
    fresh = ~np.isin(history.text, live.sends.text[lately])
    what = rng.permutation(np.flatnonzero(own & fresh))
    _, first = np.unique(history.text[what], return_index=True)
    what = what[np.sort(first)][: len(then)]
    then = then[: len(what)]
    start = live.now + DAY // 2
    minute = start + (history.minute[then] - start) % (7 * DAY)
    order = np.argsort(minute, kind="stable")
    found = Sends(history.page[then], minute, history.text[what], history.price[what])
    return found.where(order)  # type: ignore[arg-type]


def believed_quality(live: Live) -> FloatArray:
    """What Bayes' rule makes of the sales of each caption, log of the mean multiplier.

    All but qualities is known: the forms, and how qualities are spread.
    """
    world, sends = live.world, live.sends
    paid = np.flatnonzero((sends.price > 0) & (sends.minute < live.now))
    page, _, look, wish = world.effects(sends, paid)
    wish = wish - world.captions.quality[sends.text[paid]] + world.pages.base[page]
    dispersion = np.exp(DAY_LUCK**2) * (1 + 1 / VIEW_SHAPE)
    size = 1.0 / (dispersion * (1 + 1 / world.pages.dispersion[page]) - 1.0)
    likelihood = np.empty((len(paid), len(QUALITIES)))
    bought = live.bought[paid]
    for at, quality in enumerate(QUALITIES):
        mean = live.reached[paid] * world.bought(page, look, wish + quality)[1]
        likelihood[:, at] = gammaln(bought + size) - gammaln(size) + size * np.log(
            size / (size + mean)
        ) + bought * np.log(mean / (size + mean))  # fmt: skip
    total = np.zeros((len(world.captions.key), len(QUALITIES)))
    np.add.at(total, sends.text[paid], likelihood)
    nearest = np.abs(world.captions.quality[:, None] - QUALITIES).argmin(axis=1)
    prior = np.bincount(nearest, minlength=len(QUALITIES)) + 1e-6
    posterior = np.exp(total - total.max(axis=1, keepdims=True)) * prior
    posterior /= posterior.sum(axis=1, keepdims=True)
    return np.asarray(np.log(posterior @ np.exp(QUALITIES)))


def informed_problem(
    live: Live, planned: PlannedPage, quality: FloatArray, price_points: tuple[float, ...]
) -> PageProblem:
    """A page's problem under the same rules with the world's own values.

    Args:
        live: the agency.
        planned: its problem with whatever values.
        quality: what is believed of each text.
        price_points: that may be asked.
    """
    world, problem = live.world, planned.problem
    page = world.pages.name.index(problem.page_name)
    slots = np.full(len(problem.slot_time), page)
    look, level = world.timing(slots, problem.slot_time)
    fatigue = _fatigue_table(live, page, problem)
    texts = np.array([world.captions.key.index(key) for key in problem.caption_keys])
    content = world.captions.content[texts]
    low, high = (live.page_settings[name] for name in ("price_min", "price_max"))
    points = np.array([p for p in price_points if low <= p <= high])
    wish = world.pages.base[page] + world.pages.content[page, content] + quality[texts]
    worn = _worn(live, page, texts, int(problem.slot_time[0]))
    wish = (wish + worn)[:, None] + world.log_price(
        np.full((len(texts), 1), page), content[:, None], points[None, :]
    )
    # Effects multiply, buyers do not: what a caption earns is that of a good moment of the week.
    moments = np.sort(look + level)[::-1][: len(problem.slot_time) // 4]
    usual = float(np.median(moments))
    tired = float(np.median(np.log(fatigue[:, 0, 0])))
    everyone = np.full(wish.shape, page)
    _, bought = world.bought(everyone, np.full(wish.shape, tired), wish + usual)
    dollars = world.pages.audience[page] * bought * points
    best = dollars.argmax(axis=1)
    return replace(
        problem,
        slot_factor=np.exp(look + level - usual),
        caption_value=dollars[np.arange(len(texts)), best] * np.exp(-tired),
        caption_price=points[best],
        fatigue=fatigue,
    )


def _worn(live: Live, page: int, texts: np.ndarray, minute: int) -> FloatArray:
    count = len(texts)
    asked = Sends(np.full(count, page), np.full(count, minute), texts, np.ones(count))
    everything = live.sends.then(asked)
    return live.world.worn(everything, np.arange(len(live.sends), len(everything)))


def _fatigue_table(live: Live, page: int, problem: PageProblem) -> FloatArray:
    """Factor by messages of the week and of the day before: as `WeekFatigue.table`."""
    world, time = live.world, problem.slot_time
    unit = world.pages.usual_stock[page]
    past = live.sends.minute[live.sends.page == page]
    gap = (time[:, None] - past[None, :]) / 60.0
    before = np.where((gap > 0) & (gap < world.fatigue.hours), world.fatigue.left(gap), 0.0)
    prime = problem.slot_is_prime
    share = problem.prime_share_min
    likely = np.where(prime, share / max(prime.sum(), 1), (1 - share) / max((~prime).sum(), 1))
    between = (time[:, None] - time[None, :]).astype(float)
    left = np.where(between > 0, world.fatigue.left(np.maximum(between, 0.0) / 60.0), 0.0)
    left *= between / 60.0 < world.fatigue.hours
    day = problem.slot_day
    of = {
        "other": likely * (day[None, :] < day[:, None]),
        "same": likely * (day[None, :] == day[:, None]) * (between >= problem.spacing_minutes),
    }
    mean = {}
    for name, weight in of.items():
        total = weight.sum(axis=1)
        summed = (weight * left).sum(axis=1)
        mean[name] = np.divide(summed, total, out=np.zeros(len(time)), where=total > 0)
    week = np.arange(problem.fatigue.shape[1])
    today = np.arange(problem.fatigue.shape[2])
    others = np.maximum(week[:, None] - today[None, :], 0.0)
    stock = before.sum(axis=1)[:, None, None] + mean["other"][:, None, None] * others
    stock = stock + mean["same"][:, None, None] * today[None, None, :]
    return np.asarray(np.exp(world.fatigue.effect(stock / unit)))
