"""The ISO weekday: the agency's week and each page's own."""

from scheduler.response.terms.term import Group, Term, ones

WEEKDAY = Term(
    name="weekday",
    meaning="ISO weekday",
    basis=ones,
    groups=(Group("weekday", 1, 0.15), Group("page_weekday", 1, 0.1)),
)
