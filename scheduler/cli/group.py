"""The command group: a command's module loads when it is called, and errors leave as one line."""

import os
import signal
import sys
import time
from collections.abc import Mapping
from importlib import import_module
from logging import ERROR
from types import MappingProxyType
from typing import NoReturn

import click

from scheduler import log
from scheduler.cli.exit_codes import COULD_NOT_RUN
from scheduler.errors import SchedulerError

COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "alerts": ("alerts", "List open alerts and what to do; acknowledge them."),
        "analyze": ("ask", "Show a page's standing: tier, health, score, hours, prices, content."),
        "ask": ("claude", "Answer a question about pages from their metrics."),
        "approve": ("week_versions", "Approve published weeks: they may go out as they are."),
        "backtest": (
            "learn",
            "Predict past weeks from what was known before; say how it went.",
        ),
        "build": ("data", "Build and test every model, the rulebook's tests included."),
        "captions": ("ask", "List the captions a page may send, best first."),
        "change": ("edit", "Change one message of a published week, or see what it would earn."),
        "cost": ("cost", "Estimate the bytes that a weekly run reads, or tell what was billed."),
        "demo": ("demo", "Make up an agency, write its four raw files, and load them."),
        "diagnose": ("ask", "Say why a page's score is low and what would raise it."),
        "diff": ("week_versions", "Show what one version of a week has otherwise than another."),
        "doctor": ("doctor", "Check the set-up and say what to fix."),
        "explain": ("claude", "Say why a page's published week is as it is."),
        "export": ("weeks", "Write the files of published weeks again, into Google Sheets too."),
        "history": ("week_versions", "List the versions of a page's week, and who made them."),
        "import": ("edit", "Take edited sheets into their weeks, audited, or say why not."),
        "lock": ("edit", "Keep messages of a published week as they are, or set them free."),
        "notify": ("notify", "Send open alerts and the last run's summary, each once."),
        "lookml": (
            "lookml",
            "Write a LookML project: a view for each mart, and explores that repeat no figure.",
        ),
        "load": ("data", "Load the agency's raw files from a directory."),
        "rollback": ("week_versions", "Bring an earlier version of a week back."),
        "run": ("weeks", "Plan a week: build, fit, solve, audit, publish, export."),
        "score": ("ask", "Show EROS scores, best first."),
        "serve": ("serve", "Show the weeks in a browser, to look at, change and approve."),
        "status": ("status", "Show the last runs, what is stale, and the next step."),
        "set": ("set_page", "Give a page its own settings, bans, blackouts and launches."),
        "tag-captions": ("claude", "Read captions that were never read, each once."),
        "train": ("learn", "Fit the response model, judge it on past days, write model_card.md."),
        "users": ("serve", "Say who may use the app of `scheduler serve`."),
        "validate": ("ask", "Hold schedules, also edited ones, against the rulebook."),
        "what-if": ("week_versions", "Say what a week would earn under other rules."),
    }
)
"""Command -> the module of this room that defines it under its name, and its line in `--help`."""


_NAMES = MappingProxyType({"import": "import_", "set": "set_page"})
"""Commands whose function has another name: theirs means something in Python already."""


class LazyGroup(click.Group):
    """Knows its commands by name; `--help` must not wait for the solver and the models."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, by name."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, loaded now."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"scheduler.cli.{COMMANDS[cmd_name][0]}")
        name = _NAMES.get(cmd_name, cmd_name.replace("-", "_"))
        command: click.Command = getattr(module, name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List them without loading one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
@click.version_option(package_name="eros-scheduler", message="%(package)s %(version)s")
@click.option(
    "--target",
    help="Output of the dbt profile to work on. Default: DBT_TARGET, else the profile's.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of what went wrong.")
@click.pass_context
def cli(ctx: click.Context, target: str | None, debug: bool) -> None:
    """Plan each week's paid mass messages for every page of a creator agency.

    \b
    First time:  scheduler demo            a made-up agency to try it on, or
                 scheduler load DIR        your own files
    Each week:   scheduler run             plan, check, publish, write output/

    Exit codes: 0 done, 1 a page failed or `validate` found a blocking violation,
    2 could not run.
    """  # noqa: D301 - \b is click's mark for a block that is not rewrapped
    log.start(ctx.invoked_subcommand or "", show_tracebacks=debug)
    if target is not None:
        # dbt, which runs in a process of its own, reads the same variable
        os.environ["DBT_TARGET"] = target


def main() -> NoReturn:
    """Run the command line; an error is one line and exit code 2, its traceback in the log."""
    signal.signal(signal.SIGTERM, _stop)
    started = time.monotonic()
    code = COULD_NOT_RUN
    try:
        code = _exit_code()
    finally:
        log.event("command", exit_code=code, seconds=round(time.monotonic() - started, 3))
    sys.exit(code)


def _stop(*_: object) -> NoReturn:
    """SIGTERM ends a command as Ctrl-C does: dbt and the solving processes with it."""
    raise KeyboardInterrupt


def _exit_code() -> int:
    try:
        # Without its own exits click hands back the code of a command that ended early.
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return COULD_NOT_RUN
    except click.Abort:
        click.echo("Stopped.", err=True)
        return COULD_NOT_RUN
    except SchedulerError as error:
        log.event(
            "error", level=ERROR, error=type(error).__name__, message=log.without_data(str(error))
        )
        click.echo(f"Error: {error}", err=True)
        return COULD_NOT_RUN
    except Exception as error:
        log.failure("error", log.traceback_of(error), error=type(error).__name__)
        first = f"{type(error).__name__}: {error}".splitlines()[0]
        click.echo(f"Error: {first.rstrip('.')}. This should not happen. {log.pointer()}", err=True)
        return COULD_NOT_RUN
    if code == 0:
        # Help or the version was shown: nothing was done that a log should tell.
        log.stop()
    return code if isinstance(code, int) else 0
