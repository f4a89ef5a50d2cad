"""The training rows in one canonical order and precision, as plain arrays."""

from dataclasses import dataclass, fields, replace
from hashlib import sha256

import numpy as np
import pyarrow as pa

from scheduler.numeric import rounded
from scheduler.response.settings import ResponseError, ResponseSettings
from scheduler.response.spec import SPEC, code_hash

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Names = tuple[str, ...]

STOCK_COLUMNS = ("send_stock_short", "send_stock_middle", "send_stock_long")
MEMORIES = len(STOCK_COLUMNS)
TEXT_COLUMNS = (
    "message_key",
    "page_name",
    "content_category_key",
    "content_class",
    "caption_key",
    "caption_price_tier",
    "creator_tier",
)
NUMBER_COLUMNS = (
    "local_hour",
    "iso_weekday",
    "days_ago",
    "weight",
    "price",
    "sent_count",
    "viewed_count",
    "purchased_count",
    "earnings",
    "caption_sends_before",
    "page_caption_days_since",
    *STOCK_COLUMNS,
)


@dataclass(frozen=True)
class Labels:
    """Names behind the integer codes of `Rows`; each tuple is sorted unless it says otherwise."""

    pages: Names
    contents: Names
    captions: Names
    tiers: Names
    content_classes: Names  # one per content key, in their order
    caption_tiers: Names  # price tier of each caption key, in their order; empty for none

    @property
    def nameless(self) -> int:
        """Code of the empty caption key, which is no caption; -1 when there is none."""
        return self.captions.index("") if "" in self.captions else -1

    @property
    def price_tiers(self) -> Names:
        """The price tiers of captions."""
        return tuple(sorted(set(self.caption_tiers)))

    @property
    def caption_tier(self) -> IntArray:
        """(captions,) codes into `price_tiers`."""
        return np.searchsorted(self.price_tiers, self.caption_tiers).astype(np.int64)


@dataclass(frozen=True)
class Rows:
    """Usable priced messages, one element per message, ordered by message_key.

    Codes index into `Labels`. `since` is NaN when the page never sent the caption before.
    """

    page: IntArray
    content: IntArray
    caption: IntArray
    tier: IntArray
    hour: IntArray
    weekday: IntArray
    days_ago: FloatArray
    weight: FloatArray
    price: FloatArray
    sent: FloatArray
    viewed: FloatArray  # NaN when missing; never a feature, see `views`
    purchases: FloatArray
    earnings: FloatArray
    caption_sends: FloatArray
    since: FloatArray
    age: FloatArray  # days before the newest message of the table
    stock: FloatArray  # (n, MEMORIES) what the page's earlier sends left, fading at three speeds
    excess: FloatArray  # log views over expected views; 0 before a fit sets it

    def __len__(self) -> int:
        return len(self.page)

    def take(self, mask: BoolArray | IntArray) -> "Rows":
        """The rows where `mask` is true, or at some positions."""
        return replace(self, **{f.name: getattr(self, f.name)[mask] for f in fields(self)})


def rows_of(codes: IntArray) -> dict[int, IntArray]:
    """Code -> positions of its rows, ascending, by one sort: linear in rows however many codes."""
    order = np.argsort(codes, kind="stable")
    found, starts = np.unique(codes[order], return_index=True)
    return dict(zip(found.tolist(), np.split(order, starts)[1:], strict=True))


def _texts(table: pa.Table, name: str) -> list[str]:
    values = table.column(name).to_pylist()
    return ["" if value is None else str(value) for value in values]


def _numbers(table: pa.Table, name: str) -> FloatArray:
    values = table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return rounded(np.array(values, dtype=np.float64))


def _ages(table: pa.Table) -> FloatArray:
    """Days from each message to the newest one; the newest outcomes are still coming in."""
    seconds = table.column("sent_at").cast(pa.timestamp("s"), safe=False).cast(pa.int64())
    moments = np.asarray(seconds.to_numpy(zero_copy_only=False), dtype=np.int64)
    return rounded((moments.max() - moments) / 86400.0)


def _codes(values: list[str]) -> tuple[Names, IntArray]:
    names, codes = np.unique(np.array(values, dtype=object).astype(str), return_inverse=True)
    return tuple(str(name) for name in names), codes.astype(np.int64)


def training_hash(
    texts: dict[str, list[str]], numbers: dict[str, FloatArray], settings: ResponseSettings
) -> str:
    """Identify a training: its sorted, rounded rows, its settings and this package's code."""
    digest = sha256(f"{code_hash()}|{settings!r}".encode())
    for name in TEXT_COLUMNS:
        digest.update(name.encode())
        digest.update("\x1f".join(texts[name]).encode("utf-8", "replace"))
    for name in (*NUMBER_COLUMNS, "age"):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(numbers[name] + 0.0, dtype="<f8").tobytes())
    return digest.hexdigest()


def read_rows(training: pa.Table, settings: ResponseSettings) -> tuple[Rows, Labels, str]:
    """Turn the mart `training_messages` into canonical rows, their labels and their hash.

    Raises:
        ResponseError: a column is missing or there are too few rows to fit anything.
    """
    wanted = (*TEXT_COLUMNS, *NUMBER_COLUMNS)
    missing = [name for name in (*wanted, "sent_at") if name not in training.column_names]
    if missing:
        raise ResponseError(
            f"training_messages lacks {', '.join(missing)}: rebuild the marts, then train again."
        )
    if training.num_rows < settings.min_rows:
        raise ResponseError(
            f"training_messages has {training.num_rows} usable priced messages and the model needs "
            f"{settings.min_rows}: load more history."
        )
    table = training.select([*wanted, "sent_at"]).sort_by("message_key")
    texts = {name: _texts(table, name) for name in TEXT_COLUMNS}
    numbers = {name: _numbers(table, name) for name in NUMBER_COLUMNS}
    numbers["age"] = _ages(table)
    rows, labels = _as_rows(texts, numbers)
    return rows, labels, training_hash(texts, numbers, settings)


def _outcomes(numbers: dict[str, FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Purchases and earnings; where one of them is missing the other one tells it.

    Purchases that hardly anything was paid for are a slip, or another list's. Staging rejects those
    beyond views; where no views are known, earnings are what is left to hold them against.
    """
    price, bought, earned = (numbers[n] for n in ("price", "purchased_count", "earnings"))
    paid = np.round(np.nan_to_num(earned) / price)
    is_unpaid = bought > SPEC.unpaid_ratio * (paid + 1.0)
    purchases = np.where(np.isnan(bought) | (is_unpaid & ~np.isnan(earned)), paid, bought)
    earnings = np.where(np.isnan(earned), purchases * price, earned)
    return np.maximum(purchases, 0.0), np.maximum(earnings, 0.0)


def _as_rows(texts: dict[str, list[str]], numbers: dict[str, FloatArray]) -> tuple[Rows, Labels]:
    pages, page = _codes(texts["page_name"])
    contents, content = _codes(texts["content_category_key"])
    captions, caption = _codes(texts["caption_key"])
    tiers, tier = _codes(texts["creator_tier"])
    classes = dict(zip(texts["content_category_key"], texts["content_class"], strict=True))
    price_tiers = dict(zip(texts["caption_key"], texts["caption_price_tier"], strict=True))
    labels = Labels(
        pages,
        contents,
        captions,
        tiers,
        tuple(classes[key] for key in contents),
        tuple(price_tiers[key] for key in captions),
    )
    purchases, earnings = _outcomes(numbers)
    rows = Rows(
        page=page,
        content=content,
        caption=caption,
        tier=tier,
        hour=numbers["local_hour"].astype(np.int64),
        weekday=numbers["iso_weekday"].astype(np.int64),
        days_ago=numbers["days_ago"],
        weight=numbers["weight"],
        price=numbers["price"],
        sent=np.maximum(numbers["sent_count"], 1.0),
        viewed=numbers["viewed_count"],
        purchases=purchases,
        earnings=earnings,
        caption_sends=np.nan_to_num(numbers["caption_sends_before"]),
        since=numbers["page_caption_days_since"],
        age=numbers["age"],
        stock=np.stack([np.nan_to_num(numbers[name]) for name in STOCK_COLUMNS], axis=1),
        excess=np.zeros(len(page)),
    )
    return rows, labels
