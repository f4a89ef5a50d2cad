"""A spreadsheet of Google Sheets beside the files of a command."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.errors import SchedulerError
from scheduler.sheet import Table, read_table, table_of_values

if TYPE_CHECKING:
    from scheduler.export.google_sheet import GoogleSheet

_INSTALL = "pip install 'eros-scheduler[sheets]'"

read_option = click.option(
    "--sheet", "url", metavar="URL", help="A spreadsheet of Google Sheets, by its address."
)


def open_sheet(url: str) -> "GoogleSheet":
    """The spreadsheet of an address.

    Raises:
        SchedulerError: its packages are missing, or it can't be opened.
    """
    try:
        # Its packages are an extra.
        room = import_module("scheduler.export.google_sheet")
    except ImportError as error:
        raise SchedulerError(f"Google Sheets needs its packages. Run: {_INSTALL}") from error
    sheet: GoogleSheet = room.GoogleSheet(url)
    return sheet


def read_sources(files: Sequence[Path], url: str | None) -> list[tuple[str, Table]]:
    """What the record of edits says of each source, and its rows.

    Args:
        files: CSV or .xlsx.
        url: address of a spreadsheet, if one is asked for.

    Raises:
        SchedulerError: one of them can't be read.
    """
    found = [(path.name, read_table(path)) for path in files]
    if url is not None:
        sheet = open_sheet(url)
        found.append((sheet.name, table_of_values(sheet.name, sheet.values())))
    return found
