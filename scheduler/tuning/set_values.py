"""A page's own settings and blackouts as the tables in `seeds/` will hold them."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from scheduler.errors import SchedulerError

_BLACKOUT = "blackout"


def changed_tables(
    root: Path, page: str, values: Sequence[tuple[str, str]], note: str = ""
) -> dict[str, str]:
    """The tables that change, whole.

    Args:
        root: folder of the project.
        page: trimmed lower case.
        values: name and value of each setting: `blackout` with a span such as `2026-12-24` or
            `2026-12-24T18..2026-12-26T11`, both ends included; any other is a row of
            `creator_overrides`, which an empty value takes away.
        note: why, kept with a blackout.

    Returns:
        Table -> its text as CSV.

    Raises:
        SchedulerError: a span is not written as above.
    """
    spans = [_span(text) for name, text in values if name == _BLACKOUT]
    settings = {name: text.strip() for name, text in values if name != _BLACKOUT}
    tables: dict[str, str] = {}
    if settings:
        tables["creator_overrides"] = _overrides(root, page, settings)
    if spans:
        header, rows = _read(root / "seeds" / "page_calendar.csv")
        added = [[page, _BLACKOUT, *span, note] for span in spans]
        rows += [row for row in added if row not in rows]
        tables["page_calendar"] = _text([header, *rows])
    return tables


def _overrides(root: Path, page: str, settings: Mapping[str, str]) -> str:
    header, rows = _read(root / "seeds" / "creator_overrides.csv")
    others = [
        row
        for row in rows
        if len(row) < 2 or row[0].strip().lower() != page or row[1].strip() not in settings
    ]
    own = [[page, name, text] for name, text in settings.items() if text]
    return _text([header, *others, *own])


def _span(text: str) -> tuple[str, str, str, str]:
    """From date, hour, to date, hour; an hour is empty where only a day is named."""
    first, _, last = text.strip().partition("..")
    (day, _, hour), (end, _, until) = first.partition("T"), (last or first).partition("T")
    if not day or not end:
        raise SchedulerError(
            f"blackout is {text!r}; write it as 2026-12-24, 2026-12-24..2026-12-26 or"
            " 2026-12-24T18..2026-12-26T11, in the page's zone, both ends included."
        )
    return day, hour, end, until


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        header, *rows = csv.reader(handle)
    return header, [row for row in rows if any(cell.strip() for cell in row)]


def _text(rows: Sequence[Sequence[str]]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()
