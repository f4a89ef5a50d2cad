"""What an exported file is called and holds, as its exposure in `models/exposures.yml` says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scheduler.errors import SchedulerError
from scheduler.output_files import page_file_name
from scheduler.sheet_text import safe_text
from scheduler.warehouse import DbtProject

_PAGE = "{page}"

FORMATS: Mapping[str, Callable[[Any], str]] = {
    "text": lambda value: safe_text(str(value)),
    "integer": str,
    "decimal_1": "{:.1f}".format,
    "decimal_2": "{:.2f}".format,
    "decimal_4": "{:.4f}".format,
    "flag": lambda value: "TRUE" if value else "FALSE",
    "weekday": "{:%A}".format,
    "date": "{:%Y-%m-%d}".format,
    "hour": lambda value: str(value.hour),
    "clock": "{:%H:%M}".format,
    "moment": "{:%Y-%m-%d %H:%M}".format,
}
"""How a value is written; the last five take a local time. NULL is an empty cell, but no flag."""


@dataclass(frozen=True)
class Column:
    """One column of a file.

    Attributes:
        header: its name in the file.
        source: the key of the row that it shows.
        format: a key of `FORMATS`.
    """

    header: str
    source: str
    format: str

    def cell(self, row: Mapping[str, Any]) -> str:
        """The row's cell."""
        value = row[self.source]
        return "" if value is None and self.format != "flag" else FORMATS[self.format](value)


@dataclass(frozen=True)
class FileSpec:
    """One file, or one file per page.

    Attributes:
        file_name: name; `{page}` in front stands for the page.
        columns: in their order; none for a file that is no table.
    """

    file_name: str
    columns: tuple[Column, ...]

    @property
    def header(self) -> list[str]:
        """The first row."""
        return [column.header for column in self.columns]

    def cells(self, row: Mapping[str, Any]) -> list[str]:
        """One further row."""
        return [column.cell(row) for column in self.columns]

    def path(self, folder: Path, page: str) -> Path:
        """Where a page's file goes."""
        return folder / page_file_name(page, self.file_name.removeprefix(_PAGE))


def read_spec(exposure: str) -> FileSpec:
    """The file that an exposure of the project describes.

    Raises:
        SchedulerError: there is no such exposure, or its `meta` describes no file.
    """
    return _read(DbtProject.find().root, exposure)


@cache
def _read(root: Path, exposure: str) -> FileSpec:
    path = root / "models" / "exposures.yml"
    try:
        exposures = _exposures(path)
        meta = next(e for e in exposures if e["name"] == exposure)["config"]["meta"]
        columns = tuple(Column(**column) for column in meta.get("columns", ()))
        unknown = sorted({column.format for column in columns} - set(FORMATS))
        if unknown:
            raise ValueError(f"unknown format {', '.join(unknown)}")
        return FileSpec(meta["file_name"], columns)
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, StopIteration) as error:
        reason = " ".join(str(error).split()) or "it is not there"
        raise SchedulerError(
            f"{path} does not say what {exposure} looks like ({reason}). Restore the file."
        ) from error


@cache
def _exposures(path: Path) -> list[dict[str, Any]]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = content["exposures"]
    return found
