"""From a page's marts and its response to the problem that the solver reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from scheduler.errors import SchedulerError
from scheduler.marts.build_settings import Settings
from scheduler.marts.inputs import AgencyInputs, floats, minutes
from scheduler.planning.caption_prices import DAYPARTS, Floats, priced_captions, proposable_prices
from scheduler.planning.kept_messages import (
    Moments,
    fixed_messages,
    nearest_slots,
    over,
    rows_by_key,
    with_place,
)
from scheduler.planning.promised import Kept, Promised
from scheduler.planning.rule_modes import (
    LOG,
    PREFER,
    BestWeek,
    Preferred,
    let_go,
    told,
    with_mode,
)
from scheduler.planning.week_fatigue import PlanFatigue, WeekFatigue, week_fatigue
from scheduler.response import PageResponse, ResponseModel
from scheduler.solver import FixedMessage, PageProblem, PlannedMessage

_EPOCH = datetime(1970, 1, 1)
# More messages on one local day than this never fit between spacings of an hour.
_HOURS_OF_A_DAY = 24


@dataclass(frozen=True)
class Stand:
    """A message of a published week as a problem can hold it.

    Attributes:
        row: see `with_place`.
        message: in the solver's terms.
        slot: the slot nearest to it.
    """

    row: Kept
    message: FixedMessage
    slot: int


@dataclass(frozen=True)
class PlannedPage:
    """A problem with the rows behind its indices.

    Attributes:
        problem: what the solver reads.
        slots: rows of `schedule_slots`, in the problem's slot order.
        captions: rows of `caption_candidates`, in the problem's caption order.
        fatigue: behind the problem's table, for the true places of a plan's messages.
        moment: see `usual_moment`.
        prices: what the page may ask, dollars, ascending.
        kept: rows behind the problem's fixed messages, in their order, see `with_place`.
        kept_slot: the slot nearest to each.
        standing: messages of the published week that may stay or change.
        preferred: rules that the week may do without where they cost too much.
        cost_max: see `Preferred`.
        given_up: what is to be said of those that it does without.
    """

    problem: PageProblem
    slots: pa.Table
    captions: pa.Table
    fatigue: WeekFatigue
    moment: float
    prices: tuple[float, ...] = ()
    kept: tuple[Kept, ...] = ()
    kept_slot: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    standing: tuple[Stand, ...] = ()
    preferred: tuple[str, ...] = ()
    cost_max: float = 0.0
    given_up: tuple[str, ...] = ()

    @property
    def task(self) -> Preferred:
        """What a worker solves."""
        return Preferred(self.problem, self.preferred, self.cost_max)

    def solved(self, best: BestWeek) -> "PlannedPage":
        """The same without the rules that its best week does without."""
        problem = let_go(self.problem, best.given_up)
        return replace(self, problem=problem, given_up=told(best.given_up))

    def with_fixed(self, stands: Sequence[Stand]) -> "PlannedPage":
        """The same with these messages fixed, and no others."""
        held = sorted(stands, key=lambda stand: (stand.message.time, stand.message.caption_key))
        return replace(
            self,
            problem=replace(self.problem, fixed=tuple(stand.message for stand in held)),
            kept=tuple(stand.row for stand in held),
            kept_slot=np.array([stand.slot for stand in held], dtype=np.int64),
        )

    def sent_of(self, messages: Sequence[PlannedMessage]) -> list[Mapping[str, Any]]:
        """What each message sends: a row of `caption_candidates`, or a kept message's."""
        # By key: a plan made anew without some captions numbers the others differently.
        captions = rows_by_key(self.captions, {message.caption_key for message in messages})
        return [
            self.kept[message.fixed] if message.fixed >= 0 else captions[message.caption_key]
            for message in messages
        ]

    def places_of(self, messages: Sequence[PlannedMessage]) -> list[Mapping[str, Any]]:
        """When each message is sent: a row of `schedule_slots`, or a kept message's."""
        free = [message.slot for message in messages if message.fixed < 0]
        rows = iter(self.slots.take(pa.array(free, pa.int64())).to_pylist())
        return [
            self.kept[message.fixed] if message.fixed >= 0 else next(rows) for message in messages
        ]

    def tired(self, messages: Sequence[PlannedMessage]) -> PlanFatigue:
        """Fatigue at the true places of a week's messages.

        Args:
            messages: in time order.
        """
        where = [
            (int(self.kept_slot[m.fixed]), self.problem.fixed[m.fixed].day)
            if m.fixed >= 0
            else (m.slot, int(self.problem.slot_day[m.slot]))
            for m in messages
        ]
        slot, day = np.asarray(where, dtype=np.int64).reshape(-1, 2).T
        return self.fatigue.of_plan(messages, slot, day)


def page_response(
    model: ResponseModel, page: str, settings: Settings, creator: Mapping[str, Any]
) -> PageResponse:
    """The page's response with what its own weeks have taught.

    With predictions switched off, it is the page's plain averages.

    Args:
        model: the response model.
        page: the page.
        settings: of the marts.
        creator: its row of `creators`.
    """
    response = model.page_response(page)
    if not settings.enable_ml_predictions:
        return response.averages_only()
    return replace(response, correction=float(creator["forecast_factor"] or 1.0))


def build_problem(
    page: str,
    inputs: AgencyInputs,
    response: PageResponse,
    creator: Mapping[str, Any],
    promised: Promised,
) -> PlannedPage:
    """Put a page's week into the solver's terms.

    Raises:
        NoCandidate: no caption is left once promises to other pages and weeks are taken out.
        SchedulerError: no slot of the week lies after `as_of` and outside blackouts.
    """
    rules, values = inputs.page_settings[page], inputs.settings.values
    slots = _tried(_plannable(inputs.slots[page], inputs.settings.as_of))
    if slots.num_rows == 0:
        raise SchedulerError(
            "No hour of the week lies after as_of and outside the page's blackouts:"
            " plan a later week."
        )
    count_max = int(rules["messages_per_week_max"])
    slot_time = minutes(slots.column("send_at"))
    days = [(d - inputs.week).days for d in slots.column("local_date").to_pylist()]
    hours = np.asarray(slots.column("local_hour").to_pylist(), dtype=np.int64)
    weekdays = np.asarray(slots.column("iso_weekday").to_pylist(), dtype=np.int64)
    earliest, latest = _neighbours(promised.own, creator, slot_time)
    weekend_cap, day_caps = _day_caps(inputs.slots[page])
    is_prime = np.isin(hours, _prime_hours(creator))
    spacing = round(float(rules["min_spacing_hours"]) * 60)
    standing = {row["message_id"] for row in promised.standing}
    kept = with_place((*promised.kept, *promised.standing), inputs, page)
    fatigue = week_fatigue(
        response.fatigue,
        slots,
        promised.own,
        creator,
        inputs.settings.as_of,
        _likely(is_prime, float(rules["prime_share_min"])),
        spacing,
        over(promised.kept, inputs, page),
    )
    slot_factor = np.exp(response.hour[hours] + response.weekday[weekdays])
    table = fatigue.table(count_max, min(count_max, _HOURS_OF_A_DAY))
    moment = usual_moment(slot_factor, is_prime, table)
    priced = priced_captions(page, inputs, response, promised, moment)
    captions = priced.captions
    kept_slot = nearest_slots(kept, slot_time)
    labels = [row["content_category_key"] for row in kept]
    codes = _codes([*captions.column("content_category_key").to_pylist(), *labels])
    problem = PageProblem(
        page_name=page,
        slot_time=slot_time,
        slot_day=np.asarray(days, dtype=np.int64),
        slot_daypart=np.asarray(
            [DAYPARTS.index(name) for name in slots.column("daypart").to_pylist()], dtype=np.int64
        ),
        slot_factor=slot_factor,
        slot_choice_weight=floats(slots, "day_multiplier") * floats(slots, "holiday_factor"),
        slot_is_prime=is_prime,
        slot_is_weekend=np.asarray(slots.column("is_weekend").to_pylist(), dtype=bool),
        caption_keys=captions.column("caption_key").to_pylist(),
        caption_value=priced.value,
        caption_price=priced.price,
        caption_category=codes[: captions.num_rows],
        caption_is_explicit=np.asarray(
            [label == "explicit" for label in captions.column("content_class").to_pylist()]
        ),
        caption_daypart_factor=priced.daypart_factor,
        fatigue=table,
        n_min=int(rules["messages_per_week_min"]),
        n_max=count_max,
        spacing_minutes=spacing,
        explicit_share=float(rules["explicit_share"]),
        explicit_tolerance=float(rules["explicit_share_tolerance"]),
        prime_share_min=float(rules["prime_share_min"]),
        category_per_day_max=int(rules["max_same_category_per_day"]),
        weekend_share_cap=weekend_cap,
        day_share_cap=day_caps,
        earliest_time=earliest,
        latest_time=latest,
    )
    fixed = fixed_messages(
        kept, inputs, response, Moments(table, kept_slot, moment), codes[captions.num_rows :],
        _prime_hours(creator),
    )  # fmt: skip
    points = tuple(proposable_prices(inputs.price_points, response, rules).tolist())
    stands = list(map(Stand, kept, fixed, kept_slot.tolist()))
    planned = PlannedPage(
        let_go(problem, with_mode(values, LOG)), slots, captions, fatigue, moment, points,
        standing=tuple(stand for stand in stands if stand.row["message_id"] in standing),
        preferred=with_mode(values, PREFER),
        cost_max=float(values["rule_cost_share_max"]),
    )  # fmt: skip
    return planned.with_fixed([s for s in stands if s.row["message_id"] not in standing])


def usual_moment(slot_factor: Floats, is_prime: NDArray[np.bool_], fatigue: Floats) -> float:
    """Mean factor of hour and fatigue where most of a week's messages go: its prime hours.

    Args:
        slot_factor: (S,) of hour and weekday.
        is_prime: (S,).
        fatigue: (S, W, D) see `PageProblem`.
    """
    chosen = is_prime if is_prime.any() else np.ones_like(is_prime)
    middle = fatigue[chosen, fatigue.shape[1] // 2, 0]
    return float(np.mean(slot_factor[chosen] * middle))


def _plannable(slots: pa.Table, as_of: datetime) -> pa.Table:
    """Slots after `as_of` and outside blackouts; of an hour that the clock repeats, the first only.

    A CSV row names a local hour; the second of two equal local hours could not be told apart.
    """
    future = slots.filter(pc.greater(slots.column("send_at"), pa.scalar(as_of, pa.timestamp("us"))))
    future = future.filter(pc.invert(future.column("is_blackout")))
    local = future.column("local_at").to_pylist()
    seen: set[Any] = set()
    first = []
    for moment in local:
        first.append(moment not in seen)
        seen.add(moment)
    return future.filter(pa.array(first, pa.bool_()))


def _tried(slots: pa.Table) -> pa.Table:
    """Slots in hours of which something is known; all of them where nothing is known of any."""
    tried = slots.filter(slots.column("has_evidence"))
    return tried if tried.num_rows else slots


def _likely(is_prime: NDArray[np.bool_], prime_share: float) -> Floats:
    """How likely a planned message falls on each slot: the wanted share in prime hours, evenly."""
    prime = is_prime.sum()
    if prime in (0, len(is_prime)):
        return np.ones(len(is_prime))
    off = (1.0 - prime_share) / (len(is_prime) - prime)
    return np.asarray(np.where(is_prime, prime_share / prime, off))


def _neighbours(
    own: pa.Table, creator: Mapping[str, Any], slot_time: NDArray[np.int64]
) -> tuple[float, float]:
    """Minutes of the last message before the week and the first after it; infinite when none."""
    times = minutes(own.column("send_at")) if own.num_rows else np.empty(0, dtype=np.int64)
    before = [float(t) for t in times if t < slot_time[0]]
    after = [float(t) for t in times if t > slot_time[-1]]
    last = creator["last_valid_sent_at"]
    if last is not None:
        before.append((last - _EPOCH).total_seconds() / 60)
    return max(before, default=-np.inf), min(after, default=np.inf)


def _day_caps(slots: pa.Table) -> tuple[float, Floats]:
    """Largest share of the week's messages at the weekend, and on each day, Monday first."""
    caps = np.ones(7)
    for row in slots.select(["iso_weekday", "day_share_cap"]).to_pylist():
        caps[row["iso_weekday"] - 1] = row["day_share_cap"]
    return float(slots.column("weekend_share_cap")[0].as_py()), caps


def _prime_hours(creator: Mapping[str, Any]) -> list[int]:
    listed = creator["prime_hours"] or ""
    return [int(hour) for hour in listed.split(",") if hour]


def _codes(labels: list[str]) -> NDArray[np.int64]:
    order = {label: code for code, label in enumerate(sorted(set(labels)))}
    return np.asarray([order[label] for label in labels], dtype=np.int64)
