"""One run from request to result: the nine steps, in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from threadpoolctl import threadpool_limits

from scheduler.errors import SchedulerError
from scheduler.response import ResponseModel
from scheduler.run import history, identity
from scheduler.run.build import ensure_marts, utc_now
from scheduler.run.gate import refusal
from scheduler.run.inputs import (
    AgencyInputs,
    read_creators,
    read_inputs,
    read_live_schedules,
)
from scheduler.run.progress import Progress
from scheduler.run.problem import PlannedPage, build_problem, page_response
from scheduler.run.promised import Promised, promised_to
from scheduler.run.publish import (
    Violation,
    audit,
    existing_schedules,
    illegal_active_weeks,
    publish,
    read_schedule_rows,
    write_proposed,
)
from scheduler.run.request import RunRequest, check_output_dir, resolve_week
from scheduler.run.result import BLOCKED, PROPOSED, PUBLISHED, PageResult, RunResult
from scheduler.run.rows import template_rows
from scheduler.run.training import models_dir, record_training, trained_model
from scheduler.run.workers import Effort, Outcome, for_each_page
from scheduler.settings import Settings
from scheduler.solver import Infeasible, PageProblem, WeekPlan, agree, solve_page
from scheduler.warehouse import connect, database_path, exclusive


@dataclass(frozen=True)
class Prepared:
    """All that solving needs, once the warehouse is closed again.

    Attributes:
        known: page -> id of its schedule, when it was solved before with these very inputs.
        ids: page -> id its schedule has or will have; only pages that passed the gate.
        refused: page -> why it is not planned.
        promised: page -> what active schedules bind.
    """

    run_id: str
    inputs: AgencyInputs
    model: ResponseModel
    creators: Mapping[str, Mapping[str, Any]]
    ids: Mapping[str, str]
    known: Mapping[str, str]
    refused: Mapping[str, str]
    promised: Mapping[str, Promised]
    illegal: tuple[Violation, ...]


def run_week(request: RunRequest, progress: Progress) -> RunResult:
    """Plan, audit, publish and export one week.

    Raises:
        SchedulerError: the run could not be done at all; the message says what to mend. What
            concerns one page is in the result instead.
    """
    from scheduler.export import export_run  # noqa: PLC0415 - exports know results, not the reverse

    if not request.dry_run:
        check_output_dir(request.output_dir)
    started = utc_now()
    database = database_path()
    connect().close()
    with exclusive(database):
        settings = ensure_marts(database, request.as_of, request.overrides, progress)
        prepared = _prepare(request, settings, progress)
        planned, outcomes = _solve(prepared, request, progress)
        rows = _rows(prepared, planned, outcomes)
        result = _publish(prepared, rows, outcomes, request.dry_run, progress)
        with connect() as warehouse:
            history.record(warehouse, result, started, prepared.illegal)
            if request.dry_run:
                return result
            progress.step(f"Exporting to {request.output_dir}.")
            return export_run(warehouse, result, request.output_dir)


def select_pages(creators: Mapping[str, Mapping[str, Any]], wanted: tuple[str, ...]) -> list[str]:
    """The active pages asked for; all of them when none is named.

    Raises:
        SchedulerError: a page is unknown or not active, or no page is active.
    """
    active = sorted(page for page, row in creators.items() if row["is_active"])
    if not active:
        raise SchedulerError(
            "No active page. Load active_creators.csv with `scheduler load DIR` first."
        )
    for page in wanted:
        if page not in creators:
            raise SchedulerError(
                f"Unknown page {page!r}. The active pages are: {', '.join(active[:5])}"
                f"{' ...' if len(active) > 5 else ''}. `scheduler score` lists them all."
            )
        if page not in active:
            raise SchedulerError(
                f"The page {page!r} is not active. Set is_active in active_creators and load it."
            )
    return sorted(set(wanted)) or active


def _prepare(request: RunRequest, settings: Settings, progress: Progress) -> Prepared:
    """Steps 2 and 3, and what follows from them before any solving."""
    week = resolve_week(
        request.week, settings.as_of, settings.default_timezone, settings.plan_horizon_weeks
    )
    models = models_dir(database_path())
    with connect() as warehouse:
        select_pages(read_creators(warehouse), request.pages)
        illegal = tuple(illegal_active_weeks(warehouse, settings.as_of))
        progress.step("Reading the marts.")
        inputs = read_inputs(warehouse, settings, week)
        model = trained_model(inputs.training, settings, models, progress)
        record_training(warehouse, model, inputs.training, settings, models)
        creators = read_creators(warehouse)
        live = read_live_schedules(warehouse)
        written = existing_schedules(warehouse, week)
    pages = select_pages(creators, request.pages)
    refused = _refusals(pages, creators, inputs)
    promised = {page: promised_to(page, live, week, frozenset(pages)) for page in pages}
    ids = {
        page: identity.schedule_id(
            page, inputs, pages, model.training_hash, creators[page], promised[page]
        )
        for page in pages
        if page not in refused
    }
    return Prepared(
        run_id=identity.run_id(inputs, pages, model.training_hash),
        inputs=inputs,
        model=model,
        creators={page: creators[page] for page in pages},
        ids=ids,
        known={page: name for page, name in ids.items() if name in written},
        refused=refused,
        promised=promised,
        illegal=illegal,
    )


def _refusals(
    pages: list[str], creators: Mapping[str, Mapping[str, Any]], inputs: AgencyInputs
) -> dict[str, str]:
    refused = {}
    for page in pages:
        candidates = inputs.candidates.get(page)
        reason = refusal(
            creators[page],
            inputs.page_settings[page],
            candidates.num_rows if candidates is not None else 0,
            inputs.filter_counts.get(page, ()),
            inputs.settings.min_usable_messages,
        )
        if reason is not None:
            refused[page] = reason
    return refused


def _solve(
    prepared: Prepared, request: RunRequest, progress: Progress
) -> tuple[dict[str, PlannedPage], dict[str, Outcome[WeekPlan]]]:
    """Steps 4 and 5 for the pages that were not solved before."""
    settings = prepared.inputs.settings
    fixed_keys = _keys_of_known(prepared)
    planned: dict[str, PlannedPage] = {}
    outcomes: dict[str, Outcome[WeekPlan]] = {}
    for page in prepared.ids:
        if page in prepared.known:
            continue
        promised = prepared.promised[page]
        bound = replace(promised, taken=promised.taken | fixed_keys)
        try:
            response = page_response(prepared.model, page, settings)
            planned[page] = build_problem(
                page, prepared.inputs, response, prepared.creators[page], bound
            )
        except SchedulerError as error:
            outcomes[page] = Outcome(refusal=str(error))
        except Exception as error:  # noqa: BLE001 - one page's failure is never another's
            outcomes[page] = Outcome(failure=f"{type(error).__name__}: {error}".splitlines()[0])
    if planned:
        progress.step(f"Solving {len(planned)} pages.")
    effort = _effort(request, settings)
    tasks = {page: rows.problem for page, rows in planned.items()}
    outcomes |= for_each_page(solve_page, tasks, effort, report=progress.page)
    return planned, _agreed(tasks, outcomes, effort, progress)


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
        progress.step(
            f"{len(agreement.losses)} pages changed captions, at "
            f"{100 * agreement.cost / sum(plan.objective for plan in solved.values()):.2f} %"
            " of the agency's planned value."
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


def _effort(request: RunRequest, settings: Settings) -> Effort:
    workers = request.max_workers or settings.max_workers
    return Effort(
        max_workers=workers if settings.enable_parallel_processing else 1,
        attempts=settings.retry_attempts,
        backoff_base=settings.retry_backoff_base,
        timeout=settings.timeout_per_creator,
    )


def _rows(
    prepared: Prepared,
    planned: Mapping[str, PlannedPage],
    outcomes: Mapping[str, Outcome[WeekPlan]],
) -> list[dict[str, Any]]:
    settings = prepared.inputs.settings
    rows: list[dict[str, Any]] = []
    for page, outcome in sorted(outcomes.items()):
        if outcome.result is None:
            continue
        common = {
            "week_start": prepared.inputs.week,
            "as_of": settings.as_of,
            "training_hash": prepared.model.training_hash,
            "run_id": prepared.run_id,
            "confidence": prepared.creators[page]["confidence_score"],
            "written_at": utc_now(),
        }
        response = page_response(prepared.model, page, settings)
        rows += template_rows(prepared.ids[page], planned[page], outcome.result, response, common)
    return rows


def _publish(
    prepared: Prepared,
    rows: list[dict[str, Any]],
    outcomes: Mapping[str, Outcome[WeekPlan]],
    dry_run: bool,
    progress: Progress,
) -> RunResult:
    """Steps 6 to 8."""
    week = prepared.inputs.week
    ids = dict(prepared.known) | {row["page_name"]: row["schedule_id"] for row in rows}
    with connect() as warehouse:
        progress.step(f"Writing and auditing {len(ids)} schedules.")
        write_proposed(warehouse, rows)
        found = audit(warehouse, ids.values(), rows)
        clean, dirty = {}, {}
        for page, schedule in ids.items():
            worst = min((violation.tier for violation in found[schedule]), default=3)
            (dirty if worst == 1 else clean)[page] = schedule
        if not dry_run:
            progress.step(f"Publishing {len(clean)} schedules.")
            publish(warehouse, week, clean, dirty)
        shown = read_schedule_rows(warehouse, ids.values())
    status = PROPOSED if dry_run else PUBLISHED
    pages = {}
    for page, creator in sorted(prepared.creators.items()):
        outcome = outcomes.get(page)
        candidates = prepared.inputs.candidates.get(page)
        base = PageResult(
            page_name=page,
            status=status,
            schedule_id=ids.get(page),
            creator=creator,
            violations=tuple(found.get(ids.get(page, ""), ())),
            caption_count=candidates.num_rows if candidates is not None else 0,
        )
        if page in clean:
            messages = tuple(row for row in shown if row["schedule_id"] == clean[page])
            pages[page] = replace(base, messages=messages)
        else:
            failed, reason = _why_blocked(page, prepared, outcome, base.violations)
            pages[page] = replace(base, status=BLOCKED, reason=reason, failed=failed)
    return RunResult(
        run_id=prepared.run_id,
        week=week,
        as_of=prepared.inputs.settings.as_of,
        pages=pages,
        notices=tuple(history.illegal_notices(prepared.illegal)),
    )


def _why_blocked(
    page: str,
    prepared: Prepared,
    outcome: Outcome[WeekPlan] | None,
    violations: tuple[Violation, ...],
) -> tuple[bool, str]:
    if page in prepared.refused:
        return False, prepared.refused[page]
    if outcome is not None and outcome.failure is not None:
        return True, outcome.failure
    if outcome is not None and outcome.refusal is not None:
        return False, outcome.refusal
    first = [violation for violation in violations if violation.tier == 1]
    more = f" (and {len(first) - 1} more)" if len(first) > 1 else ""
    return False, f"{first[0].rule}: {first[0].detail}{more}"
