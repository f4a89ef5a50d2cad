"""A page's own settings, bans, blackouts and launches as the tables in `seeds/` will hold them."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scheduler.errors import SchedulerError
from scheduler.tuning.seed_tables import TABLES, wrong_header

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Asked:
    """What `scheduler set` was asked for.

    Attributes:
        page: trimmed lower case.
        note: why, kept with a blackout or a launch.
        valid_from: first day of settings and bans, ISO; empty for no first.
        valid_until: last day of them, included; empty for no last.
        caption: id of the caption that a launch sends.
        price: dollars that it asks.
    """

    page: str
    note: str = ""
    valid_from: str = ""
    valid_until: str = ""
    caption: str = ""
    price: str = ""

    @property
    def days(self) -> dict[str, str]:
        """The validity as columns of a row."""
        return {"valid_from": self.valid_from, "valid_until": self.valid_until}


def changed_tables(root: Path, asked: Asked, values: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The tables that change, whole.

    Args:
        root: folder of the project.
        asked: the page, and what all values share.
        values: name and value of each: `blackout` with a span such as `2026-12-24` or
            `2026-12-24T18..2026-12-26T11`, both ends included; `launch` with an hour such as
            `2026-12-24T18`; `ban_caption` and `allow_caption` with an id of the caption bank; any
            other is a row of `creator_overrides`. An empty value takes away all that the page has
            under the name.

    Returns:
        Table -> its text as CSV.

    Raises:
        SchedulerError: a span or an hour is not written as above, days are asked of a span that has
            its own, a launch lacks caption or price, or a caption is allowed that was not banned.
    """
    tables: dict[str, Rows] = {}
    for name, value in values:
        table, change = _CHANGES.get(name, ("creator_overrides", _with_setting))
        rows = tables[table] if table in tables else _read(root, table)
        own = [row for row in rows if row["page_name"].strip().lower() == asked.page]
        others = [row for row in rows if row not in own]
        tables[table] = others + change(own, asked, name, value.strip())
    return {table: _text(table, rows) for table, rows in tables.items()}


def _with_setting(own: Rows, asked: Asked, name: str, value: str) -> Rows:
    """A setting in place of the one of the same days; without days, an empty one ends them all."""
    is_all = not value and not any(asked.days.values())
    kept = [
        row
        for row in own
        if row["setting"].strip() != name
        or not (is_all or all(row[day].strip() == text for day, text in asked.days.items()))
    ]
    row = {"page_name": asked.page, "setting": name, "value": value, **asked.days}
    return [*kept, row] if value else kept


def _with_ban(own: Rows, asked: Asked, _: str, caption: str) -> Rows:
    """A banned caption, in place of an earlier ban of it; an empty one lifts all bans."""
    kept = [row for row in own if not _bans(row, caption)]
    row = {
        "page_name": asked.page, "restriction_type": "caption", "value": caption, **asked.days
    }  # fmt: skip
    return [*kept, row] if caption else kept


def _without_ban(own: Rows, asked: Asked, _: str, caption: str) -> Rows:
    kept = [row for row in own if not (caption and _bans(row, caption))]
    if len(kept) == len(own):
        raise SchedulerError(
            f"{asked.page} has no ban of the caption {caption!r}: seeds/page_restrictions.csv"
            " lists its bans."
        )
    return kept


def _bans(row: Mapping[str, str], caption: str) -> bool:
    """Whether a row bans a caption; any caption, where none is named."""
    is_ban = row["restriction_type"].strip().lower() == "caption"
    return is_ban and caption in ("", row["value"].strip())


def _with_blackout(own: Rows, asked: Asked, kind: str, text: str) -> Rows:
    if not text:
        return _without_kind(own, kind)
    _check_days(asked, kind, text)
    added = _calendar_row(asked, kind, _span(text))
    return own if added in own else [*own, added]


def _with_launch(own: Rows, asked: Asked, kind: str, text: str) -> Rows:
    """A launch, in place of an earlier one of its hour; an empty one takes back all of them."""
    if not text:
        return _without_kind(own, kind)
    _check_days(asked, kind, text)
    day, _, hour = text.partition("T")
    if not day or not hour:
        raise SchedulerError(
            f"launch is {text!r}; write it as 2026-12-24T18, an hour in the page's zone."
        )
    if not asked.caption or not asked.price:
        raise SchedulerError(f"launch={text} needs --caption ID and --price DOLLARS.")
    span = {"from_date": day, "from_hour": hour, "to_date": day, "to_hour": hour}
    added = _calendar_row(asked, kind, span) | {"caption_id": asked.caption, "price": asked.price}
    return [row for row in own if not _is_launch_at(row, day, hour)] + [added]


def _is_launch_at(row: Mapping[str, str], day: str, hour: str) -> bool:
    at = row["from_date"].strip(), row["from_hour"].strip().lstrip("0")
    return row["kind"].strip() == "launch" and at == (day, hour.lstrip("0"))


def _without_kind(own: Rows, kind: str) -> Rows:
    return [row for row in own if row["kind"].strip() != kind]


def _calendar_row(asked: Asked, kind: str, span: Mapping[str, str]) -> dict[str, str]:
    empty = dict.fromkeys(TABLES["page_calendar"][0], "")
    return {**empty, "page_name": asked.page, "kind": kind, **span, "note": asked.note}


def _check_days(asked: Asked, kind: str, text: str) -> None:
    if any(asked.days.values()):
        raise SchedulerError(
            f"{kind}={text} says its days itself: leave out --from and --until, or set it alone."
        )


def _span(text: str) -> dict[str, str]:
    """From date, hour, to date, hour; an hour is empty where only a day is named."""
    first, dots, last = text.partition("..")
    (day, _, hour), (end, _, until) = first.partition("T"), (last or first).partition("T")
    if not day or not end or (dots and not last):
        raise SchedulerError(
            f"blackout is {text!r}; write it as 2026-12-24, 2026-12-24..2026-12-26 or"
            " 2026-12-24T18..2026-12-26T11, in the page's zone, both ends included."
        )
    return {"from_date": day, "from_hour": hour, "to_date": end, "to_hour": until}


def _read(root: Path, table: str) -> Rows:
    """Rows of a table; columns that came later than the file are empty in it.

    Raises:
        SchedulerError: the file has a column that the table has not.
    """
    columns = TABLES[table][0]
    with (root / "seeds" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as handle:
        header, *lines = csv.reader(handle)
    names = [name.strip() for name in header]
    if not set(names) <= set(columns):
        raise wrong_header(f"seeds/{table}.csv", names, columns)
    empty = dict.fromkeys(columns, "")
    return [
        {**empty, **dict(zip(names, line, strict=False))}
        for line in lines
        if any(cell.strip() for cell in line)
    ]


def _text(table: str, rows: Rows) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, TABLES[table][0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


_CHANGES: Mapping[str, tuple[str, Callable[[Rows, Asked, str, str], Rows]]] = {
    "blackout": ("page_calendar", _with_blackout),
    "launch": ("page_calendar", _with_launch),
    "ban_caption": ("page_restrictions", _with_ban),
    "allow_caption": ("page_restrictions", _without_ban),
}
