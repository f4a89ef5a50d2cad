"""The command that writes a page's own settings into the tables in `seeds/`."""

from datetime import date

import click

from scheduler.cli.options import Day, page_name
from scheduler.errors import SchedulerError
from scheduler.marts.known_pages import known_pages, unknown_captions
from scheduler.output_files import write_whole
from scheduler.tuning.seed_tables import check_tables
from scheduler.tuning.set_values import Asked, changed_tables
from scheduler.warehouse import Warehouse, Workspace, connect


@click.command("set")
@click.argument("page", callback=page_name)
@click.argument("values", nargs=-1, required=True, metavar="KEY=VALUE...")
@click.option("--note", default="", help="Why; kept with a blackout.")
@click.option(
    "--from", "first", type=Day(), help="First day of settings and bans. Default: no first."
)
@click.option(
    "--until", "last", type=Day(), help="Last day of settings and bans. Default: no last."
)
def set_page(
    page: str, values: tuple[str, ...], note: str, first: date | None, last: date | None
) -> None:
    """Give PAGE settings of its own, captions it may not send, or hours in which it sends nothing.

    KEY is a setting that a page can override (seed creator_overrides): always, or with --from and
    --until in the weeks whose Monday lies in these days. ban_caption=ID keeps a caption and every
    row of the bank with its text off the page (seed page_restrictions), always or on these days;
    allow_caption=ID lifts that ban. blackout=SPAN adds hours or days to the seed page_calendar, in
    the page's zone, both ends included. An empty VALUE takes back all that the page has under KEY.
    All is checked first: where one value is wrong, nothing is written. The next run follows it;
    messages of a published week that stand against it are planned anew.

    \b
    Examples:
      scheduler set lunavale messages_per_week_max=10 price_min=12
      scheduler set lunavale messages_per_week_max=10 --from 2026-12-01 --until 2026-12-14
      scheduler set lunavale messages_per_week_max=
      scheduler set lunavale blackout=2026-12-24T18..2026-12-26 --note family
      scheduler set lunavale ban_caption=1042 --until 2026-12-31
    """  # noqa: D301
    pairs = [_pair(value) for value in values]
    asked = Asked(page, note.strip(), _text(first), _text(last))
    workspace = Workspace.find()
    with workspace.held():
        root = workspace.project.root
        tables = changed_tables(root, asked, pairs)
        with connect() as warehouse:
            pages = known_pages(warehouse)
            _check_captions(warehouse, pairs)
        check_tables(root, workspace.project.default_vars(), pages, tables)
        for name, text in tables.items():
            path = write_whole(root / "seeds" / f"{name}.csv", text)
            click.echo(f"Written: {path.relative_to(root)}")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise SchedulerError(f"{text!r} is no KEY=VALUE, such as messages_per_week_max=10.")
    return name.strip(), value


def _text(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _check_captions(warehouse: Warehouse, pairs: list[tuple[str, str]]) -> None:
    named = [value.strip() for name, value in pairs if name == "ban_caption" and value.strip()]
    if unknown := unknown_captions(warehouse, named):
        raise SchedulerError(
            f"No caption of the bank has the id {', '.join(unknown)}. `scheduler captions PAGE`"
            " shows the ids of captions."
        )
