"""A column as a file gives it, turned into the type the contract asks for."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from scheduler.loading.cells import EXACT_DOUBLE, PARSERS
from scheduler.loading.contract import ARROW_TYPES, Kind
from scheduler.loading.reading import Reading


@dataclass(frozen=True, slots=True)
class Converted:
    """A column in the contract's type.

    Attributes:
        values: shape (rows,); NULL where the cell was empty or is refused.
        refused: indices of the rows whose value isn't of the type, ascending.
        invalid_utf8_cells: cells in which bytes that are no UTF-8 became U+FFFD.
        wrong_type: name of the column's type when no value of it can be taken, else None.
    """

    values: pa.Array
    refused: NDArray[np.int64]
    invalid_utf8_cells: int = 0
    wrong_type: str | None = None


PLAIN = Reading()

_NONE_REFUSED: NDArray[np.int64] = np.zeros(0, dtype=np.int64)


def convert(
    column: pa.Array, kind: Kind, reading: Reading = PLAIN, limit: float | None = None
) -> Converted:
    """`column`, of any Arrow type, as the type of `kind`; text is read as `reading` says.

    A number beyond `limit` is refused as one that isn't of the type.
    """
    converted = _converted(column, kind, reading)
    if limit is None or not len(converted.values):
        return converted
    beyond = pc.fill_null(
        pc.greater(pc.abs(converted.values.cast(pa.float64(), safe=False)), limit), False
    )
    if not pc.any(beyond).as_py():
        return converted
    refused = np.union1d(converted.refused, _where(beyond))
    return replace(converted, refused=refused.astype(np.int64))


def _converted(column: pa.Array, kind: Kind, reading: Reading) -> Converted:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_null(column.type):
        return Converted(pa.nulls(len(column), ARROW_TYPES[kind]), _NONE_REFUSED)
    if _is_text(column.type):
        text, invalid = _valid_text(column)
        return _parsed(text, kind, invalid, reading)
    return _CONVERTERS[kind](column)


def _is_text(type_: pa.DataType) -> bool:
    return any(
        check(type_)
        for check in (
            pa.types.is_string,
            pa.types.is_large_string,
            pa.types.is_string_view,
            pa.types.is_binary,
            pa.types.is_large_binary,
            pa.types.is_binary_view,
            pa.types.is_fixed_size_binary,
        )
    )


def _valid_text(column: pa.Array) -> tuple[pa.Array, int]:
    """The column as valid UTF-8, and how many cells had to be repaired for that."""
    if pa.types.is_fixed_size_binary(column.type):
        column = column.cast(pa.binary())
    raw = column.cast(pa.large_binary())
    try:
        return raw.cast(pa.large_string()), 0
    except pa.ArrowInvalid:
        cells = [None if cell is None else _repaired(cell) for cell in raw.to_pylist()]
    text = pa.array([None if cell is None else cell[0] for cell in cells], pa.large_string())
    return text, sum(cell[1] for cell in cells if cell is not None)


def _repaired(cell: bytes) -> tuple[str, bool]:
    try:
        return cell.decode(), False
    except UnicodeDecodeError:
        return cell.decode(errors="replace"), True


def _parsed(
    text: pa.Array, kind: Kind, invalid_utf8_cells: int = 0, reading: Reading = PLAIN
) -> Converted:
    """Text through the parser of `kind`, each distinct value once."""
    if kind is Kind.TEXT:
        is_empty = pc.fill_null(pc.equal(text, pa.scalar("", text.type)), False)
        values = pc.if_else(is_empty, pa.scalar(None, text.type), text)
        return Converted(values, _NONE_REFUSED, invalid_utf8_cells)
    encoded = text.dictionary_encode()
    parse = PARSERS[kind]
    parsed: list[object] = []
    is_refused: list[bool] = []
    for cell in encoded.dictionary.to_pylist():
        try:
            parsed.append(parse(cell, reading))
            is_refused.append(False)
        except ValueError:
            parsed.append(None)
            is_refused.append(True)
    indices = encoded.indices
    if not parsed:
        return Converted(pa.nulls(len(text), ARROW_TYPES[kind]), _NONE_REFUSED, invalid_utf8_cells)
    refused = pc.fill_null(pa.array(is_refused).take(indices), False)
    return Converted(
        pa.array(parsed, ARROW_TYPES[kind]).take(indices), _where(refused), invalid_utf8_cells
    )


def _where(mask: pa.Array) -> NDArray[np.int64]:
    return np.flatnonzero(mask.to_numpy(zero_copy_only=False)).astype(np.int64)


def _refuse_all(column: pa.Array, kind: Kind) -> Converted:
    nothing = pa.nulls(len(column), ARROW_TYPES[kind])
    return Converted(nothing, _NONE_REFUSED, wrong_type=str(column.type))


def _to_text(column: pa.Array) -> Converted:
    if pa.types.is_nested(column.type):
        cells = [
            None if cell is None else json.dumps(cell, default=str, ensure_ascii=False)
            for cell in column.to_pylist()
        ]
        return Converted(pa.array(cells, pa.large_string()), _NONE_REFUSED)
    return _parsed(column.cast(pa.large_string()), Kind.TEXT)


def _to_key(column: pa.Array) -> Converted:
    if pa.types.is_floating(column.type):
        # an id that went through a double is only itself where doubles are exact
        whole = _to_integer(column)
        return Converted(whole.values.cast(pa.large_string()), whole.refused)
    if pa.types.is_nested(column.type):
        return _refuse_all(column, Kind.KEY)
    return _parsed(column.cast(pa.large_string()), Kind.KEY)


def _to_integer(column: pa.Array) -> Converted:
    if pa.types.is_floating(column.type):
        values = column.cast(pa.float64())
        numbers = values.to_numpy(zero_copy_only=False)
        is_present = ~np.isnan(numbers)
        with np.errstate(invalid="ignore"):
            is_whole = (np.floor(numbers) == numbers) & (np.abs(numbers) < EXACT_DOUBLE)
        kept = np.where(is_present & is_whole, numbers, 0).astype(np.int64)
        integers = pa.array(kept, mask=~(is_present & is_whole))
        return Converted(integers, np.flatnonzero(is_present & ~is_whole).astype(np.int64))
    if pa.types.is_integer(column.type) and column.type != pa.uint64():
        return Converted(column.cast(pa.int64()), _NONE_REFUSED)
    if pa.types.is_integer(column.type) or pa.types.is_decimal(column.type):
        return _parsed(column.cast(pa.large_string()), Kind.INTEGER)
    return _refuse_all(column, Kind.INTEGER)


def _to_number(column: pa.Array) -> Converted:
    type_ = column.type
    if not any(f(type_) for f in (pa.types.is_floating, pa.types.is_integer, pa.types.is_decimal)):
        return _refuse_all(column, Kind.NUMBER)
    numbers = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    is_finite = np.isfinite(numbers)
    # plus zero turns minus zero into zero, so that equal rows are equal
    values = pa.array(np.where(is_finite, numbers, 0.0) + 0.0, mask=~is_finite)
    return Converted(values, np.flatnonzero(np.isinf(numbers)).astype(np.int64))


def _to_boolean(column: pa.Array) -> Converted:
    if pa.types.is_boolean(column.type):
        return Converted(column, _NONE_REFUSED)
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return _parsed(column.cast(pa.large_string()), Kind.BOOLEAN)
    return _refuse_all(column, Kind.BOOLEAN)


def _to_timestamp(column: pa.Array) -> Converted:
    if not pa.types.is_timestamp(column.type):
        return _refuse_all(column, Kind.TIMESTAMP)
    # Arrow keeps a zoned timestamp in UTC: dropping the zone leaves UTC
    unzoned = column.cast(pa.timestamp(column.type.unit))
    return Converted(unzoned.cast(pa.timestamp("us"), safe=False), _NONE_REFUSED)


_CONVERTERS = {
    Kind.TEXT: _to_text,
    Kind.KEY: _to_key,
    Kind.INTEGER: _to_integer,
    Kind.NUMBER: _to_number,
    Kind.BOOLEAN: _to_boolean,
    Kind.TIMESTAMP: _to_timestamp,
}


def cells_at(column: pa.Array, rows: NDArray[np.int64]) -> Iterator[object]:
    """The values of a few rows as the file has them, for an error message."""
    for row in rows:
        value = column[int(row)].as_py()
        yield value.decode(errors="replace") if isinstance(value, bytes) else value
