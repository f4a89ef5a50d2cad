"""`scheduler notify`: open alerts and the last run's summary, to a webhook and by mail, once."""

import time

import click

from scheduler.notify.send import CHANNELS, channels, read_due, send_due
from scheduler.warehouse import connect, database_path, exclusive


@click.command()
@click.option("--dry-run", is_flag=True, help="Print what would be sent; send and keep nothing.")
def notify(dry_run: bool) -> None:
    """Send open alerts and the last run's summary, once, by webhook and by mail.

    Where to is in the environment alone: EROS_WEBHOOK_URL takes Slack-compatible JSON;
    EROS_SMTP_URL (smtp://USER:PASSWORD@HOST:587 or smtps://...) mails from EROS_MAIL_FROM to
    EROS_MAIL_TO. Acknowledged alerts are not sent.

    \b
    Examples:
      scheduler notify --dry-run
      scheduler notify
    """  # noqa: D301
    if dry_run:
        _show()
        return
    named = channels()
    with exclusive(database_path()):
        with connect() as warehouse:
            due = read_due(warehouse, [channel.name for channel in named])
        for line in send_due(database_path(), named, due, time.sleep):
            click.echo(line)


def _show() -> None:
    with connect() as warehouse:
        due = read_due(warehouse, CHANNELS)
    for name, waiting in due.letters.items():
        click.echo(f"To the {name}, if it is set:" if waiting else f"Nothing new for {name}.")
        for letter in waiting:
            click.echo("\n".join(f"  {line}".rstrip() for line in letter.lines))
