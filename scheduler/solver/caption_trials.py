"""Exploration: single messages of a solved week redrawn by chance, the rest of the week fixed.

What is never tried is never learned. So each message explores with a small probability: at its
place in the week, caption and price are redrawn from the captions that break no rule there and hold
the most promise, by a softmax over draws from the posterior (Thompson sampling with a temperature).
Promise is an upper confidence bound: where good captions are known it stays near the plan, where
few are it reaches further. What could earn most for all we know is drawn often, what is known
hardly ever.

Sources: Russo, Van Roy, Kazerouni, Osband and Wen (2018), "A Tutorial on Thompson Sampling",
Foundations and Trends in Machine Learning 11; Auer, Cesa-Bianchi and Fischer (2002), "Finite-time
analysis of the multiarmed bandit problem", Machine Learning 47.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.special import logsumexp

from scheduler.solver.rules import OF_PAGE, PricedRule
from scheduler.solver.week_plan import PlannedMessage, WeekPlan
from scheduler.solver.week_problem import Bool, Float, Int, PageProblem

# In one draw, what is worth 2 % less than another choice is drawn e times less often. So a choice
# departs from the plan for what may be better for all we know, and hardly by indifference.
SHARPNESS = 50.0
# Captions considered at a place: those with the highest upper confidence bound on their worth, the
# mean plus `HOPE` deviations. Without a short list, one of thousands of captions never sent would
# be the best in nearly every draw, and nearly always a disappointment.
SHORT_LIST, HOPE = 10, 1.0
# Share of a message's planned worth that it may cost to explore, and of a caption's worth that
# another price than its best may.
MOST_GIVEN_UP, PRICE_GIVEN_UP = 0.2, 0.1
_LEAST_FACTOR = 1e-6

_Pair = tuple[int, int]  # caption, price


@dataclass(frozen=True, eq=False)
class Menu:
    """What a page's messages may be redrawn to and what is believed of it; M draws.

    Attributes:
        content: (K,) content of each caption of the problem, 0..C-1.
        prices: (P,) dollars, ascending; holds every price of the plan that is not locked.
        log_price: (C, P) log revenue at each price against the others.
        log_value: (K,) log dollars at the reference slot, apart from `log_price`.
        caption_draws: (M, K) deviations of `log_value`.
        price_draws: (M, C, P) deviations of `log_price`.
    """

    content: Int
    prices: Float
    log_price: Float
    log_value: Float
    caption_draws: Float
    price_draws: Float

    @cached_property
    def log_promise(self) -> Float:
        """(K,) log of the upper confidence bound of each caption's worth over its mean."""
        promise: Float = np.log1p(HOPE * np.exp(self.caption_draws).std(axis=0))
        return promise


@dataclass(frozen=True)
class Choice:
    """How one message came about.

    Attributes:
        propensity: probability of what was chosen at its place, given the rest of the week.
        is_explored: it is not what the plan had.
    """

    propensity: float
    is_explored: bool


@dataclass(frozen=True)
class ExploredWeek:
    """A plan after exploration: its messages, and how each came about (None: locked)."""

    messages: tuple[PlannedMessage, ...]
    choices: tuple[Choice | None, ...]


def explore(
    problem: PageProblem,
    plan: WeekPlan,
    menu: Menu,
    share: float,
    taken: Collection[str],
    rng: np.random.Generator,
) -> ExploredWeek:
    """Let each message explore in turn, in time order.

    Args:
        problem: its captions are what the page may send.
        plan: its solved week.
        menu: what is believed.
        share: probability that a message explores.
        taken: captions of other pages' weeks.
        rng: source of randomness.
    """
    messages = list(plan.messages)
    choices: list[Choice | None] = []
    index = {key: k for k, key in enumerate(problem.caption_keys)}
    free = np.array([key not in taken for key in problem.caption_keys], dtype=bool)
    for place, message in enumerate(messages):
        if message.fixed >= 0:
            choices.append(None)
            continue
        allowed = _allowed(problem, messages, place, index) & free
        before = index[message.caption_key], int(np.searchsorted(menu.prices, message.price))
        draw = _Draw.of(problem, menu, message, allowed, before)
        explores, chance = rng.random(), rng.random(2)
        after = draw.pick(chance) if explores < share else before
        propensity = share * draw.probability(after) + (1.0 - share) * (after == before)
        messages[place] = _redrawn(problem, menu, message, before, after)
        choices.append(Choice(float(propensity), after != before))
    return ExploredWeek(tuple(messages), tuple(choices))


def _redrawn(
    problem: PageProblem,
    menu: Menu,
    message: PlannedMessage,
    before: _Pair,
    after: _Pair,
) -> PlannedMessage:
    """The message with another caption and price; its place keeps its factors."""
    if after == before:
        return message

    def log_dollars(caption: int, price: int) -> float:
        return float(menu.log_value[caption] + menu.log_price[menu.content[caption], price])

    caption, price = after
    return replace(
        message,
        caption=caption,
        caption_key=problem.caption_keys[caption],
        price=float(menu.prices[price]),
        expected=message.expected * float(np.exp(log_dollars(*after) - log_dollars(*before))),
    )


def _allowed(
    problem: PageProblem, messages: Sequence[PlannedMessage], place: int, index: dict[str, int]
) -> Bool:
    """(K,) captions that break no rule at a message's place, and the one that is there.

    Where the plan itself could not keep a rule, it is not broken any further.
    """
    others = [m for i, m in enumerate(messages) if i != place]
    own = index[messages[place].caption_key]
    out = np.ones(len(problem.caption_keys), dtype=bool)
    out[[index[m.caption_key] for m in others if m.caption_key in index]] = False
    day = _day(problem, messages[place])
    for rule in OF_PAGE:
        beside = [(_day(problem, m), _label(problem, rule, m, index)) for m in others]
        out &= rule.allows(problem, beside, day, int(rule.label(problem)[own]))
    out[own] = True
    return np.asarray(out, dtype=bool)


def _day(problem: PageProblem, m: PlannedMessage) -> int:
    return problem.fixed[m.fixed].day if m.fixed >= 0 else int(problem.slot_day[m.slot])


def _label(problem: PageProblem, rule: PricedRule, m: PlannedMessage, index: dict[str, int]) -> int:
    if m.fixed >= 0:
        return rule.locked_label(problem.fixed[m.fixed])
    return int(rule.label(problem)[index[m.caption_key]])


@dataclass(frozen=True, eq=False)
class _Draw:
    """The softmax at one place: the choices it is over, and their (M, N) probabilities."""

    caption: Int
    price: Int
    chance: Float

    @classmethod
    def of(
        cls, problem: PageProblem, menu: Menu, message: PlannedMessage, allowed: Bool, own: _Pair
    ) -> _Draw:
        factor = problem.caption_daypart_factor[:, problem.slot_daypart[message.slot]]
        worth = menu.log_value + np.log(np.maximum(factor, _LEAST_FACTOR))
        mean = worth[:, None] + menu.log_price[menu.content]
        best = mean.max(axis=1)
        floor = mean[own] + np.log(1.0 - MOST_GIVEN_UP)
        free = np.flatnonzero(allowed & (best >= floor))
        promise = best[free] + menu.log_promise[free]
        listed = free[np.argsort(-promise, kind="stable")[:SHORT_LIST]]
        least = np.maximum(best[listed] + np.log(1.0 - PRICE_GIVEN_UP), floor)
        kept = np.zeros(mean.shape, dtype=bool)
        kept[listed] = mean[listed] >= least[:, None]
        # The plan's caption at another price would teach of prices only, which months of history
        # tell already; what is not known is captions.
        kept[own[0]] = False
        kept[own] = True
        caption, price = np.nonzero(kept)
        logits = mean[caption, price] + menu.caption_draws[:, caption]
        logits = SHARPNESS * (logits + menu.price_draws[:, menu.content[caption], price])
        chance = np.exp(logits - logsumexp(logits, axis=1, keepdims=True))
        return cls(caption, price, chance)

    def pick(self, chance: Float) -> _Pair:
        """Caption and price by two uniform numbers: one for the draw, one for the choice."""
        m = min(int(chance[0] * len(self.chance)), len(self.chance) - 1)
        total = np.cumsum(self.chance[m])
        at = int(np.searchsorted(total, float(chance[1]) * total[-1], side="right"))
        at = min(at, int(np.flatnonzero(self.chance[m])[-1]))
        return int(self.caption[at]), int(self.price[at])

    def probability(self, choice: _Pair) -> float:
        """Of this caption at this price."""
        at = np.flatnonzero((self.caption == choice[0]) & (self.price == choice[1]))
        return float(self.chance[:, at].sum(axis=1).mean())
