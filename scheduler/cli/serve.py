"""The app in a browser, and who may use it."""

from importlib import import_module
from pathlib import Path

import click

from scheduler.errors import SchedulerError
from scheduler.web.users import ROLES, SHORTEST_PASSWORD, Users
from scheduler.web.web_folder import web_folder

_INSTALL = "pip install 'eros-scheduler[web]'"


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on. Another than this machine's own takes users.",
)
@click.option("--port", type=click.IntRange(1, 65535), default=8642, show_default=True)
@click.option(
    "--public-name",
    metavar="NAME",
    help="Name under which a proxy with TLS on this machine shows the app; cookies then go by"
    " https only.",
)
@click.option(
    "--output-dir", type=click.Path(path_type=Path), default=Path("output"), show_default=True,
    help="Where a changed week's files are written again.",
)  # fmt: skip
def serve(host: str, port: int, public_name: str | None, output_dir: Path) -> None:
    """Show the weeks in a browser, to look at, change and approve.

    Pages are read from a copy of the database, so that nobody who looks keeps a run waiting; a
    change takes the same lock as a command. Users come from `scheduler users`.

    \b
    Examples:
      scheduler serve
      scheduler serve --port 9000 --public-name weeks.example.com
    """  # noqa: D301
    try:
        # Its packages are an extra.
        room = import_module("scheduler.web.serving")
    except ImportError as error:
        raise SchedulerError(f"The app needs its packages. Run: {_INSTALL}") from error
    if not Users(web_folder()).all():
        click.echo("No user yet: scheduler users add NAME --role approver", err=True)
    click.echo(f"Listening on http://{host}:{port}/ (Ctrl-C ends it)", err=True)
    room.serve(host, port, public_name, output_dir)


@click.command()
@click.argument("action", type=click.Choice(["add", "list", "role", "password", "remove"]))
@click.argument("name", required=False)
@click.option("--role", type=click.Choice(ROLES), help="What they may do; for `add` and `role`.")
def users(action: str, name: str | None, role: str | None) -> None:
    """Say who may use the app: add NAME, list, role NAME, password NAME, remove NAME.

    A viewer looks; an operator also changes, locks and acknowledges; an approver also approves and
    rolls back. A new role holds at once, a new password ends the old one's sessions.

    \b
    Examples:
      scheduler users add anna --role operator
      scheduler users list
      scheduler users role anna --role approver
    """  # noqa: D301
    known = Users(web_folder())
    if action == "list":
        for user in known.all().values():
            click.echo(f"{user.name}  {user.role}")
        return
    if name is None:
        raise click.UsageError(f"`scheduler users {action}` takes a NAME.")
    if action in ("add", "role") and role is None:
        raise click.UsageError(f"Say which role: --role {'|'.join(ROLES)}.")
    if action == "add":
        known.add(name, str(role), _new_password())
    elif action == "role":
        known.set_role(name, str(role))
    elif action == "password":
        known.set_password(name, _new_password())
    else:
        known.remove(name)
    said = {"add": "added", "role": f"is {role} now", "password": "has a new password"}
    click.echo(f"{name.strip().lower()} {said.get(action, 'removed')}.")


def _new_password() -> str:
    text: str = click.prompt(
        f"Password ({SHORTEST_PASSWORD} characters or more)", hide_input=True,
        confirmation_prompt=True,
    )  # fmt: skip
    return text
