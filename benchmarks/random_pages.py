"""Random page problems with the shape of a real agency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler.solver.week_problem import FixedMessage, PageProblem

WEEK_START = 29_600_000  # minutes since the epoch; any Monday will do
HOURS = 168


@dataclass(frozen=True)
class Shape:
    """What a random page looks like."""

    captions: int = 600
    categories: int = 12
    n_min: int = 2
    n_max: int = 15
    spacing_hours: int = 3
    hours: int = HOURS
    prime_hours: int = 6
    prime_share_min: float = 0.8
    explicit_share: float = 0.6
    explicit_tolerance: float = 0.1
    category_per_day_max: int = 3
    weekend_share_cap: float = 0.34
    holiday: bool = False
    day_fatigue: float = 0.12
    week_fatigue: float = 0.02
    step_hours: int = 1


def page(seed: int, shape: Shape | None = None, name: str | None = None) -> PageProblem:
    """A page problem drawn from a seed."""
    shape = shape or Shape()
    rng = np.random.default_rng(seed)
    hour = np.arange(0, shape.hours, shape.step_hours)
    day, clock = hour // 24, hour % 24
    wave = 0.25 * np.cos((clock - rng.uniform(17, 23)) * np.pi / 12)
    wave = wave + 0.08 * np.cos((clock - rng.uniform(0, 24)) * np.pi / 6)
    weekday = np.exp(rng.normal(0, 0.08, 7))
    by_hour = rng.normal(0, 0.05, 24)
    factor = np.exp(wave + by_hour[clock]) * weekday[day]
    ranked = np.argsort(-(np.exp(wave + by_hour[clock]))[:24] if len(hour) >= 24 else -factor)
    prime = np.isin(clock, clock[ranked[: shape.prime_hours]])
    choice = np.array([1.0, 1.0, 1.0, 1.0, 1.2, 1.2, 1.15])[day]
    cap = np.ones(7)
    if shape.holiday:
        choice = choice * np.where(day == 3, 0.7, 1.0)
        cap[3] = 0.1
    captions = _captions(rng, shape)
    return PageProblem(
        page_name=name or f"page_{seed:05d}",
        slot_time=WEEK_START + 60 * hour,
        slot_day=day,
        slot_daypart=_daypart(clock),
        slot_factor=factor,
        slot_choice_weight=choice,
        slot_is_prime=prime,
        slot_is_weekend=day >= 5,
        fatigue=_fatigue(rng, shape, len(hour)),
        n_min=shape.n_min,
        n_max=shape.n_max,
        spacing_minutes=60 * shape.spacing_hours,
        explicit_share=shape.explicit_share,
        explicit_tolerance=shape.explicit_tolerance,
        prime_share_min=shape.prime_share_min,
        category_per_day_max=shape.category_per_day_max,
        weekend_share_cap=shape.weekend_share_cap,
        day_share_cap=cap,
        earliest_time=WEEK_START - 60.0 * float(rng.integers(0, 6)),
        latest_time=WEEK_START + 60.0 * (shape.hours + float(rng.integers(0, 6))),
        **captions,
    )


def _daypart(clock: np.ndarray) -> np.ndarray:
    table = np.full(24, 3)
    table[5:12], table[12:17], table[17:22] = 0, 1, 2
    return table[clock]


def _fatigue(rng: np.random.Generator, shape: Shape, slots: int) -> np.ndarray:
    d_size = min(24 // shape.spacing_hours + 1 if shape.spacing_hours else 24, shape.n_max)
    w, d = np.arange(shape.n_max), np.arange(max(d_size, 1))
    carried = rng.uniform(0.85, 1.0, slots)
    day = shape.day_fatigue * rng.uniform(0.5, 1.5)
    week = shape.week_fatigue * rng.uniform(0.5, 1.5)
    table = np.exp(-week * w[:, None] - day * np.sqrt(d)[None, :])
    return carried[:, None, None] * table[None]


def _captions(rng: np.random.Generator, shape: Shape) -> dict:
    k = shape.captions
    weights = rng.dirichlet(np.full(shape.categories, 0.5))
    category = rng.choice(shape.categories, size=k, p=weights)
    lift = np.exp(rng.normal(0, 0.25, shape.categories))[category]
    value = np.round(20 * rng.lognormal(0, 0.8) * lift * np.exp(rng.normal(0, 0.25, k)), 4)
    energy = rng.choice(5, size=k, p=[0.5, 0.15, 0.15, 0.1, 0.1])
    match = np.array([[1, 1, 1, 1], [1, 0.8, 0.8, 0.8], [0.8, 1, 0.8, 0.8]])
    match = np.vstack([match, [[0.8, 0.8, 1, 1], [0.8, 0.8, 0.8, 1]]])
    return {
        "caption_keys": tuple(f"{i:08d}" for i in range(k)),
        "caption_value": value,
        "caption_price": rng.choice([9.0, 15.0, 25.0], size=k),
        "caption_category": category,
        "caption_is_explicit": category % 5 < 3,
        "caption_daypart_factor": match[energy],
    }


def lock(problem: PageProblem, time: int, index: int, value: float = 10.0) -> FixedMessage:
    """A locked message at a time, with the caption of that index (made up when beyond them)."""
    day = int((time - WEEK_START) // 1440)
    clock = int((time - WEEK_START) // 60) % 24
    known = 0 <= index < len(problem.caption_keys)
    return FixedMessage(
        time=time,
        day=day,
        daypart=int(_daypart(np.array([clock]))[0]),
        is_prime=bool(problem.slot_is_prime[problem.slot_time <= time][-1]),
        is_weekend=day >= 5,
        caption_key=problem.caption_keys[index] if known else f"locked_{index}",
        price=12.0,
        category=int(problem.caption_category[index]) if known else 0,
        is_explicit=bool(problem.caption_is_explicit[index]) if known else False,
        value=value,
        choice_weight=1.0,
        fatigue=problem.fatigue[0],
    )
