"""The model as bytes: numpy arrays and JSON, nothing that runs when it is read."""

import io
import json
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from scheduler.response.boost import BoostTables
from scheduler.response.captions import CaptionEffects
from scheduler.response.design import Layout
from scheduler.response.doubt import Usual
from scheduler.response.intervals import IntervalLevels
from scheduler.response.model import ResponseModel
from scheduler.response.predict import Response
from scheduler.response.problem import Fitted
from scheduler.response.rows import Labels
from scheduler.response.settings import ResponseError, ResponseSettings
from scheduler.response.shapes import Shape
from scheduler.response.signs import CaptionSigns
from scheduler.response.skill import SkillReport
from scheduler.response.stats import PageStats

Parts = dict[str, object]


def _split(prefix: str, item: object, arrays: dict[str, np.ndarray], plain: Parts) -> None:
    """Put a dataclass's arrays into `arrays` and the rest into `plain`, by dotted name."""
    for field in fields(item):  # type: ignore[arg-type]
        value = getattr(item, field.name)
        name = f"{prefix}.{field.name}"
        if isinstance(value, np.ndarray):
            arrays[name] = value
        elif hasattr(value, "__dataclass_fields__"):
            continue
        else:
            plain[name] = value


def _join(prefix: str, kind: type, parts: Parts, **more: object) -> object:
    values = {
        field.name: parts[f"{prefix}.{field.name}"]
        for field in fields(kind)
        if f"{prefix}.{field.name}" in parts
    }
    return kind(**{**values, **more})


def pack(model: ResponseModel) -> bytes:
    """Write a model."""
    response = model.response
    items: list[tuple[str, object]] = [
        ("labels", model.labels),
        ("layout", response.layout),
        ("stats", response.stats),
        ("fitted", response.fitted),
        ("captions", response.fitted.captions),
        ("signs", response.fitted.captions.signs),
        ("bend", response.bend),
        ("seen_bend", response.seen_bend),
        ("levels", model.levels),
        ("usual", model.usual),
    ]
    if response.boost is not None:
        items.append(("boost", response.boost))
    arrays: dict[str, np.ndarray] = {"typical": model.typical}
    arrays["spread"] = response.spread
    plain: Parts = {
        "training_hash": model.training_hash,
        "skill": model.skill.rows,
        "settings": asdict(model.settings),
        "row_count": model.row_count,
        "deflation": model.deflation,
    }
    for prefix, item in items:
        _split(prefix, item, arrays, plain)
    text = json.dumps(plain, sort_keys=True).encode()
    buffer = io.BytesIO()
    np.savez_compressed(buffer, plain=np.frombuffer(text, dtype=np.uint8), **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def unpack(content: bytes) -> ResponseModel:
    """Read a model.

    Raises:
        ResponseError: the bytes are not a stored model of this version.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        plain: Parts = json.loads(arrays.pop("plain").tobytes().decode())
        return _rebuild({**arrays, **plain})
    except (ValueError, KeyError, TypeError, OSError, EOFError) as error:
        raise ResponseError(
            "the stored model cannot be read: delete it and train again."
        ) from error


def _rebuild(parts: Parts) -> ResponseModel:
    for name, value in parts.items():
        if name.startswith("labels."):
            parts[name] = tuple(value)  # type: ignore[arg-type]
    wanted: dict[str, Any] = dict(parts["settings"])  # type: ignore[call-overload]
    settings = ResponseSettings(**wanted | {"fatigue_hours": tuple(wanted["fatigue_hours"])})
    signs = _join("signs", CaptionSigns, parts)
    captions = _join("captions", CaptionEffects, parts, signs=signs)
    boost = _join("boost", BoostTables, parts) if "boost.hour" in parts else None
    response = Response(
        fitted=_join("fitted", Fitted, parts, captions=captions),  # type: ignore[arg-type]
        layout=_join("layout", Layout, parts),  # type: ignore[arg-type]
        stats=_join("stats", PageStats, parts),  # type: ignore[arg-type]
        fatigue_hours=settings.fatigue_hours,
        spread=parts["spread"],  # type: ignore[arg-type]
        bend=_join("bend", Shape, parts),  # type: ignore[arg-type]
        seen_bend=_join("seen_bend", Shape, parts),  # type: ignore[arg-type]
        boost=boost,  # type: ignore[arg-type]
    )
    return ResponseModel(
        training_hash=parts["training_hash"],  # type: ignore[arg-type]
        skill=SkillReport(tuple(tuple(row) for row in parts["skill"])),  # type: ignore[attr-defined]
        settings=settings,
        labels=_join("labels", Labels, parts),  # type: ignore[arg-type]
        response=response,
        levels=_join("levels", IntervalLevels, parts),  # type: ignore[arg-type]
        deflation=parts["deflation"],  # type: ignore[arg-type]
        usual=_join("usual", Usual, parts),  # type: ignore[arg-type]
        typical=parts["typical"],  # type: ignore[arg-type]
        row_count=parts["row_count"],  # type: ignore[arg-type]
    )
