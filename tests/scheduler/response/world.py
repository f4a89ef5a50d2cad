"""A small agency with a known truth, in the shape of the mart `training_messages`.

The truth is deliberately not the model's own form: fatigue is an exponential carry-over of every
earlier send, hour effects are bumps, demand follows exp(-price), each page-week has a shock of its
own, and better captions were priced higher.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

POINTS = np.array([5, 6, 7, 8, 9, 10, 12, 14, 15, 18, 20, 22, 25, 28, 30, 35, 40, 45, 50, 60, 75])
MINUTES = 24 * 60


@dataclass(frozen=True)
class Truth:
    """Every effect of the world, in logs unless said otherwise."""

    base: np.ndarray  # (P,) log purchases per recipient at the reference
    hour: np.ndarray  # (P, 24)
    weekday: np.ndarray  # (P, 8) by ISO weekday
    content: np.ndarray  # (P, C)
    caption: np.ndarray  # (K,)
    caption_content: np.ndarray  # (K,) index
    price_rate: np.ndarray  # (P, C) demand falls as exp(-rate * price)
    fatigue: np.ndarray  # (P,) per unit of carried-over sends
    audience: np.ndarray  # (P,)
    trend: np.ndarray  # (P,) per 30 days
    carry_days: float
    dispersion: float

    def price_effect(self, page, content, price):
        return -self.price_rate[page, content] * np.asarray(price, dtype=float)

    def steady_fatigue(self, page, per_week):
        """Carried-over sends at a steady weekly volume, as a log effect."""
        return -self.fatigue[page] * per_week / 7.0 * self.carry_days


@dataclass(frozen=True)
class World:
    training: pa.Table
    truth: Truth
    mean: np.ndarray  # true expected earnings of each row, page-week shock left out
    pages: list[str]
    contents: list[str]


def _effects(rng, pages, contents, captions, curse):
    kind_free = np.arange(pages) % 3 == 0
    audience = np.where(kind_free, rng.uniform(15e3, 47e3, pages), rng.lognormal(7.1, 0.7, pages))
    base = np.where(kind_free, -7.6, -5.2) + rng.normal(0, 0.8, pages)
    hours = np.arange(24)
    peak = rng.normal(20.5, 1.8, pages)[:, None]
    gap = np.abs((hours[None] - peak + 12) % 24 - 12)
    hour = 0.8 * np.exp(-0.5 * (gap / 3.0) ** 2) + rng.normal(0, 0.06, (pages, 24))
    weekday = np.zeros((pages, 8))
    weekday[:, 1:] = np.array([-0.1, -0.1, 0, 0, 0.15, 0.15, 0.1]) + rng.normal(0, 0.08, (pages, 7))
    pool_content = rng.normal(0, 0.35, contents)
    content = pool_content + rng.normal(0, 0.25, (pages, contents))
    typical = np.exp(rng.normal(2.8, 0.3, pages))
    rate = np.exp(rng.normal(0, 0.15, (pages, contents))) / typical[:, None]
    truth = Truth(
        base=base - 0.4,
        hour=hour,
        weekday=weekday,
        content=content,
        caption=rng.normal(0, 0.5, captions),
        caption_content=rng.integers(0, contents, captions),
        price_rate=rate,
        fatigue=np.exp(rng.normal(np.log(0.012), 0.3, pages)),
        audience=audience,
        trend=rng.normal(0, 0.1, pages),
        carry_days=3.0,
        dispersion=0.6,
    )
    return truth, typical, pool_content, curse


def _page_sends(rng, truth, page, days, volume):
    """Send minutes of one page: a volume that wanders from week to week."""
    weeks = days // 7 + 1
    level = volume * np.exp(np.cumsum(rng.normal(0, 0.15, weeks)) - 0.1)
    times = []
    weights = np.exp(truth.hour[page] * 0.8)
    for day in range(days):
        count = rng.poisson(level[day // 7] / 7.0)
        hours = rng.choice(24, size=count, p=weights / weights.sum())
        times.append(day * MINUTES + hours * 60 + rng.integers(0, 60, count))
    return np.unique(np.concatenate(times))


def _captions_used(rng, captions, count):
    """Mostly from the page's own stock, popular ones more often; the rest from anywhere."""
    stock = rng.choice(captions, size=max(captions // 25, 20), replace=False)
    own = stock[(len(stock) * rng.random(count) ** 1.5).astype(int)]
    anywhere = rng.integers(0, captions, count)
    return np.where(rng.random(count) < 0.5, own, anywhere)


def _carried(times, carry_days):
    """Sends before each send, each fading exponentially."""
    stock = np.zeros(len(times))
    for i in range(1, len(times)):
        fade = np.exp(-(times[i] - times[i - 1]) / MINUTES / carry_days)
        stock[i] = (stock[i - 1] + 1.0) * fade
    return stock


def _page_rows(rng, world, page, days, volume, priced_share):
    truth, typical, pool_content, curse = world
    times = _page_sends(rng, truth, page, days, volume)
    count = len(times)
    day = times // MINUTES
    start_of_day = np.searchsorted(times, day * MINUTES)
    index = np.arange(count)
    captions = len(truth.caption)
    popular = _captions_used(rng, captions, count)
    content = truth.caption_content[popular]
    wish = typical[page] * np.exp(
        0.35 * pool_content[content] + curse * truth.caption[popular] + rng.normal(0, 0.3, count)
    )
    return pd.DataFrame(
        {
            "page": page,
            "minute": times,
            "sends_today_before": index - start_of_day,
            "sends_7d_before": index - np.searchsorted(times, times - 7 * MINUTES),
            "carried": _carried(times, truth.carry_days),
            "caption": popular,
            "content": content,
            "price": POINTS[np.abs(np.log(POINTS)[None] - np.log(wish)[:, None]).argmin(1)],
            "sent_count": np.maximum(
                50, truth.audience[page] * np.exp(rng.normal(0, 0.05, count))
            ).astype(int),
            "is_priced": rng.random(count) < priced_share,
        }
    )


def _since(rows):
    """Days since the page last sent the caption, and sends of the caption before, agency-wide."""
    order = rows.sort_values(["minute", "page"])
    before = order.groupby("caption").cumcount()
    since = order.groupby(["page", "caption"])["minute"].diff() // MINUTES
    return before.reindex(rows.index), since.reindex(rows.index)


def make_world(seed=1, pages=38, days=100, volume=95.0, captions=20000, curse=0.25, contents=16):
    """Build the table and its truth. `curse`: how strongly good captions were priced higher."""
    rng = np.random.default_rng(seed)
    world = _effects(rng, pages, contents, captions, curse)
    truth = world[0]
    volumes = volume * np.exp(rng.normal(-0.2, 0.6, pages))
    rows = pd.concat(
        [_page_rows(rng, world, p, days, volumes[p], 0.75) for p in range(pages)],
        ignore_index=True,
    )
    rows["before"], rows["since"] = _since(rows)
    day = rows["minute"] // MINUTES
    hour = (rows["minute"] // 60) % 24
    iso = day % 7 + 1
    shock = rng.normal(0, 0.2, (pages, days // 7 + 1))[rows["page"], day // 7]
    page, content = rows["page"].to_numpy(), rows["content"].to_numpy()
    novelty = -0.5 * np.exp(-rows["since"].fillna(1e9) / 12.0)
    eta = (
        truth.base[page]
        + truth.hour[page, hour]
        + truth.weekday[page, iso]
        + truth.content[page, content]
        + truth.caption[rows["caption"]]
        + truth.price_effect(page, content, rows["price"])
        - truth.fatigue[page] * rows["carried"]
        + novelty
        + truth.trend[page] * (day - days) / 30.0
    )
    rate = rows["sent_count"] * np.exp(eta)
    shape = 1.0 / truth.dispersion
    noisy = rate * np.exp(shock) * rng.gamma(shape, truth.dispersion, len(rows))
    rows["purchased_count"] = rng.poisson(noisy)
    rows["mean"] = rate * rows["price"]
    keep = rows["is_priced"] & (days - 1 - day < 90)
    return World(
        _as_training(rows[keep], day[keep], hour[keep], iso[keep], days),
        truth,
        rows.loc[keep, "mean"].to_numpy(),
        [f"page_{p:02d}" for p in range(pages)],
        [f"type_{c:02d}" for c in range(contents)],
    )


def _as_training(rows, day, hour, iso, days):
    start = pd.Timestamp("2026-08-03")
    ago = (days - 1 - day).to_numpy()
    earnings = rows["price"] * rows["purchased_count"]
    daily = earnings.groupby(rows["page"]).sum() / 90.0
    tier = np.select([daily >= 150, daily >= 75, daily >= 30], ["ULTRA", "LARGE", "MID"], "SMALL")
    names = dict(zip(daily.index, tier, strict=True))
    frame = pd.DataFrame(
        {
            "message_key": [f"m{i:07d}" for i in rows.index],
            "page_name": [f"page_{p:02d}" for p in rows["page"]],
            "sent_at": start + pd.to_timedelta(rows["minute"], unit="min"),
            "local_date": (start + pd.to_timedelta(day, unit="D")).dt.date,
            "local_hour": hour.astype("int64"),
            "iso_weekday": iso.astype("int64"),
            "days_ago": ago.astype("int64"),
            "weight": np.exp(-ago / 30.0),
            "price": rows["price"].astype(float),
            "sent_count": rows["sent_count"].astype("int64"),
            "viewed_count": (rows["sent_count"] * 0.3).astype("int64"),
            "purchased_count": rows["purchased_count"].astype("int64"),
            "earnings": earnings.astype(float),
            "content_category_key": [f"type_{c:02d}" for c in rows["content"]],
            "content_class": np.where(rows["content"] % 2 == 0, "explicit", "teasing"),
            "caption_key": [f"c{c:06d}" for c in rows["caption"]],
            "caption_sends_before": rows["before"].astype("int64"),
            "page_caption_days_since": rows["since"].astype("Int64"),
            "sends_today_before": rows["sends_today_before"].astype("int64"),
            "sends_7d_before": rows["sends_7d_before"].astype("int64"),
            "creator_tier": [names[p] for p in rows["page"]],
        }
    )
    return pa.Table.from_pandas(frame, preserve_index=False)
