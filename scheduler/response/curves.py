"""Fitted curves of every page with their uncertainty: what analysts see is what is planned with."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from scheduler.response.basis import hour_basis, price_basis
from scheduler.response.design import TERMS
from scheduler.response.page import FatigueCurve
from scheduler.response.predict import Response
from scheduler.response.rows import MEMORIES, FloatArray, IntArray, Labels

NORMAL_80 = 1.2815515655446004
DRAWS = 200
DRAW_SEED = 20251
VOLUME_POINTS = 40
VOLUME_MARGIN = 1.5
VOLUME_MIN, VOLUME_FLOOR = 2, 15

Record = tuple[str, str, str, float, float, float, float]


def term_columns(response: Response, what: str, by: str, group: int, width: int) -> IntArray:
    """Positions in the coefficient vector (intercept first) of a group's first columns."""
    for index, term in enumerate(TERMS):
        if (term.what, term.by) == (what, by):
            start = int(response.layout.starts[index]) + group * term.width + 1
            return np.arange(start, start + min(width, term.width), dtype=np.int64)
    raise KeyError(f"no term {what} by {by}")


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
    return [(page.name, "hour", str(h), float(h), estimate[h], low[h], high[h]) for h in range(24)]


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
        (page.name, "weekday", str(d + 1), float(d + 1), estimate[d], low[d], high[d])
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
        estimate, low, high = _band(effect, np.sqrt(spread[0]))
        records.append((page.name, "content", key, float(code), estimate[0], low[0], high[0]))
    return records


def price_rows(
    response: Response, page: PageIndex, size: int, extra: tuple[FloatArray, FloatArray] | None
) -> list[Record]:
    """Revenue index at prices inside the page's own range, against its central price."""
    stats = response.stats
    centre = stats.log_price[page.stat]
    grid = np.geomspace(stats.price_low[page.stat], stats.price_high[page.stat], size)
    basis = price_basis(grid, np.array(centre))
    mean, spread = combined(response, [("price", "pool", 0), ("price", "page", page.group)], 2)
    effect = basis @ mean + np.log(grid) - centre
    if extra is not None:
        effect = effect + np.interp(basis[:, 0], *extra)
    estimate, low, high = _band(effect, deviations(basis, spread))
    return [
        (page.name, "price", f"{price:.2f}", float(price), estimate[i], low[i], high[i])
        for i, price in enumerate(grid)
    ]


def page_fatigue(response: Response, page: PageIndex) -> tuple[FloatArray, FloatArray]:
    """Coefficients of a page's fatigue on its basis, with their covariance."""
    parts = [
        ("fatigue", "pool", 0),
        ("fatigue", "peer", int(response.stats.peer[page.stat])),
        ("fatigue", "page", page.group),
    ]
    return combined(response, parts, MEMORIES)


def curve_of(response: Response, page: PageIndex, coefficients: FloatArray) -> FatigueCurve:
    """The fatigue curve of a page for given coefficients."""
    stats = response.stats
    scale = stats.stock_scale[page.stat]
    covariance = page_fatigue(response, page)[1] / np.outer(scale, scale)
    return FatigueCurve(
        slopes=np.minimum(coefficients / scale, 0.0),
        hours=np.array(response.fatigue_hours),
        usual=stats.usual_stock[page.stat],
        covariance=covariance,
    )


def volume_rows(response: Response, page: PageIndex, typical: float) -> list[Record]:
    """Expected weekly dollars at a steady volume, and the volume where they are highest."""
    top = max(VOLUME_FLOOR, round(VOLUME_MARGIN * response.stats.per_week[page.stat]))
    volume = np.arange(VOLUME_MIN, top + 1, dtype=np.float64)
    mean, spread = page_fatigue(response, page)
    root = np.linalg.cholesky(spread + 1e-12 * np.eye(MEMORIES))
    noise = np.random.default_rng(DRAW_SEED).standard_normal((DRAWS, MEMORIES))
    curves = [curve_of(response, page, c) for c in [mean, *(mean + noise @ root.T)]]
    steady = curves[0].steady(volume)
    weekly = np.array([volume * np.exp(c.log_effect(steady)) for c in curves]) * typical
    low, high = np.quantile(weekly[1:], (0.1, 0.9), axis=0)
    best = volume[np.argmax(weekly, axis=1)]
    kept = np.unique(np.linspace(0, len(volume) - 1, VOLUME_POINTS).round().astype(int))
    records: list[Record] = [
        (page.name, "volume", str(int(volume[i])), volume[i], weekly[0, i], low[i], high[i])
        for i in kept
    ]
    bounds = np.quantile(best[1:], (0.1, 0.9))
    limits = float(min(bounds[0], best[0])), float(max(bounds[1], best[0]))
    x = str(int(best[0]))
    records.append((page.name, "optimal_volume", x, float(best[0]), float(best[0]), *limits))
    return records


def as_table(records: list[Record]) -> pa.Table:
    """Rows of `response_curves` without the columns the writer adds."""
    names = ("page_name", "curve", "x", "x_value", "estimate", "low", "high")
    types = [pa.string()] * 3 + [pa.float64()] * 4
    columns = list(zip(*records, strict=True))
    arrays = [
        pa.array([float(v) for v in c] if i >= 3 else list(c), t)
        for i, (c, t) in enumerate(zip(columns, types, strict=True))
    ]
    return pa.table(dict(zip(names, arrays, strict=True)))
