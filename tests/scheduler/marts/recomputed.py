"""The definitions of the marts once more, from the messages up, in numpy: no SQL, no dbt."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

DECAY, WINDOW = 30.0, 90
FIELDS = ("sent_at", "message", "sent_count", "viewed_count", "purchased_count", "earnings")
TIERS = ((150.0, "ULTRA"), (75.0, "LARGE"), (30.0, "MID"), (-np.inf, "SMALL"))
TARGETS = {"ULTRA": 0.05, "LARGE": 0.04, "MID": 0.03, "SMALL": 0.02}
FLOOR = 0.0005
CONVERSION = ((0.0, 0.05, 0.08, 0.15, 0.22), (0.0, 0.40, 0.60, 0.80, 1.0))


@dataclass(frozen=True)
class PageMessages:
    """A page's raw rows as of the end of a local day.

    Attributes:
        rows: every row of the page, with `age` in local days from the day (NaN without a time or
            with one after `as_of`, negative for a later day).
    """

    rows: pd.DataFrame

    @classmethod
    def of(cls, rows: pd.DataFrame, day: date, as_of: datetime) -> "PageMessages":
        """The rows seen from the end of `day`."""
        age = (pd.Timestamp(day) - rows["local_date"]).dt.days
        return cls(rows.assign(age=age.where(rows["sent_at"] <= as_of)))

    @cached_property
    def valid(self) -> pd.DataFrame:
        """Valid rows up to the day."""
        return self.rows[self.rows["is_valid"] & (self.rows["age"] >= 0)]

    def daily_revenue(self, days: int) -> float:
        """Decayed earnings over decayed days since the first message; NaN without one."""
        valid = self.valid
        if valid.empty:
            return float("nan")
        passed = np.arange(min(int(valid["age"].max()), days - 1) + 1)
        inside = valid[valid["age"] < days]
        earned = (np.exp(-inside["age"] / DECAY) * inside["earnings"].fillna(0.0)).sum()
        return float(earned / np.exp(-passed / DECAY).sum())

    @cached_property
    def tier(self) -> str:
        """Tier by revenue a day; SMALL without a message."""
        revenue = np.nan_to_num(self.daily_revenue(WINDOW))
        return next(name for lowest, name in TIERS if revenue >= lowest)

    @property
    def health_ratio(self) -> float:
        """Revenue a day of 30 days over that of 60."""
        base = self.daily_revenue(60)
        return self.daily_revenue(30) / base if base else float("nan")

    @property
    def weekly_volume(self) -> float:
        """Messages a week over four weeks."""
        return float((self.valid["age"] < 28).sum() / 4)

    @property
    def quality(self) -> float:
        """Data quality, points."""
        rows = self.rows[self.rows["age"].isna() | self.rows["age"].between(0, WINDOW - 1)]
        if rows.empty:
            return 0.0
        complete = np.mean([rows[name].notna().mean() for name in FIELDS])
        silent = self.valid["age"].min()
        fresh = 0.0 if np.isnan(silent) else float(np.clip((14 - silent) / 11, 0.0, 1.0))
        return float(35 * complete + 45 * rows["is_valid"].mean() + 20 * fresh)

    def eros(self, days: int) -> float:
        """The score of a window while no schedule is known: its weight is shared."""
        valid = self.valid[self.valid["age"] < days]
        rated = valid[valid["is_usable"] & valid["is_priced"]]
        revenue = _ratio(rated, "earnings", "sent_count")
        span = np.log(TARGETS[self.tier] / FLOOR)
        rps = np.clip(np.log(revenue / FLOOR) / span, 0, 1) if revenue > 0 else 0.0
        rate = _ratio(rated, "purchased_count", "viewed_count")
        conversion = 0.0 if np.isnan(rate) else np.interp(rate, *CONVERSION)
        diversity = valid["caption_key"].nunique() / len(valid) if len(valid) else 0.0
        return float(100 * (0.4 * rps + 0.3 * conversion + 0.1 * diversity) / 0.8)


def _ratio(rows: pd.DataFrame, above: str, below: str) -> float:
    known = rows[rows[above].notna() & rows[below].notna()]
    weight = np.exp(-known["age"] / DECAY)
    total = float((weight * known[below]).sum())
    return float((weight * known[above]).sum()) / total if total else float("nan")


def outliers(messages: pd.DataFrame) -> set[tuple[str, str]]:
    """Message and test of every valid message of the window that stands out."""
    found: set[tuple[str, str]] = set()
    inside = messages[messages["is_valid"] & messages["days_ago"].between(0, WINDOW - 1)]
    for _, page in inside.groupby("page_name"):
        sold = page[page["is_usable"] & page["is_priced"] & (page["earnings"] > 0)]
        level = np.log(sold["earnings"] / sold["sent_count"])
        spread = np.median(abs(level - np.median(level))) if len(sold) >= 20 else 0.0
        if spread > 0:
            far = abs(0.6745 * (level - np.median(level)) / spread) > 3.5
            found |= {(key, "revenue_per_send") for key in sold["message_key"][far]}
        sent = page[page["sent_count"] > 0]
        if len(sent) >= 20:
            size = np.log(sent["sent_count"].astype(float))
            far = abs(size - np.median(size)) > np.log(10)
            found |= {(key, "recipients") for key in sent["message_key"][far]}
    owed = inside["price"].fillna(0.0) * inside["purchased_count"]
    far = abs(inside["earnings"] - owed) > 0.01 + 0.05 * owed
    return found | {(key, "earnings") for key in inside["message_key"][far]}


def fallen(page: PageMessages) -> tuple[float, float]:
    """Revenue a day and conversion of 7 days over those of the 30 days before; NaN when unknown."""
    valid = page.valid
    recent, before = valid[valid["age"] < 7], valid[valid["age"].between(7, 36)]
    level = before["earnings"].sum() / 30
    revenue = recent["earnings"].sum() / 7 / level if level else float("nan")
    rates = [_conversion(part) for part in (recent, before)]
    return revenue, rates[0] / rates[1] if rates[1] else float("nan")


def _conversion(rows: pd.DataFrame) -> float:
    rated = rows[rows["is_usable"] & rows["is_priced"]]
    known = rated[rated["purchased_count"].notna() & rated["viewed_count"].notna()]
    views = known["viewed_count"].sum()
    return float(known["purchased_count"].sum() / views) if views else float("nan")


def days_before(day: date, days: int) -> date:
    """The date so many days earlier."""
    return day - timedelta(days=days)
