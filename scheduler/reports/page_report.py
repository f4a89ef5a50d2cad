"""One page's report: its rows put into words, tables and charts."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from scheduler.reports import charts
from scheduler.reports.facts import Facts, Row
from scheduler.reports.summary import bridge, past_weeks, summarise
from scheduler.reports.words import dollars, percent, price

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKS_SHOWN = 12
_LISTED = 8
_HEAT_FULL = (
    45  # percent of the accent colour for the best cell: text stays readable, light or dark
)


def calendar(messages: Sequence[Row], week: Any) -> dict[str, Any]:
    """Days across, hours down: only hours that have a message.

    Args:
        messages: rows of `schedules`, with `local_at`.
        week: the Monday.
    """
    cells: dict[tuple[int, int], list[Row]] = {}
    for message in messages:
        moment = message["local_at"]
        shown = {**message, "minute": moment.minute, "clock": f"{moment:%H:%M}"}
        cells.setdefault((moment.hour, (moment.date() - week).days), []).append(shown)
    hours = sorted({hour for hour, _ in cells})
    return {
        "days": [week + timedelta(days=day) for day in range(7)],
        "rows": [
            {"hour": hour, "cells": [cells.get((hour, day), []) for day in range(7)]}
            for hour in hours
        ],
    }


def heat(hours: Sequence[Row], messages: Sequence[Row]) -> list[dict[str, Any]]:
    """Hours down, weekdays across: dollars per 1,000 recipients, and where messages lie.

    Args:
        hours: rows of `hour_performance`.
        messages: rows of `schedules`.
    """
    values = {
        (row["local_hour"], row["iso_weekday"]): 1000 * row["revenue_per_send"]
        for row in hours
        if row["revenue_per_send"] is not None
    }
    best = max(values.values(), default=0.0)
    chosen = {(m["local_at"].hour, m["local_at"].isoweekday()) for m in messages}

    def cell(hour: int, day: int) -> dict[str, Any]:
        value = values.get((hour, day))
        share = None if value is None or best <= 0 else round(_HEAT_FULL * max(value, 0) / best)
        shown = None if value is None else f"{value:,.0f}"
        return {"value": shown, "share": share, "is_chosen": (hour, day) in chosen}

    return [{"hour": hour, "cells": [cell(hour, day) for day in range(1, 8)]} for hour in range(24)]


def price_words(curve: Sequence[Row], prices: Sequence[float]) -> str:
    """What the price curve says of the chosen prices."""
    best = next(row for row in curve if row["is_best"])
    low, high = best["best_price_low"], best["best_price_high"]
    return (
        f"Other things equal, {price(best['price'])} earns most; anything from {price(low)} to "
        f"{price(high)} may be as good. Upright lines: this week's prices, "
        f"{price(min(prices))} to {price(max(prices))}. A caption that sells at a higher price is "
        "sent at a higher price."
    )


def volume_words(curve: Sequence[Row], present: float | None, planned: int) -> str:
    """What the saturation curve says of the planned number of messages."""
    best = next(row for row in curve if row["is_best"])
    now = "" if present is None else f", now {present:.0f}"
    return (
        f"Most revenue at about {best['weekly_volume']} messages a week (somewhere from "
        f"{best['best_volume_low']} to {best['best_volume_high']}){now}; planned {planned}."
    )


def page_view(
    page: Any, facts: Facts, settings: Mapping[str, Any], badges: Sequence[str]
) -> dict[str, Any]:
    """Everything that `page.html.j2` shows.

    Args:
        page: the page's result, with messages.
        facts: rows of the marts.
        settings: `week`, `as_of`, `lookback_days`, `recent_weeks`, `interval_coverage`,
            `score_window`, `content_min` of the build.
        badges: what must be seen at once, such as that a person has yet to approve the week.
    """
    name, messages = page.page_name, page.messages
    weeks = past_weeks(facts.of("weeks", name), facts.of("planned", name))
    expected = {
        key: page.of_week(column) or 0.0
        for key, column in (("expected", "expected_revenue"), ("low", "revenue_low"),
                            ("high", "revenue_high"))
    }  # fmt: skip
    summary = summarise(weeks, settings["recent_weeks"], expected)
    return {
        "name": name,
        "week": settings["week"],
        "as_of": settings["as_of"],
        "timezone": messages[0]["timezone"],
        "schedule_id": page.schedule_id,
        "coverage": settings["interval_coverage"],
        "lookback_days": settings["lookback_days"],
        "status": "published" if page.status == "active" else page.status,
        "status_words": "published" if page.status == "active" else page.status,
        "badges": list(badges),
        "summary": summary,
        "bridge": bridge(r for r in facts.of("bridge", name)
                         if r["schedule_id"] == page.schedule_id),
        "alerts": [alert_view(row) for row in facts.of("alerts", name)],
        "findings": findings(page, facts),
        "said": said_view(page.said),
        "messages": [_message_view(message) for message in messages],
        "calendar": calendar(messages, settings["week"]),
        "limits": limits(page),
        "gap_words": gap_words(page),
        "violations": violations(page.violations),
        "heat": heat(facts.of("hours", name), messages),
        "prime_hours": ", ".join(f"{row['x_value']:02.0f}:00" for row in facts.of("prime", name)),
        **_curves(page, facts),
        **_scores(page, facts, settings),
        "weeks_chart": weeks_chart(weeks),
        "content": [
            row
            for row in facts.of("content", name)
            if row["priced_message_count"] >= settings["content_min"]
        ][:_LISTED],
        "stock_words": stock_words(facts.of("captions", name)),
        "quality": page.creator.get("data_quality_score"),
        "confidence_words": f"Confidence of the schedule {page.creator['confidence_score']:.2f}: "
        "how much own history and how good a model stand behind it.",
        "quality_reasons": [
            row for row in facts.of("quality", name)
            if row["window_days"] == settings["lookback_days"]
        ],
    }  # fmt: skip


def alert_view(row: Row) -> dict[str, Any]:
    """An open alert in a manager's words, with what to do."""
    return {
        "severity": row["severity"],
        "page_name": row["page_name"],
        "title": row["title"] or row["detail"],
        "action": row["action"] or "",
        "dollars": row["dollars_at_stake"],
        "opened_at": row["opened_at"],
        "seen_by": row["acknowledged_by"],
    }


def said_view(said: Any) -> dict[str, Any]:
    """What is said of the week beside its figures: prose, and lists under their headings.

    Args:
        said: the page's `WeekAdvice`.
    """
    problem = [f"The agents left the week as computed. {said.problem}."] if said.problem else []
    lists = {
        "To look at before it goes out": said.reviews,
        "What stands out": said.findings,
        "What the agents changed": (*said.changes, *problem),
    }
    return {"summary": said.summary, "lists": {name: own for name, own in lists.items() if own}}


def findings(page: Any, facts: Facts) -> list[str]:
    """The sentences under the figures: what changed, and what is out of the ordinary."""
    changed = page.creator.get("change_status")
    said = [page.creator["change_summary"]] if changed not in (None, "UNCHANGED") else []
    saturation = page.creator.get("saturation_status")
    best = page.creator.get("optimal_weekly_volume")
    if saturation in ("OVERSATURATED", "UNDERSATURATED") and best is not None:
        side = "more" if saturation == "OVERSATURATED" else "fewer"
        said.append(
            f"The page has been sending {page.creator['present_weekly_volume']:.0f} messages a "
            f"week, {side} than the {best:.0f} or so that would earn most."
        )
    return said


def limits(page: Any) -> list[str]:
    """What each rule that binds costs, one sentence a rule."""
    binding = page.of_week("binding") or ""
    relaxed = page.of_week("relaxed") or ""
    said = [part.strip() for part in binding.split(";") if part.strip()]
    said += [f"Could not be kept: {part.strip()}" for part in relaxed.split(";") if part.strip()]
    cost = page.of_week("conflict_cost")
    if cost:
        said.append(f"Captions that other pages need more: {dollars(cost)} given up.")
    if page.given_up:
        said.append(
            f"{page.explored_count} messages try something new to learn from, for "
            f"{dollars(abs(page.given_up))} {'less' if page.given_up > 0 else 'more'} expected."
        )
    return said


def gap_words(page: Any) -> str:
    """How far from the best possible week, in projected dollars."""
    gap = page.of_week("gap") or 0.0
    lost = gap * (page.of_week("expected_revenue") or 0.0)
    return (
        f"No week within the rules can be expected to earn more than {dollars(lost, 2)} "
        f"({percent(gap, 2)}) above this one."
    )


def violations(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows of the rulebook, equal ones counted."""
    counted: dict[tuple[int, str], int] = {}
    for row in rows:
        key = (row.tier, row.detail)
        counted[key] = counted.get(key, 0) + 1
    return [{"tier": t, "detail": d, "count": n} for (t, d), n in sorted(counted.items())]


def stock_words(filters: Sequence[Row]) -> str:
    """How many captions may be sent, and which filters take the most away."""
    if not filters:
        return ""
    left = filters[-1]["rows_after"]
    taken = sorted(filters, key=lambda row: row["rows_after"] - row["rows_before"])[:2]
    most = " and ".join(
        f"{row['rows_before'] - row['rows_after']:,} by {row['filter_name'].replace('_', ' ')}"
        for row in taken
        if row["rows_before"] > row["rows_after"]
    )
    return f"{left:,} of {filters[0]['rows_before']:,} captions may be sent; {most} left out."


def weeks_chart(weeks: Sequence[Any]) -> str:
    """Planned and earned of the last complete weeks; empty without one."""
    shown = [week.as_row() for week in weeks[-_WEEKS_SHOWN:]]
    if not shown:
        return ""
    last = shown[-1]
    label = f"Revenue of the last {len(shown)} complete weeks, the last one " + dollars(
        last["actual_revenue"]
    )
    return charts.weeks_chart(shown, label)


def _message_view(message: Row) -> dict[str, Any]:
    return {**message, "content": message["content_type"] or message["content_category"]}


def _curves(page: Any, facts: Facts) -> dict[str, Any]:
    prices = facts.of("prices", page.page_name)
    volumes = facts.of("volumes", page.page_name)
    chosen = [message["price"] for message in page.messages]
    present, planned = page.creator.get("present_weekly_volume"), len(page.messages)
    found: dict[str, Any] = dict.fromkeys(
        ("price_chart", "price_words", "volume_chart", "volume_words"), ""
    )
    if prices:
        found["price_words"] = price_words(prices, chosen)
        found["price_chart"] = charts.price_chart(prices, chosen, found["price_words"])
    if volumes:
        found["volume_words"] = volume_words(volumes, present, planned)
        found["volume_chart"] = charts.volume_chart(
            volumes, present, planned, found["volume_words"]
        )
    return found


def _scores(page: Any, facts: Facts, settings: Mapping[str, Any]) -> dict[str, Any]:
    rows = facts.of("scores", page.page_name)
    latest = {row["window_days"]: row for row in rows}
    trend = [
        row for row in rows
        if row["window_days"] == settings["score_window"] and row["eros_score"] is not None
    ]  # fmt: skip
    chart = ""
    if trend:
        label = f"EROS score, day by day, the last one {trend[-1]['eros_score']:.0f} of 100"
        chart = charts.score_chart(trend, settings["score_target"], label)
    return {"scores": [latest[window] for window in sorted(latest)], "score_chart": chart}
