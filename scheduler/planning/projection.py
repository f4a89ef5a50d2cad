"""From what a problem's effects multiply to the dollars we believe a week's messages earn."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from scheduler.response import PageResponse
from scheduler.response.rows import FloatArray
from scheduler.solver import PlannedMessage


def multiplied(messages: Sequence[PlannedMessage], correction: FloatArray) -> FloatArray:
    """Dollars of each message as its effects multiply, shape (n,)."""
    dollars: FloatArray = np.asarray([message.expected for message in messages]) * correction
    return dollars


def projected(dollars: FloatArray, response: PageResponse) -> FloatArray:
    """Dollars that we believe messages earn, with what the page's own weeks have taught.

    Args:
        dollars: as the effects multiply, shape (n,).
        response: the page's.
    """
    believed: FloatArray = dollars * response.correction
    return believed


def caption_places(response: PageResponse, captions: Sequence[Mapping[str, Any]]) -> list[int]:
    """Where the response keeps the figures of rows of `caption_candidates`."""
    keys = [caption["caption_key"] for caption in captions]
    return response.shared.captions(keys, [caption["price_tier"] for caption in captions])
