"""The five roles: what each is shown, and what of its reply counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scheduler.agents.calls import Call, Purse
from scheduler.agents.desk import Desk
from scheduler.agents.findings import Finding
from scheduler.agents.prose_numbers import COUNT, DOLLARS, Amount, Known, checked
from scheduler.agents.replies import Concerns, Findings, Notes, Proposals, Rankings
from scheduler.agents.sent_facts import Fact, as_data, known_of, safe_prose
from scheduler.agents.week_view import Change, Message, PageWeek, reason_facts

_LONGEST_SENTENCE, _LONGEST_NOTE, _LONGEST_SUMMARY = 300, 600, 1500


@dataclass(frozen=True)
class Concern:
    """What the guardian holds against a message; `reason` may be empty."""

    message: str
    concern: str
    is_veto: bool
    reason: str


class _Check:
    """Checks the prose and the ids of one reply, and counts what it drops."""

    def __init__(self, known: Known) -> None:
        self.known, self.sentences, self.ids = known, 0, 0

    def prose(self, text: str, longest: int, known: Known | None = None) -> str:
        plain = safe_prose(text, longest)
        if not plain:
            self.sentences += bool(text.strip())
            return ""
        kept, dropped = checked(plain, known or self.known)
        self.sentences += dropped
        return kept

    def id(self, is_sent: bool) -> bool:
        self.ids += not is_sent
        return is_sent

    def counted(self, call: Call) -> Call:
        return call.counted(self.sentences, self.ids)


def known_of_week(week: PageWeek) -> Known:
    """The numbers that prose on a whole week may say."""
    known = known_of(week.standing)
    for message in week.messages:
        known = known | known_of_message(message)
    total = sum(message.expected for message in week.messages)
    counted = Amount(len(week.messages), COUNT), Amount(total, DOLLARS)
    return known | Known(counted) | Known.of_texts([week.week])


def known_of_message(message: Message) -> Known:
    """The numbers that prose on one message may say."""
    own = Known((Amount(message.price, DOLLARS), Amount(message.expected, DOLLARS)))
    return known_of(reason_facts(message.reason)) | own | Known.of_texts([message.label])


async def analyze(desk: Desk, week: PageWeek, purse: Purse) -> tuple[list[Finding], Call]:
    """Findings of the performance analyzer, each with the fact it cites."""
    facts = _page(week) | {"figures": _sent(week.standing)}
    answer = await desk.ask("analyzer", week.page_name, facts, Findings, purse)
    by_id = {fact.id: fact for fact in week.standing if fact.value is not None}
    check = _Check(known_of(week.standing))
    found = []
    for item in answer.reply.findings if answer.reply else ():
        if not check.id(item.fact_id in by_id):
            continue
        sentence = check.prose(item.sentence, _LONGEST_SENTENCE)
        if sentence:
            found.append(Finding(item.kind, by_id[item.fact_id], sentence))
    return found, check.counted(answer.call)


async def curate(desk: Desk, week: PageWeek, purse: Purse) -> tuple[list[Change], Call]:
    """Captions that the curator prefers, as replacements."""
    shown = [
        message.sent()
        | {
            "options": [
                {
                    "id": option.id,
                    "caption": as_data(option.text),
                    "category": as_data(option.category),
                    "energy": option.energy,
                    "loss_dollars": round(option.loss, 1),
                }
                for option in message.options
            ]
        }
        for message in week.messages
        if not message.is_fixed
    ]
    answer = await desk.ask(
        "curator", week.page_name, _page(week) | {"messages": shown}, Rankings, purse
    )
    check = _Check(known_of_week(week))
    changes = []
    for item in answer.reply.rankings if answer.reply else ():
        message = week.message(item.message_id)
        if not check.id(message is not None and not message.is_fixed) or message is None:
            continue
        options = {option.id: option for option in message.options}
        ranked = [options[name] for name in item.option_ids if check.id(name in options)]
        if ranked:
            reason = check.prose(item.reason, _LONGEST_SENTENCE)
            target = ranked[0].caption
            changes.append(Change("replace", message.id, "curator", reason, target=target))
    return changes, check.counted(answer.call)


async def arrange(
    desk: Desk, week: PageWeek, findings: Sequence[Finding], purse: Purse
) -> tuple[list[Change], Call]:
    """Changes that the architect proposes, as many as the settings allow."""
    limits = desk.settings
    hours = {hour.id: hour for hour in week.free_hours}
    facts = _page(week) | {
        "messages": [m.sent() | {"is_fixed": m.is_fixed} for m in week.messages],
        "free_hours": [
            {"id": h.id, "when": h.label, "daypart": h.daypart, "index": round(h.index, 2)}
            for h in week.free_hours
        ],
        "findings": [finding.line() for finding in findings],
        "rules_not_reachable": list(week.relaxed),
        "changes_max": limits.changes_max,
        "loss_max": limits.loss_max,
    }
    answer = await desk.ask("architect", week.page_name, facts, Proposals, purse)
    check = _Check(known_of_week(week))
    changes: list[Change] = []
    for item in answer.reply.changes if answer.reply else ():
        with_message, with_hour = week.message(item.with_id), hours.get(item.with_id)
        fits = {
            "swap": with_message is not None,
            "move": with_hour is not None,
            "lock": not item.with_id,
        }[item.kind]
        if not check.id(week.message(item.message_id) is not None and fits):
            continue
        changes.append(
            Change(
                item.kind, item.message_id, "architect",
                check.prose(item.reason, _LONGEST_SENTENCE),
                other=with_message.id if with_message and item.kind == "swap" else "",
                target=with_hour.slot if with_hour and item.kind == "move" else -1,
            )
        )  # fmt: skip
    return changes[: limits.changes_max], check.counted(answer.call)


async def guard(desk: Desk, week: PageWeek, purse: Purse) -> tuple[list[Concern], Call]:
    """What the guardian holds against the final week; one concern per message at most."""
    facts = _page(week) | {"messages": [message.sent() for message in week.messages]}
    answer = await desk.ask("guardian", week.page_name, facts, Concerns, purse)
    check = _Check(known_of_week(week))
    concerns: dict[str, Concern] = {}
    for item in answer.reply.concerns if answer.reply else ():
        if check.id(week.message(item.message_id) is not None):
            reason = check.prose(item.reason, _LONGEST_SENTENCE)
            concern = Concern(item.message_id, item.concern, item.action == "veto", reason)
            before = concerns.get(item.message_id)
            if before is None or (concern.is_veto and not before.is_veto):
                concerns[item.message_id] = concern
    return list(concerns.values()), check.counted(answer.call)


async def tell(
    desk: Desk, week: PageWeek, findings: Sequence[Finding], reviews: Sequence[str], purse: Purse
) -> tuple[dict[str, str], str, Call]:
    """The orchestrator's notes by message, and its summary."""
    facts = _page(week) | {
        "figures": _sent(week.standing),
        "messages": [
            message.sent()
            | {"why": _sent(reason_facts(message.reason)), "prime": message.reason.is_prime}
            for message in week.messages
        ],
        "findings": [finding.line() for finding in findings],
        "concerns": list(reviews),
    }
    answer = await desk.ask("orchestrator", week.page_name, facts, Notes, purse)
    standing = known_of(week.standing)
    check = _Check(known_of_week(week))
    notes: dict[str, str] = {}
    summary = ""
    if answer.reply:
        for item in answer.reply.notes:
            message = week.message(item.message_id)
            if not check.id(message is not None) or message is None:
                continue
            known = standing | known_of_message(message)
            note = check.prose(item.note, _LONGEST_NOTE, known)
            if note:
                notes[message.id] = note
        summary = check.prose(answer.reply.summary, _LONGEST_SUMMARY)
    return notes, summary, check.counted(answer.call)


def _page(week: PageWeek) -> dict[str, Any]:
    return {"page": as_data(week.page_name), "week": week.week}


def _sent(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    return [fact.sent() for fact in facts if fact.value is not None]
