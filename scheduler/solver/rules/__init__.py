"""The rules of a week, each in one file, wired by one list.

Their order is that of their prices; of equal tier, the earlier ones give way first.
"""

from __future__ import annotations

from scheduler.solver.rules.caps import CAPS
from scheduler.solver.rules.category import CATEGORY
from scheduler.solver.rules.count_per_day import CountPerDay
from scheduler.solver.rules.mix import MIX
from scheduler.solver.rules.prime import PRIME
from scheduler.solver.rules.rule import PricedRule, Rule
from scheduler.solver.rules.spacing import SPACING
from scheduler.solver.rules.uniqueness import UNIQUENESS
from scheduler.solver.rules.volume import VOLUME

RULES: tuple[Rule, ...] = (VOLUME, SPACING, UNIQUENESS, MIX, CATEGORY, CAPS, PRIME)

PRICED = tuple(rule for rule in RULES if isinstance(rule, PricedRule))
# Rules on captions, those of them on places of a path, and those that a page keeps by itself when
# captions are shared out.
OF_PLACES = tuple(rule for rule in PRICED if rule.of_place)
OF_CAPTIONS = tuple(rule for rule in PRICED if not rule.of_place)
PER_DAY = tuple(rule for rule in OF_CAPTIONS if isinstance(rule, CountPerDay))
OF_PAGE = tuple(rule for rule in OF_CAPTIONS if rule is not UNIQUENESS)
WHY = {name: words for rule in RULES for name, words in rule.why.items()}

__all__ = [
    "CAPS",
    "CATEGORY",
    "MIX",
    "OF_CAPTIONS",
    "OF_PAGE",
    "OF_PLACES",
    "PER_DAY",
    "PRICED",
    "PRIME",
    "RULES",
    "SPACING",
    "UNIQUENESS",
    "VOLUME",
    "WHY",
    "PricedRule",
    "Rule",
]
