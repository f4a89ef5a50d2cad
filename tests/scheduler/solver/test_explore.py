"""Exploration: how often, within which rules, with which probability, at which cost."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.random_pages import Shape, lock, page
from scheduler.solver import Infeasible, Menu, explore, solve_page
from scheduler.solver.rule_check import violations
from tests.scheduler.solver.strategies import pages

DRAWS = 30
PRICES = np.array([9.0, 15.0, 25.0])  # those of the instances


def menu_of(problem, seed=0, doubt=0.5):
    """Three contents; a posterior that is sure of nothing."""
    rng = np.random.default_rng(seed)
    count = len(problem.caption_keys)
    content = problem.caption_category % 3
    log_price = rng.normal(0, 0.2, (3, len(PRICES)))
    own = np.searchsorted(PRICES, problem.caption_price)
    return Menu(
        content=content,
        prices=PRICES,
        log_price=log_price,
        log_value=np.log(problem.caption_value) - log_price[content, own],
        caption_draws=rng.normal(0, doubt, (DRAWS, count)),
        price_draws=rng.normal(0, 0.3 * doubt, (DRAWS, 3, len(PRICES))),
    )


def explored(problem, share=1.0, taken=(), seed=1, doubt=0.5):
    plan = solve_page(problem)
    rng = np.random.default_rng(seed)
    return plan, explore(problem, plan, menu_of(problem, doubt=doubt), share, taken, rng)


def one_place(problem, value):
    """A week of one message, whose captions are worth as much by day as by night."""
    return replace(
        problem,
        n_min=1,
        n_max=1,
        explicit_tolerance=0.6,
        caption_value=value,
        caption_daypart_factor=np.ones((60, 4)),
    )


def broken(problem, messages):
    picks = [(m.slot, m.caption) for m in messages if m.fixed < 0]
    return {v.rule for v in violations(problem, picks)}


@pytest.fixture(scope="module")
def problem():
    return page(5, Shape(captions=60, n_max=8))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(problem=pages(), seed=st.integers(0, 100))
def test_a_week_in_which_every_message_explores_breaks_no_rule_that_the_plan_kept(problem, seed):
    problem = problem if len(problem.caption_keys) <= 60 else problem.with_captions(np.arange(60))
    try:
        plan, week = explored(problem, seed=seed)
    except Infeasible:
        return
    assert broken(problem, week.messages) <= broken(problem, plan.messages)
    assert [(m.time, m.slot, m.fixed) for m in week.messages] == [
        (m.time, m.slot, m.fixed) for m in plan.messages
    ]
    assert {m.price for m in week.messages if m.fixed < 0} <= set(PRICES)


def test_without_a_share_the_week_is_the_plan(problem):
    plan, week = explored(problem, share=0.0)
    assert week.messages == plan.messages
    assert {(c.propensity, c.is_explored) for c in week.choices} == {(1.0, False)}


def test_the_same_seed_explores_the_same_and_another_seed_otherwise(problem):
    assert explored(problem) == explored(problem)
    assert explored(problem)[1] != explored(problem, seed=2)[1]


def test_captions_of_other_pages_are_left_to_them(problem):
    kept = {m.caption_key for m in solve_page(problem).messages}
    taken = set(problem.caption_keys[::2]) - kept
    for seed in range(5):
        _, week = explored(problem, taken=taken, seed=seed)
        assert not {m.caption_key for m in week.messages} & taken


def test_a_locked_message_does_not_explore(problem):
    locked = replace(problem, fixed=(lock(problem, int(problem.slot_time[40]) + 7, 3),))
    plan, week = explored(locked)
    place = next(i for i, m in enumerate(plan.messages) if m.fixed >= 0)
    assert week.messages[place] == plan.messages[place]
    assert week.choices[place] is None


def test_propensities_are_the_frequencies_of_what_is_chosen(problem):
    """One message, so that its choices are draws of one distribution."""
    single = replace(problem, n_min=1, n_max=1, explicit_tolerance=0.6, prime_share_min=0.0)
    plan = solve_page(single)
    menu = menu_of(single)
    rng = np.random.default_rng(0)
    tries, counts, chance = 4000, Counter(), {}
    for _ in range(tries):
        week = explore(single, plan, menu, 0.5, (), rng)
        what = week.messages[0].caption, week.messages[0].price
        counts[what] += 1
        chance[what] = week.choices[0].propensity
    assert max(counts, key=counts.get) == (plan.messages[0].caption, plan.messages[0].price)
    assert chance[max(counts, key=counts.get)] > 0.5
    for what, count in counts.items():
        error = np.sqrt(chance[what] * (1 - chance[what]) / tries)
        assert abs(count / tries - chance[what]) < 4.5 * error + 1e-3


def test_an_explored_message_is_worth_what_the_menu_says_of_it(problem):
    plan, week = explored(problem)
    menu = menu_of(problem)
    for old, new, choice in zip(plan.messages, week.messages, week.choices, strict=True):
        price = np.searchsorted(PRICES, [old.price, new.price])
        caption = np.array([old.caption, new.caption])
        worth = np.exp(menu.log_value[caption] + menu.log_price[menu.content[caption], price])
        assert new.expected / old.expected == pytest.approx(worth[1] / worth[0])
        assert choice.is_explored == ((old.caption, old.price) != (new.caption, new.price))
    assert sum(choice.is_explored for choice in week.choices) >= 3


def test_no_message_gives_up_more_than_its_limits(problem):
    """Half of its planned worth, a tenth of what its caption may earn at another price."""
    menu = menu_of(problem, doubt=2.0)
    worth = menu.log_price[menu.content]
    drawn = 0
    for seed in range(10):
        plan, week = explored(problem, seed=seed, doubt=2.0)
        for old, new in zip(plan.messages, week.messages, strict=True):
            if (old.caption, old.price) != (new.caption, new.price):
                price = np.searchsorted(PRICES, new.price)
                kept = worth[new.caption, price] - worth[new.caption].max()
                assert kept >= np.log(0.9) - 1e-9
                assert new.expected >= 0.5 * old.expected - 1e-9
                # Another price alone would teach little that history does not tell.
                assert new.caption != old.caption
                drawn += 1
    assert drawn > 10


def test_only_the_captions_with_the_highest_upper_bounds_are_tried(problem):
    """One place, where a shelf of unknown captions that sell a sixth less competes with hopes."""
    value = np.r_[30.0, np.full(9, 29.0), np.full(50, 25.0)]
    single = replace(one_place(problem, value), prime_share_min=0.0)
    plan, menu = solve_page(single), menu_of(single, doubt=0.0)
    menu = replace(menu, log_price=np.zeros((3, len(PRICES))), log_value=np.log(value))
    # In nearly every draw one of so many is the best: taken at its word, it would always win.
    rng = np.random.default_rng(5)
    menu.caption_draws[rng.integers(0, DRAWS, 50), np.arange(10, 60)] = np.log(1.8)
    hopes, rng = set(range(10)), np.random.default_rng(6)
    weeks = [explore(single, plan, menu, 1.0, (), rng) for _ in range(200)]
    assert {week.messages[0].caption for week in weeks} <= hopes
    # What is so uncertain that it may well be the best is tried.
    draws = np.c_[np.zeros((DRAWS, 10)), np.log(rng.choice([0.1, 2.5], (DRAWS, 50)))]
    bold = replace(menu, caption_draws=draws)
    weeks = [explore(single, plan, bold, 1.0, (), rng) for _ in range(200)]
    assert len({week.messages[0].caption for week in weeks} - hopes) > 3


def test_what_is_in_doubt_is_tried_more_than_what_is_known(problem):
    alike = one_place(problem, np.full(60, 20.0))
    plan, menu = solve_page(alike), menu_of(alike, doubt=0.0)
    doubted = np.arange(60) % 2 == 0
    rng = np.random.default_rng(3)
    menu.caption_draws[:, doubted] = rng.normal(0, 1, (DRAWS, 30))
    weeks = [explore(alike, plan, menu, 1.0, (), rng) for _ in range(300)]
    tried = [m.caption for w in weeks for m in w.messages if m.caption != plan.messages[0].caption]
    assert len(tried) > 100
    assert np.mean(doubted[tried]) > 0.75
