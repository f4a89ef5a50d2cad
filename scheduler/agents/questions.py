"""Questions about pages, answered from the semantic layer's metrics by bounded, read-only queries.

A question never becomes SQL. It is turned into names from closed lists (a metric, a page, a number
of days), by words or by Claude, and a query written here is run with them as bound values.
"""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from scheduler.agents.calls import TOLD, Call, Outcome, Purse
from scheduler.agents.findings import shown_value
from scheduler.agents.prose_numbers import COUNT, DOLLARS, SHARE, TIMES, Known, checked
from scheduler.agents.replies import Step
from scheduler.agents.sent_facts import Fact, as_data, known_of, safe_prose
from scheduler.errors import SchedulerError
from scheduler.warehouse.base import MARTS, Warehouse

if TYPE_CHECKING:
    from scheduler.agents.desk import Desk  # the SDK is an extra

_QUERIES_MAX = 4
_DAYS_MAX, _ROWS_MAX = 90, 40
_DEFAULT_DAYS = 7
_LONGEST_ANSWER = 1500


@dataclass(frozen=True)
class Metric:
    """A metric of models/semantic: its expression over `day_performance`.

    Attributes:
        name: as metrics.yml has it.
        label: in words.
        expression: an aggregate of the columns of `day_performance`.
        unit: of its value.
        words: what a question calls it.
    """

    name: str
    label: str
    expression: str
    unit: str
    words: tuple[str, ...]


METRICS = (
    Metric("revenue", "revenue", "sum(earnings)", DOLLARS,
           ("revenue", "earn", "earnings", "money", "income", "sales", "fall", "drop")),
    Metric("message_count", "messages sent", "sum(message_count)", COUNT,
           ("messages", "volume", "sends", "sent", "often")),
    Metric("revenue_per_send", "revenue per recipient",
           "sum(weight * revenue_earnings) / nullif(sum(weight * revenue_recipients), 0)", DOLLARS,
           ("revenue per send", "per send", "per recipient", "rps")),
    Metric("conversion_rate", "conversion",
           "sum(weight * conversion_purchases) / nullif(sum(weight * conversion_views), 0)", SHARE,
           ("conversion", "convert", "buy", "purchases")),
    Metric("view_rate", "view rate",
           "sum(weight * view_views) / nullif(sum(weight * view_recipients), 0)", SHARE,
           ("view", "views", "open", "opens", "look")),
)  # fmt: skip
_BY_NAME = {metric.name: metric for metric in METRICS}


@dataclass(frozen=True)
class Looked:
    """One query with what it found.

    Attributes:
        sql: the statement, with `$name` for bound values.
        params: these values.
        rows: of two spans: `recent` and `before`.
    """

    metric: Metric
    page: str
    days: int
    sql: str
    params: Mapping[str, Any]
    rows: tuple[Mapping[str, Any], ...]

    def facts(self) -> list[Fact]:
        """The figures an answer may say."""
        whose = self.page or "the agency"
        found = []
        for row in self.rows:
            span = f"{row['span']}: {row['first_day']} to {row['last_day']}"
            label = f"{self.metric.label} of {whose}, {span}"
            name = f"{self.metric.name}_{self.page}_{row['span']}_{self.days}"
            found.append(Fact(name, label, row["value"], self.metric.unit, row["messages"]))
        values = {row["span"]: row["value"] for row in self.rows}
        recent, before = values.get("recent"), values.get("before")
        if recent is not None and before:
            label = f"{self.metric.label} of {whose}, the recent days over those before"
            found.append(Fact(f"{found[0].id}_ratio", label, recent / before, TIMES))
            name, change = f"{found[0].id}_change", recent - before
            found.append(Fact(name, "the difference", change, self.metric.unit))
        return found

    def lines(self) -> list[str]:
        """The query and its figures, for a person to check."""
        bound = ", ".join(f"{name} = {value}" for name, value in sorted(self.params.items()))
        shown = [f"  query: {self.sql}", f"  with: {bound}"]
        for fact in self.facts():
            value = "unknown" if fact.value is None else shown_value(fact.value, fact.unit)
            sample = "" if fact.sample is None else f" ({fact.sample} messages)"
            shown.append(f"  {fact.label}: {value}{sample}")
        return shown


@dataclass(frozen=True)
class Answered:
    """An answer, the queries behind it, and the calls it took."""

    text: str
    looked: tuple[Looked, ...]
    calls: tuple[Call, ...] = ()


def look(warehouse: Warehouse, metric: str, page: str, days: int, last_day: date) -> Looked:
    """A metric over the last days and over as many before, of a page or of all.

    Args:
        warehouse: read only.
        metric: a name of METRICS.
        page: a page, or empty for all.
        days: length of each span, 1-90.
        last_day: the last day that the data cover.

    Raises:
        KeyError: there is no such metric.
    """
    asked = _BY_NAME[metric]
    days = min(max(days, 1), _DAYS_MAX)
    first = last_day - timedelta(days=days - 1)
    params: dict[str, Any] = {
        "first_day": first,
        "start": first - timedelta(days=days),
        "last_day": last_day,
    }
    where = ""
    if page:
        where, params["page"] = " and page_name = $page", page
    span = "case when local_date >= $first_day then 'recent' else 'before' end"
    sql = (
        f"select {span} as span, min(local_date) as first_day, max(local_date) as last_day,"  # noqa: S608
        f" sum(message_count) as messages, {asked.expression} as value"
        f" from {MARTS}.day_performance"
        f" where local_date between $start and $last_day{where}"
        f" group by {span} order by span limit {_ROWS_MAX}"
    )
    rows = [
        # a sum of whole numbers is a decimal to some engines
        row
        | {
            "value": None if row["value"] is None else float(row["value"]),
            "messages": int(row["messages"] or 0),
        }
        for row in warehouse.query(sql, params).to_pylist()
    ]
    return Looked(asked, page, days, sql, params, tuple(rows))


def last_known_day(warehouse: Warehouse) -> date:
    """The last day with a message of any page; days after it are unknown, not silent."""
    rows = warehouse.query(
        f"select max(local_date) as day from {MARTS}.day_performance where message_count > 0"  # noqa: S608
    ).to_pylist()
    day: date | None = rows[0]["day"] if rows else None
    if day is None:
        raise SchedulerError("There is no message in the window. Load newer data.")
    return day


def plain_answer(question: str, pages: Sequence[str], find: Callable[..., Looked]) -> Answered:
    """An answer by words of the question alone: which metric moved, and with it which part.

    Args:
        question: any text.
        pages: the agency's pages.
        find: `look` with its warehouse and day.
    """
    page, days, metric = _understood(question, pages)
    looked = [find(metric=metric, page=page, days=days)]
    looked += [
        find(metric=other.name, page=page, days=days) for other in METRICS if other.name != metric
    ]
    whose = page or "the agency"
    lines = []
    for item in looked:
        told = _moved(item)
        if told:
            lines.append(told)
    if not lines:
        return Answered(f"There are no messages of {whose} in these days.", tuple(looked))
    head = f"{whose}, {days} days against the {days} before:"
    return Answered(" ".join([head, *lines]), tuple(looked))


def _understood(question: str, pages: Sequence[str]) -> tuple[str, int, str]:
    """Page, days and metric that a question names; the defaults where it names none."""
    text = " ".join(question.lower().split())
    words = set(re.findall(r"[\w.]+", text))
    page = next((name for name in sorted(pages, key=len, reverse=True) if name in words), "")
    days = _DEFAULT_DAYS
    if "month" in words:
        days = 30
    elif match := re.search(r"\b(\d{1,2}) days\b", text):
        days = min(max(int(match[1]), 1), _DAYS_MAX)
    hits = {m.name: max((len(w) for w in m.words if w in text), default=0) for m in METRICS}
    best = max(METRICS, key=lambda metric: hits[metric.name])
    return page, days, best.name if hits[best.name] else "revenue"


def _moved(looked: Looked) -> str:
    values = {row["span"]: row["value"] for row in looked.rows}
    recent, before = values.get("recent"), values.get("before")
    if recent is None or before is None:
        return ""
    unit, label = looked.metric.unit, looked.metric.label
    verb = "stayed at" if recent == before else "rose to" if recent > before else "fell to"
    text = f"{label} {verb} {_precise(recent, unit)} from {_precise(before, unit)}"
    change = f" ({100 * (recent / before - 1):+.1f} %)" if before else ""
    return f"{text[0].upper()}{text[1:]}{change}."


def _precise(value: float, unit: str) -> str:
    return f"${value:.4f}" if unit == DOLLARS and abs(value) < 1 else shown_value(value, unit)


def asked_answer(
    question: str, pages: Sequence[str], find: Callable[..., Looked], desk: "Desk"
) -> Answered:
    """An answer by Claude, which chooses what to look up; the plain one where that fails."""
    return asyncio.run(_ask(question, pages, find, desk))


async def _ask(
    question: str, pages: Sequence[str], find: Callable[..., Looked], desk: "Desk"
) -> Answered:
    looked: list[Looked] = []
    calls: list[Call] = []
    purse = Purse(desk.settings.budget_tokens, desk.settings.budget_dollars)
    for left in range(_QUERIES_MAX, -1, -1):
        facts = {
            "question": as_data(question),
            "metrics": {metric.name: metric.label for metric in METRICS},
            "pages": sorted(pages),
            "queries_left": left,
            "rows": [fact.sent() for item in looked for fact in item.facts()],
        }
        answer = await desk.ask("analyst", "", facts, Step, purse)
        calls.append(answer.call)
        step = answer.reply
        if step is None:
            return _instead(question, pages, find, calls, TOLD[answer.call.outcome])
        if step.action == "query" and left and step.metric in _BY_NAME:
            page = step.page if step.page in pages else ""
            looked.append(find(metric=step.metric, page=page, days=step.days or _DEFAULT_DAYS))
            continue
        known = Known(())
        for item in looked:
            known = known | known_of(item.facts())
        text, dropped = checked(safe_prose(step.answer, _LONGEST_ANSWER), known)
        calls[-1] = calls[-1].counted(dropped, 0)
        if text:
            return Answered(text, tuple(looked), tuple(calls))
        break
    return _instead(question, pages, find, calls, TOLD[Outcome.MALFORMED])


def _instead(
    question: str,
    pages: Sequence[str],
    find: Callable[..., Looked],
    calls: Sequence[Call],
    why: str,
) -> Answered:
    plain = plain_answer(question, pages, find)
    return Answered(f"{plain.text} (Computed answer: {why}.)", plain.looked, tuple(calls))
