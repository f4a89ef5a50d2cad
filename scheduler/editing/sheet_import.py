"""An edited sheet becomes a new version of its weeks, or nothing does and every reason is told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from scheduler.editing.changes import added_row
from scheduler.editing.merged_week import Conflict, FieldChange, Merged
from scheduler.editing.prepared_week import Agency, PreparedWeek, prepared
from scheduler.editing.sheet_merge import merged_week, sheet_weeks, unplanned_weeks
from scheduler.editing.version_diff import messages_of
from scheduler.editing.versions import PageWeek, Version, judged, new_version, publish_versions
from scheduler.marts.edit_tables import Hand
from scheduler.marts.publish import drafted
from scheduler.marts.schedules import (
    TEMPLATE_SCHEMA,
    Violation,
    read_schedule_rows,
    read_with_captions,
)
from scheduler.planning.kept_messages import kept_message
from scheduler.planning.promised import Kept
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
    weeks = dict(_standing_weeks(warehouse, understood))
    as_of = standing.settings.as_of
    merged = {week: merged_week(understood, week, rows, as_of) for week, rows in weeks.items()}
    conflicts = [conflict for one in merged.values() for conflict in one.conflicts]
    conflicts += unplanned_weeks(understood, set(weeks))
    if conflicts:
        return Imported(conflicts=tuple(conflicts))
    changed = {week: one for week, one in merged.items() if one.changes}
    versions, wheres = _versions(standing, changed)
    broken = [v for v in judged(warehouse, versions) if v.tier == _BLOCKING] if versions else []
    if broken:
        return Imported(refused=tuple(_told(violation, wheres) for violation in broken))
    if versions and not check:
        publish_versions(warehouse, versions, hand)
    return Imported(versions=tuple(versions), notes=_notes(understood))


def _notes(understood: Understood) -> tuple[str, ...]:
    """Notes on rows, but not those on captions that were exchanged: these are listed as edits."""
    edits = compare(understood.messages, understood.published)
    swaps = {change.row.placed.row.where for change in edits.swapped}
    return tuple(note for note in understood.notes if note.split(": ", 1)[0] not in swaps)


def _standing_weeks(
    warehouse: Warehouse, understood: Understood
) -> Iterable[tuple[PageWeek, list[Message]]]:
    """The sheet's weeks with the messages of the version that stands."""
    weeks = set(sheet_weeks(understood))
    active = warehouse.query(
        f"select distinct schedule_id, page_name, week_start from {MARTS}.schedules"  # noqa: S608
        " where status = 'active' and page_name in (select unnest($pages))",
        {"pages": sorted({page for page, _ in weeks})},
    ).to_pylist()
    ids = [r["schedule_id"] for r in active if (r["page_name"], r["week_start"]) in weeks]
    rows = sorted(read_schedule_rows(warehouse, ids), key=_week_of)
    for week, own in groupby(rows, _week_of):
        yield week, messages_of(own)


def _week_of(row: Mapping[str, Any]) -> PageWeek:
    return row["page_name"], row["week_start"]


def _versions(
    standing: Standing, merged: Mapping[PageWeek, Merged]
) -> tuple[list[Version], dict[str, str]]:
    """New versions with their figures, and message id -> row of the sheet."""
    if not merged:
        return [], {}
    agency = Agency(standing)
    versions: list[Version] = []
    wheres: dict[str, str] = {}
    for (page, monday), one in merged.items():
        week = prepared(agency, page, monday)
        captions = _captions(standing.warehouse, one)
        added = [
            added_row(week, {"send_at": new.send_at}, captions[new.caption_id], new.price)
            for new in one.added
        ]
        wheres.update(one.wheres)
        wheres.update(
            {row["message_id"]: new.where for row, new in zip(added, one.added, strict=True)}
        )
        rows = [*_kept(week, one, captions), *added]
        drafted_rows = _read_drafted(standing.warehouse, rows)
        versions.append(new_version(week, drafted_rows, _named(one.changes, added)))
    return versions, wheres


def _named(changes: Sequence[FieldChange], added: Sequence[Kept]) -> list[FieldChange]:
    """The changes, those of new messages with the ids that these were given."""
    ids = iter([row["message_id"] for row in added])
    return [c if c.message_id else replace(c, message_id=next(ids)) for c in changes]


def _kept(
    week: PreparedWeek, merged: Merged, captions: Mapping[int, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The messages of the version that stands as they are to be; what was edited is locked."""
    was = {row["message_id"]: row for row in week.rows}
    edited = {change.message_id for change in merged.changes if change.kind != "unlocked"}
    rows = []
    for message in merged.messages:
        old = was[message.message_id]
        row = {**old, "send_at": message.send_at, "price": message.price}
        if message.caption_id is not None and message.caption_id != old["caption_id"]:
            row |= captions[message.caption_id]
        if any(row[name] != old[name] for name in ("send_at", "price", "caption_id")):
            row["strategy_note"] = "Changed by hand."
        row["is_locked"] = message.is_locked or message.message_id in edited
        rows.append(row)
    return rows


def _captions(warehouse: Warehouse, merged: Merged) -> dict[int, dict[str, Any]]:
    """Caption id -> what the bank says of it, of all captions of a merged week."""
    named = [m.caption_id for m in merged.messages] + [m.caption_id for m in merged.added]
    ids = {caption for caption in named if caption is not None}
    rows = warehouse.query(
        "select caption_id, caption_key, caption_text, content_category, content_type"  # noqa: S608
        f" from {MARTS}.caption_history where valid_to is null"
        " and caption_id in (select unnest($ids))",
        {"ids": sorted(ids)},
    ).to_pylist()
    return {row["caption_id"]: row for row in rows}


def _read_drafted(warehouse: Warehouse, rows: Sequence[Kept]) -> list[Kept]:
    """The rows as the mart would show them, with what the bank says; nothing of them stays."""
    draft = f"draft_{rows[0]['schedule_id']}"
    drafts = [{name: row[name] for name in TEMPLATE_SCHEMA.names} for row in rows]
    found: list[Kept] = []
    with drafted(
        warehouse, [{**row, "schedule_id": draft, "status": "proposed"} for row in drafts]
    ):
        found.extend(kept_message(row) for row in read_with_captions(warehouse, [draft]))
    return found


def _told(violation: Violation, wheres: Mapping[str, str]) -> str:
    where = wheres.get(violation.message_id or "")
    places = ", ".join(filter(None, [where, violation.message_id]))
    shown = f" [{places}]" if places else ""
    return f"{violation.page_name}: {violation.rule}: {violation.detail}{shown}"
