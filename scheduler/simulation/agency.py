"""A whole agency: its truth, its history under people's habits, and the raw tables they left."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from scheduler.simulation.bank import BankIds, caption_bank, draw_ids
from scheduler.simulation.clock import to_minute
from scheduler.simulation.content_types import VAULT_COLUMNS
from scheduler.simulation.dirt import soil_creators, soil_messages, soil_vault
from scheduler.simulation.policy import (
    SMALL_AGENCY,
    Habits,
    choose_messages,
    draw_habits,
    draw_tiers,
    send_times,
)
from scheduler.simulation.truth import (
    BoolArray,
    FloatArray,
    IntArray,
    Outcome,
    PageTruth,
    Sends,
    Truth,
    audience,
    log_purchase_rate,
    purchase_rate,
)
from scheduler.simulation.world import draw_captions, draw_pages, set_fatigue

HISTORY_DAYS = 120
MOST_PER_RECIPIENT = 0.09
LEAST_DAILY = 10.0
MOST_DAILY = 5500.0
"""Dollars a day of the smallest and the largest paid page."""


@dataclass(frozen=True, slots=True)
class Agency:
    """Raw tables as a loader would find them, the truth behind them, and the dirt by kind."""

    tables: Mapping[str, pa.Table]
    truth: Truth
    dirt: Mapping[str, int]
    """Count of planted rows or cells by kind."""
    blocked_by_nature: tuple[str, ...]
    """Active pages that no plan may be published for."""


def simulate_agency(
    *, pages: int = 38, messages: int = 52_000, captions: int = 36_000, seed: int, as_of: datetime
) -> Agency:
    """Make an agency whose raw tables are as dirty and sparse as real ones.

    Args:
        pages: active pages, 1 or more.
        messages: messages of the history before dirt, at least 30 per page.
        captions: caption ids, at least 50; about a sixth repeat another id's text.
        seed: the same seed and `as_of` give the same agency.
        as_of: the moment of the simulation; the history ends in the day before it. Without a
            zone it is UTC.

    Raises:
        ValueError: a size is too small, or too large for the pages to send.
    """
    _check_sizes(pages, messages, captions)
    rng = [np.random.default_rng([seed, part]) for part in range(10)]
    is_small = pages < SMALL_AGENCY
    now = to_minute(as_of)
    page_truth = draw_pages(rng[0], pages, 0 if is_small else 2, HISTORY_DAYS // 7 + 2)
    habits = draw_habits(rng[1], page_truth, messages, HISTORY_DAYS)
    weekly = habits.total / (habits.last_day - habits.first_day) * 7
    page_truth = set_fatigue(rng[2], page_truth, weekly)
    texts = draw_captions(rng[3], round(captions * 0.835), max(messages // 25, 1))
    tier = draw_tiers(rng[4], texts)
    page, minute = send_times(rng[5], page_truth, habits, now, HISTORY_DAYS)
    sends = choose_messages(rng[6], page_truth, texts, habits, tier, page, minute)
    start = now - HISTORY_DAYS * 1440
    eta = log_purchase_rate(page_truth, texts, sends, start, now)
    page_truth, eta = _calibrate(rng[7], page_truth, habits, sends, eta)
    outcome = _happen(rng[7], page_truth, sends, eta, now)
    moment = datetime.fromtimestamp(now * 60, UTC)
    truth = Truth(moment, start, page_truth, texts, sends, outcome.expected)
    ids = draw_ids(rng[8], texts, captions, sends.text)
    vaultless = "" if is_small else _vaultless(page_truth, habits.is_short)
    tables, dirt = _raw_tables(rng[9], truth, outcome, ids, tier, vaultless)
    blocked = [vaultless] + [n for n, s in zip(page_truth.name, habits.is_short, strict=True) if s]
    return Agency(tables, truth, dirt, tuple(name for name in blocked if name))


def _check_sizes(pages: int, messages: int, captions: int) -> None:
    """Refuse sizes that no history can have."""
    if pages < 1 or captions < 50 or messages < 30 * pages:
        raise ValueError("an agency needs 1 page, 50 captions and 30 messages per page, or more")
    if messages > 20 * HISTORY_DAYS * pages:
        raise ValueError(f"{pages} pages send at most {20 * HISTORY_DAYS * pages} messages")


def _calibrate(
    rng: np.random.Generator, pages: PageTruth, habits: Habits, sends: Sends, eta: FloatArray
) -> tuple[PageTruth, FloatArray]:
    """Set each page's base so that its history earns what a page of its size earns.

    Dollars a day run evenly, on a log scale, over the pages by daily recipients, so that every
    revenue tier has some; free pages earn a few thousandths of a dollar per recipient.
    """
    count = len(pages.name)
    size = np.bincount(sends.page, minlength=count)
    daily = size * pages.audience / (habits.last_day - habits.first_day)
    place = (np.argsort(np.argsort(daily)) + rng.random(count)) / count
    dollars = LEAST_DAILY * (MOST_DAILY / LEAST_DAILY) ** place
    free = 0.0028 * np.exp(rng.normal(0, 0.35, count))
    target = np.where(pages.is_free, free, np.minimum(dollars / daily, MOST_PER_RECIPIENT))
    price = np.nan_to_num(sends.price, nan=0.0)
    base = np.full(count, -6.0)
    for _ in range(8):
        rate = purchase_rate(pages, sends.page, eta + base[sends.page])
        mean = np.bincount(sends.page, weights=rate * price, minlength=count) / size
        base += np.log(target / mean)
    return replace(pages, log_base=base), eta + base[sends.page]


def draw_purchases(
    rng: np.random.Generator, pages: PageTruth, sends: Sends, sent: IntArray, rate: FloatArray
) -> tuple[IntArray, IntArray]:
    """Views and purchases of n messages, all of them in: luck of the message and of its day.

    Args:
        rng: source of randomness.
        pages: P pages.
        sends: n messages.
        sent: (n,) recipients.
        rate: (n,) expected purchases per recipient.
    """
    page = sends.page
    mood = rng.gamma(12.0, 1 / 12.0, len(sends))
    viewed = np.minimum(rng.poisson(sent * pages.view_rate[page] * mood), sent)
    days = (sends.minute - sends.minute.min()) // 1440
    shared = np.exp(rng.normal(-0.5 * 0.15**2, 0.15, (len(pages.name), int(days.max()) + 1)))
    luck = rng.gamma(pages.dispersion[page], 1 / pages.dispersion[page])
    bought = rng.poisson(sent * rate * mood * luck * shared[page, days])
    return viewed, np.minimum(bought, viewed) * ~np.isnan(sends.price)


def _happen(
    rng: np.random.Generator, pages: PageTruth, sends: Sends, eta: FloatArray, now: int
) -> Outcome:
    """Draw views and purchases: overdispersed, alike within a page's day, late ones missing."""
    page, count = sends.page, len(sends)
    reached = audience(pages, page, sends.minute, now) * np.exp(rng.normal(0, 0.015, count))
    part = rng.random(count) < 0.06 * ~pages.is_free[page]
    reached *= np.where(part, rng.uniform(0.4, 0.95, count), 1.0)
    sent = np.maximum(np.round(reached), 1).astype(np.int64)
    rate = purchase_rate(pages, page, eta)
    viewed, bought = draw_purchases(rng, pages, sends, sent, rate)
    # Purchases come in over some days, and the last ones have not arrived yet.
    arrived = 1 - 0.85 * np.exp(-(now - sends.minute) / 1440 / 1.2)
    seen = rng.binomial(bought, arrived)
    price = np.nan_to_num(sends.price, nan=0.0)
    return Outcome(sent, viewed, seen, np.round(seen * price, 2), sent * rate * price)


def _vaultless(pages: PageTruth, is_short: BoolArray) -> str:
    """The paid page of middle size whose vault row nobody ever filled in."""
    usable = np.flatnonzero(pages.is_active & ~pages.is_free & ~is_short)
    order = usable[np.argsort(pages.audience[usable], kind="stable")]
    return pages.name[int(order[order.size // 3])]


def _raw_tables(
    rng: np.random.Generator,
    truth: Truth,
    outcome: Outcome,
    ids: BankIds,
    tier: IntArray,
    vaultless: str,
) -> tuple[dict[str, pa.Table], dict[str, int]]:
    """Write down what the people of the agency would have in their files, dirt included."""
    pages, sends = truth.pages, truth.history
    columns = {
        "row_id": rng.integers(-(2**63), 2**63 - 1, len(sends), dtype=np.int64),
        "page": sends.page,
        "text": sends.text,
        "minute": sends.minute,
        "price": sends.price,
        "sent_count": outcome.sent,
        "viewed_count": outcome.viewed,
        "purchased_count": outcome.purchased,
        "earnings": outcome.earnings,
    }
    message_table, dirt = soil_messages(rng, truth, columns)
    bank, bank_dirt = caption_bank(rng, truth, ids, tier, outcome)
    vault, vault_dirt = soil_vault(rng, pages, vaultless, len(VAULT_COLUMNS))
    creators, creator_dirt = soil_creators(rng, pages)
    tables = {
        "mass_messages": message_table,
        "caption_bank": bank,
        "vault_matrix": vault,
        "active_creators": creators,
    }
    return tables, {**dirt, **bank_dirt, **vault_dirt, **creator_dirt}
