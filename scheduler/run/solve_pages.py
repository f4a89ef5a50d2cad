"""Steps 4 and 5: each page's best week, then one holder for every caption."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from threadpoolctl import threadpool_limits

from scheduler import log
from scheduler.errors import SchedulerError
from scheduler.marts.build_settings import Settings
from scheduler.marts.run_result import BLOCKED
from scheduler.marts.schedules import read_schedule_rows
from scheduler.planning.exploration import explore_weeks
from scheduler.planning.page_problem import PlannedPage, build_problem, page_response
from scheduler.planning.rule_modes import solve_preferred
from scheduler.progress import Progress
from scheduler.run.page_work import Effort, Outcome
from scheduler.run.prepare import Prepared
from scheduler.run.request import RunRequest
from scheduler.run.standing_weeks import settle
from scheduler.run.workers import failed, for_each_page
from scheduler.solver import ExploredWeek, Infeasible, PageProblem, WeekPlan, agree, solve_page
from scheduler.warehouse import connect


@dataclass(frozen=True)
class Solved:
    """The weeks of the pages that were not solved before.

    Attributes:
        planned: page -> its problem with the rows behind it.
        outcomes: page -> its agreed week, or why it has none.
        explored: page -> that week after exploration; empty when exploration is off.
        kept: captions of weeks that stay in force: nobody may take them.
        told: what became of published weeks, for the operator.
    """

    planned: Mapping[str, PlannedPage]
    outcomes: Mapping[str, Outcome[WeekPlan]]
    explored: Mapping[str, ExploredWeek]
    kept: frozenset[str] = frozenset()
    told: tuple[str, ...] = ()


def solve(prepared: Prepared, request: RunRequest, progress: Progress) -> Solved:
    """Steps 4 and 5 for the pages that were not solved before."""
    settings = prepared.inputs.settings
    fixed_keys = _keys_of_known(prepared)
    effort = effort_of(request, settings)
    with log.step("solve"):
        planned, outcomes = _planned(prepared, fixed_keys)
        if planned:
            progress.step(f"Solving {len(planned)} pages.")
            progress.pages(len(planned))
        wishes = {page: rows.task for page, rows in planned.items()}
        for page, best in for_each_page(
            solve_preferred, wishes, effort, report=progress.page
        ).items():
            outcomes[page] = best.of(best.result.plan if best.result else None)
            if best.result is not None:
                planned[page] = planned[page].solved(best.result)
        settled = settle(prepared, planned, outcomes, effort, request.keep)
        planned, outcomes = dict(settled.planned), dict(settled.outcomes)
        tasks = {page: rows.problem for page, rows in planned.items()}
        kept = frozenset[str]().union(
            *(prepared.promised[page].present for page, end in outcomes.items() if not end.result)
        )
        tasks, outcomes = _leave_alone(kept, tasks, outcomes, effort)
    with log.step("agree"):
        agreed = settled.bounded(_agreed(tasks, outcomes, effort, progress))
    taken = kept | fixed_keys
    with log.step("explore"):
        explored = _explored(prepared, planned, tasks, agreed, taken)
    return Solved(planned, agreed, explored, taken, settled.told)


def _planned(
    prepared: Prepared, fixed_keys: frozenset[str]
) -> tuple[dict[str, PlannedPage], dict[str, Outcome[WeekPlan]]]:
    """The problems of the pages that were not solved before, and why some have none."""
    planned: dict[str, PlannedPage] = {}
    outcomes: dict[str, Outcome[WeekPlan]] = {}
    for page in prepared.ids:
        if page in prepared.known:
            continue
        promised = prepared.promised[page]
        # Other pages' published weeks are planned anew too, and most stay as they are: a week with
        # their captions would look better than it is, and lose them when captions are shared out.
        bound = replace(promised, taken=promised.taken | fixed_keys | promised.elsewhere)
        try:
            creator = prepared.creators[page]
            response = page_response(prepared.model, page, prepared.inputs.settings, creator)
            planned[page] = build_problem(page, prepared.inputs, response, creator, bound)
        except SchedulerError as error:
            outcomes[page] = Outcome(refusal=str(error))
        except Exception as error:
            outcomes[page] = failed(page, error)
    return planned, outcomes


def _explored(
    prepared: Prepared,
    planned: Mapping[str, PlannedPage],
    tasks: Mapping[str, PageProblem],
    agreed: Mapping[str, Outcome[WeekPlan]],
    taken: frozenset[str],
) -> dict[str, ExploredWeek]:
    """Some messages of the agreed weeks redrawn by chance; gap and bound are those of before."""
    settings = prepared.inputs.settings
    weeks = {
        page: (
            planned[page],
            tasks[page],
            end.result,
            page_response(prepared.model, page, settings, prepared.creators[page]),
        )
        for page, end in agreed.items()
        if end.result is not None
    }
    with threadpool_limits(limits=1):
        return explore_weeks(weeks, prepared.ids, prepared.inputs, prepared.model, taken)


def _leave_alone(
    kept: frozenset[str],
    tasks: Mapping[str, PageProblem],
    outcomes: Mapping[str, Outcome[WeekPlan]],
    effort: Effort,
) -> tuple[dict[str, PageProblem], dict[str, Outcome[WeekPlan]]]:
    """Keep others off the captions of a page that failed: its active week stays in force."""
    narrowed = {page: problem.without_captions(kept) for page, problem in tasks.items()}
    again = {
        page: narrowed[page]
        for page, end in outcomes.items()
        if end.result and kept.intersection(message.caption_key for message in end.result.messages)
    }
    solved = for_each_page(solve_page, again, effort, report=lambda *_: None)
    return narrowed, dict(outcomes) | solved


def _agreed(
    tasks: Mapping[str, PageProblem],
    outcomes: Mapping[str, Outcome[WeekPlan]],
    effort: Effort,
    progress: Progress,
) -> dict[str, Outcome[WeekPlan]]:
    """Step 5: captions wanted by two pages go to the one that loses most without them."""

    def solve_again(problems: Sequence[PageProblem]) -> list[WeekPlan | Infeasible]:
        again = for_each_page(
            solve_page, {p.page_name: p for p in problems}, effort, report=lambda *_: None
        )
        return [
            outcome.result or Infeasible(outcome.refusal or outcome.failure or "no plan")
            for outcome in again.values()
        ]

    solved = {page: outcome.result for page, outcome in outcomes.items() if outcome.result}
    if not solved:
        return dict(outcomes)
    progress.step("Settling captions wanted by two pages.")
    with threadpool_limits(limits=1):
        agreement = agree(
            [tasks[page] for page in solved], list(solved.values()), solve=solve_again
        )
    if agreement.losses:
        count = len(agreement.losses)
        best = 100 * agreement.cost / sum(plan.objective for plan in solved.values())
        progress.step(
            f"{count} page{'s' if count > 1 else ''} gave up captions that another page needs"
            f" more: together the weeks are expected to earn {best:.2f} % less than if every page"
            " could send any caption."
        )
    settled = dict(outcomes)
    settled |= {plan.page_name: Outcome(result=plan) for plan in agreement.plans}
    settled |= {page: Outcome(refusal=reason) for page, reason in agreement.failed.items()}
    return settled


def _keys_of_known(prepared: Prepared) -> frozenset[str]:
    """Captions of the run's pages whose week stands already: nobody else may take them."""
    if not prepared.known:
        return frozenset()
    with connect() as warehouse:
        rows = read_schedule_rows(warehouse, prepared.known.values())
    return frozenset(row["caption_key"] for row in rows if row["status"] != BLOCKED)


def effort_of(request: RunRequest, settings: Settings) -> Effort:
    """How hard the request and the settings say to try."""
    workers = request.max_workers or settings.max_workers
    return Effort(
        max_workers=workers if settings.enable_parallel_processing else 1,
        attempts=settings.retry_attempts,
        backoff_base=settings.retry_backoff_base,
        timeout=settings.timeout_per_creator,
        executor=request.executor or settings.executor,
    )
