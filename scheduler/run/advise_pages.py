"""Step 5, last part: why each week is as it is, and what the agents make of it when on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from scheduler.agents.agent_settings import AgentSettings, ModelPrice, advised_id
from scheduler.agents.calls import Call
from scheduler.agents.findings import Limits
from scheduler.agents.library import read_captions, read_groups
from scheduler.agents.page_advice import AdvisedWeek, PageAdvice, owners
from scheduler.agents.page_figures import read_standing
from scheduler.agents.rebuild import Solved
from scheduler.agents.stores import Replies, read_prices, write_calls
from scheduler.marts.run_result import Asked
from scheduler.moments import utc_now
from scheduler.planning.page_problem import page_response
from scheduler.progress import Progress
from scheduler.run.prepare import Prepared
from scheduler.run.solve_pages import Solved as SolvedPages
from scheduler.warehouse import connect


@dataclass(frozen=True)
class Advised:
    """All weeks of a run, and what asking came to.

    Attributes:
        weeks: page -> week.
        told: lines for the operator.
        spent: page -> what asking about it came to.
    """

    weeks: Mapping[str, AdvisedWeek]
    told: tuple[str, ...] = ()
    spent: Mapping[str, Asked] = field(default_factory=dict)


@dataclass(frozen=True)
class _Desk:
    """What the page's desk needs of the warehouse, read before it is closed again."""

    settings: AgentSettings
    replies: Replies
    prices: tuple[ModelPrice, ...]
    limits: Limits


def advise(
    prepared: Prepared, solved: SolvedPages, values: Mapping[str, Any], progress: Progress
) -> Advised:
    """Evidence, findings and, when the agents are on, their advice for the weeks just solved.

    What goes wrong with an agent leaves its page as it was solved.

    Args:
        prepared: of the run.
        solved: its weeks.
        values: the settings of the build with those of the command.
        progress: told what is done.
    """
    pages = _pages(prepared, solved)
    settings, limits = AgentSettings.of(values), Limits.of(values)
    with connect(labels=prepared.labels) as warehouse:
        standing = read_standing(warehouse, values)
        sent = {m.caption_key for page in pages for m in page.solved.sent}
        read_captions(warehouse, float(values["near_duplicate_similarity"]), utc_now(), sent)
        groups = read_groups(warehouse)
        replies = Replies.of(warehouse, settings.model, [page.name for page in pages])
        prices = read_prices(warehouse)
    for page in pages:
        page.standing, page.groups = standing.get(page.name, ()), groups
    plain = {page.name: page.plain(prepared.ids[page.name], limits) for page in pages}
    if settings.off_because is not None or not pages:
        told = (settings.off_because,) if settings.enabled and settings.off_because else ()
        return Advised(plain, told)
    progress.step(f"Asking Claude about {len(pages)} pages at most.")
    desk = _Desk(settings, replies, prices, limits)
    return _asked(prepared, pages, plain, desk)


def _asked(
    prepared: Prepared,
    pages: Sequence[PageAdvice],
    plain: Mapping[str, AdvisedWeek],
    desk: _Desk,
) -> Advised:
    editors = {page.name: page.editor(desk.settings.loss_max) for page in pages}
    # the SDK is an extra: nothing loads it while the agents are off
    room = import_module("scheduler.agents.session")
    session = room.hold(
        list(editors.values()), desk.settings, desk.replies, desk.prices, desk.limits
    )
    with connect(labels=prepared.labels) as warehouse:
        write_calls(warehouse, prepared.run_id, desk.replies, session.calls, utc_now())
    weeks = dict(plain)
    for page in pages:
        weeks[page.name] = page.advised(
            plain[page.name], editors[page.name], session.advice[page.name],
            advised_id(prepared.ids[page.name], desk.settings),
        )  # fmt: skip
    spent: dict[str, Asked] = {}
    for call in session.calls:
        so_far = spent.get(call.page_name, Asked())
        tokens, dollars = so_far.tokens + call.usage.total, so_far.dollars + call.dollars
        spent[call.page_name] = Asked(so_far.calls + 1, tokens, dollars)
    return Advised(weeks, tuple(_told(weeks, session.calls)), spent)


def _told(weeks: Mapping[str, AdvisedWeek], calls: Sequence[Call]) -> list[str]:
    """What an operator should know of the asking, in a few lines."""
    dollars = sum(call.dollars for call in calls)
    changed = sum(len(week.said.changes) for week in weeks.values())
    asked = len({call.page_name for call in calls})
    lines = [
        f"Agents: {asked} of {len(weeks)} pages asked about, {changed} changes,"
        f" {len(calls)} calls, ${dollars:,.2f}."
    ]
    problems = [(week.said.problem, page) for page, week in weeks.items() if week.said.problem]
    for problem in sorted({problem for problem, _ in problems}):
        names = sorted(page for found, page in problems if found == problem)
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        lines.append(f"Agents left {', '.join(names[:3])}{more} as computed. {problem}.")
    lines += [
        f"Review {page}: {line}"
        for page, week in sorted(weeks.items())
        for line in week.said.reviews
    ]
    return lines


def _pages(prepared: Prepared, solved: SolvedPages) -> list[PageAdvice]:
    """The pages with a week, by name, each with the captions that the others hold."""
    settings = prepared.inputs.settings
    found = []
    for name, outcome in sorted(solved.outcomes.items()):
        if outcome.result is None:
            continue
        rows = solved.planned[name]
        week = Solved(rows.problem, outcome.result, solved.explored.get(name))
        response = page_response(prepared.model, name, settings, prepared.creators[name])
        found.append(PageAdvice(name, rows, response, week))
    held = {
        page.name: {m.caption_key for m in (*page.solved.sent, *page.solved.plan.messages)}
        for page in found
    }
    owner = owners(found)
    for page in found:
        others = (keys for name, keys in held.items() if name != page.name)
        page.week = f"{prepared.inputs.week}"
        page.taken = frozenset[str]().union(solved.kept, *others)
        # of the captions that nobody sends, each may be chosen for one page alone
        page.reserved = page.taken | {key for key, name in owner.items() if name != page.name}
    return found
