"""Rows of one relation on two engines, compared whatever their order."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

Row = tuple[Any, ...]
TOLERANCE = 1e-9


def differences(left: Sequence[Row], right: Sequence[Row], names: Sequence[str]) -> list[str]:
    """What differs between two sets of rows; floats agree to 1e-9 of their size, or of 1.

    Rows are paired in the order of their exact columns first, then of their floats to 6 digits.
    """
    if len(left) != len(right):
        return [f"{len(left)} rows against {len(right)}"]
    pairs = zip(
        sorted(map(_plain, left), key=_key), sorted(map(_plain, right), key=_key), strict=True
    )
    return [
        f"{name}: {a!r} against {b!r} in {one}"
        for one, other in pairs
        for name, a, b in zip(names, one, other, strict=True)
        if not _agree(a, b)
    ]


def _plain(row: Row) -> Row:
    return tuple(
        value.replace(tzinfo=None) if isinstance(value, datetime) else value for value in row
    )


def _key(row: Row) -> tuple[tuple[str, ...], tuple[str, ...]]:
    exact = tuple(repr(value) for value in row if not isinstance(value, float))
    return exact, tuple(f"{value:.6g}" for value in row if isinstance(value, float))


def _agree(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return type(one) is type(other) and one == other
