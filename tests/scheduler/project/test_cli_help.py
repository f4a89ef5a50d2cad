"""Every command explains itself, with an example that it would accept."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
from click.testing import CliRunner

from scheduler.cli import cli
from scheduler.cli.group import COMMANDS
from tests.scheduler.project.files import ROOT


def commands(group: click.Group) -> dict[str, click.Command]:
    """Every command by name, loaded."""
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


def without_example(group: click.Group) -> list[str]:
    """Commands whose help fails or shows no example."""
    found = []
    for name in commands(group):
        result = CliRunner().invoke(group, [name, "--help"])
        if result.exit_code != 0 or not re.search(r"^ *Examples?:", result.output, re.MULTILINE):
            found.append(name)
    return found


def wrong_examples(group: click.Group) -> list[str]:
    """Examples in the help that name a command or an option that does not exist."""
    found = []
    for command in commands(group).values():
        for line in re.findall(r"^ *scheduler (.+)$", command.help or "", re.MULTILINE):
            name, *words = shlex.split(line, comments=True)
            options = {text for parameter in command.params for text in parameter.opts}
            used = {word.split("=")[0] for word in words if word.startswith("--")}
            if name != command.name or used - options:
                found.append(f"scheduler {line}")
    return found


def listed(readme: str) -> set[str]:
    """Commands in the README's table of commands."""
    return set(re.findall(r"^\| `scheduler ([a-z-]+)", readme, re.MULTILINE))


def test_every_command_has_help_with_an_example() -> None:
    assert set(commands(cli)) == set(COMMANDS)
    assert without_example(cli) == []


def test_the_examples_use_options_that_exist() -> None:
    assert wrong_examples(cli) == []


def test_every_option_says_what_it_is_for() -> None:
    bare = [
        f"{name} {parameter.opts[0]}"
        for name, command in commands(cli).items()
        for parameter in command.params
        if isinstance(parameter, click.Option)
        and not parameter.help
        and not isinstance(parameter.type, click.Choice | click.IntRange)
    ]
    assert bare == []


def test_the_help_of_all_commands_loads_none_of_them() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from scheduler.cli import cli;"
        "print(CliRunner().invoke(cli, ['--help']).output);"
        "print([name for name in sys.modules if name in ('duckdb', 'numpy', 'scheduler.run')])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = shown.stdout.splitlines()
    assert lines[-1] == "[]"
    assert {line.split()[0] for line in lines if line.startswith("  ")} >= set(COMMANDS)


def test_the_readme_lists_the_commands_there_are() -> None:
    assert listed((ROOT / "README.md").read_text(encoding="utf-8")) == set(commands(cli))


def test_the_checks_catch_a_silent_command_and_a_stale_example() -> None:
    @click.group()
    def group() -> None: ...

    @group.command()
    def silent() -> None:
        """Say nothing."""

    @group.command(help="Plan.\n\n\b\nExample:\n  scheduler stale --gone 3")
    @click.option("--week")
    def stale(week: str) -> None: ...

    assert without_example(group) == ["silent"]
    assert wrong_examples(group) == ["scheduler stale --gone 3"]
    assert listed("| `scheduler silent` | x |\n`scheduler stale`") == {"silent"}


def test_asking_for_help_leaves_no_log(tmp_path: Path) -> None:
    code = "from scheduler.cli import main; main()"
    for asked in (["--help"], ["doctor", "--help"], ["--version"]):
        subprocess.run(
            [sys.executable, "-c", code, *asked], check=True, capture_output=True,
            env=os.environ | {"EROS_LOG_DIR": str(tmp_path / "logs")},
        )  # fmt: skip
    assert list(tmp_path.iterdir()) == []
