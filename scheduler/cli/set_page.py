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
@click.option("--note", default="", help="Why; kept with a blackout or launch.")
@click.option(
    "--from", "first", type=Day(), help="First day of settings and bans. Default: no first."
)
@click.option(
    "--until", "last", type=Day(), help="Last day of settings and bans. Default: no last."
)
@click.option("--caption", default="", help="Caption that a launch sends: its id in the bank.")
@click.option("--price", default="", help="Dollars that a launch asks.")
def set_page(page: str, values: tuple[str, ...], **given: str | date | None) -> None:
    """Give PAGE settings of its own, banned captions, hours without messages, or launches.

    KEY is a setting that a page can override (seed creator_overrides): always, or with --from and
    --until in the weeks whose Monday lies in these days. ban_caption=ID keeps a caption and every
    row of the bank with its text off the page (seed page_restrictions), always or on these days;
    allow_caption=ID lifts that ban. blackout=SPAN adds hours or days to the seed page_calendar, in
    the page's zone, both ends included. launch=HOUR reserves an hour for the caption and the price
    given: every plan of its week holds that message as if it was locked, or says why it can't. An
    empty VALUE takes back all that the page has under KEY.
    All is checked first: where one value is wrong, nothing is written. The next run follows it;
    messages of a published week that stand against it are planned anew.

    \b
    Examples:
      scheduler set lunavale messages_per_week_max=10 price_min=12
      scheduler set lunavale messages_per_week_max=10 --from 2026-12-01 --until 2026-12-14
      scheduler set lunavale messages_per_week_max=
      scheduler set lunavale blackout=2026-12-24T18..2026-12-26 --note family
      scheduler set lunavale ban_caption=1042 --until 2026-12-31
      scheduler set lunavale launch=2026-12-24T18 --caption 1042 --price 25 --note video
    """  # noqa: D301
    pairs = [_pair(value) for value in values]
    words = {name: _text(value) for name, value in given.items()}
    asked = Asked(
        page, words["note"], words["first"], words["last"], words["caption"], words["price"]
    )
    workspace = Workspace.find()
    with workspace.held():
        root = workspace.project.root
        tables = changed_tables(root, asked, pairs)
        with connect() as warehouse:
            pages = known_pages(warehouse)
            _check_captions(warehouse, pairs, asked)
        check_tables(root, workspace.project.default_vars(), pages, tables)
        for name, text in tables.items():
            path = write_whole(root / "seeds" / f"{name}.csv", text)
            click.echo(f"Written: {path.relative_to(root)}")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise SchedulerError(f"{text!r} is no KEY=VALUE, such as messages_per_week_max=10.")
    return name.strip(), value


def _text(value: str | date | None) -> str:
    return "" if value is None else str(value).strip()


def _check_captions(warehouse: Warehouse, pairs: list[tuple[str, str]], asked: Asked) -> None:
    named = [value.strip() for name, value in pairs if name == "ban_caption" and value.strip()]
    named += [asked.caption for name, value in pairs if name == "launch" and value.strip()]
    if unknown := unknown_captions(warehouse, named):
        raise SchedulerError(
            f"No caption of the bank has the id {', '.join(unknown)}. `scheduler captions PAGE`"
            " shows the ids of captions."
        )
