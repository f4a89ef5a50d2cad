"""Charts as inline SVG: no script, readable in print, in the dark and without a network.

Vega-Altair describes a chart, `vl-convert` draws it with the fonts of the reader. Colours are names
of the report's style sheet, so that one drawing serves light and dark.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import altair as alt
import vl_convert

Row = Mapping[str, Any]

# Colours that no chart uses otherwise, each standing for a variable of the style sheet.
_INK, _FAINT, _ACCENT, _SECOND = "#010101", "#020202", "#030303", "#040404"
_VARIABLES = {
    _INK: "var(--ink-soft)",
    _FAINT: "var(--line)",
    _ACCENT: "var(--accent)",
    _SECOND: "var(--second)",
}
_WIDTH, _HEIGHT = 460, 200
_DATE_AXIS = alt.Axis(format="%-d %b", labelOverlap=True)
_DOLLARS = alt.Axis(format="$,.0f")


def price_chart(curve: Sequence[Row], chosen: Sequence[float], label: str) -> str:
    """Expected revenue by price, relative to the page's usual price.

    Args:
        curve: rows of `price_response`: price, revenue_index, index_low, index_high.
        chosen: dollars; the prices of the week.
        label: what the chart shows, for those who don't see it.
    """
    x = alt.X("price:Q", title="Price, $")
    base = alt.Chart(_data(curve, "price", "revenue_index", "index_low", "index_high"))
    band = base.mark_area(opacity=0.2, color=_ACCENT).encode(
        x=x, y=alt.Y("index_low:Q", title="Revenue, usual price = 1"), y2="index_high:Q"
    )
    line = base.mark_line(color=_ACCENT).encode(x=x, y="revenue_index:Q")
    return _svg(band + line + _marks("price", chosen), label)


def volume_chart(curve: Sequence[Row], present: float | None, planned: int, label: str) -> str:
    """Expected revenue of a week by its number of messages.

    Args:
        curve: rows of `saturation`: weekly_volume, weekly_revenue, revenue_low, revenue_high.
        present: messages a week now; None where unknown.
        planned: messages of the planned week.
        label: what the chart shows, for those who don't see it.
    """
    x = alt.X("weekly_volume:Q", title="Messages a week (solid: planned, dashed: now)")
    columns = ("weekly_volume", "weekly_revenue", "revenue_low", "revenue_high")
    base = alt.Chart(_data(curve, *columns))
    band = base.mark_area(opacity=0.2, color=_ACCENT).encode(
        x=x, y=alt.Y("revenue_low:Q", title="Revenue a week", axis=_DOLLARS), y2="revenue_high:Q"
    )
    line = base.mark_line(color=_ACCENT).encode(x=x, y="weekly_revenue:Q")
    chart = band + line + _marks("weekly_volume", [planned])
    if present is not None:
        chart += _marks("weekly_volume", [present], dash=[4, 3])
    return _svg(chart, label)


def score_chart(scores: Sequence[Row], target: float, label: str) -> str:
    """The EROS score of the last weeks, with the score that is aimed at.

    Args:
        scores: rows of `eros_scores`: score_date, eros_score.
        target: the score aimed at.
        label: what the chart shows, for those who don't see it.
    """
    line = (
        alt.Chart(_data(scores, "score_date", "eros_score"))
        .mark_line(color=_ACCENT)
        .encode(
            x=alt.X("score_date:T", title=None, axis=_DATE_AXIS),
            y=alt.Y("eros_score:Q", title="EROS score", scale=alt.Scale(domain=[0, 100])),
        )
    )
    aim = (
        alt.Chart({"values": [{"target": target}]})
        .mark_rule(color=_INK, strokeDash=[4, 3])
        .encode(y="target:Q")
    )
    return _svg(line + aim, label)


def weeks_chart(weeks: Sequence[Row], label: str) -> str:
    """What the last weeks earned, beside what was planned, with its interval.

    Args:
        weeks: rows with week_start, actual_revenue and, where a week was planned, planned_revenue,
            revenue_low, revenue_high.
        label: what the chart shows, for those who don't see it.
    """
    columns = ("week_start", "actual_revenue", "planned_revenue", "revenue_low", "revenue_high")
    base = alt.Chart(_data(weeks, *columns))
    x = alt.X(
        "yearmonthdate(week_start):O", title="Week of", axis=alt.Axis(format="%-d %b", labelAngle=0)
    )
    earned = base.mark_bar(color=_ACCENT, opacity=0.75).encode(
        x=x, y=alt.Y("actual_revenue:Q", title="Revenue (line: planned)", axis=_DOLLARS)
    )
    range_ = base.mark_rule(color=_INK).encode(x=x, y="revenue_low:Q", y2="revenue_high:Q")
    plan = base.mark_tick(color=_SECOND, thickness=3, width=26).encode(x=x, y="planned_revenue:Q")
    return _svg(earned + range_ + plan, label)


def _marks(field: str, values: Sequence[float], dash: Sequence[float] = (1, 0)) -> Any:
    rows = [{field: float(value)} for value in sorted(set(values))]
    return (
        alt.Chart({"values": rows})
        .mark_rule(color=_SECOND, strokeDash=list(dash))
        .encode(x=f"{field}:Q")
    )


def _data(rows: Sequence[Row], *columns: str) -> dict[str, Any]:
    """The rows as plain numbers and ISO dates."""
    return {"values": [{name: _plain(row.get(name)) for name in columns} for row in rows]}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _svg(chart: Any, label: str) -> str:
    """The drawing in colours of the style sheet, named for screen readers, as wide as its place."""
    axis = {"labelColor": _INK, "titleColor": _INK, "domainColor": _FAINT, "tickColor": _FAINT,
            "gridColor": _FAINT, "titleFontWeight": "normal"}  # fmt: skip
    spec = (
        chart.properties(width=_WIDTH, height=_HEIGHT, background="transparent")
        .configure_view(stroke=None)
        .configure_axis(**axis)
        .to_dict(validate=False)
    )
    svg = vl_convert.vegalite_to_svg(spec)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(f'"{colour}"', f'"{variable}"')
    # The drawing has one name; of its parts a screen reader would only hear "rule mark container".
    svg = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", svg)
    svg = re.sub(r'(<svg [^>]*?) width="[\d.]+" height="[\d.]+"', r"\1", svg, count=1)
    named = f'<svg role="img" aria-label="{escape(label, quote=True)}" '
    return svg.replace("<svg ", named, 1)
