"""An earlier version of a week in force again, as a new version, if today's audit allows it."""

from dataclasses import dataclass
from datetime import date

from scheduler.editing.merged_week import FieldChange
from scheduler.editing.prepared_week import PreparedWeek, prepare_week
from scheduler.editing.version_diff import (
    WeekVersion,
    history,
    read_messages,
    version_changes,
    version_named,
)
from scheduler.editing.versions import Version, new_version, publish_if_allowed
from scheduler.errors import SchedulerError
from scheduler.marts.edit_tables import Hand
from scheduler.marts.schedules import read_with_captions
from scheduler.planning.kept_messages import kept_message
from scheduler.planning.promised import Kept
from scheduler.training.standing import Standing


@dataclass(frozen=True)
class RolledBack:
    """A rollback.

    Attributes:
        to: the earlier version.
        version: the new one with its messages.
        kept: messages that were due before now: they stay as they were sent.
    """

    to: WeekVersion
    version: Version
    kept: int


def roll_back(
    standing: Standing, page: str, name: str, hand: Hand, week: date | None = None
) -> RolledBack:
    """Bring an earlier version of a page's week back.

    Messages that were due before now stay as they stand; those of the earlier version follow.
    Locks are those of the earlier version.

    Args:
        standing: fresh marts with the model.
        page: the page.
        name: number or id of the version, see `history`.
        hand: whose decision it is.
        week: Monday; None is the page's latest published week.

    Raises:
        RefusedChange: the rulebook refuses it by now; nothing is changed.
        SchedulerError: no such version, or it is the one that stands.
    """
    prepared = prepare_week(standing, page, week)
    to = version_named(history(standing.warehouse, page, prepared.week), name)
    if to.schedule_id == prepared.schedule_id:
        raise SchedulerError(f"Version {to.version_number} is the one that stands already.")
    rows, kept = _rows(standing, prepared, to)
    if not rows:
        raise SchedulerError(f"Nothing of version {to.version_number} is left to send.")
    changes = [
        FieldChange(None, "rolled_back", "version", prepared.schedule_id, to.schedule_id),
        *version_changes(
            read_messages(standing.warehouse, prepared.schedule_id),
            read_messages(standing.warehouse, to.schedule_id),
        ),
    ]
    version = new_version(prepared, rows, changes)
    publish_if_allowed(standing.warehouse, version, hand)
    return RolledBack(to, version, kept)


def _rows(standing: Standing, week: PreparedWeek, to: WeekVersion) -> tuple[list[Kept], int]:
    """The week as it is to be, and how many of its messages were due before now."""
    as_of = standing.settings.as_of
    earlier = read_with_captions(standing.warehouse, [to.schedule_id])
    sent = [row for row in week.rows if row["send_at"] <= as_of]
    ahead = [kept_message(row) for row in earlier if row["send_at"] > as_of]
    return [*sent, *ahead], len(sent)
