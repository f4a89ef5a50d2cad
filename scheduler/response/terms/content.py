"""What a message is about: what the agency's audiences like, and each page's own."""

from scheduler.response.terms.term import Group, Term, ones

CONTENT = Term(
    name="content",
    meaning="content category",
    basis=ones,
    groups=(Group("content", 1, 0.3), Group("page_content", 1, 0.2)),
)
