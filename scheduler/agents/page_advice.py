"""One page on its way from the solver to the agents and back."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np

from scheduler.agents.agent_settings import as_solved_id
from scheduler.agents.findings import Limits, findings
from scheduler.agents.rebuild import Solved, rebuilt
from scheduler.agents.revise import Places, WeekEditor, picks_of
from scheduler.agents.sent_facts import Fact
from scheduler.agents.week_view import Advice, FreeHour, Message, Option, PageWeek, Verdict
from scheduler.marts.advice import WeekAdvice
from scheduler.planning.alternatives import alternatives
from scheduler.planning.page_problem import PlannedPage
from scheduler.planning.projection import multiplied, projected
from scheduler.planning.reasons import Reason, week_reasons
from scheduler.response import PageResponse
from scheduler.solver import PlannedMessage

_OPTIONS, _FREE_HOURS = 3, 8


@dataclass(frozen=True)
class AdvisedWeek:
    """A page's week as it will be written.

    Attributes:
        schedule_id: of the week without agents, as advised on, or as it was solved for them.
        rows: its problem with the mart rows behind it.
        reasons: the evidence behind each message, in time order.
        notes: of each message, empty where the computed note stands.
        locked: which messages an agent locked.
    """

    schedule_id: str
    rows: PlannedPage
    solved: Solved
    reasons: tuple[Reason, ...]
    notes: tuple[str, ...]
    locked: tuple[bool, ...]
    said: WeekAdvice


@dataclass
class PageAdvice:
    """One page on its way from the solver to the agents and back."""

    name: str
    rows: PlannedPage
    response: PageResponse
    solved: Solved
    week: str = ""
    taken: Collection[str] = frozenset()
    reserved: Collection[str] = frozenset()
    standing: tuple[Fact, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)

    def reasons(self, solved: Solved) -> tuple[Reason, ...]:
        """The evidence behind each message."""
        return week_reasons(self.rows, solved.plan, self.response, solved.explored, self.taken)

    def plain(self, schedule: str, limits: Limits) -> AdvisedWeek:
        """The week as it was solved, with the findings that the figures give by themselves."""
        count = len(self.solved.sent)
        said = WeekAdvice(findings=tuple(f.line() for f in findings(self.standing, limits)))
        reasons = self.reasons(self.solved)
        nobody = (False,) * count
        return AdvisedWeek(schedule, self.rows, self.solved, reasons, ("",) * count, nobody, said)

    def advised(
        self, plain: AdvisedWeek, editor: WeekEditor, advice: Advice, schedule: str
    ) -> AdvisedWeek:
        """The week as the agents left it; as solved where one of them did not answer."""
        if not advice.is_complete:
            said = WeekAdvice(
                findings=plain.said.findings, reviews=advice.reviews, problem=advice.problem
            )
            return replace(plain, schedule_id=as_solved_id(plain.schedule_id), said=said)
        taken = [verdict for verdict in advice.verdicts if not verdict.refused]
        said = WeekAdvice(
            summary=advice.summary,
            findings=advice.findings,
            reviews=advice.reviews,
            changes=tuple(self._change(advice.week, verdict) for verdict in advice.verdicts),
        )
        now = rebuilt(self.solved, editor.places)
        by = {verdict.change.message: verdict for verdict in taken}
        return AdvisedWeek(
            schedule,
            self.rows,
            now.solved,
            self.reasons(now.solved),
            tuple(advice.notes.get(name, "") for name in now.names),
            tuple(name in by and editor.places[name].is_locked for name in now.names),
            said,
        )

    @staticmethod
    def _change(week: PageWeek, verdict: Verdict) -> str:
        change = verdict.change
        message = week.message(change.message)
        where = message.label if message else change.message
        head = f"{change.by} {change.kind} {where}"
        reason = f" {change.reason}" if change.reason else ""
        if verdict.refused:
            return f"{head}: refused, {verdict.refused}.{reason}"
        cost = "gives up" if verdict.loss >= 0 else "gains"
        return f"{head}: {cost} ${abs(verdict.loss):,.2f} of projected revenue.{reason}"

    def editor(self, loss_max: float) -> WeekEditor:
        """The page's week for the agents to change."""
        believed = self._projected(self.solved).sum()
        expected = sum(message.expected for message in self.solved.sent)
        return WeekEditor(
            self.solved.problem,
            self.solved.places(),
            self.reserved,
            self._described(loss_max),
            loss_max,
            float(believed / expected) if expected > 0 else 1.0,
        )

    def _projected(self, solved: Solved) -> Any:
        dollars = multiplied(solved.sent, self.rows.tired(solved.plan.messages).correction)
        return projected(dollars, self.response)

    def _described(self, loss_max: float) -> Callable[[Places], PageWeek]:
        def describe(places: Places) -> PageWeek:
            now = rebuilt(self.solved, places)
            reasons = self.reasons(now.solved)
            believed = self._projected(now.solved).tolist()
            most = loss_max * sum(believed)
            rows = self.rows.sent_of(now.solved.sent)
            captions = self.rows.captions.to_pylist()
            messages = [
                self._message(name, now.solved.sent[index], rows[index], reasons[index])
                if name not in places
                else replace(
                    self._message(name, now.solved.sent[index], rows[index], reasons[index]),
                    is_fixed=places[name].is_frozen,
                    options=self._options(name, places, reasons[index], captions, most),
                )
                for index, name in enumerate(now.names)
            ]
            return PageWeek(
                page_name=self.name,
                week=self.week,
                standing=self.standing,
                messages=tuple(messages),
                free_hours=tuple(self._free_hours(places)),
                relaxed=(*self.rows.given_up, *now.solved.plan.relaxed),
            )

        return describe

    def _message(
        self, name: str, sent: PlannedMessage, row: Mapping[str, Any], reason: Reason
    ) -> Message:
        """A message that nobody may change; what is sent is in the row."""
        return Message(
            id=name,
            label=f"{row['local_at']:%a %H:%M}" if sent.fixed >= 0 else self._label(sent.slot),
            daypart=reason.daypart,
            price=float(sent.price),
            expected=reason.price_revenue,
            text=row["caption_text"],
            category=row["content_category"],
            energy=row["energy"],
            duplicate_group=self.groups.get(sent.caption_key, ""),
            reason=reason,
            is_fixed=True,
            options=(),
        )

    def _options(
        self,
        name: str,
        places: Places,
        reason: Reason,
        captions: Sequence[Mapping[str, Any]],
        most: float,
    ) -> tuple[Option, ...]:
        """The captions that could stand there instead, for at most so many dollars."""
        problem, place = self.solved.problem, places[name]
        if place.is_frozen:
            return ()
        options: list[Option] = []
        index, picks = list(places).index(name), picks_of(places)
        for other in alternatives(problem, picks, index, self.reserved, _OPTIONS):
            ratio = problem.caption_value[other] / problem.caption_value[place.caption]
            loss = float(reason.price_revenue * (1.0 - ratio))
            if loss <= most:
                row = captions[other]
                number = f"{name}c{len(options) + 1}"
                options.append(
                    Option(number, other, row["caption_text"], row["content_category"],
                           row["energy"], loss)
                )  # fmt: skip
        return tuple(options)

    def _label(self, slot: int) -> str:
        local: datetime = self.rows.slots.column("local_at")[slot].as_py()
        return f"{local:%a %H:%M}"

    def _free_hours(self, places: Places) -> list[FreeHour]:
        """The best hours that keep the spacing to every message of the week."""
        problem = self.solved.problem
        taken = np.array(
            [problem.slot_time[place.slot] for place in places.values()]
            + [locked.time for locked in problem.fixed]
        )
        distance = np.abs(problem.slot_time[:, None] - taken[None, :]).min(axis=1)
        worth = problem.slot_factor * problem.slot_choice_weight
        free = np.flatnonzero(distance >= problem.spacing_minutes)
        best = free[np.argsort(-worth[free], kind="stable")][:_FREE_HOURS]
        dayparts = self.rows.slots.column("daypart").to_pylist()
        mean = float(problem.slot_factor.mean())
        return [
            FreeHour(
                f"h{slot}", slot, self._label(slot), dayparts[slot],
                float(problem.slot_factor[slot]) / mean,
            )
            for slot in sorted(best.tolist())
        ]  # fmt: skip


def owners(pages: Sequence[PageAdvice]) -> dict[str, str]:
    """Caption -> the page it is worth most to; of equals the first by name."""
    best: dict[str, tuple[float, str]] = {}
    for page in pages:
        problem = page.solved.problem
        for key, value in zip(problem.caption_keys, problem.caption_value.tolist(), strict=True):
            if key not in best or value > best[key][0]:
                best[key] = value, page.name
    return {key: name for key, (_, name) in best.items()}
