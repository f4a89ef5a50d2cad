"""Posterior draws of what the curves of volume and price are made of, page by page.

The mean and the covariance of a page's coefficients say how sure the fit is; draws say it in a form
that any function of the coefficients can be computed from, in Python and in the warehouse.
"""

import numpy as np
import pyarrow as pa

from scheduler.numeric import rounded
from scheduler.response.read.fatigue_of_week import combined, fatigue_slopes
from scheduler.response.read.predict import Response
from scheduler.response.rows import MEMORIES, FloatArray
from scheduler.response.spec import SPEC
from scheduler.response.terms.price import WIDTH

DRAWS = 200
DRAW_SEED = 20251
# Volumes up to this many times the present one are looked at, none above one message an hour.
VOLUME_MARGIN, VOLUME_FLOOR, VOLUME_TOP = 1.5, 15, 168
TIMES = ("short", "middle", "long")


def draw_coefficients(mean: FloatArray, spread: FloatArray, noise: FloatArray) -> FloatArray:
    """The mean, then one draw for each row of standard normal `noise`: (1 + draws, width)."""
    root = np.linalg.cholesky(spread + SPEC.jitter * np.eye(len(mean)))
    drawn: FloatArray = np.vstack([mean, mean + noise @ root.T])
    return drawn


def page_draws(
    response: Response, page: int, typical: float, coverage: float
) -> dict[str, FloatArray]:
    """Columns of `response_draws` for one page, draw 0 being the estimate, to 9 digits.

    Args:
        response: the fit.
        page: which page.
        typical: dollars of its typical message without fatigue.
        coverage: of the curves' intervals.
    """
    noise = np.random.default_rng(DRAW_SEED).standard_normal((DRAWS, MEMORIES + WIDTH))
    stats = response.stats
    mean, spread = combined(response, "fatigue", page, MEMORIES)
    tired = draw_coefficients(mean, spread, noise[:, :MEMORIES])
    slopes = fatigue_slopes(response, page, tired, spread)
    price = draw_coefficients(*combined(response, "price", page, WIDTH), noise[:, MEMORIES:])
    top = np.clip(round(VOLUME_MARGIN * stats.per_week[page]), VOLUME_FLOOR, VOLUME_TOP)
    columns: dict[str, FloatArray | float] = {
        **{f"fatigue_{name}": slopes[:, i] for i, name in enumerate(TIMES)},
        **{f"hours_{name}": response.fatigue_hours[i] for i, name in enumerate(TIMES)},
        "typical_revenue": typical,
        "largest_volume": float(top),
        "price_centre": stats.log_price[page],
        "price_low": stats.price_low[page],
        "price_high": stats.price_high[page],
        "price_linear": price[:, 0],
        **{f"price_above_{i}": price[:, i] for i in range(1, WIDTH)},
        "tail": (1.0 - coverage) / 2.0,
    }
    return {name: rounded(np.broadcast_to(c, DRAWS + 1)) for name, c in columns.items()}


def draw_table(pages: list[tuple[str, dict[str, FloatArray]]]) -> pa.Table:
    """Rows of `response_draws` without the columns the writer adds.

    Args:
        pages: name and columns of each.
    """
    tables = []
    for name, columns in pages:
        key = {"page_name": pa.array([name] * (DRAWS + 1)), "draw": pa.array(range(DRAWS + 1))}
        tables.append(pa.table({**key, **{c: pa.array(v) for c, v in columns.items()}}))
    table = pa.concat_tables(tables)
    whole = table.column("largest_volume").cast(pa.int64())
    return table.set_column(table.column_names.index("largest_volume"), "largest_volume", whole)
