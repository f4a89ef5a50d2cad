"""Fitted curves of every page with their uncertainty: what analysts see is what is planned with."""

from dataclasses import dataclass
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.optimize import nnls

from scheduler.response.basis import hour_basis
from scheduler.response.design import TERMS, term_index
from scheduler.response.fatigue import FatigueCurve
from scheduler.response.predict import Response
from scheduler.response.rows import MEMORIES, FloatArray, IntArray, Labels
from scheduler.response.settings import ResponseError
from scheduler.warehouse import DbtProject

NORMAL_80 = 1.2815515655446004
JITTER = 1e-12  # variance that keeps a covariance invertible

# page, curve, x, x as a number, estimate, low, high, and how surely the point is the best one
Record = tuple[str, str, str, float, float, float, float, float | None]


def term_columns(response: Response, what: str, by: str, group: int, width: int) -> IntArray:
    """Positions in the coefficient vector (intercept first) of a group's first columns."""
    index = term_index(what, by)
    own = TERMS[index].width
    start = int(response.layout.starts[index]) + group * own + 1
    return np.arange(start, start + min(width, own), dtype=np.int64)


def combined(
    response: Response, parts: list[tuple[str, str, int]], width: int
) -> tuple[FloatArray, FloatArray]:
    """Mean and covariance of the sum of several groups' coefficients on one basis.

    Args:
        response: the fit.
        parts: (basis, grouping, group); a negative group adds nothing.
        width: columns of the basis; a narrower term has its first ones.
    """
    columns: list[IntArray] = []
    maps: list[FloatArray] = []
    for what, by, group in parts:
        if group < 0:
            continue
        own = term_columns(response, what, by, group, width)
        columns.append(own)
        maps.append(np.eye(width)[:, : len(own)])
    where = np.concatenate(columns)
    mapping = np.concatenate(maps, axis=1)
    mean = mapping @ response.fitted.coefficients[where]
    spread = mapping @ response.fitted.covariance[np.ix_(where, where)] @ mapping.T
    return mean, spread


def deviations(basis: FloatArray, spread: FloatArray) -> FloatArray:
    """Standard deviation of each row of `basis` times the coefficients."""
    squares = np.einsum("ij,jk,ik->i", basis, spread, basis)
    result: FloatArray = np.sqrt(np.maximum(squares, 0.0))
    return result


@dataclass(frozen=True)
class PageIndex:
    """A page, or -1 for the unknown one, with its position in the page statistics."""

    name: str
    group: int
    stat: int


def _band(log_effect: FloatArray, sd: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    wide = NORMAL_80 * sd
    return np.exp(log_effect), np.exp(log_effect - wide), np.exp(log_effect + wide)


def hour_rows(response: Response, page: PageIndex, extra: FloatArray) -> list[Record]:
    """Revenue index of each local hour against the mean of the page's 24."""
    basis = hour_basis(np.arange(24))
    mean, spread = combined(
        response, [("hour", "pool", 0), ("hour", "page", page.group)], basis.shape[1]
    )
    effect = basis @ mean + extra
    effect = effect - np.log(np.mean(np.exp(effect)))
    estimate, low, high = _band(effect, deviations(basis, spread))
    return [
        (page.name, "hour", str(h), float(h), estimate[h], low[h], high[h], None) for h in range(24)
    ]


def weekday_rows(response: Response, page: PageIndex, extra: FloatArray) -> list[Record]:
    """Revenue index of each ISO weekday against the mean of the seven."""
    where, effects = [], np.zeros(7)
    for day in range(7):
        own = [term_columns(response, "one", "weekday", day, 1)]
        if page.group >= 0:
            own.append(term_columns(response, "one", "page_weekday", page.group * 7 + day, 1))
        where.append(np.concatenate(own))
        effects[day] = response.fitted.coefficients[where[-1]].sum()
    effects = effects + extra[1:]
    effects = effects - np.log(np.mean(np.exp(effects)))
    columns = np.concatenate(where)
    parts = len(where[0])
    contrast = np.repeat(np.eye(7) - 1.0 / 7.0, parts, axis=1)
    sd = deviations(contrast, response.fitted.covariance[np.ix_(columns, columns)])
    estimate, low, high = _band(effects, sd)
    return [
        (page.name, "weekday", str(d + 1), float(d + 1), estimate[d], low[d], high[d], None)
        for d in range(7)
    ]


def content_rows(
    response: Response, page: PageIndex, labels: Labels, extra: FloatArray
) -> list[Record]:
    """Index of each content against an average one."""
    records: list[Record] = []
    for code, key in enumerate(labels.contents):
        pair = int(response.layout.pair[page.stat, code])
        mean, spread = combined(
            response, [("one", "content", code), ("one", "page_content", pair)], 1
        )
        effect = mean + extra[code]
        spread = spread + response.untried_variance(page.stat, code)
        estimate, low, high = _band(effect, np.sqrt(spread[0]))
        values = estimate[0], low[0], high[0]
        records.append((page.name, "content", key, float(code), *values, None))
    return records


def page_fatigue(response: Response, page: PageIndex) -> tuple[FloatArray, FloatArray]:
    """Coefficients of a page's fatigue on its basis, with their covariance."""
    parts = [
        ("fatigue", "pool", 0),
        ("fatigue", "peer", int(response.stats.peer[page.stat])),
        ("fatigue", "page", page.group),
    ]
    return combined(response, parts, MEMORIES)


def page_price(response: Response, page: PageIndex) -> tuple[FloatArray, FloatArray]:
    """Coefficients of a page's price response on its basis, with their covariance."""
    return combined(response, [("price", "pool", 0), ("price", "page", page.group)], 2)


def without_gain(coefficients: FloatArray, spread: FloatArray) -> FloatArray:
    """The nearest coefficients of fatigue, by what the fit knows, by which no send is a gain.

    Pages send more when they sell well, so a fitted gain from more sends is read as none. The
    memories tell much the same: where one may not gain, the others tire less. Source: Lawson and
    Hanson (1974), "Solving least squares problems", non-negative least squares.

    Args:
        coefficients: (..., MEMORIES).
        spread: (MEMORIES, MEMORIES) their covariance.
    """
    root = np.linalg.cholesky(np.linalg.inv(spread + JITTER * np.eye(MEMORIES))).T
    found = coefficients.reshape(-1, MEMORIES).copy()
    for row in np.flatnonzero((found > 0.0).any(axis=1)):
        found[row] = -nnls(root, -(root @ found[row]))[0]
    return found.reshape(coefficients.shape)


def fatigue_slopes(
    response: Response, page: PageIndex, coefficients: FloatArray, spread: FloatArray
) -> FloatArray:
    """Log effect of one message of stock, (..., MEMORIES); never a gain, see `without_gain`."""
    slopes: FloatArray = without_gain(coefficients, spread) / response.stats.stock_scale[page.stat]
    return slopes


def curve_of(response: Response, page: PageIndex) -> FatigueCurve:
    """The fatigue curve of a page that its weeks are planned with."""
    stats = response.stats
    return FatigueCurve(
        slopes=fatigue_slopes(response, page, *page_fatigue(response, page)),
        hours=np.array(response.fatigue_hours),
        usual=stats.usual_stock[page.stat],
        scale=stats.stock_scale[page.stat],
        bend=response.bend.mean,
        bend_deviation=response.bend.deviation,
    )


def gain_read_as_none(response: Response, page: PageIndex, curve: FatigueCurve) -> float:
    """Log effect at the page's usual stock that its curve leaves out, and its level has instead.

    What a page sells at its usual volume stays what the fit says.
    """
    mean, _ = page_fatigue(response, page)
    return float((mean / curve.scale - curve.slopes) @ curve.usual)


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
