"""The bodies of the Python models give the same on BigQuery DataFrames as on pandas."""

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scheduler.response.read.curves import python_model

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-bigframes" / "bin" / "python"
MEMORIES = ("short", "middle", "long")
KEYS = {"saturation": "weekly_volume", "price_response": "price"}


def draws(*counts: int) -> pd.DataFrame:
    """One page for each number of draws, no two alike."""
    random = np.random.default_rng(4)
    rows = [
        {
            "page_name": f"page{page}", "draw": draw, "largest_volume": 15 + page,
            **{f"fatigue_{m}": -abs(random.normal(0.05, 0.03)) for m in MEMORIES},
            "hours_short": 12.0, "hours_middle": 48.0, "hours_long": 168.0,
            "typical_revenue": 20.0 + page, "price_centre": 2.5,
            "price_low": 8.0, "price_high": 8.03 + 40.0 * page,
            "price_linear": random.normal(-1.0, 0.2), "tail": 0.1,
            **{f"price_above_{i}": random.normal(-0.3, 0.1) for i in (1, 2, 3)},
        }
        for page, count in enumerate(counts)
        for draw in range(count)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def tied() -> pd.DataFrame:
    """Draws that tell no volume from another and no price from another."""
    flat = {
        "typical_revenue": 0.0,
        "price_linear": -1.0,
        "price_above_1": 0.0,
        "price_above_2": 0.0,
        "price_above_3": 0.0,
    }
    return draws(5).assign(**flat, price_high=20.0)


def on_duckdb(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """What dbt-duckdb would store: its session has nothing of bigframes."""
    relation = SimpleNamespace(df=lambda: frame)
    dbt: Any = SimpleNamespace(config=lambda **_: None, ref=lambda _: relation)
    return pd.DataFrame(python_model(name).model(dbt, SimpleNamespace()))


def on_bigframes(name: str, frame: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """What the notebook would store."""
    given, result = folder / "draws.parquet", folder / "result.parquet"
    frame.to_parquet(given)
    script = Path(__file__).with_name("local_session.py")
    model = ROOT / "python_models" / f"{name}.py"
    subprocess.run([PYTHON, script, model, given, result], check=True)
    return pd.read_parquet(result)


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize(
    "frame",
    [draws(21, 40), draws(1), draws(1).iloc[:0], tied()],
    ids=["pages", "a page with one draw", "before the first training", "ties"],
)
def test_bigframes_and_pandas_agree(name: str, frame: pd.DataFrame, tmp_path: Path) -> None:
    key = ["page_name", KEYS[name]]
    expected, found = (
        rows.sort_values(key, ignore_index=True)
        for rows in (on_duckdb(name, frame), on_bigframes(name, frame, tmp_path))
    )
    assert list(found.columns) == list(expected.columns)
    assert len(found) == len(expected)
    assert found["page_name"].tolist() == expected["page_name"].tolist()
    numbers = [column for column in expected.columns if column != "page_name"]
    np.testing.assert_allclose(
        found[numbers].astype(float), expected[numbers].astype(float), rtol=1e-9, atol=1e-9
    )
