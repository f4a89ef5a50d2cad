"""Versions of a page's week that a person made: valued by the model, audited, published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from scheduler.editing.merged_week import FieldChange
from scheduler.editing.prepared_week import PreparedWeek, ValuedWeek
from scheduler.errors import SchedulerError
from scheduler.marts.content_ids import content_id
from scheduler.marts.edit_tables import Edit, Hand, write_edits
from scheduler.marts.publish import drafted, publish, write_proposed
from scheduler.marts.rulebook_inputs import renew_rulebook_inputs
from scheduler.marts.schedules import Violation, read_violations
from scheduler.moments import utc_now
from scheduler.planning.promised import Kept
from scheduler.planning.schedule_rows import Words, template_rows
from scheduler.warehouse import Warehouse

Row = Mapping[str, Any]
PageWeek = tuple[str, date]


class RefusedChange(SchedulerError):
    """A change that the rulebook does not allow; `broken` has its rows of tier 1."""

    def __init__(self, broken: Sequence[Violation]) -> None:
        self.broken = tuple(broken)
        told = "; ".join(f"{row.rule}: {row.detail.rstrip('.')}" for row in self.broken)
        super().__init__(f"The rulebook refuses the change: {told}. Nothing was changed.")


@dataclass(frozen=True)
class Version:
    """A new version of a page's week.

    Attributes:
        rows: of `schedule_templates`.
        edits: what makes it differ from the version it replaces.
        expected_before: dollars expected of that one, by the same model.
        expected: of this one.
    """

    page_name: str
    week: date
    schedule_id: str
    rows: Sequence[Row]
    edits: tuple[Edit, ...]
    expected_before: float
    expected: float


def new_version(
    week: PreparedWeek, rows: Sequence[Kept], changes: Sequence[FieldChange]
) -> Version:
    """The week as it is to be, with every figure from the model of this moment.

    The bound on the best week and what sharing captions cost are of the plan that it began as.

    Args:
        week: the version that stands.
        rows: the new one's messages, see `kept_message`.
        changes: what differs.

    Raises:
        SchedulerError: the week is over.
    """
    content = sorted(
        [row["message_id"], str(row["send_at"]), row["price"], row["caption_id"], row["is_locked"]]
        for row in rows
    )
    schedule = content_id(["edited", week.schedule_id, content])
    before, after = week.now, week.valued(rows)
    return Version(
        page_name=week.page_name,
        week=week.week,
        schedule_id=schedule,
        rows=_templates(week, schedule, after),
        edits=tuple(_edit(change, week, schedule, (before, after)) for change in changes),
        expected_before=before.expected,
        expected=after.expected,
    )


def _templates(week: PreparedWeek, schedule: str, valued: ValuedWeek) -> list[dict[str, Any]]:
    first, plan = week.rows[0], valued.plan
    bound = max(first["week_upper_bound"] or 0.0, plan.objective)
    plan = replace(
        plan,
        upper_bound=bound,
        gap=(bound - plan.objective) / bound if bound > 0 else 0.0,
        bound_joint=max(first["week_bound_joint"] or bound, plan.objective),
    )
    common = {
        "week_start": week.week,
        "as_of": week.inputs.settings.as_of,
        "training_hash": first["training_hash"],
        "run_id": schedule,
        "confidence": week.creator["confidence_score"],
        "written_at": None,
    }
    rows = template_rows(schedule, valued.page, plan, week.response, common, words=Words(()))
    kept = {name: first[name] for name in ("week_conflict_cost", "week_binding")}
    return [row | kept for row in rows]


def _edit(
    change: FieldChange, week: PreparedWeek, schedule: str, valued: tuple[ValuedWeek, ValuedWeek]
) -> Edit:
    before, after = valued
    message = change.message_id or ""
    is_money = change.field not in ("is_locked", "version")
    return Edit(
        schedule_id=schedule,
        schedule_id_before=week.schedule_id,
        page_name=week.page_name,
        week_start=week.week,
        message_id=change.message_id,
        kind=change.kind,
        field=change.field,
        value_before=_text(change.before),
        value_after=_text(change.after),
        expected_before=round(before.by_message.get(message, 0.0), 2) if is_money else None,
        expected_after=round(after.by_message.get(message, 0.0), 2) if is_money else None,
        week_expected_before=before.expected if is_money else None,
        week_expected_after=after.expected if is_money else None,
    )


def _text(value: object) -> str | None:
    if value is None:
        return None
    return value.isoformat(" ", "minutes") if isinstance(value, datetime) else str(value)


def judged(warehouse: Warehouse, versions: Sequence[Version]) -> list[Violation]:
    """What the rulebook says of these versions, all together, in the place of what they replace."""
    renew_rulebook_inputs(warehouse)
    drafts = [
        {**row, "schedule_id": f"draft_{row['schedule_id']}", "run_id": "draft"}
        for version in versions
        for row in version.rows
    ]
    found: list[Violation] = []
    with drafted(warehouse, drafts):
        found.extend(read_violations(warehouse, sorted({row["schedule_id"] for row in drafts})))
    return found


def publish_if_allowed(warehouse: Warehouse, version: Version, hand: Hand) -> None:
    """Publish a version that the rulebook allows.

    Raises:
        RefusedChange: it does not; nothing is changed.
    """
    broken = [row for row in judged(warehouse, [version]) if row.tier == 1]
    if broken:
        raise RefusedChange(broken)
    publish_versions(warehouse, [version], hand)


def publish_versions(warehouse: Warehouse, versions: Sequence[Version], hand: Hand) -> None:
    """Write, publish and note them, all or nothing; approvals of what they replace are void."""
    run = content_id([hand.made_by, hand.made_at, hand.source])
    stamp = {"run_id": run, "written_at": utc_now()}
    rows = [{**row, **stamp} for version in versions for row in version.rows]
    told = f"Changed by {hand.made_by}: {hand.source}"
    with warehouse.transaction():
        write_proposed(warehouse, rows)
        for week in sorted({version.week for version in versions}):
            clean = {v.page_name: v.schedule_id for v in versions if v.week == week}
            publish(warehouse, week, clean, {}, told)
        write_edits(warehouse, [edit for version in versions for edit in version.edits], hand)
