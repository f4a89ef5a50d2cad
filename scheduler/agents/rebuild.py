"""A solved week in the agents' terms, and back: their changes as a plan that can be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scheduler.agents.revise import Placed, Places
from scheduler.solver import Choice, ExploredWeek, PageProblem, PlannedMessage, WeekPlan
from scheduler.solver.valuation import Pick, choice_value, expected_revenue, planned_messages


@dataclass(frozen=True)
class Solved:
    """A page's week before the agents read it.

    Attributes:
        problem: captions that other pages hold may be in it.
        explored: the week after exploration; None: it is sent as planned.
    """

    problem: PageProblem
    plan: WeekPlan
    explored: ExploredWeek | None

    @property
    def sent(self) -> Sequence[PlannedMessage]:
        """The messages that go out, in time order."""
        return self.plan.messages if self.explored is None else self.explored.messages

    @property
    def choices(self) -> Sequence[Choice | None]:
        """How each message came about; None where exploration is off or it was changed."""
        return (None,) * len(self.sent) if self.explored is None else self.explored.choices

    def places(self) -> dict[str, Placed]:
        """Message id -> place: m1, m2 and so on in time order. Locked ones have none."""
        index = {key: caption for caption, key in enumerate(self.problem.caption_keys)}
        return {
            f"m{number}": Placed(
                message.slot,
                index[message.caption_key],
                is_frozen=choice is not None and choice.is_explored,
            )
            for number, (message, choice) in enumerate(zip(self.sent, self.choices, strict=True), 1)
            if message.fixed < 0
        }


@dataclass(frozen=True)
class Rebuilt:
    """A week with changes, and the ids of its messages in time order."""

    solved: Solved
    names: tuple[str, ...]


def rebuilt(solved: Solved, places: Places) -> Rebuilt:
    """The week at these places; figures of all its messages follow from where they are now.

    What an agent changed was not drawn by chance: its propensity is not known any more. Gap and
    bound stay those of the plan: a changed week is as far from the best as it is.
    """
    problem, plan = solved.problem, solved.plan
    index = {key: caption for caption, key in enumerate(problem.caption_keys)}
    before = {f"m{n}": message for n, message in enumerate(plan.messages, 1)}
    picks: dict[str, Pick] = {
        name: (place.slot, place.caption)
        if place.is_touched
        else (before[name].slot, index[before[name].caption_key])
        for name, place in places.items()
    }
    messages = planned_messages(problem, picks.values())
    named = {(slot, -1): name for name, (slot, _) in picks.items()}
    named |= {(-1, m.fixed): name for name, m in before.items() if m.fixed >= 0}
    names = tuple(named[message.slot, message.fixed] for message in messages)
    value = choice_value(problem, picks.values())
    bound = plan.upper_bound
    changed = replace(
        plan,
        messages=messages,
        objective=value,
        expected=expected_revenue(problem, picks.values()),
        gap=max(1.0 - value / bound, 0.0) if bound > 0 else 0.0,
    )
    explored = _explored(solved, places, before, dict(zip(names, messages, strict=True)))
    return Rebuilt(Solved(problem, changed, explored), names)


def _explored(
    solved: Solved,
    places: Places,
    before: Mapping[str, PlannedMessage],
    now: Mapping[str, PlannedMessage],
) -> ExploredWeek | None:
    """The same week with what chance had chosen, where nobody changed it."""
    if solved.explored is None:
        return None
    sent = {f"m{n}": message for n, message in enumerate(solved.explored.messages, 1)}
    choice = {f"m{n}": how for n, how in enumerate(solved.explored.choices, 1)}
    messages: list[PlannedMessage] = []
    choices: list[Choice | None] = []
    for name, message in now.items():
        if name in places and places[name].is_touched:
            messages.append(message)
            choices.append(None)
            continue
        # at another place in the week it tires as the planned message there does
        tires = message.expected / before[name].expected if before[name].expected else 1.0
        messages.append(replace(sent[name], expected=sent[name].expected * tires))
        choices.append(choice[name])
    return ExploredWeek(tuple(messages), tuple(choices))
