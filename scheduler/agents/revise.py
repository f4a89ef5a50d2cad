"""Changes to a solved week: each is held against the solver's rules and priced by its objective."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from scheduler.agents.week_view import Change, PageWeek, Verdict
from scheduler.planning.alternatives import alternatives, broken_rules
from scheduler.solver.valuation import Pick, choice_value, expected_revenue
from scheduler.solver.week_problem import PageProblem


@dataclass(frozen=True)
class Placed:
    """Where a message is: indices of its slot and caption in the problem.

    Attributes:
        is_frozen: drawn by chance; only a veto may change it.
        is_touched: an agent changed it.
        is_locked: an agent asked that it stays when the week is planned anew.
    """

    slot: int
    caption: int
    is_frozen: bool = False
    is_touched: bool = False
    is_locked: bool = False


Places = Mapping[str, Placed]


def picks_of(places: Places) -> list[Pick]:
    """As the solver's checks read a week."""
    return [(place.slot, place.caption) for place in places.values()]


class WeekEditor:
    """The `Editor` of one page."""

    def __init__(
        self,
        problem: PageProblem,
        places: Places,
        taken: Collection[str],
        describe: Callable[[Places], PageWeek],
        loss_max: float,
        dollars: float = 1.0,
    ) -> None:
        """Start from a solved week.

        Args:
            problem: its problem; captions that other pages hold may be in it.
            places: message id -> place. Locked messages are the problem's own and not in it.
            taken: captions of other pages' weeks.
            describe: the week in words.
            loss_max: share of the solved week's objective that all changes may cost together.
            dollars: projected dollars of one expected dollar of the problem.
        """
        self._problem, self.places, self._taken = problem, dict(places), frozenset(taken)
        self._describe, self._loss_max, self._dollars = describe, loss_max, dollars
        self._solved = choice_value(problem, picks_of(places))
        self._solved_broken = broken_rules(problem, picks_of(places))
        self._week: PageWeek | None = None

    @property
    def is_changed(self) -> bool:
        """Whether any message is another than was solved."""
        return any(place.is_touched for place in self.places.values())

    def week(self) -> PageWeek:
        """The week as it is now."""
        if self._week is None:
            self._week = self._describe(self.places)
        return self._week

    def replacement(self, message: str) -> int | None:
        """The best allowed caption for a message other than its own; None: there is none."""
        if message not in self.places:
            return None
        place, picks = list(self.places).index(message), picks_of(self.places)
        found = alternatives(self._problem, picks, place, self._taken, 1)
        return found[0] if found else None

    def apply(self, change: Change) -> Verdict:
        """Take a change, or refuse it with a reason."""
        wanted = self._wanted(change)
        if isinstance(wanted, str):
            return Verdict(change, refused=wanted)
        refused = self._refused(wanted, change)
        before, after = picks_of(self.places), picks_of(wanted)
        lost = expected_revenue(self._problem, before) - expected_revenue(self._problem, after)
        value = choice_value(self._problem, before) - choice_value(self._problem, after)
        share = value / self._solved if self._solved > 0 else 0.0
        if not refused:
            self.places, self._week = wanted, None
        return Verdict(change, float(lost) * self._dollars, float(share), refused)

    def _wanted(self, change: Change) -> dict[str, Placed] | str:
        """The places after a change, or why it cannot be had."""
        place = self.places.get(change.message)
        if place is None:
            return "a locked message stays as it is"
        if place.is_frozen and change.kind not in ("veto", "lock"):
            return "a message drawn by chance stays as it is"
        after = dict(self.places)
        if change.kind == "lock":
            after[change.message] = replace(place, is_locked=True)
        elif change.kind == "swap":
            other = self.places.get(change.other)
            if other is None or other.is_frozen or change.other == change.message:
                return "the other message stays as it is"
            after[change.message] = _with(place, caption=other.caption)
            after[change.other] = _with(other, caption=place.caption)
        elif change.kind == "move":
            if not 0 <= change.target < len(self._problem.slot_time):
                return "there is no such hour"
            after[change.message] = _with(place, slot=change.target)
        else:
            if not 0 <= change.target < len(self._problem.caption_keys):
                return "there is no such caption"
            after[change.message] = _with(place, caption=change.target)
        return after

    def _refused(self, wanted: Places, change: Change) -> str:
        """Why a week may not be had; empty when it may."""
        changed = {place.caption for place in wanted.values()} - {
            place.caption for place in self.places.values()
        }
        if any(self._problem.caption_keys[caption] in self._taken for caption in changed):
            return "another page has that caption"
        broken = broken_rules(self._problem, picks_of(wanted)) - self._solved_broken
        if broken:
            rule, detail = min(broken)
            return f"it would break {rule}: {detail}"
        value = choice_value(self._problem, picks_of(wanted))
        cost = 1.0 - value / self._solved if self._solved > 0 else 0.0
        if change.kind != "veto" and cost > self._loss_max:
            return f"the week would lose {cost:.1%} of its value, {self._loss_max:.1%} may be lost"
        return ""


def _with(place: Placed, *, slot: int | None = None, caption: int | None = None) -> Placed:
    return replace(
        place,
        slot=place.slot if slot is None else slot,
        caption=place.caption if caption is None else caption,
        is_frozen=False,
        is_touched=True,
    )
