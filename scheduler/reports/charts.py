"""Charts as inline SVG: no script, readable in print, in the dark and without a network.

A chart is a Vega-Lite specification, which `vl-convert` draws with the fonts of the reader. Colours
are names of the report's style sheet, so that one drawing serves light and dark. Charts of one kind
differ in their rows alone: each kind is compiled once.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from html import escape
from typing import Any

import vl_convert

Row = Mapping[str, Any]
Layer = dict[str, Any]

# Colours that no chart uses otherwise, each standing for a variable of the style sheet.
_INK, _FAINT, _ACCENT, _SECOND = "#010101", "#020202", "#030303", "#040404"
_VARIABLES = {
    _INK: "var(--ink-soft)",
    _FAINT: "var(--line)",
    _ACCENT: "var(--accent)",
    _SECOND: "var(--second)",
}
_WIDTH, _HEIGHT = 460, 200
_DATE_AXIS = {"format": "%-d %b", "labelOverlap": True}
_DOLLARS = {"format": "$,.0f"}
_LOOK = {
    "view": {"stroke": None},
    "axis": {
        "labelColor": _INK, "titleColor": _INK, "domainColor": _FAINT, "tickColor": _FAINT,
        "gridColor": _FAINT, "titleFontWeight": "normal",
    },
}  # fmt: skip


def price_chart(curve: Sequence[Row], chosen: Sequence[float], label: str) -> str:
    """Expected revenue by price, relative to the page's usual price.

    Args:
        curve: rows of `price_response`: price, revenue_index, index_low, index_high.
        chosen: dollars; the prices of the week.
        label: what the chart shows, for those who don't see it.
    """
    rows = _rows(curve, "price", "revenue_index", "index_low", "index_high")
    x = _number("price", title="Price, $")
    low = _number("index_low", title="Revenue, usual price = 1")
    layers = [
        _layer(rows, _band(), x=x, y=low, y2={"field": "index_high"}),
        _layer(rows, _line(), x=x, y=_number("revenue_index")),
        _marks("price", chosen),
    ]
    return _svg(layers, label)


def volume_chart(curve: Sequence[Row], present: float | None, planned: int, label: str) -> str:
    """Expected revenue of a week by its number of messages.

    Args:
        curve: rows of `saturation`: weekly_volume, weekly_revenue, revenue_low, revenue_high.
        present: messages a week now; None where unknown.
        planned: messages of the planned week.
        label: what the chart shows, for those who don't see it.
    """
    rows = _rows(curve, "weekly_volume", "weekly_revenue", "revenue_low", "revenue_high")
    x = _number("weekly_volume", title="Messages a week (solid: planned, dashed: now)")
    low = _number("revenue_low", title="Revenue a week", axis=_DOLLARS)
    layers = [
        _layer(rows, _band(), x=x, y=low, y2={"field": "revenue_high"}),
        _layer(rows, _line(), x=x, y=_number("weekly_revenue")),
        _marks("weekly_volume", [planned]),
    ]
    if present is not None:
        layers.append(_marks("weekly_volume", [present], dash=[4, 3]))
    return _svg(layers, label)


def score_chart(scores: Sequence[Row], target: float, label: str) -> str:
    """The EROS score of the last weeks, with the score that is aimed at.

    Args:
        scores: rows of `eros_scores`: score_date, eros_score.
        target: the score aimed at.
        label: what the chart shows, for those who don't see it.
    """
    day = {"field": "score_date", "type": "temporal", "title": None, "axis": _DATE_AXIS}
    score = _number("eros_score", title="EROS score", scale={"domain": [0, 100]})
    aim = {"type": "rule", "color": _INK, "strokeDash": [4, 3]}
    layers = [
        _layer(_rows(scores, "score_date", "eros_score"), _line(), x=day, y=score),
        _layer([{"target": target}], aim, y=_number("target")),
    ]
    return _svg(layers, label)


def weeks_chart(weeks: Sequence[Row], label: str) -> str:
    """What the last weeks earned, beside what was planned, with its interval.

    Args:
        weeks: rows with week_start, actual_revenue and, where a week was planned, planned_revenue,
            revenue_low, revenue_high.
        label: what the chart shows, for those who don't see it.
    """
    columns = ("week_start", "actual_revenue", "planned_revenue", "revenue_low", "revenue_high")
    rows = _rows(weeks, *columns)
    week = {
        "field": "week_start", "type": "ordinal", "timeUnit": "yearmonthdate", "title": "Week of",
        "axis": {"format": "%-d %b", "labelAngle": 0},
    }  # fmt: skip
    earned = _number("actual_revenue", title="Revenue (line: planned)", axis=_DOLLARS)
    bar = {"type": "bar", "color": _ACCENT, "opacity": 0.75}
    tick = {"type": "tick", "color": _SECOND, "thickness": 3, "width": 26}
    low, high = _number("revenue_low"), {"field": "revenue_high"}
    layers = [
        _layer(rows, bar, x=week, y=earned),
        _layer(rows, {"type": "rule", "color": _INK}, x=week, y=low, y2=high),
        _layer(rows, tick, x=week, y=_number("planned_revenue")),
    ]
    return _svg(layers, label)


def _band() -> dict[str, Any]:
    return {"type": "area", "color": _ACCENT, "opacity": 0.2}


def _line() -> dict[str, Any]:
    return {"type": "line", "color": _ACCENT}


def _marks(field: str, values: Sequence[float], dash: Sequence[float] = (1, 0)) -> Layer:
    rows = [{field: float(value)} for value in sorted(set(values))]
    mark = {"type": "rule", "color": _SECOND, "strokeDash": list(dash)}
    return _layer(rows, mark, x=_number(field))


def _number(field: str, **more: Any) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", **more}


def _layer(rows: Sequence[Row], mark: Mapping[str, Any], **encoding: Mapping[str, Any]) -> Layer:
    return {"rows": rows, "mark": mark, "encoding": encoding}


def _rows(rows: Sequence[Row], *columns: str) -> list[Row]:
    """The rows as plain numbers and ISO dates."""
    return [{name: _plain(row.get(name)) for name in columns} for row in rows]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _svg(layers: Sequence[Layer], label: str) -> str:
    """The drawing in colours of the style sheet, named for screen readers, as wide as its place."""
    svg = vl_convert.vega_to_svg(_filled(layers))
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(f'"{colour}"', f'"{variable}"')
    # The drawing has one name; of its parts a screen reader would only hear "rule mark container".
    svg = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", svg)
    svg = re.sub(r'(<svg [^>]*?) width="[\d.]+" height="[\d.]+"', r"\1", svg, count=1)
    named = f'<svg role="img" aria-label="{escape(label, quote=True)}" '
    return svg.replace("<svg ", named, 1)


def _filled(layers: Sequence[Layer]) -> dict[str, Any]:
    """The Vega specification of these layers, rows included."""
    names: dict[int, str] = {}
    rows: dict[str, Sequence[Row]] = {}
    drawn = []
    for layer in layers:
        name = names.setdefault(id(layer["rows"]), f"rows_{len(names)}")
        rows[name] = layer["rows"]
        drawn.append({"data": {"name": name}} | {key: layer[key] for key in ("mark", "encoding")})
    vega = _compiled(json.dumps(drawn), len(rows))
    data = [
        {**entry, "values": rows[entry["name"]]} if entry["name"] in rows else entry
        for entry in vega["data"]
    ]
    return {**vega, "data": data}


@cache
def _compiled(layers: str, row_sets: int) -> dict[str, Any]:
    """The Vega specification of layers (JSON), their rows `rows_0`, `rows_1`, ... left empty."""
    spec = {
        "config": _LOOK,
        "background": "transparent",
        "width": _WIDTH,
        "height": _HEIGHT,
        "layer": json.loads(layers),
        "datasets": {f"rows_{i}": [] for i in range(row_sets)},
    }
    vega: dict[str, Any] = vl_convert.vegalite_to_vega(spec)
    return vega
