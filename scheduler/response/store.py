"""The model as bytes: numpy arrays and JSON, nothing that runs when it is read."""

import io
import json
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from scheduler.response.design import Coefficients, Layout
from scheduler.response.fit.captions import CaptionEffects
from scheduler.response.fit.covariates import CaptionCovariates
from scheduler.response.fit.normal import Posterior
from scheduler.response.fit.problem import Fitted
from scheduler.response.judge.intervals import IntervalLevels
from scheduler.response.judge.skill import SkillReport
from scheduler.response.read.predict import Response
from scheduler.response.read.uncertainty import Usual
from scheduler.response.rows import Labels
from scheduler.response.settings import ResponseError, ResponseSettings
from scheduler.response.stats import PageStats

# What may be read back; nothing else is built from a file.
_KINDS = {
    kind.__name__: kind
    for kind in (
        CaptionCovariates,
        CaptionEffects,
        Coefficients,
        Fitted,
        IntervalLevels,
        Labels,
        Layout,
        PageStats,
        Posterior,
        Response,
        ResponseSettings,
        SkillReport,
        Usual,
    )
}


def _plain(item: Any, arrays: dict[str, np.ndarray]) -> Any:
    """An item as JSON; arrays go to `arrays` and are named by their number."""
    if isinstance(item, np.ndarray):
        name = f"array_{len(arrays)}"
        arrays[name] = item
        return {"array": name}
    if is_dataclass(item):
        values = {f.name: _plain(getattr(item, f.name), arrays) for f in fields(item)}
        return {"kind": type(item).__name__, "values": values}
    if isinstance(item, tuple):
        return [_plain(one, arrays) for one in item]
    return item.item() if isinstance(item, np.generic) else item


def _built(item: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(item, list):
        return tuple(_built(one, arrays) for one in item)
    if not isinstance(item, dict):
        return item
    if "array" in item:
        return arrays[item["array"]]
    values = {name: _built(value, arrays) for name, value in item["values"].items()}
    return _KINDS[item["kind"]](**values)


def pack(parts: dict[str, object]) -> bytes:
    """Write named dataclasses, arrays, texts and numbers."""
    arrays: dict[str, np.ndarray] = {}
    plain = {name: _plain(part, arrays) for name, part in parts.items()}
    text = np.frombuffer(json.dumps(plain, sort_keys=True).encode(), dtype=np.uint8)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, plain=text, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def unpack(content: bytes) -> dict[str, Any]:
    """Read what `pack` wrote.

    Raises:
        ResponseError: the bytes are not a stored model of this version.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        plain = json.loads(arrays.pop("plain").tobytes().decode())
        return {name: _built(part, arrays) for name, part in plain.items()}
    except (ValueError, KeyError, TypeError, OSError, EOFError) as error:
        raise ResponseError(
            "the stored model cannot be read: delete it and train again."
        ) from error
