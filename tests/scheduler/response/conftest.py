"""A world whose truth is known: what the response model has to find again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
from threadpoolctl import threadpool_limits

from scheduler.response import PageResponse, ResponseModel, ResponseSettings, fit_response
from scheduler.response.fit.response import fit_rows
from scheduler.response.read.predict import Response
from scheduler.response.rows import read_rows

PAGES, CAPTIONS, ROWS = 6, 300, 6_000
HOUR_PEAK, ELASTICITY, VIEW_RATE = 20, -1.3, 0.3
HOURS, FATIGUE = np.array([12.0, 48.0, 168.0]), (0.05, 0.01, 0.004)


@dataclass(frozen=True)
class World:
    """Training rows, the true expected earnings behind them, the true log effect of captions."""

    training: pa.Table
    expected: np.ndarray
    quality: np.ndarray


@pytest.fixture(scope="session")
def world() -> World:
    random = np.random.default_rng(5)
    page = random.integers(0, PAGES, ROWS)
    hour = random.integers(0, 24, ROWS)
    days_ago = random.integers(0, 90, ROWS)
    caption = random.integers(0, CAPTIONS, ROWS)
    quality = random.normal(0, 0.7, CAPTIONS)
    price = np.round(random.choice([8.0, 10, 12, 15, 18, 22], ROWS))
    per_week = random.uniform(20, 80, ROWS)
    stock = per_week[:, None] * HOURS / 168 * random.gamma(8, 1 / 8, (ROWS, 3))
    sent = random.integers(300, 4_000, ROWS)
    log_rate = (
        -6.0
        + np.linspace(-0.8, 0.8, PAGES)[page]
        + 0.5 * np.cos((hour - HOUR_PEAK) * 2 * np.pi / 24)
        + quality[caption]
        + ELASTICITY * np.log(price / 12)
        - stock @ np.array(FATIGUE)
    )
    mean = sent * np.exp(log_rate)
    viewed = np.minimum(random.poisson(sent * VIEW_RATE * random.gamma(3, 1 / 3, ROWS)), sent)
    bought = random.poisson(mean * viewed / sent / VIEW_RATE * random.gamma(6, 1 / 6, ROWS))
    purchases = np.minimum(bought, viewed).astype(float)
    names = np.array([f"page{i}" for i in range(PAGES)])
    start = np.datetime64("2026-01-01")
    local_date = start + (89 - days_ago).astype("timedelta64[D]")
    table = pa.table(
        {
            "message_key": [f"{i:06d}" for i in range(ROWS)],
            "page_name": names[page],
            "sent_at": pa.array(
                (local_date + hour.astype("timedelta64[h]")).astype("datetime64[us]")
            ),
            "local_date": pa.array(local_date),
            "local_hour": hour,
            "iso_weekday": random.integers(1, 8, ROWS),
            "days_ago": days_ago,
            "weight": np.exp(-days_ago / 30),
            "price": price,
            "sent_count": sent,
            "viewed_count": viewed,
            "purchased_count": purchases,
            "earnings": purchases * price,
            "content_category_key": np.where(caption % 3 == 0, "Solo", "BG"),
            "content_class": np.full(ROWS, "explicit"),
            "caption_key": [f"k{i:04d}" for i in caption],
            "caption_price_tier": pa.nulls(ROWS, pa.string()),
            "caption_sends_before": np.zeros(ROWS, dtype=np.int64),
            "page_caption_days_since": pa.nulls(ROWS, pa.float64()),
            "send_stock_short": stock[:, 0],
            "send_stock_middle": stock[:, 1],
            "send_stock_long": stock[:, 2],
            "creator_tier": np.full(ROWS, "MID"),
        }
    )
    return World(table, mean * price, quality)


def with_columns(table: pa.Table, **values: np.ndarray) -> pa.Table:
    """The table with other values in some of its columns."""
    for name, column in values.items():
        table = table.set_column(table.column_names.index(name), name, pa.array(column))
    return table


def places(reader: ResponseModel | PageResponse, keys: Sequence[str]) -> list[int]:
    """Of captions that the bank files in no price tier."""
    return reader.shared.captions(keys, [None] * len(keys))


def fitted(table: pa.Table) -> Response:
    """The response of a training table, on one thread: two test processes share two cores."""
    rows, labels, _ = read_rows(table, ResponseSettings())
    with threadpool_limits(limits=1):
        return fit_rows(rows, labels, ResponseSettings())


@pytest.fixture(scope="session")
def model(world: World) -> ResponseModel:
    return fit_response(world.training, ResponseSettings())
