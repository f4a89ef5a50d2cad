"""The terms as a table of Markdown, for `docs/model.md`."""

from scheduler.response.terms import TERMS, Group

_BY = {
    "pool": "all",
    "page": "page",
    "weekday": "weekday",
    "page_weekday": "page and weekday",
    "content": "content",
    "page_content": "page and content",
}


def _prior(group: Group) -> str:
    """Prior deviation, and whether the data set it."""
    if group.deviation == float("inf"):
        return "flat"
    return f"{group.deviation:g}, {'estimated' if group.is_estimated else 'fixed'}"


def terms_table() -> list[str]:
    """One line for each term's group, below two of head."""
    heads = "| term | what it is | varies by | columns | prior deviation |"
    lines = [heads, "|---|---|---|---|---|"]
    for term in TERMS:
        for group in term.groups:
            shown = (term.name, term.meaning) if group is term.groups[0] else ("", "")
            cells = (*shown, _BY[group.by], str(group.width), _prior(group))
            lines.append(f"| {' | '.join(cells)} |")
    return lines
