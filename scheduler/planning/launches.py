"""Hours reserved for a launch: the plan of their week holds them as if a person had locked them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scheduler.marts.content_ids import content_id
from scheduler.marts.inputs import AgencyInputs
from scheduler.marts.schedules import TEMPLATE_SCHEMA
from scheduler.planning.promised import Kept, is_kept

_MARK = "launch-"
"""What the id of a launched message begins with, so that one taken back is told from a lock."""


@dataclass(frozen=True)
class Launches:
    """What the calendar of launches makes of a week.

    Attributes:
        active: messages of active versions without those that a launch stands for, or stood for.
        kept: messages that stay as they are: sent, locked, or launched.
        told: a line for each launch that can't be planned, and why.
    """

    active: tuple[Kept, ...]
    kept: tuple[Kept, ...]
    told: tuple[str, ...]


def with_launches(
    launches: Sequence[Mapping[str, Any]],
    active: Sequence[Kept],
    inputs: AgencyInputs,
    pages: Collection[str],
) -> Launches:
    """Hold the launches of a week among what stays of its published versions.

    A launch that breaks a blocking rule, or has no place beside what stays, is left out and told.

    Args:
        launches: rows of the mart `launches` of the week, in order of page and time.
        active: messages of the week's active versions, of all pages, see `kept_message`.
        inputs: the marts' rows.
        pages: those that are planned anew.
    """
    stays = [row for row in active if not _is_launch(row) or row["is_due"]]
    kept = [row for row in stays if is_kept(row)]
    # Of a page that is not planned anew, the whole published week stands.
    stands = [row for row in active if row["page_name"] not in pages]
    held: list[Kept] = []
    told: list[str] = []
    for launch in launches:
        page = launch["page_name"]
        if page not in pages or any(row["message_id"] == launch_id(launch) for row in kept):
            continue
        says = _refusal(launch, [*kept, *held], stands, inputs)
        if says is None:
            held.append(_as_kept(launch))
            continue
        what = f"{launch['local_date']} {launch['local_hour']:02d}:00"
        told.append(
            f"{page}: the launch of {what} with caption {launch['caption_id']} is not planned:"
            f" {says}."
        )
    return Launches(tuple(stays), (*kept, *held), tuple(told))


def launch_id(launch: Mapping[str, Any]) -> str:
    """Id of a launched message: the same in every version of its week."""
    parts = ("page_name", "local_date", "local_hour", "caption_id", "price")
    return _MARK + content_id([launch[name] for name in parts])


def _is_launch(row: Kept) -> bool:
    return str(row["message_id"]).startswith(_MARK)


def _refusal(
    launch: Mapping[str, Any],
    beside: Sequence[Kept],
    stands: Sequence[Kept],
    inputs: AgencyInputs,
) -> str | None:
    """Why a launch can't be planned, as the end of a sentence.

    Args:
        launch: a row of the mart.
        beside: messages that stay, of all pages, and launches held before this one.
        stands: messages of pages that are not planned anew.
        inputs: the marts' rows.
    """
    if launch["refusal"] is not None:
        return str(launch["refusal"])
    if launch["send_at"] <= inputs.settings.as_of:
        return "its hour is over"
    page, key = launch["page_name"], launch["caption_key"]
    own = [row for row in beside if row["page_name"] == page]
    if any(row["caption_key"] == key for row in own):
        return "a message that stays has its caption already"
    if any(row["send_at"] == launch["send_at"] for row in own):
        return "a message that stays stands at that hour"
    most = int(inputs.page_settings[page]["messages_per_week_max"])
    if len(own) >= most:
        return f"the {most} messages that the week may have are taken by messages that stay"
    holders = sorted(
        {row["page_name"] for row in (*beside, *stands) if row["caption_key"] == key} - {page}
    )
    return f"{holders[0]} sends its caption that week" if holders else None


def _as_kept(launch: Mapping[str, Any]) -> Kept:
    """A launch as a locked message of the published week would be."""
    note = "Launch" if launch["note"] is None else f"Launch: {launch['note']}"
    return {
        **dict.fromkeys(TEMPLATE_SCHEMA.names),
        **{name: value for name, value in launch.items() if name not in ("note", "refusal")},
        "message_id": launch_id(launch),
        "is_locked": True,
        "is_price_test": False,
        "is_due": False,
        "was_sent": None,
        "strategy_note": f"{note}.",
    }
