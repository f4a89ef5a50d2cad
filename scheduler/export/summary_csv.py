"""The batch at a glance: one row per active page."""

from typing import Any

from scheduler.marts.run_result import AgencyInterval, PageResult

_OF_WEEK = (
    "expected_revenue", "revenue_low", "revenue_high", "gap", "upper_bound", "conflict_cost",
    "relaxed", "binding",
)  # fmt: skip


def summary_row(page: PageResult, agency: AgencyInterval | None) -> dict[str, Any]:
    """What the summary can show of a page; the figures of a week are empty without a week."""
    return {
        "page_name": page.page_name,
        "status": page.status,
        "reason": page.reason,
        "message_count": len(page.messages),
        **{f"week_{name}": page.of_week(name) for name in _OF_WEEK},
        "forecast_factor": page.creator.get("forecast_factor"),
        "agency_expected_revenue": agency.expected if agency else None,
        "agency_revenue_low": agency.low if agency else None,
        "agency_revenue_high": agency.high if agency else None,
        "eros_score": page.creator.get("eros_score"),
        "confidence_score": page.creator.get("confidence_score"),
        "revenue_given_up": page.given_up,
        "schedule_id": page.schedule_id,
        "tier_2_count": sum(violation.tier == 2 for violation in page.violations),
        "approval": page.approval,
        "tier_3_count": sum(violation.tier == 3 for violation in page.violations),
    }
