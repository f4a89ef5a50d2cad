"""The command group and how errors leave it."""

import os
import sys
from typing import NoReturn

import click

from scheduler.cli.ask import analyze, captions, diagnose, score, validate
from scheduler.cli.cost import cost
from scheduler.cli.data import build, demo, doctor, load
from scheduler.cli.learn import backtest, train
from scheduler.cli.lookml import lookml
from scheduler.cli.plan import export, run
from scheduler.errors import SchedulerError

COULD_NOT_RUN = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(package_name="eros-scheduler", message="%(package)s %(version)s")
@click.option(
    "--target",
    help="Output of the dbt profile to work on. Default: DBT_TARGET, else the profile's.",
)
def cli(target: str | None) -> None:
    """Plan each week's paid mass messages for every page of a creator agency.

    \b
    First time:  scheduler demo            a made-up agency to try it on, or
                 scheduler load DIR        your own files
    Each week:   scheduler run             plan, check, publish, write output/

    Exit codes: 0 done, 1 a page failed or `validate` found a blocking violation,
    2 could not run.
    """  # noqa: D301 - \b is click's mark for a block that is not rewrapped
    if target is not None:
        # dbt, which runs in a process of its own, reads the same variable
        os.environ["DBT_TARGET"] = target


for command in (
    demo, load, build, run, train, backtest, analyze, score, diagnose, captions, validate, export,
    cost, lookml, doctor,
):  # fmt: skip
    cli.add_command(command)


def main() -> NoReturn:
    """Run the command line; an error of ours is one line and exit code 2."""
    try:
        # Without its own exits click hands back the code of a command that ended early.
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(COULD_NOT_RUN)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(COULD_NOT_RUN)
    except SchedulerError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(COULD_NOT_RUN)
    sys.exit(code if isinstance(code, int) else 0)
