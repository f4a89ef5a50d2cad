"""A page's week and standing as plain text, 80 columns wide."""

import textwrap
from collections import Counter
from collections.abc import Iterable
from typing import Any

from scheduler.analysis.performance import PageAnalysis, best_volume, best_volume_interval
from scheduler.marts.advice import WeekAdvice
from scheduler.marts.run_result import PageResult, RunResult

WIDTH = 80
_RULE = "-" * WIDTH


def text_report(page: PageResult, analysis: PageAnalysis, result: RunResult) -> str:
    """The report of one published page."""
    blocks = [
        f"{page.page_name}: week of {result.week}",
        f"As of {result.as_of:%Y-%m-%d %H:%M} UTC. Schedule {page.schedule_id}.",
        *filter(None, [page.approval and f"This week is {page.approval}."]),
        "",
        *_said_lines(page.said),
        *_section("The week", _week_lines(page, analysis)),
        *analysis_lines(analysis),
        *_section("Notes of the rulebook", _note_lines(page)),
    ]
    return "\n".join(blocks) + "\n"


def _said_lines(said: WeekAdvice) -> list[str]:
    """The sections on what stands out, only those that have something to say."""
    changes = [*said.changes, *([f"Agents: {said.problem}."] if said.problem else [])]
    sections = {
        "Summary": [said.summary] if said.summary else [],
        "What stands out": said.findings,
        "To look at before it goes out": said.reviews,
        "Changed on advice": changes,
    }
    return [line for title, lines in sections.items() if lines for line in _section(title, lines)]


def analysis_lines(analysis: PageAnalysis) -> list[str]:
    """The sections on a page's standing, which `scheduler analyze` prints too."""
    return [
        *_section("Standing", _standing_lines(analysis)),
        *_section("EROS score", _eros_lines(analysis)),
        *_section("When and at what price", _timing_lines(analysis)),
        *_section("Content, by revenue per recipient", _content_lines(analysis)),
        *_section("How well the response model does out of time", _skill_lines(analysis)),
    ]


def _section(title: str, lines: Iterable[str]) -> list[str]:
    wrapped: list[str] = []
    for line in lines:
        indent = " " * 26 if line[:24].strip() and line[24:26] == "  " else "  "
        wrapped += textwrap.wrap(line, WIDTH, subsequent_indent=indent) or [""]
    return [title, _RULE, *wrapped, ""]


def _field(name: str, value: str) -> str:
    return f"{name:<24}  {value}"


def _week_lines(page: PageResult, analysis: PageAnalysis) -> list[str]:
    days = Counter(f"{message['local_at']:%a}" for message in page.messages)
    order = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    prices = [message["price"] for message in page.messages]
    lines = [
        _field("Messages", f"{len(page.messages)}  ({_counts(days, order)})"),
        _field("Projected revenue", f"${page.of_week('expected_revenue'):,.2f}"),
        _field(
            f"{100 * analysis.interval_coverage:g} % interval",
            f"${page.of_week('revenue_low'):,.2f} to ${page.of_week('revenue_high'):,.2f}",
        ),
        _field("Prices", f"${min(prices):,.2f} to ${max(prices):,.2f}"),
        _field("Gap to the best week", _gap(page)),
        _field("Exploration", _exploration(page)),
        _field("Captions to choose from", f"{page.caption_count:,}"),
    ]
    relaxed = page.of_week("relaxed")
    if relaxed:
        lines.append(_field("Rules not reachable", relaxed))
    binding = page.of_week("binding")
    if binding:
        lines.append(_field("What holds it down", binding))
    if page.of_week("conflict_cost"):
        cost = f"${page.of_week('conflict_cost'):,.2f}, captions that other pages need more"
        lines.append(_field("Given up to others", cost))
    return lines


def _exploration(page: PageResult) -> str:
    if page.given_up is None:
        return "off"
    if page.given_up < 0:
        cost = f"believed to earn ${-page.given_up:,.2f} more"
    else:
        cost = f"${page.given_up:,.2f} of projected revenue given up to learn"
    return f"{page.explored_count} of {len(page.messages)} messages drawn by chance; {cost}"


def _gap(page: PageResult) -> str:
    bound = page.of_week("upper_bound")
    value = bound * (1.0 - page.of_week("gap"))
    return f"at most {100 * page.of_week('gap'):.2f} % (value {value:,.2f}, bound {bound:,.2f})"


def _counts(days: Counter[str], order: Iterable[str]) -> str:
    return ", ".join(f"{day} {days[day]}" for day in order if days[day])


def _standing_lines(analysis: PageAnalysis) -> list[str]:
    creator = analysis.creator
    zone = creator["timezone"]
    if creator["is_timezone_default"]:
        given = creator["timezone_given"]
        zone += f" (default: {given!r} is not known)" if given else " (default: none given)"
    revenue, trend = _number(creator["avg_daily_revenue"], 2), _number(creator["health_ratio"], 2)
    lines = [
        _field("Time zone", zone),
        _field("Tier", f"{_text(creator['creator_tier'])}  (${revenue} a day)"),
        _field("Health", f"{_text(creator['health_status'])}  (30 over 60 days: {trend})"),
        _field("Since last week", _text(creator["change_summary"])),
        _field("Saturation", _saturation(creator)),
        _field("Data quality", f"{_number(creator['data_quality_score'], 1)} of 100"),
        _field("Usable messages", f"{analysis.usable_messages:,} in the window"),
        _field("Confidence", _number(creator["confidence_score"], 2)),
    ]  # fmt: skip
    if analysis.is_pooled:
        lines.append(
            "Too few usable messages of its own: hours, prices and saturation are the agency's"
            " pool, not this page's. No week is planned."
        )
    return lines


def _saturation(creator: Any) -> str:
    if creator["saturation_status"] is None:
        return "unknown before the first training"
    return (
        f"{creator['saturation_status']}  ({creator['present_weekly_volume']:.1f} messages a week;"
        f" best {best_volume(creator)}, 80 % interval {best_volume_interval(creator)})"
    )


def _eros_lines(analysis: PageAnalysis) -> list[str]:
    lines = []
    for window, row in sorted(analysis.eros.items()):
        execution = (
            "unknown, weight shared"
            if row["execution_component"] is None
            else _number(row["execution_component"], 2)
        )
        lines.append(
            _field(
                f"{window} days",
                f"{_number(row['eros_score'], 1)} {_text(row['eros_band'])}"
                f"  (revenue {_number(row['rps_component'], 2)},"
                f" conversion {_number(row['conversion_component'], 2)},"
                f" execution {execution},"
                f" diversity {_number(row['diversity_component'], 2)})",
            )
        )
    return lines or ["No score: no valid message in the window."]


def _timing_lines(analysis: PageAnalysis) -> list[str]:
    hours = ", ".join(f"{hour:02d}:00 ({index:.2f})" for hour, index in analysis.hours)
    if analysis.optimal_price_range is None:
        prices = "unknown before the first training"
    else:
        low, high = analysis.optimal_price_range
        prices = f"${low:,.2f} to ${high:,.2f}, best near ${analysis.best_price:,.2f}"
    return [
        _field("Prime hours (index)", hours or "unknown before the first training"),
        _field("Price range", prices),
    ]


def _content_lines(analysis: PageAnalysis) -> list[str]:
    if not analysis.content:
        return ["No priced message in the window."]
    return [
        _field(
            row["content_category_key"],
            f"${row['revenue_per_send']:.4f} a recipient,"
            f" {100 * row['conversion_rate']:.1f} % of views buy"
            f" ({row['priced_message_count']} messages)"
            if row["conversion_rate"] is not None
            else f"${row['revenue_per_send']:.4f} a recipient"
            f" ({row['priced_message_count']} messages)",
        )
        for row in analysis.content
    ]


def _skill_lines(analysis: PageAnalysis) -> list[str]:
    if not analysis.agency_skill:
        return ["Not measured yet: run `scheduler train`."]
    page = analysis.skill
    coverage = _number(page.get("message_coverage"), 2)
    return [
        _field("Skill of the agency", f"{_number(analysis.agency_skill.get('skill'), 3)}"
               "  (R2 against a naive mean, weeks not seen)"),
        _field("R2 on this page", _number(page.get("r2_earnings"), 3)),
        _field("Rank correlation", _number(page.get("rank_correlation"), 3)),
        _field("Interval coverage", f"{coverage}  ({analysis.interval_coverage:.2f} wanted)"),
    ]  # fmt: skip


def _note_lines(page: PageResult) -> list[str]:
    notes = [violation for violation in page.violations if violation.tier > 1]
    if not notes:
        return ["None: every rule of every tier is kept."]
    return [f"Tier {note.tier}  {note.rule}: {note.detail}" for note in notes]


def _text(value: Any) -> str:
    return "unknown" if value is None else str(value)


def _number(value: float | None, digits: int) -> str:
    return "unknown" if value is None or value != value else f"{value:,.{digits}f}"  # noqa: PLR0124 - NaN
