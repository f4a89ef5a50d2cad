"""The LookML project of the marts."""

import json
from pathlib import Path

import click

from scheduler.cli.console import progress
from scheduler.lookml_project import files, write
from scheduler.warehouse import DbtProject, database_path


@click.command()
@click.option(
    "--output-dir", type=click.Path(path_type=Path), default=Path("lookml"), show_default=True,
    help="Folder of the LookML project.",
)  # fmt: skip
@click.option("--connection", default="eros", show_default=True, help="Its connection in Looker.")
def lookml(output_dir: Path, connection: str) -> None:
    """Write a LookML project: a view for each mart, and explores that repeat no figure.

    \b
    Example:
      scheduler lookml --output-dir lookml --connection eros
    """  # noqa: D301
    project, database = DbtProject.find(), database_path()
    with progress() as listener:
        listener.step("Reading the project.")
        project.run(["parse"], {}, database, listener.detail)
    path = project.work_dir(database) / "target" / "manifest.json"
    found = files(json.loads(path.read_text(encoding="utf-8")), connection)
    write(found, output_dir)
    click.echo(f"Written {len(found)} files to {output_dir}/.")
