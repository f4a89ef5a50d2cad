"""A small simulated agency that goes on: its marts in memory, week after week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
from scipy.stats import gamma, poisson

from scheduler.marts.build_settings import Settings
from scheduler.marts.inputs import AgencyInputs
from scheduler.planning.page_problem import PlannedPage
from scheduler.planning.promised import Promised
from scheduler.planning.week_fatigue import faded
from scheduler.response import PageResponse
from scheduler.response.rows import STOCK_COLUMNS
from scheduler.simulation import Agency, simulate_agency
from scheduler.simulation.captions import caption_key
from scheduler.simulation.clock import to_minute
from scheduler.simulation.content import CONTENTS, EXPLICIT, PRICE_TIERS
from scheduler.simulation.phrases import DAYPART_ENERGIES, ENERGIES
from scheduler.simulation.policy import draw_tiers
from scheduler.simulation.truth import (
    Sends,
    Truth,
    audience,
    daypart,
    decaying_stock,
    local_minute,
    log_purchase_rate,
    purchase_rate,
)
from scheduler.simulation.world import draw_captions
from scheduler.solver import PlannedMessage
from scheduler.warehouse import DbtProject

DAY = 1440
PAGES, CAPTIONS = 3, 1_200
DAYPARTS = ("morning", "afternoon", "evening", "night")
# A category that no vault column matches is refused.
_UNKNOWN = CONTENTS.index("Unlisted")
_EPOCH = datetime(1970, 1, 1)


@dataclass
class Live:
    """An agency at a moment, with what was sent so far and what came of it.

    Attributes:
        sends: every message so far, planned ones included; `bought` its purchases.
        price_tiers: of each text in the bank.
        in_bank: whether the bank has each text.
    """

    truth: Truth
    settings: Settings
    now: int
    seed: int
    sends: Sends
    reached: np.ndarray
    bought: np.ndarray
    pages: tuple[str, ...]
    price_tiers: list[str | None]
    in_bank: np.ndarray
    price_points: tuple[float, ...]
    day_multipliers: np.ndarray
    page_settings: dict[str, float] = field(default_factory=dict)

    def _local_days(self, page: int, minute: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Local minutes and local day numbers since 1970."""
        local = local_minute(self.truth.pages, np.full(len(minute), page), minute)
        return local, local // DAY

    def inputs(self) -> AgencyInputs:
        """The marts as of now."""
        monday = _EPOCH + timedelta(minutes=self.now) + timedelta(hours=12)
        week = monday.date()
        return AgencyInputs(
            settings=replace(self.settings, as_of=_EPOCH + timedelta(minutes=self.now)),
            week=week,
            training=self._training(),
            slots={name: self._slots(at, week) for at, name in enumerate(self.pages)},
            candidates={name: self._candidates(at) for at, name in enumerate(self.pages)},
            page_settings=dict.fromkeys(self.pages, self.page_settings),
            energy_profiles={part: frozenset(e) for part, e in DAYPART_ENERGIES.items()},
            price_points=self.price_points,
        )

    def _training(self) -> pa.Table:
        parts = [self._training_of(page) for page in range(len(self.pages))]
        table = pa.concat_tables(parts).sort_by([("sent_at", "ascending")])
        keys = pa.array([f"{row:07d}" for row in range(table.num_rows)])
        return table.append_column("message_key", keys)

    def _training_of(self, page: int) -> pa.Table:
        """Priced messages of the window with what was known before each."""
        sends, captions = self.sends, self.truth.captions
        everybody = np.flatnonzero(sends.minute < self.now)
        everybody = everybody[np.argsort(sends.minute[everybody], kind="stable")]
        uses = _counts_before(sends.text[everybody])
        own = everybody[sends.page[everybody] == page]
        minute, text = sends.minute[own], sends.text[own]
        local, day = self._local_days(page, minute)
        one = np.zeros(len(own), dtype=np.int64)
        stocks = [decaying_stock(one, minute, h) for h in self.settings.fatigue_hours]
        since = _since_last(text, day)
        arrived = 1 - 0.85 * np.exp(-(self.now - minute) / DAY / 1.2)
        luck = np.random.default_rng([self.seed, page, 7]).random(len(sends))[own]
        bought = np.floor(self.bought[own] * arrived + luck)
        bought = np.minimum(bought, self.bought[own])
        age = int(self._local_days(page, np.array([self.now]))[1][0]) - day
        price = sends.price[own]
        kept = (price > 0) & (age < self.settings.training_days) & (self.reached[own] >= 50)
        content = captions.content[text[kept]]
        moments = minute[kept].astype("datetime64[m]").astype("datetime64[us]")
        return pa.table(
            {
                "page_name": [self.pages[page]] * int(kept.sum()),
                "sent_at": pa.array(moments),
                "local_date": pa.array(day[kept].astype("datetime64[D]")),
                "local_hour": local[kept] // 60 % 24,
                "iso_weekday": (day[kept] + 3) % 7 + 1,
                "days_ago": age[kept],
                "weight": np.exp(-age[kept] / self.settings.decay_days),
                "price": price[kept],
                "sent_count": self.reached[own][kept],
                "viewed_count": np.round(
                    self.reached[own][kept] * self.truth.pages.view_rate[page]
                ),
                "purchased_count": bought[kept],
                "earnings": bought[kept] * price[kept],
                "content_category_key": [CONTENTS[c].lower() for c in content],
                "content_class": [
                    "explicit" if CONTENTS[c] in EXPLICIT else "teasing" for c in content
                ],
                "caption_key": [captions.key[t] for t in text[kept]],
                "caption_price_tier": [self.price_tiers[t] for t in text[kept]],
                "caption_sends_before": uses[np.isin(everybody, own)][kept],
                "page_caption_days_since": pa.array(since[kept], from_pandas=True),
                **{n: s[kept] for n, s in zip(STOCK_COLUMNS, stocks, strict=True)},
                "creator_tier": ["MID"] * int(kept.sum()),
            }
        )

    def _slots(self, page: int, week: Any) -> pa.Table:
        first = (datetime.combine(week, datetime.min.time()) - _EPOCH) // timedelta(minutes=1)
        utc = np.arange(self.now, self.now + 9 * DAY, 60)
        local, day = self._local_days(page, utc)
        inside = (local >= first) & (local < first + 7 * DAY)
        utc, local, day = utc[inside], local[inside], day[inside]
        hour = local // 60 % 24
        weekday = (day + 3) % 7 + 1
        past = self.sends.minute[(self.sends.page == page) & (self.sends.minute < self.now)]
        hours = np.array(self.settings.fatigue_hours)
        stocks = faded((utc[:, None] - past[None, :]).astype(float), hours).sum(axis=1)
        return pa.table(
            {
                "send_at": pa.array(utc.astype("datetime64[m]").astype("datetime64[us]")),
                "local_at": pa.array(local.astype("datetime64[m]").astype("datetime64[us]")),
                "local_date": pa.array(day.astype("datetime64[D]")),
                "local_hour": hour,
                "iso_weekday": weekday,
                "daypart": [DAYPARTS[part] for part in daypart(hour)],
                "is_weekend": weekday >= 6,
                "day_multiplier": self.day_multipliers[weekday],
                "holiday_name": pa.nulls(len(utc), pa.string()),
                "holiday_factor": np.ones(len(utc)),
                **{name: stocks[:, at] for at, name in enumerate(STOCK_COLUMNS)},
            }
        )

    def _candidates(self, page: int) -> pa.Table:
        """Captions of the bank that the page holds and has not used lately, in order of key."""
        truth, captions = self.truth, self.truth.captions
        own = (self.sends.page == page) & (self.sends.minute < self.now)
        last = np.full(len(captions.key), -1, dtype=np.int64)
        np.maximum.at(last, self.sends.text[own], self.sends.minute[own])
        sent = np.bincount(self.sends.text, minlength=len(captions.key))
        usable = truth.pages.has_content[page, captions.content] & (captions.content != _UNKNOWN)
        usable &= self.in_bank
        usable &= last <= self.now - self.page_settings["min_freshness_days"] * DAY
        index = sorted(np.flatnonzero(usable).tolist(), key=lambda k: captions.key[k])
        names = [CONTENTS[captions.content[k]] for k in index]
        used = [None if last[k] < 0 else _EPOCH + timedelta(minutes=int(last[k])) for k in index]
        return pa.table(
            {
                "caption_id": index,
                "caption_key": [captions.key[k] for k in index],
                "content_category_key": [name.lower() for name in names],
                "content_class": ["explicit" if n in EXPLICIT else "teasing" for n in names],
                "energy": [ENERGIES[captions.energy[k]] for k in index],
                "price_tier": [self.price_tiers[k] for k in index],
                "caption_sends": sent[index],
                "last_used_at": pa.array(used, pa.timestamp("us")),
            }
        )

    def creator(self, page: str, response: PageResponse) -> dict[str, Any]:
        """What a plan reads of the mart `creators`."""
        at = self.pages.index(page)
        past = self.sends.minute[(self.sends.page == at) & (self.sends.minute < self.now)]
        best = np.argsort(-response.hour, kind="stable")[: self.settings.prime_hours_count]
        return {
            "prime_hours": ",".join(str(hour) for hour in best),
            "last_valid_sent_at": _EPOCH + timedelta(minutes=int(past.max())),
            "present_weekly_volume": float((past >= self.now - 28 * DAY).sum()) / 4,
        }

    def own(self, page: str) -> Promised:
        """The end of the week before, which is planned and not yet sent."""
        at = self.pages.index(page)
        ahead = np.flatnonzero((self.sends.page == at) & (self.sends.minute >= self.now))
        minute = self.sends.minute[ahead]
        _, day = self._local_days(at, minute)
        table = pa.table(
            {
                "send_at": pa.array(minute.astype("datetime64[m]").astype("datetime64[us]")),
                "local_date": pa.array(day.astype("datetime64[D]")),
                "caption_key": pa.array(
                    [self.truth.captions.key[t] for t in self.sends.text[ahead]], pa.string()
                ),
            }
        )
        return Promised(own=table, taken=frozenset(), present=frozenset())

    def broken(
        self, planned: Mapping[str, PlannedPage], sent: Mapping[str, Sequence[PlannedMessage]]
    ) -> int:
        """Rules that the solver's check does not see: sharing, price, freshness, vault."""
        keys = [m.caption_key for week in sent.values() for m in week]
        count = len(keys) - len(set(keys))
        least_rest = (self.page_settings["min_freshness_days"] - 1) * DAY
        for page, week in sent.items():
            at = self.pages.index(page)
            allowed = set(planned[page].captions.column("caption_key").to_pylist())
            own = self.sends.page == at
            for m in week:
                text = self.truth.captions.key.index(m.caption_key)
                used = self.sends.minute[own & (self.sends.text == text)]
                fresh = used.size == 0 or m.time - used.max() > least_rest
                holds = self.truth.pages.has_content[at, self.truth.captions.content[text]]
                in_range = (
                    self.page_settings["price_min"] <= m.price <= self.page_settings["price_max"]
                )
                count += not (fresh and holds and in_range and m.caption_key in allowed)
        return count

    def send(self, weeks: Mapping[str, Sequence[PlannedMessage]]) -> float:
        """Send the weeks: outcomes join the history. True expected dollars of all of them."""
        texts = {key: text for text, key in enumerate(self.truth.captions.key)}
        rows = [
            (self.pages.index(page), m.time, texts[m.caption_key], m.price)
            for page, week in weeks.items()
            for m in week
        ]
        page, minute, text, price = (np.array(column) for column in zip(*rows, strict=True))
        plan = Sends(page, minute, text, price.astype(np.float64))
        pages, start = self.truth.pages, to_minute(self.truth.as_of)
        everything = self.sends.then(plan)
        eta = log_purchase_rate(
            pages, self.truth.captions, everything, self.truth.start_minute, start
        )
        rate = purchase_rate(pages, page, eta[len(self.sends) :])
        reached = np.round(audience(pages, page, minute, start))
        turn = _counts_before(everything.page)[len(self.sends) :]
        self.sends = everything
        self.reached = np.append(self.reached, reached)
        self.bought = np.append(self.bought, self._drawn(page, turn, minute, reached * rate))
        return float((reached * rate * price).sum())

    def _drawn(
        self, page: np.ndarray, turn: np.ndarray, minute: np.ndarray, mean: np.ndarray
    ) -> np.ndarray:
        """Purchases of messages: overdispersed, alike within a page's day.

        Luck belongs to a page's first, second, ... message and not to what it says, and more
        luck is more purchases. So two ways to plan the same agency meet the same luck.
        """
        own, whole = zip(page, turn, strict=True), zip(page, minute // DAY, strict=True)
        luck = np.array([_luck([self.seed, p, t]).random(2) for p, t in own])
        day = np.array([_luck([self.seed, p, d, 1]).normal() for p, d in whole])
        shape = self.truth.pages.dispersion[page]
        mood = gamma.ppf(luck[:, 0], shape, scale=1 / shape) * np.exp(0.15 * day - 0.5 * 0.15**2)
        drawn: np.ndarray = poisson.ppf(luck[:, 1], mean * mood)
        return drawn

    def write(self, count: int) -> None:
        """People write captions, as good and as bad as those of the bank, and file them there."""
        if not count:
            return
        rng = np.random.default_rng([self.seed, self.now])
        old, new = self.truth.captions, draw_captions(rng, count, 0)
        tiers = draw_tiers(rng, new)
        known = set(old.key)
        fresh = np.flatnonzero([key not in known for key in new.key])
        captions = replace(
            old,
            text=(*old.text, *(new.text[k] for k in fresh)),
            key=(*old.key, *(new.key[k] for k in fresh)),
            content=np.append(old.content, new.content[fresh]),
            energy=np.append(old.energy, new.energy[fresh]),
            quality=np.append(old.quality, new.quality[fresh]),
        )
        self.truth = replace(self.truth, captions=captions)
        self.price_tiers = [*self.price_tiers, *(PRICE_TIERS[tiers[k]] for k in fresh)]
        self.in_bank = np.append(self.in_bank, np.ones(len(fresh), dtype=bool))

    def advance(self, time: timedelta) -> None:
        """Let time pass."""
        self.now += time // timedelta(minutes=1)


def _luck(what: list[int]) -> np.random.Generator:
    return np.random.default_rng([int(part) for part in what])


def _counts_before(codes: np.ndarray) -> np.ndarray:
    """For each element how many equal ones stand before it."""
    order = np.argsort(codes, kind="stable")
    ranked = codes[order]
    place = np.arange(len(codes)) - np.searchsorted(ranked, ranked)
    out = np.empty(len(codes), dtype=np.int64)
    out[order] = place
    return out


def _since_last(text: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Days since the same text was sent before; NaN when never. Rows in order of time."""
    order = np.argsort(text, kind="stable")
    repeated = np.r_[False, text[order][1:] == text[order][:-1]]
    out = np.full(len(text), np.nan)
    out[order] = np.where(repeated, np.r_[0, np.diff(day[order])], np.nan)
    return out


def start_agency(seed: int, as_of: datetime, share: float, messages: int) -> Live:
    """The agency at the end of its people's own history.

    Args:
        seed: the same seed is the same world.
        as_of: a Sunday, 12:00 UTC.
        share: the setting exploration_share.
        messages: of its history, of which about half are paid.
    """
    agency = simulate_agency(
        pages=PAGES, messages=messages, captions=CAPTIONS, seed=seed, as_of=as_of
    )
    truth, project = agency.truth, DbtProject.find()
    values = project.with_overrides({"exploration_share": share})
    names = {f for f in Settings.__dataclass_fields__ if f in values}
    settings = Settings(
        **{name: values[name] for name in names - {"as_of", "project_fingerprint"}},
        as_of=as_of,
        built_at=as_of,
        raw_fingerprint="",
        project_fingerprint="",
        values=values,
    )
    pages, now = truth.pages, to_minute(as_of)
    reached = np.maximum(
        np.round(audience(pages, truth.history.page, truth.history.minute, now)), 1
    )
    price = np.nan_to_num(truth.history.price, nan=0.0)
    mean = np.divide(truth.expected_earnings, price, out=np.zeros(len(price)), where=price > 0)
    live = Live(
        truth=truth,
        settings=settings,
        now=now,
        seed=seed,
        sends=truth.history,
        reached=reached,
        bought=np.zeros(len(price)),
        pages=tuple(pages.name),
        price_tiers=bank_tiers(agency),
        in_bank=np.arange(len(truth.captions.key)) < truth.captions.bank_size,
        price_points=_seed_column(project, "price_points", "price"),
        day_multipliers=np.r_[1.0, _seed_column(project, "day_multipliers", "multiplier")],
        page_settings={name: v for name, v in values.items() if isinstance(v, int | float)},
    )
    turn = _counts_before(truth.history.page)
    live.bought = live._drawn(truth.history.page, turn, truth.history.minute, mean)
    return live


def bank_tiers(agency: Agency) -> list[str | None]:
    """The price tier of each text of the truth in the caption bank; None where it has none."""
    texts, tiers = (
        agency.tables["caption_bank"].column(name).to_pylist()
        for name in ("caption_text", "price_tier")
    )
    filed = {caption_key(text or ""): tier for text, tier in zip(texts, tiers, strict=True) if tier}
    return [(filed.get(key) or "").lower() or None for key in agency.truth.captions.key]


def _seed_column(project: DbtProject, name: str, column: str) -> tuple[float, ...]:
    table = pyarrow.csv.read_csv(project.root / "seeds" / f"{name}.csv")
    return tuple(float(value) for value in table.column(column).to_pylist())
