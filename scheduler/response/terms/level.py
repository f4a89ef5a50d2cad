"""The level: what a message sells where every other effect is zero."""

from scheduler.response.terms.term import Group, Term, ones

LEVEL = Term(
    name="level",
    meaning="what the agency's and the page's messages sell",
    basis=ones,
    groups=(
        Group("pool", 1, float("inf"), is_estimated=False),
        Group("page", 1, 1.0),
    ),
)
