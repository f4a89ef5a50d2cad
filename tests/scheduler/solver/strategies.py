"""Strategies of page problems: tiny ones for brute force, realistic ones for the rest."""

from dataclasses import replace

from hypothesis import note
from hypothesis import strategies as st

from benchmarks.random_pages import Shape, lock, page
from scheduler.solver.week_problem import PageProblem

shares = st.sampled_from([0.0, 0.3, 0.5, 0.6, 0.8, 1.0])


@st.composite
def tiny_pages(draw: st.DrawFn) -> PageProblem:
    """A few slots over a few days, a few captions, any rules."""
    step = draw(st.sampled_from([20, 24, 30, 36]))
    n_max = draw(st.integers(1, 3))
    shape = Shape(
        captions=draw(st.integers(1, 5)),
        categories=draw(st.integers(1, 4)),
        n_min=draw(st.integers(1, n_max)),
        n_max=n_max,
        spacing_hours=draw(st.sampled_from([0, 3, 25, 50])),
        step_hours=step,
        hours=168,
        prime_hours=draw(st.integers(1, 12)),
        prime_share_min=draw(shares),
        explicit_share=draw(shares),
        explicit_tolerance=draw(st.sampled_from([0.1, 0.3, 0.5, 1.0])),
        category_per_day_max=draw(st.integers(1, 3)),
        weekend_share_cap=draw(st.sampled_from([0.0, 0.2, 0.34, 1.0])),
        holiday=draw(st.booleans()),
        week_fatigue=draw(st.sampled_from([0.0, 0.1, 0.8])),
        day_fatigue=draw(st.sampled_from([0.0, 0.5])),
    )
    problem = page(draw(st.integers(0, 10_000)), shape)
    note(repr(shape))
    if draw(st.booleans()):
        problem = with_locks(draw, problem, most=1)
    return problem


@st.composite
def pages(draw: st.DrawFn) -> PageProblem:
    """A week of hourly slots with the shape of a real page, its rules anywhere in their ranges."""
    n_max = draw(st.sampled_from([2, 5, 15, 15, 30]))
    shape = Shape(
        captions=draw(st.sampled_from([1, 4, 12, 40, 150, 400])),
        categories=draw(st.sampled_from([1, 3, 12])),
        n_min=draw(st.integers(0, min(n_max, 8))),
        n_max=n_max,
        spacing_hours=draw(st.sampled_from([1, 2, 3, 6])),
        prime_hours=draw(st.integers(1, 10)),
        prime_share_min=draw(shares),
        explicit_share=draw(st.sampled_from([0.0, 0.4, 0.6, 0.6, 1.0])),
        explicit_tolerance=draw(st.sampled_from([0.05, 0.1, 0.3])),
        category_per_day_max=draw(st.integers(1, 4)),
        weekend_share_cap=draw(st.sampled_from([0.1, 0.34, 1.0])),
        holiday=draw(st.booleans()),
        week_fatigue=draw(st.sampled_from([0.0, 0.02, 0.2])),
        day_fatigue=draw(st.sampled_from([0.0, 0.12, 0.6])),
    )
    problem = page(draw(st.integers(0, 10_000)), shape)
    note(repr(shape))
    if draw(st.booleans()):
        problem = with_locks(draw, problem, most=3)
    return problem


def with_locks(draw: st.DrawFn, problem: PageProblem, most: int) -> PageProblem:
    """The problem with some locked messages, off the hour grid, some with foreign captions."""
    count = draw(st.integers(0, min(most, problem.n_max)))
    first, last = int(problem.slot_time[0]), int(problem.slot_time[-1])
    times = draw(st.lists(st.integers(first, last), min_size=count, max_size=count, unique=True))
    captions = draw(
        st.lists(st.integers(0, 2 * len(problem.caption_keys)), min_size=count, max_size=count)
    )
    locks = [lock(problem, time, k) for time, k in zip(times, captions, strict=True)]
    note(f"locked at {times} with captions {captions}")
    return replace(problem, fixed=tuple(locks))
