"""A small made-up agency that goes on living: its marts in memory, week after week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from benchmarks.corrections import SentWeeks
from scheduler.marts.build_settings import Settings
from scheduler.marts.inputs import AgencyInputs
from scheduler.planning.page_problem import PlannedPage
from scheduler.planning.promised import Promised
from scheduler.planning.week_fatigue import faded
from scheduler.response.rows import STOCK_COLUMNS
from scheduler.simulation.content_types import CONTENTS, EXPLICIT, PRICE_TIERS
from scheduler.simulation.phrases import DAYPART_ENERGIES, ENERGIES
from scheduler.simulation.policy import draw_tiers
from scheduler.simulation.truth import Sends, daypart, decaying_stock
from scheduler.simulation.worlds import World, draw_world
from scheduler.simulation.worlds.family import written
from scheduler.solver import PlannedMessage
from scheduler.warehouse import DbtProject

DAY = 1440
DAYPARTS = ("morning", "afternoon", "evening", "night")
TIERS = ("SMALL", "MID", "LARGE", "ULTRA")
PRIME_PRIOR = 30.0  # messages at the page's mean, added to those of an hour
# A category that no vault column matches is refused.
_UNKNOWN = CONTENTS.index("Unlisted")
_EPOCH = datetime(1970, 1, 1)


@dataclass
class Live:
    """An agency at a moment, with what was sent so far and what came of it.

    Attributes:
        sends: every message so far, planned ones included; `viewed` and `bought` their counts.
    """

    world: World
    settings: Settings
    now: int
    sends: Sends
    reached: np.ndarray
    viewed: np.ndarray
    bought: np.ndarray
    page_settings: dict[str, float] = field(default_factory=dict)
    sent_weeks: SentWeeks = field(default_factory=SentWeeks)

    @property
    def pages(self) -> tuple[str, ...]:
        """Names of the pages."""
        return self.world.pages.name

    @property
    def week(self) -> date:
        """Monday of the week that is planned now."""
        return (_EPOCH + timedelta(minutes=self.now) + timedelta(hours=12)).date()

    def inputs(self) -> AgencyInputs:
        """The marts as of now."""
        points = _seed_column("price_points", "price")
        return AgencyInputs(
            settings=replace(self.settings, as_of=_EPOCH + timedelta(minutes=self.now)),
            week=self.week,
            training=self._training(),
            slots={name: self._slots(at) for at, name in enumerate(self.pages)},
            candidates={name: self._candidates(at) for at, name in enumerate(self.pages)},
            page_settings=dict.fromkeys(self.pages, self.page_settings),
            energy_profiles={part: frozenset(e) for part, e in DAYPART_ENERGIES.items()},
            price_points=tuple(float(point) for point in points),
        )

    def _training(self) -> pa.Table:
        parts = [self._training_of(page) for page in range(len(self.pages))]
        table = pa.concat_tables(parts).sort_by([("sent_at", "ascending")])
        keys = pa.array([f"{row:07d}" for row in range(table.num_rows)])
        return table.append_column("message_key", keys)

    def _training_of(self, page: int) -> pa.Table:
        """Priced messages of the window with what was known before each."""
        sends, captions = self.sends, self.world.captions
        everybody = np.flatnonzero(sends.minute < self.now)
        everybody = everybody[np.argsort(sends.minute[everybody], kind="stable")]
        uses = _counts_before(sends.text[everybody])
        own = everybody[sends.page[everybody] == page]
        minute, text, price = sends.minute[own], sends.text[own], sends.price[own]
        day, hour, weekday = self.world.local(sends.page[own], minute)
        one = np.zeros(len(own), dtype=np.int64)
        stocks = [decaying_stock(one, minute, h) for h in self.settings.fatigue_hours]
        since = _since_last(text, day)
        # Purchases come in over some days, and the last ones have not arrived yet.
        arrived = 1 - 0.85 * np.exp(-(self.now - minute) / DAY / 1.2)
        luck = np.random.default_rng([self.world.seed, page, 7]).random(len(sends))[own]
        bought = np.minimum(np.floor(self.bought[own] * arrived + luck), self.bought[own])
        today = self.world.local(np.array([page]), np.array([self.now]))[0][0]
        age = int(today) - day
        kept = (price > 0) & (age < self.settings.training_days) & (self.reached[own] >= 50)
        content = captions.content[text[kept]]
        moments = minute[kept].astype("datetime64[m]").astype("datetime64[us]")
        earnings = bought[kept] * price[kept]
        return pa.table(
            {
                "page_name": [self.pages[page]] * int(kept.sum()),
                "sent_at": pa.array(moments),
                "local_date": pa.array(day[kept].astype("datetime64[D]")),
                "local_hour": hour[kept],
                "iso_weekday": weekday[kept],
                "days_ago": age[kept],
                "weight": np.exp(-age[kept] / self.settings.decay_days),
                "price": price[kept],
                "sent_count": self.reached[own][kept],
                "viewed_count": self.viewed[own][kept],
                "purchased_count": bought[kept],
                "earnings": earnings,
                "content_category_key": [CONTENTS[c].lower() for c in content],
                "content_class": [
                    "explicit" if CONTENTS[c] in EXPLICIT else "teasing" for c in content
                ],
                "caption_key": [captions.key[t] for t in text[kept]],
                "caption_price_tier": [PRICE_TIERS[self.world.tier[t]] for t in text[kept]],
                "caption_sends_before": uses[np.isin(everybody, own)][kept],
                "page_caption_days_since": pa.array(since[kept], from_pandas=True),
                **{n: s[kept] for n, s in zip(STOCK_COLUMNS, stocks, strict=True)},
                "creator_tier": [self._tier(earnings, age[kept])] * int(kept.sum()),
            }
        )

    def _tier(self, earnings: np.ndarray, age: np.ndarray) -> str:
        """Tier of a page by its dollars a day over the window."""
        daily = float(earnings.sum()) / max(int(age.max(initial=0)) + 1, 1)
        edges = self.settings.values
        limits = [float(edges[f"tier_{name}"]) for name in ("mid", "large", "ultra")]
        return TIERS[int(np.searchsorted(limits, daily, side="right"))]

    def _slots(self, page: int) -> pa.Table:
        first = (datetime.combine(self.week, datetime.min.time()) - _EPOCH) // timedelta(days=1)
        utc = np.arange(self.now, self.now + 9 * DAY, 60)
        day, hour, weekday = self.world.local(np.full(len(utc), page), utc)
        inside = (day >= first) & (day < first + 7)
        utc, day, hour, weekday = utc[inside], day[inside], hour[inside], weekday[inside]
        past = self.sends.minute[(self.sends.page == page) & (self.sends.minute < self.now)]
        hours = np.array(self.settings.fatigue_hours)
        stocks = faded((utc[:, None] - past[None, :]).astype(float), hours).sum(axis=1)
        dates = day.astype("datetime64[D]").tolist()
        known = holidays()
        multiplier = np.r_[1.0, np.array(_seed_column("day_multipliers", "multiplier"), float)]
        return pa.table(
            {
                "send_at": pa.array(utc.astype("datetime64[m]").astype("datetime64[us]")),
                "local_at": pa.array(
                    (day * DAY + hour * 60).astype("datetime64[m]").astype("datetime64[us]")
                ),
                "local_date": pa.array(day.astype("datetime64[D]")),
                "local_hour": hour,
                "iso_weekday": weekday,
                "daypart": [DAYPARTS[part] for part in daypart(hour)],
                "is_weekend": weekday >= 6,
                "day_multiplier": multiplier[weekday],
                "holiday_name": pa.array([known.get(d, (None,))[0] for d in dates], pa.string()),
                "holiday_factor": [known.get(d, ("", 1.0))[1] for d in dates],
                "weekend_share_cap": np.full(len(utc), multiplier[6:].sum() / multiplier[1:].sum()),
                "day_share_cap": np.ones(len(utc)),
                "has_evidence": np.ones(len(utc), dtype=bool),
                "is_blackout": np.zeros(len(utc), dtype=bool),
                **{name: stocks[:, at] for at, name in enumerate(STOCK_COLUMNS)},
            }
        )  # fmt: skip

    def _candidates(self, page: int) -> pa.Table:
        """Captions of the bank that the page holds and has not used lately, in order of key."""
        captions = self.world.captions
        own = (self.sends.page == page) & (self.sends.minute < self.now)
        last = np.full(len(captions.key), -1, dtype=np.int64)
        np.maximum.at(last, self.sends.text[own], self.sends.minute[own])
        sent = np.bincount(self.sends.text, minlength=len(captions.key))
        usable = self.world.pages.has_content[page, captions.content]
        usable = usable & (captions.content != _UNKNOWN)
        usable &= last <= self.now - self.page_settings["min_freshness_days"] * DAY
        index = sorted(np.flatnonzero(usable).tolist(), key=lambda k: captions.key[k])
        names = [CONTENTS[captions.content[k]] for k in index]
        used = [None if last[k] < 0 else _EPOCH + timedelta(minutes=int(last[k])) for k in index]
        return pa.table(
            {
                "caption_id": index,
                "caption_key": [captions.key[k] for k in index],
                "caption_text": [captions.text[k] for k in index],
                "content_category": names,
                "content_type": names,
                "content_category_key": [name.lower() for name in names],
                "content_class": ["explicit" if n in EXPLICIT else "teasing" for n in names],
                "energy": [ENERGIES[captions.energy[k]] for k in index],
                "price_tier": [PRICE_TIERS[self.world.tier[k]] for k in index],
                "caption_sends": sent[index],
                "last_used_at": pa.array(used, pa.timestamp("us")),
            }
        )

    def corrections(self, training: pa.Table) -> dict[str, dict[str, Any]]:
        """Page -> its row of `forecast_corrections` as of now."""
        names, tiers = (training.column(c).to_pylist() for c in ("page_name", "creator_tier"))
        moment = _EPOCH + timedelta(minutes=self.now)
        known = dict(zip(names, tiers, strict=True))
        return self.sent_weeks.corrections(moment, known, dict(self.settings.values))

    def creator(self, page: str) -> dict[str, Any]:
        """What a plan reads of the mart `creators`."""
        at = self.pages.index(page)
        own = (self.sends.page == at) & (self.sends.minute < self.now)
        past = self.sends.minute[own]
        paid = np.flatnonzero(own & (self.sends.price > 0))
        _, hour, _ = self.world.local(self.sends.page[paid], self.sends.minute[paid])
        rate = self.bought[paid] * self.sends.price[paid] / self.reached[paid]
        count = np.bincount(hour, minlength=24)
        mean = (np.bincount(hour, rate, minlength=24) + PRIME_PRIOR * rate.mean()) / (
            count + PRIME_PRIOR
        )
        best = np.argsort(-mean, kind="stable")[: int(self.settings.values["prime_hours_count"])]
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
        day, _, _ = self.world.local(np.full(len(minute), at), minute)
        table = pa.table(
            {
                "send_at": pa.array(minute.astype("datetime64[m]").astype("datetime64[us]")),
                "local_date": pa.array(day.astype("datetime64[D]")),
                "caption_key": pa.array(
                    [self.world.captions.key[t] for t in self.sends.text[ahead]], pa.string()
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
        low, high = (self.page_settings[name] for name in ("price_min", "price_max"))
        for page, week in sent.items():
            allowed = set(planned[page].captions.column("caption_key").to_pylist())
            count += sum(not (low <= m.price <= high and m.caption_key in allowed) for m in week)
        return count

    def as_sends(self, weeks: Mapping[str, Sequence[PlannedMessage]]) -> Sends:
        """Planned weeks in the world's terms, in order of page and time."""
        texts = {key: text for text, key in enumerate(self.world.captions.key)}
        rows = [
            (self.pages.index(page), m.time, texts[m.caption_key], m.price)
            for page, week in weeks.items()
            for m in week
        ]
        page, minute, text, price = (np.array(column) for column in zip(*rows, strict=True))
        return Sends(page, minute, text, price.astype(np.float64))

    def send(self, plan: Sends, draws: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Send messages: their outcomes join the history.

        Returns:
            True expected dollars of each, (n,), and what each might have brought in, (draws, n);
            the first draw is what it did.
        """
        everything = self.sends.then(plan)
        new = np.arange(len(self.sends), len(everything))
        views, bought = self.world.rates(everything, new)
        reached = np.round(self.world.pages.audience[plan.page])
        turn = _counts_before(everything.page)[new]
        outcomes = [
            self.world.drawn(plan.page, turn, plan.minute, reached * views, reached * bought, draw)
            for draw in range(max(draws, 1))
        ]
        self.sends = everything
        self.reached = np.append(self.reached, reached)
        self.viewed = np.append(self.viewed, outcomes[0][0])
        self.bought = np.append(self.bought, outcomes[0][1])
        dollars = np.stack([drawn * plan.price for _, drawn in outcomes])
        return reached * bought * plan.price, dollars

    def write(self, count: int) -> None:
        """People write captions, as good and as bad as those of the bank, and file them there."""
        if not count:
            return
        rng = np.random.default_rng([self.world.seed, self.now])
        old, new = self.world.captions, written(rng, self.world.qualities, count)
        known = set(old.key)
        fresh = np.array([key not in known for key in new.key])
        kept = np.flatnonzero(fresh).tolist()
        captions = replace(
            old,
            text=(*old.text, *(new.text[k] for k in kept)),
            key=(*old.key, *(new.key[k] for k in kept)),
            content=np.append(old.content, new.content[kept]),
            energy=np.append(old.energy, new.energy[kept]),
            quality=np.append(old.quality, new.quality[kept]),
        )
        tier = np.append(self.world.tier, draw_tiers(rng, new)[kept])
        self.world = replace(self.world, captions=captions, tier=tier)

    def advance(self, time: timedelta) -> None:
        """Let time pass."""
        self.now += time // timedelta(minutes=1)


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


def start_agency(seed: int, share: float, pages: int = 6, captions: int = 900) -> Live:
    """The agency of a world at the end of its people's own history.

    Args:
        seed: of the world.
        share: the setting exploration_share.
        pages: of the agency.
        captions: texts in its bank.
    """
    known = {day: name for day, (name, _) in holidays().items()}
    world = draw_world(seed, pages=pages, captions=captions, holidays=known)
    values = DbtProject.find().with_overrides(
        {"exploration_share": share, "messages_per_week_max": world.plan_max}
    )
    names = {f for f in Settings.__dataclass_fields__ if f in values}
    as_of = _EPOCH + timedelta(minutes=world.now)
    settings = Settings(
        **{name: values[name] for name in names - {"as_of", "project_fingerprint"}},
        as_of=as_of,
        built_at=as_of,
        is_tested=True,
        raw_fingerprint="",
        project_fingerprint="",
        values=values,
    )
    live = Live(
        world=world,
        settings=settings,
        now=world.now,
        sends=world.history.where(np.zeros(0, dtype=np.int64)),  # type: ignore[arg-type]
        reached=np.zeros(0),
        viewed=np.zeros(0),
        bought=np.zeros(0),
        page_settings={name: v for name, v in values.items() if isinstance(v, int | float)},
    )
    _live_through(live, world)
    return live


def _live_through(live: Live, world: World) -> None:
    """Give the history its outcomes."""
    sends, paid = world.history, np.flatnonzero(~np.isnan(world.history.price))
    reached = np.round(world.pages.audience[sends.page])
    views, bought = world.rates(sends, paid)
    turn = _counts_before(sends.page)[paid]
    at = sends.page[paid], turn, sends.minute[paid]
    seen, sold = world.drawn(*at, reached[paid] * views, reached[paid] * bought)
    live.sends, live.reached = sends, reached
    live.viewed, live.bought = np.zeros(len(sends)), np.zeros(len(sends))
    live.viewed[paid], live.bought[paid] = seen, sold


@cache
def holidays() -> dict[date, tuple[str, float]]:
    """The seed's holidays: name and factor by date."""
    days, names, factors = (
        _seed_column("holidays", c) for c in ("holiday_date", "holiday_name", "factor")
    )
    return dict(zip(days, zip(names, factors, strict=True), strict=True))


@cache
def _seed_column(name: str, column: str) -> tuple[Any, ...]:
    table = pyarrow.csv.read_csv(DbtProject.find().root / "seeds" / f"{name}.csv")
    return tuple(table.column(column).to_pylist())
