"""A published week against the best new one: what stays, what has to go, what a change is worth."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from scheduler.planning.page_problem import PlannedPage, Stand
from scheduler.planning.projection import multiplied, projected
from scheduler.response import PageResponse
from scheduler.solver import PageProblem, PlannedMessage, WeekPlan
from scheduler.solver.page_week import week_plan
from scheduler.solver.rule_check import violations
from scheduler.solver.valuation import picks_of

_SHARES = (1.0, 0.75, 0.5, 0.25)  # of the messages that may stay, held while the rest is solved


@dataclass(frozen=True)
class Choice:
    """A week that a page could have.

    Attributes:
        page: the problem in which the messages that stay are fixed.
        plan: its plan, with the bound of the problem without them.
        dollars: projected, with what exploration gave up in messages that stay.
        changed: messages that differ from the published week.
    """

    page: PlannedPage
    plan: WeekPlan
    dollars: float
    changed: int


def holding(page: PlannedPage, stands: Sequence[Stand]) -> PlannedPage:
    """The page's problem with some standing messages fixed, beside those that are."""
    fixed = page.problem.fixed
    held = [*map(Stand, page.kept, fixed, page.kept_slot.tolist()), *stands]
    return page.with_fixed(held)


def may_stay(page: PlannedPage, illegal: Collection[str], taken: Collection[str]) -> list[Stand]:
    """Standing messages that no rule asks to change, in time order.

    Where a launch leaves the week room for fewer of them, those stay that are worth most.

    Args:
        page: its problem.
        illegal: ids of messages that break a blocking rule by now.
        taken: captions of others, and of messages of the page that stay in any case.
    """
    problem = page.problem
    times: list[float] = [message.time for message in problem.fixed]
    times += [problem.earliest_time, problem.latest_time]
    used, stays = set(taken), list[Stand]()
    for stand in page.standing:
        time, key = stand.message.time, stand.message.caption_key
        is_near = any(abs(time - other) < problem.spacing_minutes for other in times)
        if not is_near and key not in used and stand.row["message_id"] not in illegal:
            stays.append(stand)
            times.append(time)
            used.add(key)
    room = max(problem.n_max - len(problem.fixed), 0)
    if len(stays) > room:
        best = sorted(stays, key=lambda stand: (-stand.message.value, stand.message.time))[:room]
        stays = sorted(best, key=lambda stand: stand.message.time)
    return stays


def dollars_of(page: PlannedPage, plan: WeekPlan, response: PageResponse) -> float:
    """What a plan is projected to earn; of what was sent, that too."""
    correction = page.tired(plan.messages).correction
    return float(projected(multiplied(plan.messages, correction), response).sum())


def changed_messages(stands: Sequence[Stand], messages: Sequence[PlannedMessage]) -> int:
    """Messages by which two weeks differ; one that moved, or has another price, counts once."""
    before = {(s.message.time, s.message.caption_key, s.message.price) for s in stands}
    after = {(m.time, m.caption_key, m.price) for m in messages}
    return max(len(before - after), len(after - before))


def as_published(page: PlannedPage, stays: Sequence[Stand]) -> PlannedPage:
    """The problem whose only week is the published one."""
    held = holding(page, stays)
    count = len(held.problem.fixed)
    return replace(held, problem=replace(held.problem, n_min=count, n_max=count))


def variants(page: PlannedPage, plan: WeekPlan, stays: Sequence[Stand]) -> list[PlannedPage]:
    """Problems in which ever fewer of the messages stay; those of the new plan stay longest."""
    new = {(m.time, m.caption_key) for m in plan.messages}
    times, keys = {m.time for m in plan.messages}, {m.caption_key for m in plan.messages}

    def order(stand: Stand) -> tuple[bool, int, float, int]:
        time, key = stand.message.time, stand.message.caption_key
        alike = (time in times) + (key in keys)
        return (time, key) not in new, -alike, -stand.message.value, time

    ranked = sorted(stays, key=order)
    counts = sorted({round(share * len(ranked)) for share in _SHARES} - {0}, reverse=True)
    return [holding(page, ranked[:count]) for count in counts]


def broken(problem: PageProblem, messages: Sequence[PlannedMessage]) -> set[str]:
    """Names of the rules that a week breaks."""
    return {found.rule for found in violations(problem, picks_of(messages))}


def choice_of(
    page: PlannedPage,
    plan: WeekPlan | None,
    best: WeekPlan,
    response: PageResponse,
    stands: Sequence[Stand],
) -> Choice:
    """A week as a choice; gap and bound are against the best week of the problem as it was.

    Args:
        page: the problem with what stays fixed.
        plan: its plan; None: what is fixed, and nothing else.
        best: the plan of the problem without them.
        response: the page's.
        stands: the published week.
    """
    picks = [] if plan is None else picks_of(plan.messages)
    made = replace(week_plan(page.problem, picks, best.upper_bound), binding=best.binding)
    dollars = dollars_of(page, made, response) + _paid_to_learn(page, made)
    return Choice(page, made, dollars, changed_messages(stands, _free(page, made, stands)))


def _paid_to_learn(page: PlannedPage, plan: WeekPlan) -> float:
    """Dollars that exploration gave up with messages that stay: taking it back is no gain."""
    stays = [page.kept[message.fixed] for message in plan.messages if message.fixed >= 0]
    return sum(float(row["revenue_given_up"] or 0.0) for row in stays)


def _free(page: PlannedPage, plan: WeekPlan, stands: Sequence[Stand]) -> Sequence[PlannedMessage]:
    """Messages that are not kept in any case."""
    ids = {stand.row["message_id"] for stand in stands}
    return [
        message
        for message in plan.messages
        if message.fixed < 0 or page.kept[message.fixed]["message_id"] in ids
    ]


def chosen(choices: Sequence[Choice], worth_min: float, keep: float | None) -> Choice:
    """The week that a page gets.

    Args:
        choices: all that break no rule which the week solved anew keeps.
        worth_min: dollars that a change of the published week must be worth.
        keep: dollars that each changed message must be worth; None: `worth_min` for all together.
    """
    if keep is not None:
        return max(choices, key=lambda choice: (choice.dollars - keep * choice.changed,
                                                -choice.changed))  # fmt: skip
    most = max(choice.dollars for choice in choices)
    good = [choice for choice in choices if most - choice.dollars <= worth_min]
    return min(good, key=lambda choice: (choice.changed, -choice.dollars))


def told(changes: Mapping[str, tuple[int, int, float]]) -> list[str]:
    """What new runs of published weeks change, in a few lines.

    Args:
        changes: page -> messages of its published week, how many differ, and what that is worth.
    """
    if not changes:
        return []
    moved = {page: change for page, change in changes.items() if change[1]}
    same = len(changes) - len(moved)
    lines = [f"Published weeks: {same} stay as they are, {len(moved)} change."]
    for page, (count, differ, worth) in sorted(moved.items()):
        gain = f"about ${worth:,.0f} more" if worth >= 0 else f"about ${-worth:,.0f} less"
        lines.append(
            f"  {page}: {differ} of {count} messages differ, {gain} than without a change."
        )
    return lines
