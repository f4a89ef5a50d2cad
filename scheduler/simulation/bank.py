"""The caption bank: more ids than texts, many spellings, lifetime figures of unequal worth."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from scheduler.simulation.captions import BROKEN, respell
from scheduler.simulation.clock import to_minute
from scheduler.simulation.content_types import CONTENTS, PRICE_TIERS, SPELLINGS, TIER_PRICE
from scheduler.simulation.truth import (
    BoolArray,
    CaptionTruth,
    FloatArray,
    IntArray,
    Outcome,
    Truth,
)

USAGE_STATUSES = ("available", "Available", "archived", "in_review")
USAGE_SHARE = (0.84, 0.03, 0.11, 0.02)


@dataclass(frozen=True, slots=True)
class BankIds:
    """Caption ids of length N, ordered by text, and the id that each message used."""

    caption_id: IntArray
    """64-bit, half of them negative."""
    text: IntArray
    used: IntArray
    """Row of the bank behind each message, shape (n,); -1 for a text typed by hand."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """What the bank says each id has done, shape (N,)."""

    sends: IntArray
    views: FloatArray
    purchases: IntArray
    revenue: FloatArray
    idle_days: FloatArray
    """Days since the last use; NaN when never used."""


def draw_ids(
    rng: np.random.Generator, captions: CaptionTruth, count: int, sent_text: IntArray
) -> BankIds:
    """Give every bank text an id, and the texts in use the spare ones.

    Args:
        rng: source of randomness.
        captions: T texts.
        count: ids, at least as many as the bank's texts.
        sent_text: text of each message, shape (n,).
    """
    size = captions.bank_size
    uses = np.bincount(sent_text[sent_text < size], minlength=size) + 1.0
    spare = rng.choice(size, count - size, p=uses / uses.sum())
    text = np.sort(np.concatenate([np.arange(size), spare]))
    first = np.searchsorted(text, np.arange(size))
    copies = np.bincount(text, minlength=size)
    known = sent_text < size
    safe = np.where(known, sent_text, 0)
    used = first[safe] + (rng.random(sent_text.size) * copies[safe]).astype(np.int64)
    ids = rng.integers(-(2**63), 2**63 - 1, count, dtype=np.int64)
    return BankIds(ids, text, np.where(known, used, -1))


def caption_bank(
    rng: np.random.Generator,
    truth: Truth,
    ids: BankIds,
    tier: IntArray,
    outcome: Outcome,
) -> tuple[pa.Table, dict[str, int]]:
    """The raw caption bank and the count of what is odd in it.

    Args:
        rng: source of randomness.
        truth: the agency's truth.
        ids: N ids.
        tier: price tier of each text, shape (T,).
        outcome: what happened to each message.
    """
    life = _lifetime(rng, truth, ids, tier, outcome)
    count = ids.text.size
    is_copy = np.r_[False, ids.text[1:] == ids.text[:-1]]
    text, dirt = _texts(rng, truth.captions, ids, is_copy)
    conversion, score = _ratings(rng, life)
    category = _categories(rng, truth.captions.content[ids.text])
    columns = {
        "caption_id": pa.array(ids.caption_id),
        "caption_text": pa.array(text, pa.string()),
        "content_category": pa.array(category, pa.string()),
        "price_tier": pa.array(_price_tiers(rng, tier[ids.text]), pa.string()),
        "validation_level": pa.array(_levels(rng, truth.captions.quality[ids.text]), pa.string()),
        "usage_status": pa.array(rng.choice(USAGE_STATUSES, count, p=USAGE_SHARE).tolist()),
        "total_sends": pa.array(life.sends),
        "lifetime_revenue": pa.array(np.round(life.revenue, 2)),
        "avg_conversion_rate": pa.array(conversion, from_pandas=True),
        "overall_performance_score": pa.array(score, from_pandas=True),
        "days_since_last_use": pa.array(life.idle_days, from_pandas=True).cast("int64"),
    }  # fmt: skip
    order = rng.permutation(count)
    repeated = order[: max(count // 3000, 1)]
    dirt |= {
        "caption_conversion_above_1": int((conversion > 1).sum()),
        "caption_repeated_row": repeated.size,
    }
    return pa.table(columns).take(pa.array(np.concatenate([order, repeated]))), dirt


def _ratings(rng: np.random.Generator, life: Lifetime) -> tuple[FloatArray, FloatArray]:
    """Conversion rate, some above 1, and performance score, noisy; NaN where nothing was sold."""
    count, sold = life.purchases.size, life.purchases > 0
    conversion = np.divide(life.purchases, life.views, out=np.full(count, np.nan), where=sold)
    above = (rng.random(count) < 0.045) & sold
    conversion = np.where(above, 1 + rng.gamma(1.0, 0.8, count), conversion)
    score = 100 * (1 - np.exp(-life.revenue / np.maximum(life.sends, 1) / 40))
    score = np.clip(score + rng.normal(0, 12, count), 0, 100)
    rounded = np.round(conversion, 6).astype(np.float64)
    return rounded, np.where(sold, np.round(score, 1), np.nan)


def _texts(
    rng: np.random.Generator, captions: CaptionTruth, ids: BankIds, is_copy: BoolArray
) -> tuple[list[str | None], dict[str, int]]:
    """Text of each id: copies are often respelled, a few texts are missing or empty."""
    style = np.where(
        is_copy & (rng.random(is_copy.size) < 0.5), rng.integers(0, 4, is_copy.size), -1
    )
    text: list[str | None] = [
        respell(captions.text[row], int(how)) if how >= 0 else captions.text[row]
        for row, how in zip(ids.text.tolist(), style.tolist(), strict=True)
    ]
    # Only a copy may lose its text, so that a caption people use keeps an id.
    copies = rng.permutation(np.flatnonzero(is_copy))
    missing, empty = copies[: copies.size // 400 + 1], copies[copies.size // 400 + 1 :][:2]
    for row in missing.tolist():
        text[row] = None
    for row in empty.tolist():
        text[row] = "  "
    return text, {
        "caption_duplicate_text": int(is_copy.sum()),
        "caption_negative_id": int((ids.caption_id < 0).sum()),
        "caption_respelled": int((style >= 0).sum()),
        "caption_missing_text": missing.size,
        "caption_blank_text": empty.size,
        "caption_line_break": sum("\n" in (one or "") for one in text),
        "caption_curly_quote": sum("\u2019" in (one or "") for one in text),
        "caption_emoji": sum(any(ord(c) > 0x2FFF for c in one or "") for one in text),
        "caption_formula_start": sum((one or "").startswith(("=", "+", "-", "@")) for one in text),
        "caption_broken_bytes": sum(BROKEN in (one or "") for one in text),
    }


def _categories(rng: np.random.Generator, content: IntArray) -> list[str | None]:
    """Each content as the bank spells it."""
    result = np.array(CONTENTS, dtype=object)[content]
    for name, spellings in SPELLINGS.items():
        rows = np.flatnonzero(content == CONTENTS.index(name))
        share = np.array([weight for _, weight in spellings])
        words = np.array([word for word, _ in spellings], dtype=object)
        result[rows] = words[rng.choice(words.size, rows.size, p=share / share.sum())]
    return list(result)


def _price_tiers(rng: np.random.Generator, tier: IntArray) -> list[str | None]:
    """Tier names, a few with capitals, a few missing."""
    names = np.array(PRICE_TIERS, dtype=object)[tier]
    chance = rng.random(tier.size)
    return [
        None if odd < 0.005 else name.title() if odd < 0.03 else name
        for name, odd in zip(names, chance, strict=True)
    ]


def _levels(rng: np.random.Generator, quality: FloatArray) -> list[str | None]:
    """Validation levels that know a little about quality."""
    belief = 0.3 * (quality - quality.mean()) + rng.normal(0, 1, quality.size)
    level = np.array(("low", "medium", "high"), dtype=object)[np.searchsorted((-0.8, 0.4), belief)]
    return [
        None if odd < 0.01 else one
        for one, odd in zip(level, rng.random(quality.size), strict=True)
    ]


def _lifetime(
    rng: np.random.Generator,
    truth: Truth,
    ids: BankIds,
    tier: IntArray,
    outcome: Outcome,
) -> Lifetime:
    """The history by id, plus what happened before the history began."""
    count, rows = ids.text.size, ids.used >= 0
    used = ids.used[rows]

    def total(values: FloatArray | IntArray) -> FloatArray:
        weights = values[rows].astype(np.float64)
        return np.bincount(used, weights=weights, minlength=count).astype(np.float64)

    uses = np.bincount(used, minlength=count)
    # Nearly every caption that nobody sent of late was sent once or twice before.
    before = np.where(uses > 0, rng.poisson(0.4, count), rng.geometric(0.75, count))
    before *= rng.random(count) < 0.97
    quality = truth.captions.quality[ids.text]
    per_send = outcome.purchased.sum() / max(len(truth.history), 1)
    mean = before * 0.12 * per_send * np.exp(np.minimum(quality - quality.mean(), 2.5))
    sold = rng.poisson(mean * rng.gamma(0.15, 1 / 0.15, count))
    last = np.full(count, np.iinfo(np.int64).min)
    np.maximum.at(last, used, truth.history.minute[rows])
    age = (to_minute(truth.as_of) - last) / 1440
    idle = np.where(uses > 0, np.floor(age), rng.integers(121, 600, count))
    return Lifetime(
        sends=uses + before,
        views=total(outcome.viewed) + np.ceil(before * outcome.viewed.mean()) + sold,
        purchases=total(outcome.purchased).astype(np.int64) + sold,
        revenue=total(outcome.earnings) + sold * np.array(TIER_PRICE)[tier[ids.text]],
        idle_days=np.where(uses + before > 0, idle, np.nan),
    )
