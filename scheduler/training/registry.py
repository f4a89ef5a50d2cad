"""Step 3: one response model for the agency, kept by the hash of what it was fitted on."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from scheduler.marts.build_settings import Settings
from scheduler.moments import utc_now
from scheduler.response import (
    ResponseModel,
)
from scheduler.training.fitted_model import response_settings
from scheduler.training.prior import of_own_pages
from scheduler.warehouse.base import OPERATIONS, Warehouse

REGISTRY = f"{OPERATIONS}.model_registry"
CURVES = f"{OPERATIONS}.response_curves"
DRAWS = f"{OPERATIONS}.response_draws"
EFFECTS = f"{OPERATIONS}.caption_effects"
UNTRIED = f"{OPERATIONS}.untried_effects"
SKILL = f"{OPERATIONS}.model_skill"

# What identifies a row of each table that a training writes.
KEYS = {
    CURVES: ("training_hash", "page_name", "curve", "x"),
    DRAWS: ("training_hash", "page_name", "draw"),
    EFFECTS: ("training_hash", "caption_key"),
    UNTRIED: ("training_hash", "price_tier"),
    SKILL: ("training_hash", "scope", "scope_value", "metric"),
    REGISTRY: ("training_hash",),
}


def record_training(
    warehouse: Warehouse, model: ResponseModel, training: pa.Table, settings: Settings, path: Path
) -> None:
    """Make a training the latest: its curves and its skill are what the marts show from now on.

    A training that is known keeps its rows; only its time is renewed, in one transaction. Of the
    draws and the captions' effects, which are many and follow from the model, only those of the
    latest training are kept. What is built from them is then due, see `is_renewal_due`.
    """
    now = utc_now()
    mine = {"hash": model.training_hash}
    stamp = {"training_hash": model.training_hash, "as_of": settings.as_of, "trained_at": now}
    is_known, is_latest = (_holds(warehouse, table, mine) for table in (REGISTRY, DRAWS))
    with warehouse.transaction():
        if not is_latest:
            latest = {
                DRAWS: of_own_pages(model.draws()),
                EFFECTS: model.caption_effects(),
                UNTRIED: model.untried_effects(),
            }
            for table, rows in latest.items():
                warehouse.execute(f"delete from {table} where true")  # noqa: S608
                warehouse.append(table, _stamped(rows, stamp), KEYS[table])
            warehouse.execute(
                f"update {REGISTRY} set renewed_at = null where training_hash = $hash",  # noqa: S608
                mine,
            )
        if is_known:
            for table in (REGISTRY, CURVES, SKILL):
                warehouse.execute(
                    f"update {table} set trained_at = $now where training_hash = $hash",  # noqa: S608
                    mine | {"now": now},
                )
            return
        row = stamp | _registry_row(training, settings, path)
        written = {
            CURVES: _stamped(of_own_pages(model.curves()), stamp),
            SKILL: _stamped(model.skill.table(), stamp),
            REGISTRY: pa.Table.from_pylist([row]),
        }
        for table, rows in written.items():
            warehouse.append(table, rows, KEYS[table])


def is_renewal_due(warehouse: Warehouse, training_hash: str, settings: Settings) -> bool:
    """Whether what follows a training was built before it, or before the marts."""
    found = warehouse.query(
        f"select count(*) as n from {REGISTRY}"  # noqa: S608
        " where training_hash = $hash and renewed_at >= $built_at",
        {"hash": training_hash, "built_at": settings.built_at},
    )
    return not found.column("n")[0].as_py()


def record_renewal(warehouse: Warehouse, training_hash: str) -> None:
    """What follows a training was just built from it."""
    warehouse.execute(
        f"update {REGISTRY} set renewed_at = $now where training_hash = $hash",  # noqa: S608
        {"now": utc_now(), "hash": training_hash},
    )


def _holds(warehouse: Warehouse, table: str, training: dict[str, str]) -> bool:
    found = warehouse.query(
        f"select count(*) as n from {table} where training_hash = $hash",  # noqa: S608
        training,
    )
    return bool(found.column("n")[0].as_py())


def _registry_row(training: pa.Table, settings: Settings, path: Path) -> dict[str, Any]:
    dates = sorted(set(training.column("local_date").to_pylist()))
    return {
        "row_count": training.num_rows,
        "window_start": dates[0] if dates else None,
        "window_end": dates[-1] if dates else None,
        "model_type": "glm",
        "parameters": json.dumps(asdict(response_settings(settings)), sort_keys=True),
        "path": path.name,
    }


def _stamped(rows: pa.Table, stamp: dict[str, Any]) -> pa.Table:
    for name, value in stamp.items():
        kind = pa.timestamp("us") if isinstance(value, datetime) else pa.string()
        column = pa.array([value] * rows.num_rows, kind)
        if name in rows.column_names:
            rows = rows.drop_columns([name])
        rows = rows.append_column(name, column)
    return rows
