"""Figures that do not depend on an order of summing."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from scheduler.numeric import rounded, rounded_table, table_hash

finite = st.floats(-1e12, 1e12, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-12)


@given(finite)
def test_rounding_keeps_nine_digits_and_is_idempotent(value: float) -> None:
    once = rounded(np.array([value]))
    assert np.isclose(once[0], value, rtol=1e-8, atol=0)
    assert rounded(once)[0] == once[0]


def test_the_last_bits_of_a_sum_do_not_survive() -> None:
    sums = np.array([0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1])
    assert sums[0] != sums[1]
    assert len(set(rounded(sums))) == 1


def test_null_and_nan_stay_what_they_are() -> None:
    table = rounded_table(pa.table({"x": pa.array([None, float("nan"), 1 / 3])}))
    values = table.column("x").to_pylist()
    assert values[0] is None
    assert np.isnan(values[1])
    assert values[2] == 0.333333333


def test_a_hash_changes_with_a_value_a_name_and_the_order_and_with_nothing_else() -> None:
    base = pa.table({"k": ["a", "b"], "x": [1.0, None]})
    assert table_hash(base) == table_hash(pa.concat_tables([base.slice(0, 1), base.slice(1, 1)]))
    others = [
        pa.table({"k": ["a", "c"], "x": [1.0, None]}),
        pa.table({"k": ["a", "b"], "y": [1.0, None]}),
        pa.table({"k": ["b", "a"], "x": [None, 1.0]}),
        pa.table({"k": ["a", "b"], "x": [1.0, 0.0]}),
    ]
    assert len({table_hash(table) for table in [base, *others]}) == 5
