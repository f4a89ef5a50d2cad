"""A small solved week whose twins and relaxed rules make every role needed."""

from collections.abc import Sequence

from benchmarks.random_pages import Shape, page
from scheduler.agents.prose_numbers import DOLLARS, TIMES
from scheduler.agents.revise import Placed, Places, WeekEditor, picks_of
from scheduler.agents.sent_facts import Fact
from scheduler.agents.week_view import FreeHour, Message, Option, PageWeek
from scheduler.planning.alternatives import alternatives
from scheduler.planning.reasons import Reason
from scheduler.solver import PageProblem, WeekPlan, solve_page

SHAPE = Shape(captions=40, categories=4, n_min=2, n_max=4, category_per_day_max=3)
STANDING = (
    Fact("health_ratio", "revenue a day, 30 days over 60", 0.81, TIMES, 41),
    Fact("revenue_30", "revenue of the last 30 days", 1234.5, DOLLARS, 41),
)
_SOLVED: dict[int, tuple[PageProblem, WeekPlan]] = {}
NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAYPARTS = ("morning", "afternoon", "evening", "night")


def solved(seed: int = 1) -> tuple[PageProblem, WeekPlan]:
    """A problem and its best week, solved once."""
    if seed not in _SOLVED:
        problem = page(seed, SHAPE)
        _SOLVED[seed] = problem, solve_page(problem)
    return _SOLVED[seed]


def editor(
    seed: int = 1,
    *,
    texts: Sequence[str] = (),
    taken: Sequence[str] = (),
    frozen: Sequence[str] = (),
    standing: Sequence[Fact] = STANDING,
    twins: bool = True,
    loss_max: float = 0.02,
) -> WeekEditor:
    """The editor of a solved week.

    Args:
        texts: captions of the messages, in time order, as solved.
        frozen: ids of messages drawn by chance.
        twins: the captions of the first two messages say the same.
    """
    problem, plan = solved(seed)
    places = {
        f"m{number}": Placed(m.slot, m.caption, f"m{number}" in frozen)
        for number, m in enumerate(plan.messages, 1)
    }
    told = {place.caption: text for place, text in zip(places.values(), texts, strict=False)}

    def describe(now: Places) -> PageWeek:
        names = sorted(now, key=lambda name: now[name].slot)
        messages = [_message(problem, now, name, told, taken, twins) for name in names]
        used = {place.slot for place in now.values()}
        hours = [slot for slot in range(len(problem.slot_time)) if slot not in used][:8]
        return PageWeek(
            page_name=problem.page_name,
            week="2026-03-23",
            standing=tuple(standing),
            messages=tuple(messages),
            free_hours=tuple(
                FreeHour(f"h{s}", s, _label(problem, s), _daypart(problem, s), 1.0) for s in hours
            ),
        )

    return WeekEditor(problem, places, taken, describe, loss_max)


def _label(problem: PageProblem, slot: int) -> str:
    hour = int(problem.slot_time[slot] - problem.slot_time[0]) // 60 % 24
    return f"{NAMES[int(problem.slot_day[slot])]} {hour:02d}:00"


def _daypart(problem: PageProblem, slot: int) -> str:
    return DAYPARTS[int(problem.slot_daypart[slot])]


def _message(
    problem: PageProblem,
    places: Places,
    name: str,
    told: dict[int, str],
    taken: Sequence[str],
    twins: bool,
) -> Message:
    place = places[name]
    price = float(problem.caption_price[place.caption])
    dollars = float(problem.caption_value[place.caption] * problem.slot_factor[place.slot])
    other = alternatives(problem, picks_of(places), list(places).index(name), taken, 2)
    own = float(problem.caption_value[place.caption])
    return Message(
        id=name,
        label=_label(problem, place.slot),
        daypart=_daypart(problem, place.slot),
        price=price,
        expected=dollars,
        text=told.get(place.caption, f"caption {'abcdefgh'[place.caption % 8]}"),
        category="Solo",
        energy="neutral",
        duplicate_group="twin" if twins and name in ("m1", "m2") else name,
        reason=reason(),
        is_fixed=place.is_frozen,
        options=tuple(
            Option(
                id=f"{name}c{rank}",
                caption=caption,
                text="another caption",
                category="Solo",
                energy="neutral",
                loss=dollars * (1 - float(problem.caption_value[caption]) / own),
            )
            for rank, caption in enumerate(other, 1)
        ),
    )


def reason(**changed: object) -> Reason:
    """Evidence with everything known."""
    values: dict[str, object] = {
        "local_hour": 20, "daypart": "evening", "is_prime": True, "hour_index": 1.31,
        "price": 22.0, "price_revenue": 240.0, "lower_price": 18.0, "lower_price_revenue": 228.0,
        "higher_price": 30.0, "higher_price_revenue": 200.0, "caption_sends": 4,
        "caption_score": 1.2, "caption_days_since": 45, "energy": "seductive",
        "energy_suits": True, "price_tier": "mid", "holiday": "", "runner_up_caption_id": 7,
        "runner_up_loss": 6.2,
    }  # fmt: skip
    return Reason(**(values | changed))  # type: ignore[arg-type]
