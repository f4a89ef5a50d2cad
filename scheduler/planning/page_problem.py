"""From a page's marts and its response to the problem that the solver reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from scheduler.errors import SchedulerError
from scheduler.marts.build_settings import Settings
from scheduler.marts.inputs import AgencyInputs, floats, minutes
from scheduler.planning.caption_prices import DAYPARTS, Floats, priced_captions
from scheduler.planning.kept_messages import fixed_messages, in_order, nearest_slots
from scheduler.planning.promised import Kept, Promised
from scheduler.planning.week_fatigue import WeekFatigue, week_fatigue
from scheduler.response import PageResponse, ResponseModel
from scheduler.solver import PageProblem

_EPOCH = datetime(1970, 1, 1)
# More messages on one local day than this never fit between spacings of an hour.
_HOURS_OF_A_DAY = 24


@dataclass(frozen=True)
class PlannedPage:
    """A problem with the rows behind its indices.

    Attributes:
        problem: what the solver reads.
        slots: rows of `schedule_slots`, in the problem's slot order.
        captions: rows of `caption_candidates`, in the problem's caption order.
        fatigue: behind the problem's table, for the true places of a plan's messages.
        kept: rows behind the problem's fixed messages, in their order.
        kept_slot: the slot nearest to each.
    """

    problem: PageProblem
    slots: pa.Table
    captions: pa.Table
    fatigue: WeekFatigue
    kept: tuple[Kept, ...]
    kept_slot: NDArray[np.int64]


def page_response(model: ResponseModel, page: str, settings: Settings) -> PageResponse:
    """The page's response; with predictions switched off, its plain averages."""
    response = model.page_response(page)
    return response if settings.enable_ml_predictions else response.averages_only()


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
        SchedulerError: no slot of the week lies after `as_of`.
    """
    rules = inputs.page_settings[page]
    slots = _tried(_plannable(inputs.slots[page], inputs.settings.as_of))
    if slots.num_rows == 0:
        raise SchedulerError("No hour of the week lies after as_of: plan a later week.")
    priced = priced_captions(page, inputs, response, promised)
    captions = priced.captions
    kept = in_order(promised.kept)
    count_max = int(rules["messages_per_week_max"])
    slot_time = minutes(slots.column("send_at"))
    days = [(d - inputs.week).days for d in slots.column("local_date").to_pylist()]
    hours = np.asarray(slots.column("local_hour").to_pylist(), dtype=np.int64)
    weekdays = np.asarray(slots.column("iso_weekday").to_pylist(), dtype=np.int64)
    earliest, latest = _neighbours(promised.own, creator, slot_time)
    weekend_cap, day_caps = _day_caps(inputs.slots[page])
    is_prime = np.isin(hours, _prime_hours(creator))
    spacing = round(float(rules["min_spacing_hours"]) * 60)
    fatigue = week_fatigue(
        response.fatigue,
        slots,
        promised.own,
        creator,
        inputs.settings.as_of,
        _likely(is_prime, float(rules["prime_share_min"])),
        spacing,
    )
    table = fatigue.table(count_max, min(count_max, _HOURS_OF_A_DAY))
    labels = [row["content_category_key"] for row in kept]
    codes = _codes([*captions.column("content_category_key").to_pylist(), *labels])
    kept_slot = nearest_slots(kept, slot_time)
    problem = PageProblem(
        page_name=page,
        slot_time=slot_time,
        slot_day=np.asarray(days, dtype=np.int64),
        slot_daypart=np.asarray(
            [DAYPARTS.index(name) for name in slots.column("daypart").to_pylist()], dtype=np.int64
        ),
        slot_factor=np.exp(response.hour[hours] + response.weekday[weekdays]),
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
        fixed=fixed_messages(
            kept, inputs, page, response, (table, kept_slot), codes[captions.num_rows :],
            _prime_hours(creator),
        ),
    )  # fmt: skip
    return PlannedPage(problem, slots, captions, fatigue, kept, kept_slot)


def _plannable(slots: pa.Table, as_of: datetime) -> pa.Table:
    """Slots after `as_of`; of an hour that daylight saving repeats, the first only.

    A CSV row names a local hour; the second of two equal local hours could not be told apart.
    """
    future = slots.filter(pc.greater(slots.column("send_at"), pa.scalar(as_of, pa.timestamp("us"))))
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
