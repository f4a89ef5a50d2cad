"""The tables in `seeds/` that a person edits, checked before anything is built.

A restriction of a mistyped page never applies, and nobody is told: so a name that is no page is an
error here, with its file and line.
"""

import csv
import io
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO

from scheduler.errors import SchedulerError
from scheduler.tuning.page_tables import (
    Known,
    Problems,
    Row,
    calendar_problems,
    is_above_zero,
    override_problems,
    restriction_problems,
)
from scheduler.tuning.ranges import read_ranges

_SHOWN = 5


def check_tables(
    root: Path,
    settings: Mapping[str, Any],
    pages: Collection[str],
    texts: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """See that each table can be meant as it is written.

    Args:
        root: folder of the project.
        settings: in effect.
        pages: every page that there is or was; none skips what needs them.
        texts: tables that are about to be written -> their text, instead of the file's.

    Raises:
        SchedulerError: some row is wrong; says file, line, and what to write.
    """
    known = Known(pages, read_ranges(root), settings)
    problems: list[str] = []
    for name, (columns, check) in TABLES.items():
        path = root / "seeds" / f"{name}.csv"
        if path.is_file():
            rows = _rows(path, columns, texts.get(name))
            problems += [
                f"seeds/{name}.csv line {line}: {says}" for line, says in check(rows, known)
            ]
    if problems:
        more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise SchedulerError(f"{'; '.join(problems[:_SHOWN])}{more}. Correct these rows.")


def read_bans(root: Path) -> dict[str, list[dict[str, str]]]:
    """The tables of what may not be sent, by name, as they are now; their cells stripped.

    Args:
        root: folder of the project.

    Raises:
        SchedulerError: a table is no UTF-8 CSV with its columns.
    """
    tables = {
        name: root / "seeds" / f"{name}.csv" for name in ("banned_terms", "page_restrictions")
    }
    return {
        name: [dict(row) for _, row in _rows(path, TABLES[name][0], None)]
        for name, path in tables.items()
        if path.is_file()
    }


def _rows(path: Path, columns: Sequence[str], text: str | None) -> list[Row]:
    """Rows of a table, white space taken off its cells, blank lines left out.

    Raises:
        SchedulerError: the file is no UTF-8 CSV with exactly these columns.
    """
    label = f"seeds/{path.name}"
    try:
        with _opened(path, text) as handle:
            reader = csv.reader(handle, strict=True)
            header = [cell.strip() for cell in next(reader, [])]
            if header != list(columns):
                raise wrong_header(label, header, columns)
            rows: list[Row] = []
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(columns):
                    raise SchedulerError(
                        f"{label} line {reader.line_num}: {len(cells)} values instead of"
                        f" {len(columns)}. Correct the row."
                    )
                stripped = [cell.strip() for cell in cells]
                rows.append((reader.line_num, dict(zip(columns, stripped, strict=True))))
            return rows
    except UnicodeDecodeError as error:
        raise SchedulerError(f"{label} is not UTF-8. Save it as CSV (UTF-8).") from error
    except (OSError, csv.Error) as error:
        raise SchedulerError(
            f"{label} cannot be read ({error}). Save it as CSV (UTF-8)."
        ) from error


def wrong_header(label: str, header: Sequence[str], columns: Sequence[str]) -> SchedulerError:
    """What to say of a table that begins with other columns than its own."""
    return SchedulerError(
        f"{label} begins with {','.join(header)!r}; its first line must be {','.join(columns)}."
        " Save it as CSV (UTF-8) with commas."
    )


def _opened(path: Path, text: str | None) -> TextIO:
    if text is not None:
        return io.StringIO(text, newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _banned_terms(rows: Sequence[Row], _: Known) -> Problems:
    seen: set[str] = set()
    for line, row in rows:
        term = row["term"].casefold()
        if not any(mark.isalnum() for mark in term):
            yield line, f"{row['term']!r} has no letter or digit, so it would match nothing"
        elif term in seen:
            yield line, f"{row['term']!r} is there twice"
        seen.add(term)


def _holidays(rows: Sequence[Row], _: Known) -> Problems:
    seen: set[date] = set()
    for line, row in rows:
        try:
            day = date.fromisoformat(row["holiday_date"])
        except ValueError:
            yield line, f"{row['holiday_date']!r} is no date; write it as 2026-12-25"
            continue
        if day in seen:
            yield line, f"{day} is there twice"
        seen.add(day)
        if not is_above_zero(row["factor"], 10):
            yield line, f"factor is {row['factor']!r}; it must be a number above 0, 10 at most"


def _price_points(rows: Sequence[Row], known: Known) -> Problems:
    dearest = float(known.settings["max_valid_price"])
    seen: set[float] = set()
    for line, row in rows:
        if not is_above_zero(row["price"], dearest):
            yield (
                line,
                f"price is {row['price']!r}; it must be dollars above 0, {dearest:g} at most",
            )
            continue
        price = float(row["price"])
        if price in seen:
            yield line, f"{price:g} is there twice"
        seen.add(price)
    low, high = known.settings["price_min"], known.settings["price_max"]
    if not any(low <= price <= high for price in seen):
        line = rows[-1][0] if rows else 1
        yield line, f"no price lies from price_min to price_max ({low:g} to {high:g} dollars)"


def _day_multipliers(rows: Sequence[Row], _: Known) -> Problems:
    seen: set[str] = set()
    for line, row in rows:
        day = row["iso_weekday"]
        if day not in {"1", "2", "3", "4", "5", "6", "7"}:
            yield line, f"iso_weekday is {day!r}; it must be from 1 (Monday) to 7 (Sunday)"
        elif day in seen:
            yield line, f"weekday {day} is there twice"
        seen.add(day)
        if not is_above_zero(row["multiplier"], 100):
            yield line, f"multiplier is {row['multiplier']!r}; it must be above 0, 100 at most"
    if len(seen) < 7:
        yield (rows[-1][0] if rows else 1), "every weekday from 1 to 7 needs a row"


TABLES: Mapping[str, tuple[tuple[str, ...], Callable[[Sequence[Row], Known], Problems]]] = {
    "creator_overrides": (
        ("page_name", "setting", "value", "valid_from", "valid_until"),
        override_problems,
    ),
    "page_restrictions": (
        ("page_name", "restriction_type", "value", "valid_from", "valid_until"),
        restriction_problems,
    ),
    "page_calendar": (
        (
            "page_name",
            "kind",
            "from_date",
            "from_hour",
            "to_date",
            "to_hour",
            "caption_id",
            "price",
            "note",
        ),
        calendar_problems,
    ),
    "banned_terms": (("term",), _banned_terms),
    "holidays": (("holiday_date", "holiday_name", "factor"), _holidays),
    "price_points": (("price",), _price_points),
    "day_multipliers": (("iso_weekday", "day_name", "multiplier"), _day_multipliers),
}
