"""The terms of the model, one file each, in the order of their columns."""

from scheduler.response.terms.content import CONTENT
from scheduler.response.terms.excess_views import EXCESS_VIEWS
from scheduler.response.terms.fatigue import FATIGUE
from scheduler.response.terms.first_message import FIRST_MESSAGE
from scheduler.response.terms.hour import HOUR
from scheduler.response.terms.level import LEVEL
from scheduler.response.terms.maturity import MATURITY
from scheduler.response.terms.novelty import NOVELTY
from scheduler.response.terms.price import PRICE
from scheduler.response.terms.term import Group, Term
from scheduler.response.terms.trend import TREND
from scheduler.response.terms.weekday import WEEKDAY

TERMS: tuple[Term, ...] = (
    LEVEL,
    TREND,
    HOUR,
    WEEKDAY,
    CONTENT,
    PRICE,
    FATIGUE,
    NOVELTY,
    FIRST_MESSAGE,
    MATURITY,
    EXCESS_VIEWS,
)

__all__ = ["TERMS", "Group", "Term"]
