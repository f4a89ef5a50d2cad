"""Who is needed for a page, in which order they work, and what is made of what they say."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from scheduler import log
from scheduler.agents import roles
from scheduler.agents.calls import TOLD, Call, Outcome, Purse
from scheduler.agents.desk import Desk
from scheduler.agents.findings import Finding, Limits, findings
from scheduler.agents.week_view import Advice, Change, Editor, PageWeek, Verdict

_DULL = ("strong_hour", "strong_content", "growing")
_ANSWERED = (Outcome.OK, Outcome.CACHED)
_CONCERNS = {
    "says_the_same": "says the same as another message of the week",
    "tease_after_offer": "teases what an earlier message already offered",
    "false_scarcity": "may invent scarcity",
    "tone": "may be off in tone",
    "platform_terms": "may break the platform's terms",
    "other": "needs a look",
}


@dataclass(frozen=True)
class Session:
    """What the agents left of all pages: advice by page in order of name, and every call."""

    advice: dict[str, Advice]
    calls: tuple[Call, ...]


def needed(week: PageWeek, found: Sequence[Finding], wanted: Sequence[str]) -> tuple[str, ...]:
    """The roles a page needs. A week in which nothing stands out needs nobody.

    Args:
        week: the solved week.
        found: what the figures say by themselves.
        wanted: roles that the settings allow.
    """
    is_odd = any(finding.kind not in _DULL for finding in found)
    has_twins = bool(twins(week))
    is_close = any(option.loss <= 0 for m in week.messages for option in m.options)
    asks = {
        "analyzer": is_odd,
        "curator": has_twins or is_close,
        "architect": bool(week.relaxed) or has_twins,
        "guardian": is_odd or has_twins or is_close or bool(week.relaxed),
    }
    asks["orchestrator"] = any(asks.values())
    return tuple(role for role in wanted if asks[role])


def twins(week: PageWeek) -> list[tuple[str, str]]:
    """Pairs of messages whose captions say the same, by their near-duplicate group."""
    first: dict[str, str] = {}
    pairs = []
    for message in week.messages:
        group = message.duplicate_group
        if group and group in first:
            pairs.append((first[group], message.id))
        elif group:
            first[group] = message.id
    return pairs


def advise(editors: Sequence[Editor], desk: Desk, limits: Limits) -> Session:
    """Let the agents work on many pages at once. Nothing is raised: what fails leaves its page be.

    The run's budget is shared out evenly among the pages that need somebody.
    """
    return asyncio.run(_advise(editors, desk, limits))


async def _advise(editors: Sequence[Editor], desk: Desk, limits: Limits) -> Session:
    ordered = sorted(editors, key=lambda editor: editor.week().page_name)
    plans = []
    for editor in ordered:
        found = findings(editor.week().standing, limits)
        plans.append((editor, found, needed(editor.week(), found, desk.settings.roles)))
    busy = max(sum(bool(asked) for _, _, asked in plans), 1)
    tokens, dollars = desk.settings.budget_tokens / busy, desk.settings.budget_dollars / busy
    pages = [_Page(desk, *plan, Purse(tokens, dollars)) for plan in plans]
    advice = await asyncio.gather(*(page.work() for page in pages))
    calls = tuple(call for page in pages for call in page.calls)
    return Session({item.week.page_name: item for item in advice}, calls)


class _Page:
    """The roles at work on one page, one after the other: each sees what the last one left."""

    def __init__(
        self,
        desk: Desk,
        editor: Editor,
        found: Sequence[Finding],
        asked: Sequence[str],
        purse: Purse,
    ) -> None:
        self._desk, self._editor, self._purse = desk, editor, purse
        self._found, self._asked = list(found), asked
        self.calls: list[Call] = []
        self._verdicts: list[Verdict] = []
        self._reviews: list[str] = []

    async def work(self) -> Advice:
        """The page's advice; a fault of ours is told like one of the API's."""
        try:
            return await self._work()
        except Exception as error:
            log.failure("agents_failed", log.traceback_of(error))
            week = self._editor.week()
            return Advice(week, is_complete=False, problem=f"agents: {type(error).__name__}")

    async def _work(self) -> Advice:
        notes: dict[str, str] = {}
        summary = ""
        if "analyzer" in self._asked:
            found, call = await roles.analyze(self._desk, self._editor.week(), self._purse)
            self.calls.append(call)
            self._found = found or self._found
        if "curator" in self._asked:
            changes, call = await roles.curate(self._desk, self._editor.week(), self._purse)
            self._take(changes, call)
        if "architect" in self._asked:
            week = self._editor.week()
            changes, call = await roles.arrange(self._desk, week, self._found, self._purse)
            self._take(changes, call)
        if "guardian" in self._asked:
            concerns, call = await roles.guard(self._desk, self._editor.week(), self._purse)
            self.calls.append(call)
            self._hold(concerns)
        if "orchestrator" in self._asked:
            week = self._editor.week()
            notes, summary, call = await roles.tell(
                self._desk, week, self._found, self._reviews, self._purse
            )
            self.calls.append(call)
        failed = [call for call in self.calls if call.outcome not in _ANSWERED]
        return Advice(
            week=self._editor.week(),
            notes=notes,
            findings=tuple(finding.line() for finding in self._found),
            summary=summary,
            verdicts=tuple(self._verdicts),
            reviews=tuple(self._reviews),
            is_complete=not failed,
            problem=f"{failed[0].role}: {TOLD[failed[0].outcome]}" if failed else "",
        )

    def _take(self, changes: Sequence[Change], call: Call) -> None:
        self.calls.append(call)
        self._verdicts += [self._editor.apply(change) for change in changes]

    def _hold(self, concerns: Sequence[roles.Concern]) -> None:
        """Replace vetoed captions, as many as changes are allowed; the rest is for a person."""
        left = self._desk.settings.changes_max
        for concern in concerns:
            message = self._editor.week().message(concern.message)
            if message is None:
                continue
            told = f"{message.label}: the caption {_CONCERNS[concern.concern]}."
            told = f"{told} {concern.reason}".strip()
            target = self._editor.replacement(message.id) if concern.is_veto and left else None
            if target is not None:
                left -= 1
                change = Change("veto", message.id, "guardian", concern.reason, target=target)
                verdict = self._editor.apply(change)
                self._verdicts.append(verdict)
                if not verdict.refused:
                    continue
            self._reviews.append(told)
