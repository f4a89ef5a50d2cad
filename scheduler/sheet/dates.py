"""Dates as spreadsheets write them. One that can be read in two ways gives both.

Which one it is, the week and the weekday say: see `settle`. Nothing is guessed here.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import permutations

from scheduler.sheet.cell_values import CellError, shown, unwrapped
from scheduler.sheet.names import folded, months, weekdays

_SERIAL_ZERO = date(1899, 12, 30)
"""Day 0 of Excel, Sheets and LibreOffice."""
_SERIALS = range(36526, 73051)
"""2000 to 2099."""
_MIDNIGHT = re.compile(r"[t ]+(?:0?0|12)(?:[:.]00){1,2}(?:[.,]0+)?(?: ?am)?$", re.IGNORECASE)
_PARTS = re.compile(r"\d+|[^\W\d_]+")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er)\b", re.IGNORECASE)
_FILLERS = frozenset({"de", "del", "of", "the", "den", "der", "le"})


def parse_weekdays(cell: str) -> frozenset[int]:
    """Weekdays that a cell may name, 1 Monday to 7 Sunday; empty for an empty cell.

    Raises:
        CellError: it names none.
    """
    text = unwrapped(cell)
    found = weekdays().get(folded(text), frozenset())
    if text and not found:
        raise CellError(f"{shown(cell)} is no weekday")
    return found


def parse_dates(cell: str, years: Iterable[int] = ()) -> list[date]:
    """Every date that a cell may mean, ascending.

    Args:
        cell: as the file has it.
        years: those that a date without a year may be of.

    Raises:
        CellError: it is empty, or means no date.
    """
    text = unwrapped(cell)
    if not text:
        raise CellError("is empty")
    if re.fullmatch(r"[0-9]{5}(?:[.,]0+)?", text) and int(text[:5]) in _SERIALS:
        return [_SERIAL_ZERO + timedelta(days=int(text[:5]))]
    if re.fullmatch(r"20[0-9]{6}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    text = _MIDNIGHT.sub("", text)
    if ":" in text or len(text) > 60:
        raise CellError(f"{shown(cell)} is no date")
    text = _ORDINAL.sub("", re.sub("[年月日]", "-", text))
    pieces = [piece.lower() for piece in _PARTS.findall(text)]
    numbers = [piece for piece in pieces if piece.isdecimal()]
    words = [folded(piece) for piece in pieces if not piece.isdecimal()]
    found = {day for day in _readings(numbers, words, sorted(set(years))) if day is not None}
    if not found:
        why = "has no year" if _is_yearless(numbers, words) else "is no date"
        raise CellError(f"{shown(cell)} {why}")
    return sorted(found)


def _is_yearless(numbers: list[str], words: list[str]) -> bool:
    return len(numbers) + any(word in months() for word in words) == 2


def _readings(numbers: list[str], words: list[str], years: list[int]) -> Iterable[date | None]:
    """Dates of the numbers, with the words as month and weekday."""
    names = [word for word in words if word not in _FILLERS]
    if any(word not in months() and word not in weekdays() for word in names) or len(names) > 2:
        return
    if not names:
        yield from _numeric(numbers, years)
        return
    for index, word in enumerate(names):
        rest = names[:index] + names[index + 1 :]
        if word in months() and all(name in weekdays() for name in rest):
            for month in months()[word]:
                yield from _on(_named(numbers, month, years), rest)
    if len(names) == 1:
        yield from _on(_numeric(numbers, years), names)


def _on(days: Iterable[date | None], names: list[str]) -> Iterable[date | None]:
    """Those that fall on the weekday named."""
    return (d for d in days if d and all(d.isoweekday() in weekdays()[name] for name in names))


def _numeric(numbers: list[str], years: list[int]) -> Iterable[date | None]:
    if len(numbers) == 2:
        first, second = map(_small, numbers)
        for year in years:
            yield _date(year, first, second)
            yield _date(year, second, first)
    if len(numbers) != 3:
        return
    a, b, c = numbers
    if len(a) == 4:
        yield _date(int(a), _small(b), _small(c))
        return
    if len(c) in (2, 4):
        year = int(c) + (2000 if len(c) == 2 else 0)
        yield _date(year, _small(a), _small(b))
        yield _date(year, _small(b), _small(a))
    if len(a) == 2 and len(c) <= 2:
        yield _date(2000 + int(a), _small(b), _small(c))


def _named(numbers: list[str], month: int, years: list[int]) -> Iterable[date | None]:
    """Dates of a month that a word names: a day, and a year before or after it or none."""
    if len(numbers) == 1:
        yield from (_date(year, month, _small(numbers[0])) for year in years)
    if len(numbers) == 2:
        for day, year in permutations(numbers):
            if len(day) <= 2 and len(year) in (2, 4):
                yield _date(int(year) + (2000 if len(year) == 2 else 0), month, _small(day))


def _small(digits: str) -> int:
    """A day or a month; longer digits are neither."""
    return int(digits) if len(digits) <= 2 else 0


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 2000 <= year <= 2099 else None
    except ValueError:
        return None
