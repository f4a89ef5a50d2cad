"""Exploration: single messages of a solved week redrawn by chance, the rest of the week fixed.

What is never tried is never learned. So each message explores with a small probability: at its
place in the week, caption and price are redrawn from all that break no rule there, by a softmax
over draws from the posterior (Thompson sampling with a temperature). What could earn much for all
we know is drawn often, what surely earns little hardly ever.

Source: Russo, Van Roy, Kazerouni, Osband and Wen (2018), "A Tutorial on Thompson Sampling",
Foundations and Trends in Machine Learning 11.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logsumexp

from scheduler.solver import rules
from scheduler.solver.plan import PlannedMessage, WeekPlan
from scheduler.solver.problem import Bool, Float, Int, PageProblem

# In one draw, what is worth 10 % less than another choice is drawn e times less often.
SHARPNESS = 10.0
_LEAST_FACTOR = 1e-6


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
        draw = _Draw.of(problem, menu, message, allowed)
        before = index[message.caption_key], int(np.searchsorted(menu.prices, message.price))
        explores, chance = rng.random(), rng.random(3)
        after = draw.pick(chance) if explores < share else before
        propensity = share * draw.probability(*after) + (1.0 - share) * (after == before)
        messages[place] = _redrawn(problem, menu, message, before, after)
        choices.append(Choice(float(propensity), after != before))
    return ExploredWeek(tuple(messages), tuple(choices))


def _redrawn(
    problem: PageProblem,
    menu: Menu,
    message: PlannedMessage,
    before: tuple[int, int],
    after: tuple[int, int],
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

    Where the plan itself could not keep mix or categories, they are not broken any further.
    """
    others = [m for i, m in enumerate(messages) if i != place]
    own = index[messages[place].caption_key]
    out = np.ones(len(problem.caption_keys), dtype=bool)
    out[[index[m.caption_key] for m in others if m.caption_key in index]] = False
    day = _day(problem, messages[place])
    full = np.zeros(int(problem.caption_category.max()) + 1, dtype=np.int64)
    for m in others:
        category = _category(problem, m, index)
        if _day(problem, m) == day and category < len(full):
            full[category] += 1
    has_room = full[problem.caption_category] < problem.category_per_day_max
    out &= has_room | (problem.caption_category == problem.caption_category[own])
    count = sum(_is_explicit(problem, m, index) for m in others)
    low, high = rules.explicit_range(problem, len(messages))
    kinds = problem.caption_is_explicit
    out &= ((count + kinds >= low) & (count + kinds <= high)) | (kinds == kinds[own])
    out[own] = True
    return np.asarray(out, dtype=bool)


def _day(problem: PageProblem, m: PlannedMessage) -> int:
    return problem.fixed[m.fixed].day if m.fixed >= 0 else int(problem.slot_day[m.slot])


def _category(problem: PageProblem, m: PlannedMessage, index: dict[str, int]) -> int:
    if m.fixed >= 0:
        return problem.fixed[m.fixed].category
    return int(problem.caption_category[index[m.caption_key]])


def _is_explicit(problem: PageProblem, m: PlannedMessage, index: dict[str, int]) -> bool:
    if m.fixed >= 0:
        return problem.fixed[m.fixed].is_explicit
    return bool(problem.caption_is_explicit[index[m.caption_key]])


@dataclass(frozen=True, eq=False)
class _Draw:
    """The softmax at one place. `caption`: (M, K) probabilities, `price`: (M, C, P) given content.

    A draw of the posterior is taken first, then a caption, then its price: the probability of a
    choice is its mean over the draws.
    """

    caption: Float
    price: Float
    content: Int

    @classmethod
    def of(cls, problem: PageProblem, menu: Menu, message: PlannedMessage, allowed: Bool) -> _Draw:
        prices = SHARPNESS * (menu.log_price + menu.price_draws)
        of_content = logsumexp(prices, axis=2)
        factor = problem.caption_daypart_factor[:, problem.slot_daypart[message.slot]]
        mean = menu.log_value + np.log(np.maximum(factor, _LEAST_FACTOR))
        logits = SHARPNESS * (mean + menu.caption_draws) + of_content[:, menu.content]
        logits = np.where(allowed, logits, -np.inf)
        caption = np.exp(logits - logsumexp(logits, axis=1, keepdims=True))
        return cls(caption, np.exp(prices - of_content[:, :, None]), menu.content)

    def pick(self, chance: Float) -> tuple[int, int]:
        """Caption and price by three uniform numbers."""
        m = min(int(chance[0] * len(self.caption)), len(self.caption) - 1)
        caption = _inverse(self.caption[m], float(chance[1]))
        return caption, _inverse(self.price[m, self.content[caption]], float(chance[2]))

    def probability(self, caption: int, price: int) -> float:
        """Of this caption at this price."""
        both = self.caption[:, caption] * self.price[:, self.content[caption], price]
        return float(both.mean())


def _inverse(probability: Float, chance: float) -> int:
    """The first index whose cumulated probability exceeds the chance; never one of zero."""
    total = np.cumsum(probability)
    index = int(np.searchsorted(total, chance * total[-1], side="right"))
    return min(index, int(np.flatnonzero(probability)[-1]))
