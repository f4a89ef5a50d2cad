"""What one version of a week has otherwise than another. Pure, but for `read_version`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scheduler.editing.merge import KINDS, twins
from scheduler.editing.merged_week import FieldChange
from scheduler.errors import SchedulerError
from scheduler.marts.schedules import read_schedule_rows
from scheduler.sheet import Message
from scheduler.warehouse import Warehouse
from scheduler.warehouse.base import MARTS

_FIELDS = (*KINDS, "is_locked")


@dataclass(frozen=True)
class WeekVersion:
    """A version of a page's week; the columns of the mart `schedule_versions`."""

    schedule_id: str
    page_name: str
    week_start: date
    version_number: int
    stage: str
    written_at: datetime
    made_by: str
    source: str
    approved_by: str | None
    approved_at: datetime | None
    message_count: int
    locked_message_count: int
    expected_revenue: float | None
    revenue_low: float | None
    revenue_high: float | None


@dataclass(frozen=True)
class VersionDiff:
    """Two versions of a week and the changes that turn one into the other."""

    before: WeekVersion
    after: WeekVersion
    changes: tuple[FieldChange, ...]


def history(warehouse: Warehouse, page: str, week: date | None = None) -> list[WeekVersion]:
    """Every version of a page's week, oldest first.

    Args:
        warehouse: with marts.
        page: the page.
        week: Monday; None is the page's latest planned week.

    Raises:
        SchedulerError: nothing was planned for it.
    """
    names = ", ".join(WeekVersion.__dataclass_fields__)
    rows = warehouse.query(
        f"select {names} from {MARTS}.schedule_versions where page_name = $page"  # noqa: S608
        " order by week_start, version_number",
        {"page": page},
    ).to_pylist()
    wanted = week or max((row["week_start"] for row in rows), default=None)
    found = [WeekVersion(**row) for row in rows if row["week_start"] == wanted]
    if not found:
        raise SchedulerError(
            f"Nothing was planned for {page} in the week of {week or 'any date'}."
            " Run `scheduler run` first."
        )
    return found


def version_named(versions: Sequence[WeekVersion], name: str) -> WeekVersion:
    """The version of a number, or of an id or its beginning.

    Raises:
        SchedulerError: none or several have that name.
    """
    found = [v for v in versions if name in (str(v.version_number), v.schedule_id)]
    if not found and len(name) >= 4:
        found = [v for v in versions if v.schedule_id.startswith(name)]
    if len(found) != 1:
        page = versions[0].page_name
        raise SchedulerError(
            f"{name!r} is {'no' if not found else 'more than one'} version of the week of"
            f" {versions[0].week_start}: `scheduler history {page}` lists them."
        )
    return found[0]


def diff_versions(warehouse: Warehouse, before: WeekVersion, after: WeekVersion) -> VersionDiff:
    """What `after` has otherwise than `before`."""
    return VersionDiff(
        before,
        after,
        version_changes(
            read_messages(warehouse, before.schedule_id),
            read_messages(warehouse, after.schedule_id),
        ),
    )


def read_messages(warehouse: Warehouse, schedule: str) -> list[Message]:
    """The messages of a version, in time order."""
    return messages_of(read_schedule_rows(warehouse, [schedule]))


def messages_of(rows: Iterable[Mapping[str, Any]]) -> list[Message]:
    """Rows of the mart `schedules` as the messages that a sheet is compared with."""
    names = Message.__dataclass_fields__
    return [Message(**{name: row[name] for name in names}) for row in rows]


def version_changes(before: Sequence[Message], after: Sequence[Message]) -> tuple[FieldChange, ...]:
    """Changes that turn one version into another, in the order of time.

    A message is the same under the same id, or with the same caption where a plan made anew gave
    it another.
    """
    twin = twins(before, after)
    known = {message.message_id for message in twin.values()}
    found: list[FieldChange] = []
    for was in before:
        now = twin.get(was.message_id)
        if now is None:
            found.append(FieldChange(was.message_id, "deleted", "message", was.caption_id, None))
            continue
        for name in _FIELDS:
            old, new = getattr(was, name), getattr(now, name)
            if old != new:
                kind = KINDS.get(name) or ("locked" if new else "unlocked")
                found.append(FieldChange(now.message_id, kind, name, old, new))
    found += [
        FieldChange(new.message_id, "added", "message", None, new.caption_id)
        for new in after
        if new.message_id not in known
    ]
    return tuple(found)
