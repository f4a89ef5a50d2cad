"""What a schedule would truly earn, without noise."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from scheduler.simulation.captions import caption_key
from scheduler.simulation.clock import to_minute
from scheduler.simulation.truth import (
    FloatArray,
    Sends,
    Truth,
    audience,
    log_purchase_rate,
    purchase_rate,
)


def as_sends(
    truth: Truth,
    page_name: Sequence[str],
    send_at: Sequence[datetime],
    price: Sequence[float | None],
    caption: Sequence[str],
) -> Sends:
    """A schedule in the terms of the truth, one entry per message.

    Args:
        truth: the agency's truth.
        page_name: in any case, spaces around it ignored.
        send_at: a time without a zone is UTC.
        price: dollars; None, NaN or 0 for an unpriced message.
        caption: a caption's text in any spelling, or its caption key.

    Raises:
        ValueError: a page or a caption that the agency does not have.
    """
    pages = {name: index for index, name in enumerate(truth.pages.name)}
    texts = {key: index for index, key in enumerate(truth.captions.key)}
    page, text = [], []
    for name, words in zip(page_name, caption, strict=True):
        known_page = pages.get(name.strip().lower())
        known_text = texts[words] if words in texts else texts.get(caption_key(words))
        if known_page is None or known_text is None:
            raise ValueError(f"the simulated agency has no page {name!r} or no caption {words!r}")
        page.append(known_page)
        text.append(known_text)
    dollars = np.array([np.nan if one is None else one for one in price], dtype=np.float64)
    return Sends(
        np.array(page, dtype=np.int64),
        np.array([to_minute(one) for one in send_at], dtype=np.int64),
        np.array(text, dtype=np.int64),
        np.where(dollars > 0, dollars, np.nan),
    )


def expected_revenue(truth: Truth, plan: Sends) -> FloatArray:
    """Noise-free dollars of each message of a plan that follows the history.

    Fatigue and novelty carry over from the history and from the plan's own earlier messages. A
    message about content that the page does not have earns nothing.

    Args:
        truth: the agency's truth.
        plan: n messages, none before `as_of`, in any order.

    Returns:
        Shape (n,), dollars, in the order of `plan`.

    Raises:
        ValueError: a message lies before the end of the history.
    """
    now = to_minute(truth.as_of)
    if len(plan) and plan.minute.min() < now:
        raise ValueError(f"the plan begins before {truth.as_of}, when the history ends")
    pages = truth.pages
    # Pages do not tire each other, so the history of the others is left out.
    past = truth.history.where(np.isin(truth.history.page, plan.page))
    everything = past.then(plan)
    eta = log_purchase_rate(pages, truth.captions, everything, truth.start_minute, now)
    rate = purchase_rate(pages, plan.page, eta[len(past) :])
    dollars = np.nan_to_num(plan.price, nan=0.0)
    deliverable = pages.has_content[plan.page, truth.captions.content[plan.text]]
    return audience(pages, plan.page, plan.minute, now) * rate * dollars * deliverable


def score_schedule(
    truth: Truth,
    page_name: Sequence[str],
    send_at: Sequence[datetime],
    price: Sequence[float | None],
    caption: Sequence[str],
) -> FloatArray:
    """`expected_revenue` of a schedule given as plain columns; see `as_sends`."""
    return expected_revenue(truth, as_sends(truth, page_name, send_at, price, caption))
