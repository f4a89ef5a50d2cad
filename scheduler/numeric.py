"""Figures that do not depend on the order in which an engine summed them."""

import hashlib

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

SIGNIFICANT_DIGITS = 9


def rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values to 9 significant digits.

    A warehouse adds floats in an order of its own, so two equal runs differ in the last bits.
    Nothing we decide depends on the tenth digit, and rounding makes equal runs equal.

    Args:
        values: any shape; NaN and infinities stay as they are.
    """
    values = np.asarray(values, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = np.floor(np.log10(np.abs(values)))
        scale = np.power(10.0, SIGNIFICANT_DIGITS - 1 - exponent)
        result = np.round(values * scale) / scale
    return np.where(np.isfinite(result), result, values)


def rounded_table(table: pa.Table) -> pa.Table:
    """A table whose float columns hold 9 significant digits; the rest is unchanged."""
    for index, field in enumerate(table.schema):
        if pa.types.is_floating(field.type):
            column = table.column(index)
            values = rounded(column.to_numpy(zero_copy_only=False))
            mask = column.is_null().to_numpy(zero_copy_only=False)
            table = table.set_column(index, field.name, pa.array(values, mask=mask))
    return table


def table_hash(table: pa.Table) -> str:
    """Hash of a table's names and values. The caller fixes the order of the rows by a key."""
    digest = hashlib.sha256(",".join(table.column_names).encode())
    for field in table.schema:
        column = table.column(field.name)
        if not (pa.types.is_floating(field.type) or pa.types.is_integer(field.type)):
            column = column.cast(pa.string())
        frame = pd.DataFrame({field.name: column.to_pandas()})
        digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return digest.hexdigest()
