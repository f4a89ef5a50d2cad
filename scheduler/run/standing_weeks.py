"""Step 4, last part: a published week stays where a new one is not worth the change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from scheduler.planning.page_problem import PlannedPage, Stand, page_response
from scheduler.planning.published_week import (
    Choice,
    as_published,
    broken,
    choice_of,
    chosen,
    may_stay,
    told,
    variants,
)
from scheduler.response import PageResponse
from scheduler.run.page_work import Effort, Outcome
from scheduler.run.prepare import Prepared
from scheduler.run.workers import for_each_page
from scheduler.solver import PageProblem, WeekPlan, solve_page


@dataclass(frozen=True)
class Settled:
    """Each page's week once its published one was heard.

    Attributes:
        planned: page -> problem, in which what stays is fixed.
        outcomes: page -> its week, or why it has none.
        told: what became of published weeks, for the operator.
        bounds: page -> what no week of it can exceed, as it was before anything was fixed.
    """

    planned: Mapping[str, PlannedPage]
    outcomes: Mapping[str, Outcome[WeekPlan]]
    told: tuple[str, ...] = ()
    bounds: Mapping[str, float] = field(default_factory=dict)

    def bounded(self, agreed: Mapping[str, Outcome[WeekPlan]]) -> dict[str, Outcome[WeekPlan]]:
        """Agreed weeks with the bounds of problems in which nothing is fixed.

        The pages' own bounds hold for all of them together, shared captions or not.
        """
        if not self.bounds:
            return dict(agreed)
        return {page: self._bounded(page, outcome) for page, outcome in agreed.items()}

    def _bounded(self, page: str, outcome: Outcome[WeekPlan]) -> Outcome[WeekPlan]:
        plan, bound = outcome.result, self.bounds.get(page, 0.0)
        if plan is None or bound <= 0:
            return outcome
        bound = max(bound, plan.objective)
        gap = 1.0 - plan.objective / bound
        return replace(outcome, result=replace(plan, upper_bound=bound, bound_joint=bound, gap=gap))


@dataclass(frozen=True)
class _Case:
    """One page whose week is published already.

    Attributes:
        best: its week solved anew.
        published: the week that stands, its messages that may change.
        stays: those of them that no rule asks to change.
        choices: weeks that break no rule which the best keeps.
        is_short: the published week lacks a message that it had: it stays as it is only where
            nothing better can be planned in its place.
    """

    page: PlannedPage
    response: PageResponse
    best: Choice
    published: tuple[Stand, ...]
    stays: tuple[Stand, ...]
    choices: tuple[Choice, ...]
    is_short: bool

    def with_plan(self, page: PlannedPage, plan: WeekPlan | None) -> "_Case":
        """With one more week to choose from, unless it breaks what the best keeps."""
        choice = choice_of(page, plan, self.best.plan, self.response, self.published)
        allowed = broken(self.best.page.problem, self.best.plan.messages)
        if broken(page.problem, choice.plan.messages) - allowed:
            return self
        return replace(self, choices=(*self.choices, choice))

    def pick(self, worth_min: float, keep: float | None) -> Choice:
        """The week that the page gets, see `chosen`."""
        others = [choice for choice in self.choices if choice.changed]
        if not self.is_short or not others:
            return chosen(self.choices, worth_min, keep)
        found = chosen(others, worth_min, keep)
        same = [choice for choice in self.choices if not choice.changed]
        return max([found, *same], key=lambda choice: choice.dollars)


def settle(
    prepared: Prepared,
    planned: Mapping[str, PlannedPage],
    outcomes: Mapping[str, Outcome[WeekPlan]],
    effort: Effort,
    keep: float | None,
) -> Settled:
    """Give every page with a published week the one that is worth its changes.

    Args:
        prepared: of the run.
        planned: page -> problem.
        outcomes: page -> its week solved anew, or why it has none.
        effort: how hard to try.
        keep: dollars that each changed message must be worth; None: the setting.
    """
    worth_min = prepared.inputs.settings.change_worth_min
    cases = {
        page: _case(prepared, page, planned[page], outcome.result)
        for page, outcome in outcomes.items()
        if outcome.result is not None and planned[page].standing
    }
    if not cases:
        return Settled(planned, outcomes)
    open_cases = {
        page: case
        for page, case in cases.items()
        if keep is not None or not _is_settled(case, worth_min)
    }
    cases |= _with_variants(open_cases, effort)
    picked = {page: case.pick(worth_min, keep) for page, case in cases.items()}
    return Settled(
        {**planned, **{page: choice.page for page, choice in picked.items()}},
        {**outcomes, **{page: Outcome(result=choice.plan) for page, choice in picked.items()}},
        tuple(told({page: _difference(cases[page], choice) for page, choice in picked.items()})),
        {page: end.result.upper_bound for page, end in outcomes.items() if end.result is not None},
    )


def _case(prepared: Prepared, name: str, page: PlannedPage, best: WeekPlan) -> _Case:
    response = page_response(
        prepared.model, name, prepared.inputs.settings, prepared.creators[name]
    )
    promised, published = prepared.promised[name], page.standing
    illegal = {found.message_id or "" for found in prepared.illegal if found.page_name == name}
    locked = frozenset(message.caption_key for message in page.problem.fixed)
    stays = may_stay(page, illegal, promised.taken | locked)
    anew = choice_of(page, best, best, response, published)
    is_short = bool(promised.failed) or len(stays) < len(published)
    case = _Case(page, response, anew, published, tuple(stays), (anew,), is_short)
    return case.with_plan(as_published(page, stays), None)


def _is_settled(case: _Case, worth_min: float) -> bool:
    """Whether the published week stays as it is: no other has fewer changes."""
    return not case.is_short and not chosen(case.choices, worth_min, None).changed


def _with_variants(cases: Mapping[str, _Case], effort: Effort) -> dict[str, _Case]:
    """The cases with weeks in which more or fewer of the published messages stay."""
    pages: dict[str, tuple[str, PlannedPage]] = {}
    for name, case in cases.items():
        for number, held in enumerate(variants(case.page, case.best.plan, case.stays)):
            pages[f"{name} (variant {number})"] = name, held
    tasks: dict[str, PageProblem] = {key: held.problem for key, (_, held) in pages.items()}
    found = for_each_page(solve_page, tasks, effort, report=lambda *_: None)
    grown = dict(cases)
    for key, outcome in found.items():
        name, held = pages[key]
        if outcome.result is not None:
            grown[name] = grown[name].with_plan(held, outcome.result)
    return grown


def _difference(case: _Case, choice: Choice) -> tuple[int, int, float]:
    """Messages of the published week, how many differ, and what that is worth, dollars."""
    still = choice_of(as_published(case.page, case.stays), None, case.best.plan,
                      case.response, case.published)  # fmt: skip
    return len(case.published), choice.changed, choice.dollars - still.dollars
