"""The Python API, under the names and with the result keys its users know."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from scheduler.analysis.caption_ranking import rank_captions, read_evidence
from scheduler.analysis.diagnosis import component_weights, diagnose
from scheduler.analysis.performance import PageAnalysis, page_analysis
from scheduler.analysis.scores import page_score
from scheduler.errors import SchedulerError
from scheduler.export.schedule_csv import write_schedule_csv
from scheduler.marts.inputs import read_inputs, read_live_schedules, read_pages
from scheduler.marts.run_result import PROPOSED, PUBLISHED, PageResult
from scheduler.planning.page_problem import page_response
from scheduler.planning.promised import promised_to
from scheduler.planning.week import resolve_week
from scheduler.progress import Progress, Silent
from scheduler.run.pipeline import run_week
from scheduler.run.prepare import select_pages
from scheduler.run.request import RunRequest
from scheduler.training.standing import fresh_marts


def generate_schedule_for_creator(
    page_name: str, output_dir: str | Path = "output"
) -> dict[str, Any]:
    """Plan, audit, publish and export next week for one page.

    Returns:
        `status` (`success` or `blocked`), `page_name`, `schedule_id`, `csv_path` and `report_path`
        (None when blocked), `eros_score` (0-100), `projected_revenue` (dollars), `revenue_low`,
        `revenue_high`, `confidence_score` (0-1), `gap`, `rules_not_reachable` and `binding_rules`
        (sentences or None), `conflict_cost` (dollars), `messages` (dicts), `errors` (sentences).

    Raises:
        SchedulerError: the run could not be done: unknown page, no data, output not writable.
    """
    page = _page(page_name)
    request = RunRequest(pages=(page,), output_dir=Path(output_dir))
    return _page_result(run_week(request, Silent()).pages[page])


def process_all_creators(
    creator_list: Iterable[str] | None = None,
    output_dir: str | Path = "output",
    max_workers: int | None = None,
) -> dict[str, dict[str, Any]]:
    """Plan next week for many pages at once; one page's failure is never another's.

    Args:
        creator_list: page names; None is every active page.
        output_dir: where CSVs, reports and summary.csv go.
        max_workers: solving processes; None takes the setting.

    Returns:
        Page -> as `generate_schedule_for_creator`.

    Raises:
        SchedulerError: the run could not be done at all.
    """
    pages = tuple(_page(name) for name in creator_list or ())
    request = RunRequest(pages=pages, output_dir=Path(output_dir), max_workers=max_workers)
    result = run_week(request, Silent())
    return {page: _page_result(row) for page, row in result.pages.items()}


def analyze_creator_performance(page_name: str) -> dict[str, Any]:
    """A page's standing.

    Returns:
        `creator_tier`, `health_status`, `saturation_status`, `prime_hours` (local hours, best
        first), `optimal_price_range` (dollars, low and high), `confidence_score`, `model_skill`
        and, for users of the earlier name, `ml_accuracy`: the out-of-time R2 against a naive mean,
        which is no accuracy; `ml_model` (the page's fitted response), `data_quality_score`,
        `eros_score`, `avg_daily_revenue`, `optimal_weekly_volume` (with `_low` and `_high`, and
        `largest_weekly_volume`, the most looked at), `usable_messages`, `is_pooled`.

    Raises:
        SchedulerError: unknown page, or no data.
    """
    page = _page(page_name)
    with fresh_marts(Silent(), trained=True) as standing:
        analysis = page_analysis(standing.warehouse, page)
        response = standing.model.page_response(page) if standing.model else None
    return _analysis_result(analysis) | {"ml_model": response}


def calculate_eros_score(page_name: str, lookback_days: int = 30) -> dict[str, Any]:
    """A page's EROS score over 7, 30 or 90 days, from the mart `eros_scores`.

    Returns:
        `overall_score` (0-100), `tier` (its band), `revenue_per_send` (dollars per recipient),
        `conversion_rate`, `execution_rate` (None when nothing was scheduled), `caption_diversity`,
        and the four components, each 0-1.

    Raises:
        SchedulerError: unknown page or window.
    """
    with fresh_marts(Silent()) as standing:
        row = page_score(standing.warehouse, _page(page_name), lookback_days)
    return {
        "page_name": row["page_name"],
        "overall_score": row["eros_score"],
        "tier": row["eros_band"],
        "revenue_per_send": row["revenue_per_send"],
        "conversion_rate": row["conversion_rate"],
        "execution_rate": row["execution_rate"],
        "caption_diversity": row["caption_diversity"],
        "components": {
            name: row[f"{name}_component"]
            for name in ("rps", "conversion", "execution", "diversity")
        },
        "lookback_days": row["window_days"],
        "score_date": row["score_date"],
    }


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
    with fresh_marts(progress, as_of=as_of, trained=True) as standing:
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
    response = page_response(model, page, settings)
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


def retrain_ml_model(
    lookback_days: int | None = None, min_sample_size: int | None = None
) -> dict[str, Any]:
    """Fit the response model anew, on another stretch of history.

    Args:
        lookback_days: days of history it is fitted on; None: the setting `training_days`.
        min_sample_size: least recipients of a message that the model sees; None: the setting
            `min_sent_count`.

    Returns:
        `training_hash`, `row_count`, `model_skill` and `ml_accuracy` (see
        `analyze_creator_performance`), `metrics` (agency-wide, out of time).

    Raises:
        SchedulerError: no data, or too few rows to fit.
    """
    overrides = {"training_days": lookback_days, "min_sent_count": min_sample_size}
    changed = {name: value for name, value in overrides.items() if value is not None}
    with fresh_marts(Silent(), overrides=changed, trained=True) as standing:
        model = standing.model
    if model is None:
        raise SchedulerError("The model was not trained. Run `scheduler train`.")
    rows = model.skill.table().to_pylist()
    return {
        "training_hash": model.training_hash,
        "model_skill": model.skill.skill,
        "ml_accuracy": model.skill.skill,
        "metrics": {row["metric"]: row["value"] for row in rows if row["scope"] == "agency"},
    }


def diagnose_low_scores(page_name: str) -> dict[str, Any]:
    """Why a page's score is what it is; see `scheduler.analysis.diagnosis.diagnose`.

    Raises:
        SchedulerError: unknown page, or no data.
    """
    with fresh_marts(Silent(), trained=True) as standing:
        analysis = page_analysis(standing.warehouse, _page(page_name))
        return diagnose(analysis, component_weights(standing.settings.values))


def _page(name: str) -> str:
    return name.strip().lower()


def _page_result(page: PageResult) -> dict[str, Any]:
    done = page.status in (PUBLISHED, PROPOSED)
    revenue = page.of_week("expected_revenue")
    return {
        "status": "success" if done else "blocked",
        "page_name": page.page_name,
        "schedule_id": page.schedule_id,
        "csv_path": None if page.csv_path is None else str(page.csv_path),
        "report_path": None if page.report_path is None else str(page.report_path),
        "eros_score": page.creator.get("eros_score"),
        "projected_revenue": revenue,
        "revenue": revenue,
        "revenue_low": page.of_week("revenue_low"),
        "revenue_high": page.of_week("revenue_high"),
        "confidence_score": page.creator.get("confidence_score"),
        "gap": page.of_week("gap"),
        "rules_not_reachable": page.of_week("relaxed"),
        "binding_rules": page.of_week("binding"),
        "conflict_cost": page.of_week("conflict_cost"),
        "messages": [dict(message) for message in page.messages],
        "errors": [page.reason] if page.reason else [],
    }


def _analysis_result(analysis: PageAnalysis) -> dict[str, Any]:
    creator = analysis.creator
    copied = (
        "page_name", "creator_tier", "health_status", "saturation_status", "confidence_score",
        "model_skill", "data_quality_score", "eros_score", "avg_daily_revenue", "timezone",
        "optimal_weekly_volume", "optimal_weekly_volume_low", "optimal_weekly_volume_high",
        "largest_weekly_volume", "present_weekly_volume",
    )  # fmt: skip
    return {name: creator[name] for name in copied} | {
        "ml_accuracy": creator["model_skill"],
        "prime_hours": [hour for hour, _ in analysis.hours],
        "optimal_price_range": analysis.optimal_price_range,
        "usable_messages": analysis.usable_messages,
        "is_pooled": analysis.is_pooled,
    }
