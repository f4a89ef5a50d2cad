"""Checks any week against every rule. Knows nothing of how weeks are found."""

from __future__ import annotations

from collections.abc import Iterable

from scheduler.solver.rules import RULES
from scheduler.solver.rules.terms import Violation
from scheduler.solver.valuation import Pick, timeline
from scheduler.solver.week_problem import PageProblem

HARD = ("candidates", "uniqueness", "spacing", "maximum")


def violations(problem: PageProblem, picks: Iterable[Pick]) -> list[Violation]:
    """Every rule that the week of these picks and the locked messages breaks, by tier."""
    chosen = list(picks)
    slots, captions = len(problem.slot_time), len(problem.caption_keys)
    unknown = [
        Violation("candidates", f"slot {slot} with caption {caption} is not offered")
        for slot, caption in chosen
        if not (0 <= slot < slots and 0 <= caption < captions)
    ]
    if unknown:
        return unknown
    events = timeline(problem, chosen)
    by_tier = sorted(RULES, key=lambda rule: rule.tier)
    return [violation for rule in by_tier for violation in rule.broken(problem, events)]
