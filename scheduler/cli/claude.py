"""Commands of the Claude layer: what a week is made of, questions, and the caption library."""

import textwrap
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from importlib import import_module
from typing import Any

import click

from scheduler.agents import library
from scheduler.agents.agent_settings import AgentSettings
from scheduler.agents.explanation import explanation
from scheduler.agents.questions import Answered, last_known_day, look, plain_answer
from scheduler.agents.stores import Replies, read_prices, write_calls
from scheduler.cli.console import progress
from scheduler.cli.options import agents_option, as_of_option, page_name
from scheduler.marts.inputs import read_pages
from scheduler.moments import utc_now
from scheduler.training.standing import Standing, fresh_marts
from scheduler.warehouse import DbtProject, connect, database_path, exclusive

_WIDTH = 80


@click.command("tag-captions")
@agents_option
@click.option(
    "--wait",
    type=click.IntRange(min=0),
    default=600,
    show_default=True,
    help="Seconds to wait for Claude's batch; what takes longer is collected next time.",
)
def tag_captions(agents: bool | None, wait: int) -> None:
    """Read captions that were never read: language, sentiment, which say the same; tone by Claude.

    \b
    Examples:
      scheduler tag-captions
      scheduler tag-captions --agents --wait 3600
    """  # noqa: D301
    with progress() as listener, fresh_marts(listener) as standing:
        warehouse, values = standing.warehouse, _values(standing, agents)
        threshold = float(values["near_duplicate_similarity"])
        count = library.read_captions(warehouse, threshold, utc_now())
        click.echo(f"{count:,} captions read for language, sentiment and near-duplicates.")
        settings = AgentSettings.of(values)
        texts = library.untagged(warehouse, library.read_texts(warehouse), "claude")
        batches, prices = library.open_batches(warehouse), read_prices(warehouse)
    if settings.off_because:
        click.echo(settings.off_because)
        return
    # a batch may take long: the warehouse is not held meanwhile
    room = import_module("scheduler.agents.session")
    tagged = room.tag(settings, prices, texts, batches, float(wait))
    now = utc_now()
    with exclusive(database_path()), connect() as warehouse:
        library.keep_tags(warehouse, tagged.tags, settings.model, now)
        command = f"tag-captions {now:%Y-%m-%d %H:%M:%S}"
        write_calls(warehouse, command, Replies(), tagged.calls, now)
    dollars = sum(call.dollars for call in tagged.calls)
    click.echo(f"{len(tagged.tags):,} captions tagged by Claude for ${dollars:,.2f}.")
    for line in tagged.told:
        click.echo(line)


@click.command()
@click.argument("page", callback=page_name)
@as_of_option
def explain(page: str, as_of: datetime | None) -> None:
    """Say why a page's published week is as it is: what stands out, and each message's reasons.

    \b
    Example:
      scheduler explain lunavale
    """  # noqa: D301
    with progress() as listener, fresh_marts(listener, as_of=as_of) as standing:
        blocks = explanation(standing.warehouse, page, _values(standing))
    for block in blocks:
        click.echo(_wrapped(block))


@click.command()
@click.argument("question")
@agents_option
@as_of_option
def ask(question: str, agents: bool | None, as_of: datetime | None) -> None:
    """Answer a question about pages from their metrics, with the queries and figures behind it.

    \b
    Examples:
      scheduler ask "why did lunavale fall last week?"
      scheduler ask "how did conversion do over 30 days?" --agents
    """  # noqa: D301
    with progress() as listener, fresh_marts(listener, as_of=as_of) as standing:
        answered, off = _answer(question, standing, AgentSettings.of(_values(standing, agents)))
    click.echo(_wrapped(answered.text))
    click.echo()
    for looked in answered.looked:
        click.echo("\n".join(looked.lines()))
    if off and agents:
        click.echo(off)


def _answer(
    question: str, standing: Standing, settings: AgentSettings
) -> tuple[Answered, str | None]:
    warehouse = standing.warehouse
    pages = sorted(read_pages(warehouse))
    find = partial(look, warehouse, last_day=last_known_day(warehouse))
    if settings.off_because:
        return plain_answer(question, pages, find), settings.off_because
    replies = Replies.of(warehouse, settings.model, [""])
    room = import_module("scheduler.agents.session")
    answered: Answered = room.answer(
        question, pages, find, settings, replies, read_prices(warehouse)
    )
    now = utc_now()
    write_calls(warehouse, f"ask {now:%Y-%m-%d %H:%M:%S}", replies, answered.calls, now)
    return answered, None


def _values(standing: Standing, agents: bool | None = None) -> Mapping[str, Any]:
    values = standing.settings.standing_now(DbtProject.find().with_overrides({}))
    return values if agents is None else values | {"agents_enabled": agents}


def _wrapped(text: str) -> str:
    lines = text.splitlines() or [""]
    return "\n".join(
        textwrap.fill(line, _WIDTH, subsequent_indent="  " if line.startswith("- ") else "")
        for line in lines
    )
