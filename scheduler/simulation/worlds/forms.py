"""The forms a world may have: small functions, each drawn with its numbers from a source of chance.

Every `draw_...` returns the form's name and the function. No function knows of the others, and no
code outside the simulation knows of any.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from scheduler.simulation.truth import FloatArray

Function = Callable[[FloatArray], FloatArray]
Qualities = Callable[[np.random.Generator, int], FloatArray]
HOURS_OF_A_WEEK = 168.0
LEAST_SHARE = 1e-12


@dataclass(frozen=True)
class Fatigue:
    """How attention tires.

    Attributes:
        form: in words.
        left: what a message weighs some hours after it was sent.
        effect: log effect of the sum of weights, in units of the page's usual sum.
        hours: after which nothing is left.
        usual: weight of a message, summed over the hours after it.
    """

    form: str
    left: Function
    effect: Function
    hours: float
    usual: float


def _no_fatigue(rng: np.random.Generator) -> Fatigue:
    return Fatigue("none", np.zeros_like, np.zeros_like, 1.0, 1.0)


def _fading(rng: np.random.Generator) -> tuple[Function, float, float]:
    """A weight that halves every 8 to 120 hours, where it ends, and its sum over time."""
    half = float(np.exp(rng.uniform(np.log(8.0), np.log(120.0))))
    return (lambda hours: np.exp2(-hours / half)), 8.0 * half, half / np.log(2.0)


def _exponential_fatigue(rng: np.random.Generator) -> Fatigue:
    left, end, usual = _fading(rng)
    loss = rng.uniform(0.2, 1.0)
    return Fatigue(f"exponential, {end / 8:.0f} h", left, lambda felt: -loss * felt, end, usual)


def _hill_fatigue(rng: np.random.Generator) -> Fatigue:
    left, end, usual = _fading(rng)
    half, power = rng.uniform(0.7, 2.5), rng.uniform(1.0, 2.5)
    return Fatigue(
        f"Hill, {end / 8:.0f} h", left, lambda felt: -np.log1p((felt / half) ** power), end, usual
    )


def _last_hours_fatigue(rng: np.random.Generator) -> Fatigue:
    hours, loss = float(rng.integers(4, 13)), rng.uniform(0.1, 0.5)
    return Fatigue(
        f"only the last {hours:.0f} h",
        lambda passed: (passed < hours).astype(np.float64),
        lambda felt: -loss * felt,
        hours,
        hours,
    )


def draw_fatigue(rng: np.random.Generator) -> Fatigue:
    """Hill, exponential, only the last hours, or none."""
    forms = (_exponential_fatigue, _hill_fatigue, _last_hours_fatigue, _no_fatigue)
    return forms[rng.choice(4, p=(0.35, 0.35, 0.2, 0.1))](rng)


def _lognormal_demand(rng: np.random.Generator) -> tuple[str, Function]:
    width = rng.uniform(0.4, 0.9)
    return "lognormal", lambda gap: ndtr(-gap / width)


def _logistic_demand(rng: np.random.Generator) -> tuple[str, Function]:
    width = rng.uniform(0.25, 0.6)
    return "logistic", lambda gap: 1.0 / (1.0 + np.exp((np.exp(gap) - 1.0) / width))


def _two_crowds(rng: np.random.Generator) -> tuple[str, Function]:
    rich, gap_of_rich, width = rng.uniform(0.1, 0.4), rng.uniform(0.6, 1.1), rng.uniform(0.2, 0.4)

    def share(gap: FloatArray) -> FloatArray:
        poor = (1.0 - rich) * ndtr(-(gap + 0.3) / width)
        both: FloatArray = poor + rich * ndtr((gap_of_rich - gap) / width)
        return both

    return "two crowds", share


def _wall(rng: np.random.Generator) -> tuple[str, Function]:
    power, wall = rng.uniform(0.6, 0.95), rng.uniform(0.1, 0.6)
    return "constant up to a wall", lambda gap: np.exp(
        -power * gap - 5.0 * np.maximum(gap - wall, 0.0)
    )


def draw_demand(rng: np.random.Generator) -> tuple[str, Function]:
    """Share that would pay, by log price over what is usually paid, up to a factor."""
    forms = (_lognormal_demand, _logistic_demand, _two_crowds, _wall)
    return forms[rng.integers(4)](rng)


def draw_ceiling(rng: np.random.Generator) -> tuple[str, Function]:
    """Share of viewers that buy, by what the effects multiply to: at most 0.3 to all of them."""
    top = float(rng.choice([0.3, 0.5, 1.0]))
    if rng.random() < 0.35:
        return "all may buy", lambda wish: np.minimum(wish, 1.0)
    if rng.random() < 0.5:
        return f"at most {top:g}, odds", lambda wish: wish / (1.0 + wish / top)
    return f"at most {top:g}, exponential", lambda wish: -top * np.expm1(-wish / top)


def draw_qualities(rng: np.random.Generator) -> tuple[str, Qualities]:
    """How captions differ, in logs: lognormal, mostly duds, or nearly equal."""
    form = int(rng.choice(3, p=(0.4, 0.4, 0.2)))
    wide, duds = rng.uniform(0.4, 0.8), rng.uniform(0.4, 0.7)

    def mostly_duds(chance: np.random.Generator, count: int) -> FloatArray:
        is_dud = chance.random(count) < duds
        found = np.where(is_dud, chance.normal(-2.2, 0.7, count), chance.normal(0.0, 0.35, count))
        return np.asarray(found + (chance.random(count) < 0.06) * chance.exponential(0.28, count))

    forms: tuple[tuple[str, Qualities], ...] = (
        ("lognormal", lambda chance, count: chance.normal(0.0, wide, count)),
        ("mostly duds", mostly_duds),
        ("nearly equal", lambda chance, count: chance.normal(0.0, 0.12, count)),
    )
    return forms[form]


def draw_hours(rng: np.random.Generator, pages: int) -> tuple[str, FloatArray]:
    """Log effect of the local hour, (pages, 24): an evening peak and a second one, or none."""
    strength = 0.05 if rng.random() < 0.25 else rng.uniform(0.6, 1.3)
    hours = np.arange(24)
    peak, second = rng.normal(21.0, 2.0, (pages, 1)), rng.uniform(0, 12, (pages, 1))
    main = rng.uniform(0.30, 0.65, (pages, 1)) * np.cos(2 * np.pi * (hours - peak) / 24)
    other = rng.uniform(0.05, 0.30, (pages, 1)) * np.cos(4 * np.pi * (hours - second) / 24)
    name = "hours matter" if strength > 0.1 else "hours do not matter"
    return name, strength * (main + other + rng.normal(0, 0.06, (pages, 24)))


def draw_levels(
    rng: np.random.Generator, pages: int, days: int, past: int
) -> tuple[str, FloatArray]:
    """Log level of each page on each day, (pages, days), about 0 at day `past`.

    A slow wave of the page's own and one that all share always; and a trend that goes on, a shift
    in mid history, or neither.
    """
    weeks = days // 7 + 2
    own = np.cumsum(rng.normal(0, 0.05, (pages, weeks)), axis=1)
    shared = np.cumsum(rng.normal(0, 0.03, weeks))
    day = np.arange(days)
    level = np.stack([np.interp(day / 7, np.arange(weeks), row + shared) for row in own])
    form = rng.integers(3)
    if form == 0:
        level = level + rng.normal(0, 0.004, (pages, 1)) * (day - past)
    if form == 1:
        step = rng.normal(0, 0.35, (pages, 1)) + rng.normal(0, 0.15)
        level = level - step * (day < rng.integers(past // 3, past - 21))
    name = ("trends", "a shift in mid history", "steady but for waves")[form]
    return name, level - level[:, [past]]
