"""Names that follow from content: the same inputs give the same ids, on any machine."""

from collections.abc import Iterable, Mapping
from typing import Any

from scheduler.marts.content_ids import content_id
from scheduler.marts.inputs import AgencyInputs
from scheduler.numeric import table_hash
from scheduler.planning.promised import Promised
from scheduler.warehouse import DbtProject


def run_id(inputs: AgencyInputs, pages: Iterable[str], training_hash: str) -> str:
    """Id of a run: a run that was killed and is started again keeps it."""
    return content_id([_common(inputs, pages, training_hash), "run"])


def schedule_id(
    page: str,
    inputs: AgencyInputs,
    pages: Iterable[str],
    training_hash: str,
    creator: Mapping[str, Any],
    promised: Promised,
) -> str:
    """Id of a page's week: hash of page, week, as_of, input rows, settings and code version.

    Args:
        page: the page.
        inputs: the marts' rows.
        pages: every page of the run; they compete for captions, so they are an input.
        training_hash: stands for every row the response model was fitted on.
        creator: the page's row of `creators`.
        promised: what active schedules bind for this page.
    """
    return content_id(
        [
            _common(inputs, pages, training_hash),
            page,
            table_hash(inputs.slots[page]),
            table_hash(inputs.candidates[page]),
            inputs.page_settings.get(page, {}),
            creator,
            table_hash(promised.own),
            sorted(promised.taken),
            *([_standing(promised)] if promised.kept else []),
        ]
    )


def _standing(promised: Promised) -> list[Any]:
    """What is sent by messages that stay as they are, whichever version they are read from."""
    return sorted(
        [row["message_id"], str(row["send_at"]), row["price"], row["caption_id"],
         row["caption_text"]]
        for row in promised.kept
    )  # fmt: skip


def _common(inputs: AgencyInputs, pages: Iterable[str], training_hash: str) -> list[Any]:
    settings = inputs.settings
    return [
        inputs.week,
        settings.as_of,
        sorted(pages),
        training_hash,
        settings.decisive(),
        DbtProject.find().fingerprint(),
        inputs.price_points,
        {daypart: sorted(names) for daypart, names in inputs.energy_profiles.items()},
    ]
