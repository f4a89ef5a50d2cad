"""The Python API, under the names and with the result keys its users know."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from scheduler import log
from scheduler.analysis.caption_ranking import rank_captions, read_evidence
from scheduler.analysis.diagnosis import component_weights, diagnose
from scheduler.analysis.performance import page_analysis
from scheduler.analysis.scores import page_score
from scheduler.api_results import analysis_result, page_result, score_result, unknown_result
from scheduler.errors import NoKnownPage, SchedulerError
from scheduler.export.schedule_csv import write_schedule_csv
from scheduler.marts.inputs import read_creators, read_inputs, read_live_schedules, read_pages
from scheduler.planning.page_problem import page_response
from scheduler.planning.promised import promised_to
from scheduler.planning.week import resolve_week
from scheduler.progress import Printed, Progress, Silent
from scheduler.run.pipeline import run_week
from scheduler.run.prepare import select_pages
from scheduler.run.request import RunRequest
from scheduler.training.standing import fresh_marts

Params = ParamSpec("Params")
Result = TypeVar("Result")

# Settings of the last `retrain_ml_model`, which later calls of this process keep to.
_chosen: dict[str, Any] = {}


def _logged(function: Callable[Params, Result]) -> Callable[Params, Result]:
    """Keep the log of a call, with the traceback of what should not happen."""

    @wraps(function)
    def call(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        log.start(function.__name__)
        try:
            return function(*args, **kwargs)
        except SchedulerError:
            raise
        except Exception as error:
            log.failure("error", log.traceback_of(error), error=type(error).__name__)
            raise

    return call


@_logged
def generate_schedule_for_creator(
    page_name: str, output_dir: str | Path = "output"
) -> dict[str, Any]:
    """Plan, audit, publish and export next week for one page.

    Returns:
        `status` (`success` or `blocked`), `page_name`, `schedule_id`, `csv_path` and `report_path`
        (None when blocked), `eros_score` (0-100), `projected_revenue` (dollars), `revenue_low`,
        `revenue_high`, `confidence_score` (0-1), `gap`, `rules_not_reachable` and `binding_rules`
        (sentences or None), `conflict_cost` (dollars), `messages` (dicts), `errors` (sentences). A
        figure that is not known, such as the revenue of a blocked week, is NaN.

    Raises:
        SchedulerError: the run could not be done: unknown page, no data, output not writable.
    """
    page = _page(page_name)
    request = RunRequest(pages=(page,), output_dir=Path(output_dir), overrides=_chosen)
    return page_result(run_week(request, Silent()).pages[page])


@_logged
def process_all_creators(
    creator_list: Iterable[str] | None = None,
    output_dir: str | Path = "output",
    max_workers: int | None = None,
) -> dict[str, dict[str, Any]]:
    """Plan next week for many pages at once; one page's failure is never another's.

    Args:
        creator_list: page names; None is every active page, an empty list is none. A name that is
            no active page is blocked, and its `errors` say so.
        output_dir: where CSVs, reports and summary.csv go.
        max_workers: solving processes; None takes the setting.

    Returns:
        Page -> as `generate_schedule_for_creator`.

    Raises:
        SchedulerError: the run could not be done at all.
    """
    pages = () if creator_list is None else tuple(_page(name) for name in creator_list)
    if creator_list is not None and not pages:
        return {}
    request = RunRequest(
        pages=pages, output_dir=Path(output_dir), max_workers=max_workers, skip_unknown=True,
        overrides=_chosen,
    )  # fmt: skip
    try:
        result = run_week(request, Silent())
    except NoKnownPage as error:
        return {page: unknown_result(page, reason) for page, reason in error.reasons.items()}
    done = {page: page_result(row) for page, row in result.pages.items()}
    return done | {page: unknown_result(page, reason) for page, reason in result.unknown.items()}


@_logged
def analyze_creator_performance(page_name: str) -> dict[str, Any]:
    """A page's standing.

    Returns:
        `creator_tier`, `health_status`, `saturation_status`, `prime_hours` (local hours, best
        first), `optimal_price_range` (dollars, low and high), `confidence_score`, `model_skill`
        and, for users of the earlier name, `ml_accuracy`: the out-of-time R2 against a naive mean,
        which is no accuracy; `ml_model` (the page's fitted `PageResponse`), `data_quality_score`,
        `eros_score`, `avg_daily_revenue`, `optimal_weekly_volume` (with `_low` and `_high`, and
        `largest_weekly_volume`, the most looked at), `usable_messages`, `is_pooled`.

    Raises:
        SchedulerError: unknown page, or no data.
    """
    page = _page(page_name)
    with fresh_marts(Silent(), overrides=_chosen, trained=True) as standing:
        analysis = page_analysis(standing.warehouse, page)
        response = standing.model.page_response(page) if standing.model else None
    return analysis_result(analysis) | {"ml_model": response}


@_logged
def calculate_eros_score(page_name: str, lookback_days: int = 30) -> dict[str, Any]:
    """A page's EROS score over 7, 30 or 90 days, from the mart `eros_scores`.

    Returns:
        `overall_score` (0-100), `tier` (its band), `revenue_per_send` (dollars per recipient),
        `conversion_rate`, `execution_rate`, `caption_diversity`, and the four components, each 0-1.
        A figure that is not known, such as the execution rate when nothing was scheduled, is NaN.

    Raises:
        SchedulerError: unknown page or window.
    """
    with fresh_marts(Silent(), overrides=_chosen) as standing:
        row = page_score(standing.warehouse, _page(page_name), lookback_days)
    return score_result(row)


@_logged
def select_captions(
    page_name: str,
    time_of_day: str,
    num_captions: int = 5,
    price_tier: str | None = None,
) -> list[dict[str, Any]]:
    """The page's best allowed captions for a time of day; see `rank_captions` for the keys.

    Raises:
        SchedulerError: unknown page or time of day, or no caption is allowed.
    """
    return captions_for(page_name, time_of_day, num_captions, price_tier, Silent())


def captions_for(
    page_name: str,
    time_of_day: str,
    count: int,
    price_tier: str | None,
    progress: Progress,
    as_of: datetime | None = None,
) -> list[dict[str, Any]]:
    """`select_captions` with a listener and a clock; the command line calls this."""
    page = _page(page_name)
    with fresh_marts(progress, as_of=as_of, overrides=_chosen, trained=True) as standing:
        model, training = standing.model, standing.training
        if model is None or training is None:
            raise SchedulerError("There is no trained model. Run `scheduler train`.")
        settings, warehouse = standing.settings, standing.warehouse
        select_pages(read_pages(warehouse), (page,))
        week = resolve_week(
            None, settings.as_of, settings.default_timezone, settings.plan_horizon_weeks
        )
        inputs = read_inputs(warehouse, settings, week, training)
        live = read_live_schedules(warehouse)
        evidence = read_evidence(warehouse, page)
        creators = read_creators(warehouse)
    response = page_response(model, page, settings, creators[page])
    promised = promised_to(page, live, week, frozenset({page}))
    return rank_captions(page, inputs, response, promised, evidence, time_of_day, count, price_tier)


def format_schedule_csv(
    schedule_data: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    page_name: str,
    output_path: str | Path,
) -> str:
    """Write a page's week as CSV.

    Args:
        schedule_data: the result of `generate_schedule_for_creator`, or its `messages`.
        page_name: the page whose rows are written.
        output_path: the file; its folder must exist.

    Returns:
        The path written.

    Raises:
        SchedulerError: no message of that page, or the folder can't be written.
    """
    rows = (
        schedule_data.get("messages", ()) if isinstance(schedule_data, Mapping) else schedule_data
    )
    page = _page(page_name)
    mine = [row for row in rows if row["page_name"] == page]
    if not mine:
        raise SchedulerError(f"The schedule holds no message of {page!r}: generate it first.")
    mine.sort(key=lambda row: (row["send_at"], row["message_id"]))
    return str(write_schedule_csv(mine, Path(output_path)))


@_logged
def retrain_ml_model(
    lookback_days: int | None = None,
    min_sample_size: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Fit the response model anew, on another stretch of history.

    It takes minutes, and says on the way what it does. Later calls of this process plan and answer
    with that model; to make it the model of every command, change the two settings in
    `dbt_project.yml`. The same training again is read from the cache.

    Args:
        lookback_days: days of history it is fitted on; None: the setting `training_days`.
        min_sample_size: least recipients of a message that the model sees; None: the setting
            `min_sent_count`.
        progress: told what is done; None prints it on standard error.

    Returns:
        `training_hash`, `row_count`, `model_skill` and `ml_accuracy` (see
        `analyze_creator_performance`), `metrics` (agency-wide, out of time).

    Raises:
        SchedulerError: no data, or too few rows to fit.
    """
    overrides = {"training_days": lookback_days, "min_sent_count": min_sample_size}
    changed = {name: value for name, value in overrides.items() if value is not None}
    with fresh_marts(progress or Printed(), overrides=changed, trained=True) as standing:
        model, training = standing.model, standing.training
    if model is None or training is None:
        raise SchedulerError("The model was not trained. Run `scheduler train`.")
    _chosen.clear()
    _chosen.update(changed)
    rows = model.skill.table().to_pylist()
    return {
        "training_hash": model.training_hash,
        "row_count": training.num_rows,
        "model_skill": model.skill.skill,
        "ml_accuracy": model.skill.skill,
        "metrics": {row["metric"]: row["value"] for row in rows if row["scope"] == "agency"},
    }


@_logged
def diagnose_low_scores(page_name: str) -> dict[str, Any]:
    """Why a page's score is what it is; see `scheduler.analysis.diagnosis.diagnose`.

    Raises:
        SchedulerError: unknown page, or no data.
    """
    with fresh_marts(Silent(), overrides=_chosen, trained=True) as standing:
        analysis = page_analysis(standing.warehouse, _page(page_name))
        return diagnose(analysis, component_weights(standing.settings.values))


def _page(name: str) -> str:
    return name.strip().lower()
