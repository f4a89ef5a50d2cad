"""Fitted curves of every page with their uncertainty: what analysts see is what is planned with."""

from dataclasses import dataclass
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.stats import norm

from scheduler.response.design import Design
from scheduler.response.read.predict import Response
from scheduler.response.read.uncertainty import hypothetical
from scheduler.response.rows import MEMORIES, FloatArray, IntArray, Labels
from scheduler.response.settings import ResponseError
from scheduler.warehouse import DbtProject

# page, curve, x, x as a number, estimate, low, high, and how surely the point is the best one
Record = tuple[str, str, str, float, float, float, float, float | None]


@dataclass(frozen=True)
class PageIndex:
    """A page, or -1 for the unknown one, with its position in the page statistics."""

    name: str
    group: int
    stat: int


def _messages(
    response: Response,
    page: int,
    hour: IntArray | int = 0,
    weekday: IntArray | int = 1,
    content: IntArray | int = 0,
    only: str | None = None,
) -> Design:
    """The design of messages of a page that differ in one thing."""
    stats = response.stats
    wide = [np.atleast_1d(np.asarray(one, dtype=np.int64)) for one in (hour, weekday, content)]
    count = max(len(one) for one in wide)
    hours, days, contents = (np.broadcast_to(one, count) for one in wide)
    return response.design(
        hypothetical(
            response,
            page,
            hours,
            days,
            contents,
            np.full(count, float(np.exp(stats.log_price[page]))),
            np.zeros((count, MEMORIES)),
            np.full(count, np.nan),
            np.zeros(count),
        ),
        only,
    )


def hour_effects(response: Response, page: int) -> FloatArray:
    """Log effect of each local hour, (24,)."""
    return _messages(response, page, hour=np.arange(24), only="hour") @ response.fitted.coefficients


def weekday_effects(response: Response, page: int) -> FloatArray:
    """Log effect of each ISO weekday, (8,); element 0 is not used."""
    days = _messages(response, page, weekday=np.arange(1, 8), only="weekday")
    return np.append(0.0, days @ response.fitted.coefficients)


def content_effects(response: Response, page: int) -> FloatArray:
    """Log effect of each content, (contents + 1,); the last is one the fit has not seen."""
    every = np.arange(response.layout.contents + 1)
    design = _messages(response, page, content=every, only="content")
    return design @ response.fitted.coefficients


def _band(
    log_effect: FloatArray, deviation: FloatArray, coverage: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    wide = norm.ppf((1.0 + coverage) / 2.0) * deviation
    return np.exp(log_effect), np.exp(log_effect - wide), np.exp(log_effect + wide)


def _index_rows(
    response: Response, page: PageIndex, curve: str, xs: list[str], coverage: float
) -> list[Record]:
    """Revenue index of each hour or weekday against the mean of all."""
    if curve == "hour":
        design = _messages(response, page.stat, hour=np.arange(24), only="hour")
    else:
        design = _messages(response, page.stat, weekday=np.arange(1, 8), only="weekday")
    effect = design @ response.fitted.coefficients
    effect = effect - np.log(np.mean(np.exp(effect)))
    middle = Design(
        design.shared - design.shared.mean(axis=0),
        design.own - design.own.mean(axis=0),
        design.page,
    )
    deviation = np.sqrt(response.fitted.variance(middle))
    estimate, low, high = _band(effect, deviation, coverage)
    return [
        (page.name, curve, x, float(x), estimate[i], low[i], high[i], None)
        for i, x in enumerate(xs)
    ]


def hour_rows(response: Response, page: PageIndex, coverage: float) -> list[Record]:
    """Revenue index of each local hour against the mean of the page's 24."""
    return _index_rows(response, page, "hour", [str(hour) for hour in range(24)], coverage)


def weekday_rows(response: Response, page: PageIndex, coverage: float) -> list[Record]:
    """Revenue index of each ISO weekday against the mean of the seven."""
    return _index_rows(response, page, "weekday", [str(day) for day in range(1, 8)], coverage)


def content_rows(
    response: Response, page: PageIndex, labels: Labels, coverage: float
) -> list[Record]:
    """Index of each content against an average one."""
    every = np.arange(response.layout.contents)
    design = _messages(response, page.stat, content=every, only="content")
    effect = design @ response.fitted.coefficients
    deviation = np.sqrt(response.fitted.variance(design))
    estimate, low, high = _band(effect, deviation, coverage)
    return [
        (page.name, "content", key, float(i), estimate[i], low[i], high[i], None)
        for i, key in enumerate(labels.contents)
    ]


@cache
def python_model(name: str) -> ModuleType:
    """The module of a dbt Python model of this project."""
    path = DbtProject.find().root / "python_models" / f"{name}.py"
    spec = spec_from_file_location(f"eros_python_models_{name}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ResponseError(f"{path} is missing. Restore it from the project's repository.")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def price_rows(draws: pd.DataFrame) -> list[Record]:
    """Revenue index at prices inside each page's own range, and the price where it is highest.

    Args:
        draws: rows as `curve_draws.draw_table` gives them.
    """
    model = python_model("price_response")
    found = model.price_index(draws, model.steps()).sort_values(["page_name", "price"])
    records: list[Record] = []
    for row in found.itertuples():
        point = f"{row.price:.2f}", row.price
        index = row.revenue_index, row.index_low, row.index_high
        records.append((row.page_name, "price", *point, *index, row.best_share))
        if row.is_best:
            best = row.price, row.best_price_low, row.best_price_high
            records.append((row.page_name, "optimal_price", *point, *best, row.best_share))
    return records


def volume_rows(draws: pd.DataFrame) -> list[Record]:
    """Expected weekly dollars at a steady volume, and the volume where they are highest.

    Args:
        draws: rows as `curve_draws.draw_table` gives them.
    """
    model = python_model("saturation")
    found = model.weekly_revenue(draws, model.volumes()).sort_values(["page_name", "weekly_volume"])
    records: list[Record] = []
    for row in found.itertuples():
        point = str(row.weekly_volume), float(row.weekly_volume)
        dollars = row.weekly_revenue, row.revenue_low, row.revenue_high
        records.append((row.page_name, "volume", *point, *dollars, row.best_share))
        if row.is_best:
            best = row.weekly_volume, row.best_volume_low, row.best_volume_high
            records.append((row.page_name, "optimal_volume", *point, *best, row.best_share))
    return records


def as_table(records: list[Record]) -> pa.Table:
    """Rows of `response_curves` without the columns the writer adds."""
    names = ("page_name", "curve", "x", "x_value", "estimate", "low", "high", "best_share")
    types = [pa.string()] * 3 + [pa.float64()] * 5
    columns = list(zip(*records, strict=True))
    arrays = [
        pa.array([None if v is None else float(v) for v in c] if i >= 3 else list(c), t)
        for i, (c, t) in enumerate(zip(columns, types, strict=True))
    ]
    return pa.table(dict(zip(names, arrays, strict=True)))
