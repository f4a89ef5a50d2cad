"""Steps 2 and 3, and all that follows from them before any solving."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scheduler import log
from scheduler.agents.agent_settings import AgentSettings, advised_id
from scheduler.errors import NoKnownPage, SchedulerError
from scheduler.marts.build_settings import Settings
from scheduler.marts.content_ids import content_id
from scheduler.marts.inputs import (
    AgencyInputs,
    read_creators,
    read_inputs,
    read_live_schedules,
    read_pages,
)
from scheduler.marts.schedules import (
    Violation,
    existing_schedules,
    illegal_active_weeks,
    read_active,
    read_launches,
)
from scheduler.planning import identity
from scheduler.planning.gate import refusal
from scheduler.planning.kept_messages import kept_message
from scheduler.planning.launches import with_launches
from scheduler.planning.promised import Promised, promises_to
from scheduler.planning.week import resolve_week, week_in_progress
from scheduler.progress import Progress
from scheduler.response import ResponseModel
from scheduler.run.request import RunRequest
from scheduler.training.train import train
from scheduler.warehouse import DbtProject, connect, database_path


@dataclass(frozen=True)
class Prepared:
    """All that solving needs, once the warehouse is closed again.

    Attributes:
        known: page -> id of its schedule, when it was solved before with these very inputs.
        ids: page -> id its schedule has or will have; only pages that passed the gate.
        refused: page -> why it is not planned.
        promised: page -> what active schedules bind.
        remarks: what is to be known of the whole run.
        launches: a line for each launch that can't be planned.
        unknown: names asked for that are no active page -> why.
        values: every setting as it stands now; those that need no new build may be younger than it.
    """

    run_id: str
    inputs: AgencyInputs
    model: ResponseModel
    creators: Mapping[str, Mapping[str, Any]]
    ids: Mapping[str, str]
    known: Mapping[str, str]
    refused: Mapping[str, str]
    promised: Mapping[str, Promised]
    illegal: tuple[Violation, ...]
    remarks: tuple[str, ...]
    launches: tuple[str, ...]
    unknown: Mapping[str, str]
    values: Mapping[str, Any]

    @property
    def labels(self) -> dict[str, object]:
        """What the jobs of the run are marked with from here on."""
        return {"eros_run": self.run_id, "eros_pages": len(self.creators)}


def select_pages(creators: Mapping[str, Mapping[str, Any]], wanted: tuple[str, ...]) -> list[str]:
    """The active pages asked for; all of them when none is named.

    Raises:
        SchedulerError: a page is unknown or not active, or no page is active.
    """
    unknown = unknown_pages(creators, wanted)
    if unknown:
        raise NoKnownPage(unknown)
    return sorted(set(wanted)) or _active(creators)


def unknown_pages(
    creators: Mapping[str, Mapping[str, Any]], wanted: Iterable[str]
) -> dict[str, str]:
    """The pages asked for that can't be planned at all, each with why.

    Raises:
        SchedulerError: no page is active.
    """
    active = _active(creators)
    unknown = {}
    for page in wanted:
        if page not in creators:
            unknown[page] = (
                f"Unknown page {page!r}. The active pages are: {', '.join(active[:5])}"
                f"{' ...' if len(active) > 5 else ''}. `scheduler score` lists them all."
            )
        elif page not in active:
            unknown[page] = (
                f"The page {page!r} is not active. Set is_active in active_creators and load it."
            )
    return unknown


def _active(creators: Mapping[str, Mapping[str, Any]]) -> list[str]:
    active = sorted(page for page, row in creators.items() if row["is_active"])
    if not active:
        raise SchedulerError(
            "No active page. Load active_creators.csv with `scheduler load DIR` first."
        )
    return active


def prepare(request: RunRequest, settings: Settings, progress: Progress) -> Prepared:
    """Read the marts, fit or find the model, and decide which pages are planned anew."""
    asked = request.week
    if request.from_now:
        asked = week_in_progress(settings.as_of, settings.default_timezone)
    week = resolve_week(
        asked, settings.as_of, settings.default_timezone, settings.plan_horizon_weeks
    )
    labels = {"eros_pages": len(request.pages) or "all"}
    with connect(labels=labels) as warehouse:
        known = read_pages(warehouse)
        unknown = unknown_pages(known, request.pages) if request.skip_unknown else {}
        wanted = tuple(page for page in request.pages if page not in unknown)
        if unknown and not wanted:
            raise NoKnownPage(unknown)
        select_pages(known, wanted)
        illegal = tuple(
            found
            for found in illegal_active_weeks(warehouse, settings.as_of)
            # Settings of this run alone say nothing of pages that it does not plan.
            if not (request.overrides and wanted) or found.page_name in wanted
        )
    training, model = train(database_path(), settings, request.overrides, progress, labels)
    with log.step("read"), connect(labels=labels) as warehouse:
        progress.step("Reading the marts.")
        inputs = read_inputs(warehouse, settings, week, training)
        creators = read_creators(warehouse)
        live = read_live_schedules(warehouse)
        written = existing_schedules(warehouse, week)
        active = [kept_message(row) for row in read_active(warehouse, week, settings.as_of)]
        reserved = read_launches(warehouse, week)
    pages = select_pages(creators, wanted)
    values = settings.standing_now(DbtProject.find().with_overrides(request.overrides))
    if request.agents is not None:
        values["agents_enabled"] = request.agents
    refused = _refusals(pages, creators, inputs)
    replanned = frozenset(pages) - frozenset(refused)
    launches = with_launches(reserved, active, inputs, replanned)
    promises = promises_to(pages, live, week, replanned, launches.kept)
    promised = {page: promise.beside(launches.active, page) for page, promise in promises.items()}
    agents = AgentSettings.of(values)
    ids = {
        page: identity.beside_version(
            identity.schedule_id(
                page, inputs, pages, model.training_hash, creators[page], promised[page]
            ),
            promised[page].version,
            request.keep,
            written,
            lambda name: (name, advised_id(name, agents)),
        )
        for page in pages
        if page not in refused
    }
    run = identity.run_id(inputs, pages, model.training_hash)
    stands = {page: name for page, name in ids.items() if name in written}
    if agents.off_because is None:
        ids, stands = _advised(ids, written, agents)
    return Prepared(
        run_id=advised_id(run, agents) if agents.off_because is None else run,
        inputs=inputs,
        model=model,
        creators={page: creators[page] for page in pages},
        ids=ids,
        known=stands,
        refused=refused,
        promised=promised,
        illegal=illegal,
        remarks=_remarks(inputs),
        launches=launches.told,
        unknown=unknown,
        values=values,
    )


def _advised(
    ids: Mapping[str, str], written: Collection[str], agents: AgentSettings
) -> tuple[dict[str, str], dict[str, str]]:
    """The ids of a run with agents: of the pages to solve, and of those they advised on before.

    A page that is solved beside weeks that stand already may not take their captions: it is another
    week than the one solved with all pages free, and has another id.
    """
    known: dict[str, str] = {}
    while True:
        beside = sorted(known.values())
        left = {page: name for page, name in ids.items() if page not in known}
        if beside:
            left = {page: content_id([name, beside]) for page, name in left.items()}
        found = {page: advised_id(name, agents) for page, name in left.items()}
        found = {page: name for page, name in found.items() if name in written}
        if not found:
            return {**left, **known}, known
        known |= found


def _remarks(inputs: AgencyInputs) -> tuple[str, ...]:
    known, needed = inputs.training.num_rows, inputs.settings.values["min_training_messages"]
    if known >= needed:
        return ()
    return (
        f"The agency has {known} usable priced messages and a model needs {needed}: what is missing"
        " is filled up with a shipped prior, the model counts as without skill, and intervals are"
        " wide. The setting starter_weeks plans small weeks all the same.",
    )


def _refusals(
    pages: list[str], creators: Mapping[str, Mapping[str, Any]], inputs: AgencyInputs
) -> dict[str, str]:
    refused = {}
    for page in pages:
        candidates = inputs.candidates.get(page)
        reason = refusal(
            creators[page],
            inputs.page_settings[page],
            candidates.num_rows if candidates is not None else 0,
            inputs.filter_counts.get(page, ()),
            inputs.settings.min_usable_messages,
        )
        if reason is not None:
            refused[page] = reason
    return refused
