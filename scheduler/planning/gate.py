"""Why a page gets no week, found before any solving."""

from collections.abc import Mapping, Sequence
from typing import Any


def refusal(
    creator: Mapping[str, Any],
    page_settings: Mapping[str, float],
    candidate_count: int,
    filter_counts: Sequence[tuple[str, int, int]],
    min_usable_messages: int,
) -> str | None:
    """The first reason to refuse a page, as one sentence, or None.

    The rulebook's views check quality and confidence again after the solve; asking first saves the
    work and gives the operator the reason in the page's own figures.

    Args:
        creator: the page's row of the mart `creators`.
        page_settings: its effective thresholds, those of a starter week where it gets one.
        candidate_count: captions that passed every filter.
        filter_counts: (filter, rows before, rows after), in filter order.
        min_usable_messages: fewest usable messages in the window to plan from.
    """
    if not creator["has_vault"]:
        return "No row in vault_matrix: add the page to the vault file and load it."
    usable = int(creator["usable_message_count"] or 0)
    if usable < min_usable_messages and not page_settings["is_starter"]:
        return (
            f"Only {usable} usable messages in the window; {min_usable_messages} are needed. "
            "With the setting starter_weeks a new page gets a small week from the agency's pool."
        )
    quality = float(creator["data_quality_score"] or 0.0)
    if quality <= page_settings["data_quality_min"]:
        return (
            f"Data quality {quality:.1f} is not above {page_settings['data_quality_min']:g}: "
            "see the mart data_quality for what is wrong."
        )
    confidence = creator["confidence_score"]
    if confidence is None or confidence < page_settings["confidence_min"]:
        shown = "unknown" if confidence is None else f"{confidence:.2f}"
        return f"Confidence {shown} is below {page_settings['confidence_min']:.2f}."
    if candidate_count == 0:
        return empty_pool(filter_counts)
    return None


def empty_pool(filter_counts: Sequence[tuple[str, int, int]]) -> str:
    """Which filter emptied a page's pool of captions, and how many rows each cut."""
    if not filter_counts:
        return "No caption is allowed: the caption bank is empty. Load caption_bank."
    emptied = next((name for name, _, after in filter_counts if after == 0), "later choices")
    cuts = ", ".join(f"{name} -{before - after}" for name, before, after in filter_counts)
    return f"No caption is left: the filter {emptied} emptied the pool ({cuts})."
