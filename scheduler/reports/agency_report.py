"""The agency's report: all pages together, what needs attention, and what to do next."""

from collections.abc import Mapping
from typing import Any

from scheduler.reports.facts import Facts, Row
from scheduler.reports.page_report import alert_view, weeks_chart
from scheduler.reports.summary import bridge, past_weeks, summarise
from scheduler.reports.words import dollars, percent

_STEPS_SHOWN = 15
_CONFLICTS_SHOWN = 10


def next_step(row: Row) -> dict[str, Any]:
    """A row of `next_steps` as something to do and why."""
    kind, subject, count = row["kind"], row["subject"], row["evidence_count"]
    if kind == "add_content":
        action = f"Add {subject} to the vault"
        reason = (
            f"sells about {percent(row['ratio'] - 1)} better here than the least of the week; "
            f"{count:,} captions for it are in the bank"
        )
    elif kind == "write_captions":
        action = "Write or release captions"
        reason = (
            f"{count:,} may be sent, {percent(row['ratio'])} of what the page sends while a "
            "caption rests"
        )
    else:
        action = f"Try ${subject} on two messages"
        reason = f"may earn up to {percent(row['ratio'] - 1)} more a message; nobody knows yet"
    return {**row, "action": action, "reason": reason}


def agency_view(
    result: Any,
    facts: Facts,
    settings: Mapping[str, Any],
    interval: tuple[float, float],
    links: Mapping[str, str],
) -> dict[str, Any]:
    """Everything that `agency.html.j2` shows.

    Args:
        result: the run's result.
        facts: rows of the marts.
        settings: as for `page_view`.
        interval: dollars; the interval of all pages together, which are not independent.
        links: page -> file name of its report.
    """
    published = [page for page in result.pages.values() if page.messages]
    names = [page.page_name for page in published]
    weeks = past_weeks(facts.of_all("weeks", names), facts.of_all("planned", names))
    total = sum(page.of_week("expected_revenue") for page in published)
    week = {"expected": total, "low": interval[0], "high": interval[1]}
    largest = max((page.of_week("expected_revenue") for page in published), default=0.0)
    ids = {page.schedule_id for page in published}
    conflicts = [
        {"page_name": page.page_name, "cost": page.of_week("conflict_cost")}
        for page in published
        if page.of_week("conflict_cost")
    ]
    steps = sorted(facts.of_all("next_steps", names), key=lambda row: -(row["weekly_dollars"] or 0))
    rows = [page_row(page, facts, settings, largest, links) for page in published]
    return {
        "week": settings["week"],
        "as_of": settings["as_of"],
        "coverage": settings["interval_coverage"],
        "page_count": len(result.pages),
        "status_words": "published",
        "summary": summarise(weeks, settings["recent_weeks"], week),
        "bridge": bridge(row for row in facts.of_all("bridge", names) if row["schedule_id"] in ids),
        "alerts": [alert_view(row) for row in facts.of_all("alerts")],
        "findings": list(result.notices),
        "blocked": [
            {"page_name": page.page_name, "reason": page.reason}
            for page in result.pages.values()
            if page.reason
        ],
        "said": [
            {
                "page_name": page.page_name,
                "summary": page.said.summary,
                "reviews": page.said.reviews,
                "change_count": len(page.said.changes),
            }
            for page in published
            if page.said.summary or page.said.reviews or page.said.changes
        ],
        "next_steps": [next_step(row) for row in steps[:_STEPS_SHOWN]],
        "published": sorted(rows, key=lambda row: (-row["expected"], row["page_name"])),
        "conflicts": sorted(conflicts, key=lambda row: -row["cost"])[:_CONFLICTS_SHOWN],
        "weeks_chart": weeks_chart(weeks),
    }


def page_row(
    page: Any,
    facts: Facts,
    settings: Mapping[str, Any],
    largest: float,
    links: Mapping[str, str],
) -> dict[str, Any]:
    """A page's line in the agency's table."""
    expected, low = page.of_week("expected_revenue"), page.of_week("revenue_low")
    weeks = facts.of("weeks", page.page_name)[-settings["recent_weeks"] :]
    mean = sum(row["earnings"] for row in weeks) / len(weeks) if weeks else None
    creator = page.creator
    standing = (creator.get("creator_tier"), creator.get("health_status"))
    return {
        "page_name": page.page_name,
        "href": links.get(page.page_name),
        "messages": len(page.messages),
        "expected": expected,
        "low": low,
        "high": page.of_week("revenue_high"),
        "share": round(100 * expected / largest) if largest else 0,
        "change": None if mean is None else expected - mean,
        "risk": 1 - low / expected if expected else None,
        "score": creator.get("eros_score"),
        "standing": ", ".join(str(part).lower() for part in standing if part) or "unknown",
    }


def last_lines(view: Mapping[str, Any]) -> list[str]:
    """The agency's first figures as plain lines, for the terminal."""
    summary = view["summary"]
    lines = []
    if summary.last_week is not None:
        planned = summary.last_week.planned
        beside = "" if planned is None else f", planned {dollars(planned)}"
        lines.append(f"Last week {dollars(summary.last_week.actual)}{beside}.")
    if summary.recent_count:
        lines.append(
            f"Mean of the last {summary.recent_count} weeks {dollars(summary.recent_mean)}."
        )
    return lines
