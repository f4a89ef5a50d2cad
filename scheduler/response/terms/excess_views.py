"""Views beyond the expected ones: how purchases follow the luck of views. Zero before a send."""

from scheduler.response.rows import FloatArray, Rows
from scheduler.response.stats import PageStats
from scheduler.response.terms.term import Group, Term


def basis(rows: Rows, stats: PageStats) -> FloatArray:
    """(n, 1) log views over expected views, known of a fit's own rows alone."""
    del stats
    return rows.excess[:, None]


EXCESS_VIEWS = Term(
    name="excess views",
    meaning="log views over expected ones; zero before a send",
    basis=basis,
    groups=(Group("pool", 1, 0.5, is_estimated=False),),
)
