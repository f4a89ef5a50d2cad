"""Templates filled in: one self-contained HTML text per report."""

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from scheduler.reports.words import FILTERS


def render(template: str, **values: Any) -> str:
    """A report as HTML that needs no network and runs no script.

    Every value is escaped: captions and page names are data.

    Args:
        template: file name in `templates`.
        values: what it shows.
    """
    return environment().get_template(template).render(style=style(), **values)


@cache
def environment() -> Environment:
    """Where templates come from; a name that is not given is an error, not an empty string."""
    made = Environment(
        loader=PackageLoader("scheduler.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    return made


@cache
def style() -> str:
    """The style sheet of every report."""
    return (files("scheduler.reports") / "templates" / "style.css").read_text(encoding="utf-8")
