from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.loading.cells import (
    parse_boolean,
    parse_integer,
    parse_key,
    parse_number,
    parse_timestamp,
)


@pytest.mark.parametrize("text", ["", "  ", "NaN", "nan", "NULL", "None", "NaT", "<NA>"])
@pytest.mark.parametrize("parse", [parse_integer, parse_number, parse_boolean, parse_timestamp])
def test_what_tools_write_for_nothing_is_null(parse, text):
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("12.0", 12), ("12.", 12), (" +7 ", 7), ("-3.000", -3), ("1e3", 1000), ("007", 7)],
)
def test_an_integer_may_be_written_as_a_number(text, value):
    assert parse_integer(text) == value


@given(st.integers(-(2**63), 2**63 - 1))
def test_every_64_bit_integer_is_kept_to_the_digit(value):
    assert parse_integer(str(value)) == value
    assert parse_integer(f"{value}.0") == value


@pytest.mark.parametrize(
    "text",
    [
        *("1.5", "abc", "1,234", "$5", "inf", "0x10", "1_000", "٣", "true", "9" * 5000, "-", "--1"),
        *(str(2**63), str(-(2**63) - 1), "1.2345678901234568e+18", "1e999"),
    ],
)
def test_what_is_no_64_bit_integer_or_was_rounded_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the caller's
        parse_integer(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_is_kept_to_the_bit(value):
    assert parse_number(repr(value)) == value


def test_minus_zero_is_zero():
    assert str(parse_number("-0.0")) == "0.0"


@pytest.mark.parametrize("text", ["inf", "-Infinity", "1e999", "12,5", "$5", "5 $", "1_0", "0x1p3"])
def test_what_is_no_finite_number_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        parse_number(text)


@pytest.mark.parametrize("text", ["true", "T", "YES", "y", "1", "1.0", " True "])
def test_words_for_true(text):
    assert parse_boolean(text) is True


@pytest.mark.parametrize("text", ["false", "F", "No", "n", "0", "0.0"])
def test_words_for_false(text):
    assert parse_boolean(text) is False


@pytest.mark.parametrize("text", ["maybe", "2", "-1", "x", "✓"])
def test_other_words_are_neither_true_nor_false(text):
    with pytest.raises(ValueError):  # noqa: PT011
        parse_boolean(text)


@pytest.mark.parametrize(
    "text",
    [
        "2025-10-01 18:05:00",
        "2025-10-01T18:05:00",
        "2025-10-01 18:05",
        "2025-10-01T18:05:00Z",
        "2025-10-01t18:05:00z",
        "2025-10-01 18:05:00 UTC",
        "2025-10-01 18:05:00.000 utc",
        "2025-10-01 18:05:00+00:00",
        "2025-10-01 18:05:00+00",
        "2025-10-01 20:05:00 +0200",
        "2025-10-01T11:05:00-07:00",
        "2025-10-01T23:35:00.000000000+05:30",
    ],
)
def test_one_moment_in_every_spelling(text):
    assert parse_timestamp(text) == datetime(2025, 10, 1, 18, 5)


def test_a_fraction_is_cut_to_microseconds():
    moment = parse_timestamp("2025-10-01 18:05:00.1234567 UTC")
    assert moment == datetime(2025, 10, 1, 18, 5, 0, 123456)


@given(
    st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)),
    st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_any_moment_with_any_offset_is_the_same_moment_in_utc(moment, zone):
    aware = moment.replace(tzinfo=zone)
    expected = aware.astimezone(UTC).replace(tzinfo=None)
    assert parse_timestamp(aware.isoformat()) == expected
    assert parse_timestamp(moment.isoformat()) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2025-10-01",
        "yesterday",
        "10/01/2025 18:05",
        "2025-02-30 10:00:00",
        "2025-10-01 24:00:00",
        "2025-10-01 18:05:60",
        "2025-10-01 18:05:00 PST",
        "2025-10-01 18:05:00+02:75",
        "2025-10-01 18:05:00+24:00",
        "0001-01-01 00:00:00+01:00",
        "1759341900",
    ],
)
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        parse_timestamp(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("12", "12"),
        ("12.0", "12"),
        (" +12 ", "12"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("007", "007"),
        ("ab-12.0", "ab-12.0"),
        ("1234e567", "1234e567"),
        ("", None),
    ],
)
def test_an_id_is_the_same_as_text_and_as_integer(text, key):
    assert parse_key(text) == key


@pytest.mark.parametrize("text", ["1.23457E+18", "1.2345678901234568e+18", "-1e+18"])
def test_an_id_that_a_spreadsheet_rounded_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        parse_key(text)
