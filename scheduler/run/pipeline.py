"""One run from request to result: the nine steps, in order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from scheduler import log
from scheduler.export.week_files import export_run
from scheduler.marts import run_history
from scheduler.marts.advice import WeekAdvice, read_advice, write_advice
from scheduler.marts.agency_interval import with_agency
from scheduler.marts.build import ensure_marts
from scheduler.marts.publish import audit, publish, write_proposed
from scheduler.marts.run_result import (
    BLOCKED,
    PROPOSED,
    PUBLISHED,
    SUPERSEDED,
    Asked,
    PageResult,
    RunResult,
)
from scheduler.marts.schedules import Violation, existing_schedules, read_schedule_rows
from scheduler.moments import utc_now
from scheduler.output_files import check_output_dir
from scheduler.planning.page_problem import page_response
from scheduler.planning.schedule_rows import Words, marked, template_rows
from scheduler.progress import Progress
from scheduler.run.advise_pages import Advised, advise
from scheduler.run.page_work import Outcome
from scheduler.run.prepare import Prepared, prepare
from scheduler.run.request import RunRequest
from scheduler.run.solve_pages import solve
from scheduler.solver import WeekPlan
from scheduler.warehouse import Workspace, connect


def run_week(request: RunRequest, progress: Progress) -> RunResult:
    """Plan, audit, publish and export one week.

    Raises:
        SchedulerError: the run could not be done at all; the message says what to mend. What
            concerns one page is in the result instead.
    """
    if not request.dry_run:
        check_output_dir(request.output_dir)
    workspace = Workspace.find(request.overrides)
    with workspace.held():
        return _run_week(request, workspace, progress)


def _run_week(request: RunRequest, workspace: Workspace, progress: Progress) -> RunResult:
    started = utc_now()
    with log.step("build"):
        settings = ensure_marts(
            workspace.database,
            request.as_of,
            request.overrides,
            progress,
            trains_next=True,
            needs_now=request.needs_now,
        )
    prepared = prepare(request, settings, progress)
    with log.bound(run_id=prepared.run_id), log.timed("run", week=prepared.inputs.week) as told:
        solved = solve(prepared, request, progress)
        with log.step("explain"):
            advised = advise(prepared, solved, prepared.values, progress)
        with log.step("write"):
            rows = _rows(prepared, advised)
            # Before the rows: a killed run that is started again finds what was said of its weeks.
            _keep_advice(prepared, advised, rows)
        result = _publish(prepared, rows, solved.outcomes, request.dry_run, progress)
        result = _with_advice(result, prepared, advised)
        result = replace(result, told=(*solved.told, *result.told))
        told.update(_log_result(result))
        with connect(labels=prepared.labels) as warehouse:
            run_history.record(warehouse, result, started, prepared.illegal)
            if request.dry_run:
                return result
            progress.step(f"Exporting to {request.output_dir}.")
            with log.step("export"):
                return export_run(warehouse, result, request.output_dir)


def _log_result(result: RunResult) -> dict[str, int]:
    """One line for each page that is not planned; how many pages ended how, for the run's own.

    The reason itself may quote a message's price: it is in `batch_execution_log`.
    """
    blocked = result.with_status(BLOCKED)
    for page in blocked:
        rules = sorted({found.rule for found in page.violations if found.tier == 1})
        log.event(
            "page_blocked", page=page.page_name, schedule_id=page.schedule_id, rules=rules,
            failed=page.failed,
        )  # fmt: skip
    return {"pages": len(result.pages), "blocked": len(blocked)}


def _rows(prepared: Prepared, advised: Advised) -> list[dict[str, Any]]:
    settings = prepared.inputs.settings
    rows: list[dict[str, Any]] = []
    for page, week in sorted(advised.weeks.items()):
        common = {
            "week_start": prepared.inputs.week,
            "as_of": settings.as_of,
            "training_hash": prepared.model.training_hash,
            "run_id": prepared.run_id,
            "confidence": prepared.creators[page]["confidence_score"],
            "written_at": utc_now(),
        }
        response = page_response(prepared.model, page, settings, prepared.creators[page])
        written = template_rows(
            week.schedule_id,
            week.rows,
            week.solved.plan,
            response,
            common,
            week.solved.explored,
            Words(week.reasons, week.notes, week.locked),
        )
        rows += marked(written) if prepared.inputs.page_settings[page]["is_starter"] else written
    return rows


def _keep_advice(prepared: Prepared, advised: Advised, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep why each week is as it is and what was said of it."""
    names: dict[str, list[str]] = {}
    for row in rows:
        names.setdefault(row["page_name"], []).append(row["message_id"])
    reasons = [
        reason.columns()
        | {"schedule_id": week.schedule_id, "page_name": page, "message_id": message}
        for page, week in advised.weeks.items()
        for reason, message in zip(week.reasons, names[page], strict=True)
    ]
    fresh = {week.schedule_id: (page, week.said) for page, week in advised.weeks.items()}
    with connect(labels=prepared.labels) as warehouse:
        write_advice(warehouse, fresh, reasons)


def _with_advice(result: RunResult, prepared: Prepared, advised: Advised) -> RunResult:
    """Give the pages what was said of their weeks."""
    with connect(labels=prepared.labels) as warehouse:
        said = read_advice(
            warehouse, [p.schedule_id for p in result.pages.values() if p.schedule_id]
        )
    said |= {week.schedule_id: week.said for week in advised.weeks.values()}
    pages = {
        page: replace(
            one,
            said=said.get(one.schedule_id or "", WeekAdvice()),
            asked=advised.spent.get(page, Asked()),
        )
        for page, one in result.pages.items()
    }
    return replace(result, pages=pages, told=advised.told)


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
    with connect(labels=prepared.labels) as warehouse:
        progress.step(f"Writing and auditing {len(ids)} schedules.")
        with log.step("write"):
            write_proposed(warehouse, rows)
        with log.step("audit"):
            found = audit(warehouse, ids.values(), rows)
        clean: dict[str, str] = {}
        dirty: dict[str, str] = {}
        for page, schedule in ids.items():
            worst = min((violation.tier for violation in found[schedule]), default=3)
            (dirty if worst == 1 else clean)[page] = schedule
        if not dry_run:
            progress.step(f"Publishing {len(clean)} schedules.")
            with log.step("publish"):
                publish(warehouse, week, clean, dirty)
        statuses = existing_schedules(warehouse, week)
        shown: dict[str, list[dict[str, Any]]] = {}
        for row in read_schedule_rows(warehouse, ids.values()):
            shown.setdefault(row["schedule_id"], []).append(row)
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
            pages[page] = replace(base, messages=tuple(shown.get(clean[page], ())))
        else:
            failed, reason = _why_blocked(page, prepared, outcome, base.violations)
            pages[page] = replace(base, status=BLOCKED, reason=reason, failed=failed)
    replaced, illegal = _on_illegal_weeks(prepared, statuses)
    result = RunResult(
        run_id=prepared.run_id,
        week=week,
        as_of=prepared.inputs.settings.as_of,
        pages=pages,
        unknown=prepared.unknown,
        remarks=(*prepared.remarks, *replaced),
        notices=(*prepared.launches, *illegal),
    )
    return with_agency(result, prepared.inputs.settings.values)


def _on_illegal_weeks(
    prepared: Prepared, statuses: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What to say of active weeks that new data made illegal.

    Args:
        statuses: of the planned week's schedules, once this run has published.

    Returns:
        Remarks on those that this run replaced, and alerts of the others.
    """
    found = run_history.illegal_notices(prepared.illegal)
    replaced = [name for name in found if statuses.get(name) == SUPERSEDED]
    alerts = tuple(told for name, told in found.items() if name not in replaced)
    return tuple(f"Replaced by this run: {found[name]}" for name in replaced), alerts


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
