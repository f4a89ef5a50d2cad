"""An edited sheet becomes a new version of its weeks, or nothing does and every reason is told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from scheduler.editing.merge import Change, Conflict, Merged, merge
from scheduler.editing.versions import Row, Valuer, Version, judged, publish_versions, template
from scheduler.marts.content_ids import content_id, message_id
from scheduler.marts.edit_tables import Edit, Hand
from scheduler.marts.schedules import TEMPLATE_SCHEMA, Violation, read_schedule_rows
from scheduler.sheet import Message, Problem, SheetWeek, Understood, compare, understand
from scheduler.training.standing import Standing
from scheduler.warehouse import Warehouse
from scheduler.warehouse.base import MARTS

_BLOCKING = 1


@dataclass(frozen=True)
class Imported:
    """What became of a sheet.

    Attributes:
        problems: cells that can't be read or meant. With any, nothing was changed.
        conflicts: edits that can't be taken. With any, nothing was changed.
        refused: rows of the rulebook of tier 1, each with the sheet's row. With any, nothing was.
        versions: new ones, published; empty when the sheet changes nothing.
        notes: what a person should know of the sheet's rows.
    """

    problems: tuple[Problem, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    refused: tuple[str, ...] = ()
    versions: tuple[Version, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether nothing of the sheet was taken."""
        return bool(self.problems or self.conflicts or self.refused)


def import_sheet(
    standing: Standing, sheet: SheetWeek, hand: Hand, *, check: bool = False
) -> Imported:
    """Take a sheet's edits into the weeks that stand, all of them or none.

    Args:
        standing: fresh marts with the model.
        sheet: as it was read.
        hand: whose edits they are.
        check: find out all of it and write nothing.

    Raises:
        SchedulerError: a week is over, or has no room in the marts.
    """
    warehouse = standing.warehouse
    understood = understand(warehouse, sheet)
    if understood.problems:
        return Imported(problems=understood.problems)
    valuer = Valuer(standing)
    versions: list[Version] = []
    conflicts: list[Conflict] = []
    wheres: dict[str, str] = {}
    for (page, week), current in _standing_weeks(warehouse, understood):
        merged = _merged(understood, (page, week), current, standing)
        conflicts += merged.conflicts
        if merged.changes and not merged.conflicts:
            version, rows_of = _version(valuer, (page, week), current, merged)
            versions.append(version)
            wheres |= rows_of
    conflicts += _unknown_weeks(warehouse, understood)
    if conflicts:
        return Imported(conflicts=tuple(conflicts))
    broken = [v for v in judged(warehouse, versions) if v.tier == _BLOCKING]
    if broken:
        return Imported(refused=tuple(_told(violation, wheres) for violation in broken))
    if versions and not check:
        publish_versions(warehouse, versions, hand)
    edits = compare(understood.messages, understood.published)
    swaps = {change.row.placed.row.where for change in edits.swapped}
    notes = [note for note in understood.notes if note.split(": ", 1)[0] not in swaps]
    return Imported(versions=tuple(versions), notes=tuple(notes))


def _weeks(understood: Understood) -> list[tuple[str, date]]:
    rows = (message.placed.row for message in understood.messages)
    return sorted(
        {(row.page_name, row.week_start) for row in rows}
        | {(message.page_name, message.week_start) for message in understood.published}
    )


def _standing_weeks(
    warehouse: Warehouse, understood: Understood
) -> Iterable[tuple[tuple[str, date], list[Row]]]:
    """The sheet's weeks with the rows of the version that stands."""
    ids = _active(warehouse, _weeks(understood))
    rows = read_schedule_rows(warehouse, ids)
    key = lambda row: (row["page_name"], row["week_start"])  # noqa: E731
    for week, own in groupby(sorted(rows, key=key), key):
        yield week, list(own)


def _active(warehouse: Warehouse, weeks: Sequence[tuple[str, date]]) -> list[str]:
    rows = warehouse.query(
        f"select distinct schedule_id, page_name, week_start from {MARTS}.schedules"  # noqa: S608
        " where status = 'active' and page_name in (select unnest($pages))",
        {"pages": sorted({page for page, _ in weeks})},
    ).to_pylist()
    wanted = set(weeks)
    return [r["schedule_id"] for r in rows if (r["page_name"], r["week_start"]) in wanted]


def _unknown_weeks(warehouse: Warehouse, understood: Understood) -> list[Conflict]:
    """Rows of weeks that nothing is published for."""
    known = {week for week, _ in _standing_weeks(warehouse, understood)}
    return [
        Conflict(row.where, f"{row.page_name} has no published week of {row.week_start}")
        for row in (message.placed.row for message in understood.messages)
        if (row.page_name, row.week_start) not in known
    ]


def _merged(
    understood: Understood, week: tuple[str, date], current: Sequence[Row], standing: Standing
) -> Merged:
    """The sheet's edits of one page's week upon the version that stands."""
    base = [m for m in understood.published if (m.page_name, m.week_start) == week]
    named = {message.message_id for message in base}
    rows = [
        message
        for message in understood.messages
        if (message.placed.row.page_name, message.placed.row.week_start) == week
        or message.placed.row.message_id in named
    ]
    names = Message.__dataclass_fields__
    stands = [Message(**{name: row[name] for name in names}) for row in current]
    return merge(base, compare(rows, base), stands, standing.settings.as_of)


def _version(
    valuer: Valuer, week: tuple[str, date], current: Sequence[Row], merged: Merged
) -> tuple[Version, dict[str, str]]:
    """The new version with its figures, and message id -> row of the sheet."""
    was = {row["message_id"]: template(row) for row in current}
    before = str(current[0]["schedule_id"])
    content = [[str(m.message_id), str(m.send_at), m.price, m.caption_id] for m in merged.messages]
    content += [[new.where, str(new.send_at), new.price, new.caption_id] for new in merged.added]
    schedule = content_id(["edited", before, *content])
    texts = _captions(valuer.standing.warehouse, merged)
    edited = {change.message_id for change in merged.changes if change.kind != "unlocked"}
    rows = [
        _row(was[m.message_id], m, texts, is_locked=m.is_locked or m.message_id in edited)
        | {"schedule_id": schedule}
        for m in merged.messages
    ]
    wheres = dict(merged.wheres)
    for new in merged.added:
        caption = texts[new.caption_id or 0]
        key = message_id(schedule, new.send_at, caption["caption_key"])
        wheres[key] = new.where
        blank = dict.fromkeys(TEMPLATE_SCHEMA.names) | _common(current)
        rows.append(
            blank
            | caption
            | {
                "schedule_id": schedule, "message_id": key, "send_at": new.send_at,
                "price": new.price, "is_locked": True, "is_price_test": False,
                "strategy_note": "Added by hand.",
            }
        )  # fmt: skip
    page, monday = week
    valued = valuer.value(page, monday, rows)
    dollars = {row["message_id"]: row["expected_revenue"] for row in valued}
    old = {
        row["message_id"]: row["expected_revenue"]
        for row in valuer.value(page, monday, list(was.values()))
    }
    ids = iter([key for key in wheres if key not in was])
    edits = [
        _edit(change, change.message_id or next(ids), (week, schedule, before), (old, dollars))
        for change in merged.changes
    ]
    total = sum(old.values())
    return Version(page, monday, schedule, valued, tuple(edits), total), wheres


def _common(current: Sequence[Row]) -> dict[str, Any]:
    """What every row of a version says alike."""
    first = template(current[0])
    shared = ("page_name", "week_start", "status", "confidence", "as_of", "training_hash", "run_id",
              "written_at")  # fmt: skip
    return {name: v for name, v in first.items() if name in shared or name.startswith("week_")}


def _row(
    was: dict[str, Any], message: Message, texts: Mapping[int, Row], *, is_locked: bool
) -> dict[str, Any]:
    row = was | {"send_at": message.send_at, "price": message.price, "is_locked": is_locked}
    if message.caption_id is not None and message.caption_id != was["caption_id"]:
        row |= texts[message.caption_id]
    changed = any(row[name] != was[name] for name in ("send_at", "price", "caption_id"))
    return row | ({"strategy_note": "Changed by hand."} if changed else {})


def _captions(warehouse: Warehouse, merged: Merged) -> dict[int, dict[str, Any]]:
    """What the bank says of the captions of a merged week."""
    named = [m.caption_id for m in merged.messages] + [m.caption_id for m in merged.added]
    ids = {caption for caption in named if caption is not None}
    rows = warehouse.query(
        "select caption_id, caption_key, caption_text, content_category, content_type"  # noqa: S608
        f" from {MARTS}.caption_history where valid_to is null"
        " and caption_id in (select unnest($ids))",
        {"ids": sorted(ids)},
    ).to_pylist()
    return {row["caption_id"]: row for row in rows}


def _edit(
    change: Change,
    message: str,
    place: tuple[tuple[str, date], str, str],
    dollars: tuple[Mapping[str, float], Mapping[str, float]],
) -> Edit:
    (page, week), schedule, before = place
    is_lock = change.field == "is_locked"
    return Edit(
        schedule, before, page, week, message, change.kind, change.field,
        None if change.before is None else str(change.before),
        None if change.after is None else str(change.after),
        None if is_lock else dollars[0].get(message, 0.0),
        None if is_lock else dollars[1].get(message, 0.0),
    )  # fmt: skip


def _told(violation: Violation, wheres: Mapping[str, str]) -> str:
    where = wheres.get(violation.message_id or "")
    places = ", ".join(filter(None, [where, violation.message_id]))
    shown = f" [{places}]" if places else ""
    return f"{violation.page_name}: {violation.rule}: {violation.detail}{shown}"
