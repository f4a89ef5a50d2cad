"""Times of day as spreadsheets write them. One that can be read in two ways gives both."""

import re
from datetime import time

from scheduler.sheet.cell_values import CellError, shown, unwrapped

# A spreadsheet's day 0, with which a bare time comes when its cell is shown as a date.
_DAY_ZERO = re.compile(r"^(?:1899-12-3[01]|1900-01-0[01]|(?:12/3[01]/|3[01][./]12[./])1899)[t ]+")
_CLOCK = re.compile(
    r"(\d{1,2})(?:[:h.](\d{2}))?(?:[:.](\d{2})(?:[.,]\d{1,6})?)?"
    r"(?: ?(a\.?m\.?|p\.?m\.?|h|uhr|hrs?))?",
    re.ASCII,
)
_ZONED = re.compile(
    r"(\d{1,2}[:h.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?: ?[ap]\.?m\.?)?)"
    r" ?(?:z|utc|gmt|[a-z]{1,4}t|(?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?)",
    re.ASCII,
)
_FRACTION = re.compile(r"0?[.,](\d+)", re.ASCII)
_DAY = 24 * 60 * 60
# Seconds; a fraction of a day with few digits is the roundest time that shows as it.
_ROUND = (3600, 1800, 900, 300, 60)


def parse_times(cell: str) -> list[time]:
    """Every time of day that a cell may mean; none for an empty cell.

    Raises:
        CellError: it means none, or holds an offset from UTC.
    """
    text = " ".join(unwrapped(cell).lower().split())
    if not text:
        return []
    text = _DAY_ZERO.sub("", text)
    if match := _ZONED.fullmatch(text):
        raise CellError(
            f"{shown(cell)} holds an offset or a zone; write the page's own local time alone,"
            f" such as {match[1]}"
        )
    found = {*_clock(text), *_fraction(text)}
    if not found:
        raise CellError(f"{shown(cell)} is no time of day")
    return sorted(found)


def parse_hours(cell: str) -> list[int]:
    """Every hour of the day that a cell may mean; none for an empty cell.

    Raises:
        CellError: it means no whole hour.
    """
    text = unwrapped(cell)
    try:
        times = parse_times(re.sub(r"^(\d{1,2})[.,]0+$", r"\1", text))
    except CellError as error:
        raise CellError(f"{shown(cell)} is no hour from 0 to 23") from error
    hours = sorted({found.hour for found in times if (found.minute, found.second) == (0, 0)})
    if text and not hours:
        raise CellError(f"{shown(cell)} is no whole hour from 0 to 23")
    return hours


def _clock(text: str) -> list[time]:
    if re.fullmatch(r"\d{4}", text, re.ASCII):
        text = f"{text[:2]}:{text[2:]}"
    match = _CLOCK.fullmatch(text)
    if match is None:
        return []
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
    half = (match[4] or "")[:1]
    if half in ("a", "p"):
        if not 1 <= hour <= 12:
            return []
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return []
    return [time(hour, minute, second)]


def _fraction(text: str) -> list[time]:
    """A part of a day: 0.333 is 08:00, as a spreadsheet shows a time formatted as a number."""
    match = _FRACTION.fullmatch(text)
    if match is None:
        return []
    digits = match[1][:15]
    seconds = int(digits) * _DAY / 10 ** len(digits)
    slack = 0.5 * _DAY / 10 ** len(digits) if len(digits) >= 3 else 0.0
    for unit in _ROUND:
        near = round(seconds / unit) * unit
        if abs(near - seconds) <= slack + 1e-6 and near < _DAY:
            return [time(near // 3600, near // 60 % 60)]
    return []
