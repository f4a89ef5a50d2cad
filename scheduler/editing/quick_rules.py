"""The rules on a week's own messages, checked in memory: what a person sees while dragging.

Named and tiered as in the rulebook (`macros/rulebook.sql`), which alone decides when a change is
applied. Rules on the page (data quality, score, confidence) do not change with its messages.
"""

import calendar
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from scheduler.editing.prepared_week import PreparedWeek, ValuedWeek
from scheduler.planning.kept_messages import minute
from scheduler.planning.promised import Kept
from scheduler.solver import violations

_RULES = {
    "maximum": ("messages_per_week", 1), "minimum": ("messages_per_week", 1),
    "mix": ("explicit_share", 2), "prime": ("prime_hour_share", 2),
    "weekend": ("weekend_share", 3), "holiday": ("holiday_factor", 3),
}  # fmt: skip
"""The solver's name of a rule -> the rulebook's, and its tier."""


@dataclass(frozen=True)
class BrokenRule:
    """A rule that a week breaks.

    Attributes:
        rule: as in the rulebook.
        tier: 1 blocks, 2 warns, 3 is logged.
        detail: what breaks it, in words.
        message_id: the message that does; None for the whole week.
        is_new: the version that stands does not break it.
    """

    rule: str
    tier: int
    detail: str
    message_id: str | None = None
    is_new: bool = True


def broken_rules(week: PreparedWeek, valued: ValuedWeek) -> tuple[BrokenRule, ...]:
    """What a version of the week breaks, worst first; against what the standing one does."""
    standing = {(rule.rule, rule.message_id) for rule in _broken(week, week.now)}
    found = [
        replace(rule, is_new=(rule.rule, rule.message_id) not in standing)
        for rule in _broken(week, valued)
    ]
    return tuple(sorted(found, key=lambda rule: (rule.tier, not rule.is_new, rule.rule)))


def _broken(week: PreparedWeek, valued: ValuedWeek) -> Iterator[BrokenRule]:
    rows = valued.page.kept
    yield from _prices(week, rows)
    yield from _captions(week, rows)
    yield from _spacing(valued, rows)
    yield from _categories(valued, rows)
    for found in violations(valued.page.problem, ()):
        if found.rule in _RULES:
            rule, tier = _RULES[found.rule]
            yield BrokenRule(rule, tier, _worded(found.detail))


def _worded(detail: str) -> str:
    return re.sub(r"\bday (\d)\b", lambda day: calendar.day_name[int(day[1])], detail)


def _prices(week: PreparedWeek, rows: Sequence[Kept]) -> Iterator[BrokenRule]:
    low, high = week.rules["price_min"], week.rules["price_max"]
    for row in rows:
        if not low <= row["price"] <= high:
            detail = f"${row['price']:,.2f} is outside ${low:g} to ${high:g}"
            yield BrokenRule("price_range", 1, detail, row["message_id"])


def _captions(week: PreparedWeek, rows: Sequence[Kept]) -> Iterator[BrokenRule]:
    """Captions twice in the week, and those that another page was promised."""
    uses = Counter(row["caption_key"] for row in rows)
    for row in rows:
        key, message = row["caption_key"], row["message_id"]
        if uses[key] > 1 and not row["is_price_test"]:
            detail = f"the caption is sent {uses[key]} times in the week"
            yield BrokenRule("caption_unique_in_week", 1, detail, message)
        if key in week.promised.taken:
            detail = "another page sends the caption in the same week"
            yield BrokenRule("caption_promised_once", 1, detail, message)


def _spacing(valued: ValuedWeek, rows: Sequence[Kept]) -> Iterator[BrokenRule]:
    problem = valued.page.problem
    least = problem.spacing_minutes
    for earlier, later in pairwise(rows):
        gap = minute(later) - minute(earlier)
        if gap < least:
            detail = f"{_hours(gap)} after the message before it, at least {_hours(least)}"
            yield BrokenRule("message_spacing", 2, detail, later["message_id"])
    for row in rows:
        apart = min(minute(row) - problem.earliest_time, problem.latest_time - minute(row))
        if 0 <= apart < least:
            detail = f"{_hours(apart)} from a message of a neighbouring week"
            yield BrokenRule("message_spacing", 2, detail, row["message_id"])


def _hours(minutes: float) -> str:
    return f"{minutes / 60:.3g} h"


def _categories(valued: ValuedWeek, rows: Sequence[Kept]) -> Iterator[BrokenRule]:
    most = valued.page.problem.category_per_day_max
    counts: Counter[tuple[object, str]] = Counter()
    for row in rows:
        place = row["local_date"], row["content_category_key"]
        counts[place] += 1
        if counts[place] > most:
            detail = f"{counts[place]} of {row['content_category']} on one day, not {most}"
            yield BrokenRule("category_per_day", 3, detail, row["message_id"])
