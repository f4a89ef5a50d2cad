"""The value written in a cell of text: every format taken for a type is here, and only here."""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from scheduler.loading.contract import Kind
from scheduler.loading.reading import Reading

# What pandas, databases and Arrow write for a value that is not there.
_NOTHING = frozenset({"", "nan", "null", "none", "nat", "<na>"})

_TRUE = frozenset({"true", "t", "yes", "y", "1", "1.0"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "0.0"})

# From here on a double no longer tells neighbouring integers apart, so the id or count was rounded.
EXACT_DOUBLE = 2**53

_INTEGER = re.compile(r"([+-]?[0-9]+)(?:\.0*)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?", re.ASCII)
_ROUNDED_ID = re.compile(r"[+-]?[0-9](?:\.[0-9]+)?e\+[0-9]+", re.ASCII | re.IGNORECASE)
_ZONED = re.compile(r"(?:z|utc|gmt|[+-]\d{2}:?(?:\d{2})?)$", re.ASCII | re.IGNORECASE)
_TIMESTAMP = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[t ]+(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r" *(?:(z|utc|gmt)|([+-])(\d{2}):?(\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)


def parse_integer(text: str) -> int | None:
    """A 64-bit integer; `12.0` and `1e3` are integers too."""
    text = text.strip().lower()
    if text in _NOTHING:
        return None
    if match := _INTEGER.fullmatch(text):
        value = int(match[1])
    else:
        number = parse_number(text)
        if number is None or not number.is_integer() or abs(number) >= EXACT_DOUBLE:
            raise ValueError(text)
        value = int(number)
    if not -(2**63) <= value < 2**63:
        raise ValueError(text)
    return value


def parse_number(text: str) -> float | None:
    """A finite double; minus zero is zero, so that equal rows are equal."""
    text = text.strip().lower()
    if text in _NOTHING:
        return None
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value + 0.0


def parse_boolean(text: str) -> bool | None:
    """True or false, in the words spreadsheets and databases use."""
    text = text.strip().lower()
    if text in _NOTHING:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError(text)


def parse_timestamp(text: str) -> datetime | None:
    """A moment as UTC without zone, to the microsecond; one written without a zone is UTC already.

    A date alone is refused: read as midnight it would put the message on a wrong hour and, west of
    Greenwich, on a wrong day.
    """
    text = text.strip()
    if text.lower() in _NOTHING:
        return None
    match = _TIMESTAMP.fullmatch(text)
    if not match:
        raise ValueError(text)
    *clock, fraction, _, sign, off_hours, off_minutes = match.groups()
    year, month, day, hour, minute, second = (int(part or 0) for part in clock)
    microsecond = int((fraction or "")[:6].ljust(6, "0"))
    moment = datetime(year, month, day, hour, minute, second, microsecond, UTC)
    if sign is None:
        return moment.replace(tzinfo=None)
    if int(off_minutes or 0) > 59:
        raise ValueError(text)
    offset = timedelta(hours=int(off_hours), minutes=int(off_minutes or 0))
    zone = timezone(-offset if sign == "-" else offset)
    try:
        return moment.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise ValueError(text) from None


def parse_key(text: str) -> str | None:
    """An id: `12` and `12.0` are the same one, any other text is itself, trimmed."""
    text = text.strip()
    if text == "":
        return None
    if match := _INTEGER.fullmatch(text):
        return match[1].removeprefix("+")
    if _ROUNDED_ID.fullmatch(text):
        raise ValueError(text)
    return text


def parse_text(text: str) -> str | None:
    """Text as it is; empty text is nothing, since CSV can't tell the two apart."""
    return text or None


def _read_integer(text: str, reading: Reading) -> int | None:
    if reading.decimal_mark == "." and _INTEGER.fullmatch(text.strip()):
        return parse_integer(text)
    return parse_integer(text if _is_nothing(text) else reading.number(text))


def _read_number(text: str, reading: Reading) -> float | None:
    return parse_number(text if _is_nothing(text) else reading.number(text))


def _read_timestamp(text: str, reading: Reading) -> datetime | None:
    if _is_nothing(text):
        return None
    try:
        moment = parse_timestamp(text)
    except ValueError:
        return reading.moment(text)
    if moment is None or _ZONED.search(text.strip()):
        return moment
    return reading.in_utc(moment)


def _is_nothing(text: str) -> bool:
    return text.strip().lower() in _NOTHING


PARSERS: dict[Kind, Callable[[str, Reading], object]] = {
    Kind.TEXT: lambda text, _: parse_text(text),
    Kind.KEY: lambda text, _: parse_key(text),
    Kind.INTEGER: _read_integer,
    Kind.NUMBER: _read_number,
    Kind.BOOLEAN: lambda text, _: parse_boolean(text),
    Kind.TIMESTAMP: _read_timestamp,
}
