"""Versions of a page's week that a person made: valued by the model, audited, published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from scheduler.errors import SchedulerError
from scheduler.marts.edit_tables import Edit, Hand, void_approvals, write_edits
from scheduler.marts.inputs import AgencyInputs, read_creators, read_inputs, read_live_schedules
from scheduler.marts.publish import drafted, publish, write_proposed
from scheduler.marts.schedules import (
    TEMPLATE_SCHEMA,
    Violation,
    read_violations,
    read_with_captions,
)
from scheduler.planning.kept_messages import kept_message
from scheduler.planning.page_problem import build_problem, page_response
from scheduler.planning.promised import promised_to
from scheduler.planning.schedule_rows import template_rows
from scheduler.solver import week_plan
from scheduler.training.standing import Standing
from scheduler.warehouse import Warehouse

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Version:
    """A new version of a page's week, not written yet.

    Attributes:
        rows: of `schedule_templates`.
        edits: what makes it differ from the version it replaces.
        expected_before: dollars expected of that one, by the same model.
    """

    page_name: str
    week: date
    schedule_id: str
    rows: Sequence[Row]
    edits: tuple[Edit, ...]
    expected_before: float

    @property
    def expected(self) -> float:
        """Dollars expected of the week."""
        return float(sum(row["expected_revenue"] for row in self.rows))


class Valuer:
    """Says what weeks are believed to earn as they stand; reads the marts once for each week."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self.creators = read_creators(standing.warehouse)
        self._inputs: dict[date, AgencyInputs] = {}

    def value(self, page: str, week: date, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """A week's rows with every figure from the model of this moment.

        The bound on the best week and what sharing captions cost are of the plan it began as.

        Args:
            page: the page.
            week: its Monday.
            rows: of `schedule_templates`, of one schedule, written or not.

        Raises:
            SchedulerError: the week is over, or the page can't be planned.
        """
        standing = self.standing
        if standing.model is None or standing.training is None:
            raise SchedulerError("There is no response model. Run `scheduler train`.")
        if week not in self._inputs:
            self._inputs[week] = read_inputs(
                standing.warehouse, standing.settings, week, standing.training
            )
        inputs, settings = self._inputs[week], standing.settings
        kept = [kept_message(row) for row in read_drafted(standing.warehouse, rows)]
        live = read_live_schedules(standing.warehouse)
        promised = promised_to(page, live, week, frozenset([page]), kept)
        response = page_response(standing.model, page, settings)
        planned = build_problem(page, inputs, response, self.creators[page], promised)
        first = rows[0]
        plan = week_plan(planned.problem, (), first["week_upper_bound"] or 0.0)
        joint = max(first["week_bound_joint"] or plan.upper_bound, plan.objective)
        common = {
            "week_start": week,
            "as_of": settings.as_of,
            "training_hash": standing.model.training_hash,
            "run_id": first["run_id"],
            "confidence": self.creators[page]["confidence_score"],
            "written_at": first["written_at"],
        }
        valued = template_rows(
            first["schedule_id"], planned, replace(plan, bound_joint=joint), response, common
        )
        kept_figures = {name: first[name] for name in ("week_conflict_cost", "week_binding")}
        return [row | kept_figures for row in valued]


def read_drafted(warehouse: Warehouse, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows as the mart would show them, with what the bank says; nothing of them stays."""
    draft = f"draft_{rows[0]['schedule_id']}"
    found: list[dict[str, Any]] = []
    with drafted(warehouse, [{**row, "schedule_id": draft} for row in rows]):
        found.extend(read_with_captions(warehouse, [draft]))
    return found


def judged(warehouse: Warehouse, versions: Sequence[Version]) -> list[Violation]:
    """What the rulebook says of these versions in the place of those they replace."""
    drafts = [
        {**row, "schedule_id": f"draft_{row['schedule_id']}"}
        for version in versions
        for row in version.rows
    ]
    found: list[Violation] = []
    with drafted(warehouse, drafts):
        found.extend(read_violations(warehouse, sorted({row["schedule_id"] for row in drafts})))
    return found


def publish_versions(warehouse: Warehouse, versions: Sequence[Version], hand: Hand) -> None:
    """Write, publish and note them, all or nothing; approvals of what they replace are void."""
    with warehouse.transaction():
        write_proposed(warehouse, [row for version in versions for row in version.rows])
        for week in sorted({version.week for version in versions}):
            clean = {v.page_name: v.schedule_id for v in versions if v.week == week}
            publish(warehouse, week, clean, {})
        for version in versions:
            void_approvals(warehouse, (version.page_name, version.week), hand)
        write_edits(warehouse, [edit for version in versions for edit in version.edits], hand)


def template(row: Row) -> dict[str, Any]:
    """A row of the mart `schedules` as a row of `schedule_templates`."""
    return {name: row[name] for name in TEMPLATE_SCHEMA.names}
