"""Steps 2 and 3, and all that follows from them before any solving."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scheduler.errors import NoKnownPage, SchedulerError
from scheduler.marts.build_settings import Settings
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
    read_kept,
)
from scheduler.planning import identity
from scheduler.planning.gate import refusal
from scheduler.planning.kept_messages import kept_message
from scheduler.planning.promised import Promised, promised_to
from scheduler.planning.week import resolve_week
from scheduler.progress import Progress
from scheduler.response import ResponseModel
from scheduler.run.request import RunRequest
from scheduler.training.train import train
from scheduler.warehouse import connect, database_path


@dataclass(frozen=True)
class Prepared:
    """All that solving needs, once the warehouse is closed again.

    Attributes:
        known: page -> id of its schedule, when it was solved before with these very inputs.
        ids: page -> id its schedule has or will have; only pages that passed the gate.
        refused: page -> why it is not planned.
        promised: page -> what active schedules bind.
        unknown: names asked for that are no active page -> why.
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
    unknown: Mapping[str, str]

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
    week = resolve_week(
        request.week, settings.as_of, settings.default_timezone, settings.plan_horizon_weeks
    )
    labels = {"eros_pages": len(request.pages) or "all"}
    with connect(labels=labels) as warehouse:
        known = read_pages(warehouse)
        unknown = unknown_pages(known, request.pages) if request.skip_unknown else {}
        wanted = tuple(page for page in request.pages if page not in unknown)
        if unknown and not wanted:
            raise NoKnownPage(unknown)
        select_pages(known, wanted)
        illegal = tuple(illegal_active_weeks(warehouse, settings.as_of))
    training, model = train(database_path(), settings, request.overrides, progress, labels)
    with connect(labels=labels) as warehouse:
        progress.step("Reading the marts.")
        inputs = read_inputs(warehouse, settings, week, training)
        creators = read_creators(warehouse)
        live = read_live_schedules(warehouse)
        written = existing_schedules(warehouse, week)
        kept = [kept_message(row) for row in read_kept(warehouse, week)]
    pages = select_pages(creators, wanted)
    refused = _refusals(pages, creators, inputs)
    replanned = frozenset(pages) - frozenset(refused)
    promised = {page: promised_to(page, live, week, replanned, kept) for page in pages}
    ids = {
        page: identity.schedule_id(
            page, inputs, pages, model.training_hash, creators[page], promised[page]
        )
        for page in pages
        if page not in refused
    }
    return Prepared(
        run_id=identity.run_id(inputs, pages, model.training_hash),
        inputs=inputs,
        model=model,
        creators={page: creators[page] for page in pages},
        ids=ids,
        known={page: name for page, name in ids.items() if name in written},
        refused=refused,
        promised=promised,
        illegal=illegal,
        unknown=unknown,
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
