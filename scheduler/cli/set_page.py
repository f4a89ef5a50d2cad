"""The command that writes a page's own settings into the tables in `seeds/`."""

import click

from scheduler.cli.options import page_name
from scheduler.errors import SchedulerError
from scheduler.marts.known_pages import known_pages
from scheduler.output_files import write_whole
from scheduler.tuning.seed_tables import check_tables
from scheduler.tuning.set_values import changed_tables
from scheduler.warehouse import Workspace, connect


@click.command("set")
@click.argument("page", callback=page_name)
@click.argument("values", nargs=-1, required=True, metavar="KEY=VALUE...")
@click.option("--note", default="", help="Why; kept with a blackout.")
def set_page(page: str, values: tuple[str, ...], note: str) -> None:
    """Give PAGE settings of its own, or hours in which it sends nothing.

    KEY is a setting that a page can override (seed creator_overrides); an empty VALUE takes it
    back. blackout=SPAN adds hours or days to the seed page_calendar, in the page's zone, both ends
    included. All is checked first: where one value is wrong, nothing is written. The next run
    follows it; messages of a published week that stand in a blackout are planned anew.

    \b
    Examples:
      scheduler set lunavale messages_per_week_max=10 price_min=12
      scheduler set lunavale messages_per_week_max=
      scheduler set lunavale blackout=2026-12-24T18..2026-12-26 --note family
    """  # noqa: D301
    pairs = [_pair(value) for value in values]
    workspace = Workspace.find()
    with workspace.held():
        root = workspace.project.root
        tables = changed_tables(root, page, pairs, note.strip())
        with connect() as warehouse:
            pages = known_pages(warehouse)
        check_tables(root, workspace.project.default_vars(), pages, tables)
        for name, text in tables.items():
            path = write_whole(root / "seeds" / f"{name}.csv", text)
            click.echo(f"Written: {path.relative_to(root)}")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise SchedulerError(f"{text!r} is no KEY=VALUE, such as messages_per_week_max=10.")
    return name.strip(), value
