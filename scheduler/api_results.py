"""The results of the Python API, with the keys its users know."""

import math
from collections.abc import Mapping
from typing import Any

from scheduler.analysis.performance import PageAnalysis
from scheduler.marts.run_result import BLOCKED, PROPOSED, PUBLISHED, PageResult


def figure(value: float | None) -> float:
    """A number that every format takes; NaN where it is not known."""
    return math.nan if value is None else float(value)


def unknown_result(page: str, reason: str) -> dict[str, Any]:
    """The result of a name that is no active page."""
    return page_result(PageResult(page_name=page, status=BLOCKED, reason=reason))


def page_result(page: PageResult) -> dict[str, Any]:
    """A planned or blocked page, as `generate_schedule_for_creator` documents it."""
    done = page.status in (PUBLISHED, PROPOSED)
    revenue = figure(page.of_week("expected_revenue"))
    return {
        "status": "success" if done else "blocked",
        "page_name": page.page_name,
        "schedule_id": page.schedule_id,
        "csv_path": None if page.csv_path is None else str(page.csv_path),
        "report_path": None if page.report_path is None else str(page.report_path),
        "eros_score": figure(page.creator.get("eros_score")),
        "projected_revenue": revenue,
        "revenue": revenue,
        "revenue_low": figure(page.of_week("revenue_low")),
        "revenue_high": figure(page.of_week("revenue_high")),
        "confidence_score": figure(page.creator.get("confidence_score")),
        "gap": figure(page.of_week("gap")),
        "rules_not_reachable": page.of_week("relaxed"),
        "binding_rules": page.of_week("binding"),
        "conflict_cost": figure(page.of_week("conflict_cost")),
        "messages": [dict(message) for message in page.messages],
        "errors": [page.reason] if page.reason else [],
    }


def analysis_result(analysis: PageAnalysis) -> dict[str, Any]:
    """A page's standing, as `analyze_creator_performance` documents it."""
    creator = analysis.creator
    words = ("page_name", "creator_tier", "health_status", "saturation_status", "timezone")
    figures = (
        "confidence_score", "model_skill", "data_quality_score", "eros_score", "avg_daily_revenue",
        "optimal_weekly_volume", "optimal_weekly_volume_low", "optimal_weekly_volume_high",
        "largest_weekly_volume", "present_weekly_volume",
    )  # fmt: skip
    known = {name: creator[name] for name in words}
    known |= {name: figure(creator[name]) for name in figures}
    return known | {
        "ml_accuracy": known["model_skill"],
        "prime_hours": [hour for hour, _ in analysis.hours],
        "optimal_price_range": analysis.optimal_price_range or (math.nan, math.nan),
        "usable_messages": analysis.usable_messages,
        "is_pooled": analysis.is_pooled,
    }


def score_result(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `eros_scores`, as `calculate_eros_score` documents it."""
    return {
        "page_name": row["page_name"],
        "overall_score": figure(row["eros_score"]),
        "tier": row["eros_band"],
        "revenue_per_send": figure(row["revenue_per_send"]),
        "conversion_rate": figure(row["conversion_rate"]),
        "execution_rate": figure(row["execution_rate"]),
        "caption_diversity": figure(row["caption_diversity"]),
        "components": {
            name: figure(row[f"{name}_component"])
            for name in ("rps", "conversion", "execution", "diversity")
        },
        "lookback_days": row["window_days"],
        "score_date": row["score_date"],
    }
