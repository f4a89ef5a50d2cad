"""The one configuration of the warehouse: the dbt profile `eros` and the target it names."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import yaml

from scheduler.errors import SchedulerError

PROFILE_NAME = "eros"
DUCKDB, BIGQUERY = "duckdb", "bigquery"
INSTALL = "pip install 'eros-scheduler[bigquery]'"


@dataclass(frozen=True)
class Target:
    """An output of the profile, as dbt would choose it.

    Attributes:
        folder: where the `profiles.yml` lies.
        name: of the output, such as `bigquery`.
        kind: its type: `duckdb` or `bigquery`.
    """

    folder: Path
    name: str
    kind: str


def has_profile(folder: Path) -> bool:
    """Whether the folder's `profiles.yml` holds ours.

    Raises:
        SchedulerError: the file is no YAML.
    """
    return PROFILE_NAME in read_profiles(folder)


def read_target(folder: Path) -> Target:
    """The output that `DBT_TARGET` names, else the profile's own `target`.

    Only these two values are rendered here, so that a command on DuckDB need not wait for dbt.

    Raises:
        SchedulerError: there is no such output, an environment variable is not set, or the output
            is of an engine that the scheduler does not speak.
    """
    profile = read_profiles(folder)[PROFILE_NAME]
    outputs = profile.get("outputs") if isinstance(profile, Mapping) else None
    if not isinstance(outputs, Mapping):
        raise SchedulerError(
            f"The profile {PROFILE_NAME} of {folder} has no outputs. "
            "Start from profiles.example.yml."
        )
    wanted = os.environ.get("DBT_TARGET") or profile.get("target") or "default"
    name = _rendered(str(wanted), folder)
    if name not in outputs:
        raise SchedulerError(
            f"The profile {PROFILE_NAME} of {folder} has no target {name!r}. "
            f"Use one of: {', '.join(sorted(map(str, outputs)))}."
        )
    kind = _rendered(str((outputs[name] or {}).get("type")), folder)
    if kind not in (DUCKDB, BIGQUERY):
        raise SchedulerError(
            f"The target {name!r} of {folder} is of type {kind!r}. "
            f"The scheduler works on {DUCKDB} and {BIGQUERY}."
        )
    return Target(folder, name, kind)


def read_profiles(folder: Path) -> dict[str, Any]:
    """The folder's `profiles.yml`; empty when there is none.

    Raises:
        SchedulerError: the file is no YAML.
    """
    path = folder / "profiles.yml"
    if not path.is_file():
        return {}
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise SchedulerError(f"{path} is not valid YAML. Mend it, or remove it.") from error
    return content if isinstance(content, dict) else {}


def _rendered(text: str, folder: Path) -> str:
    """A value of the profile with dbt's `env_var` filled in."""

    def env_var(name: str, default: str | None = None) -> str:
        value = os.environ.get(name, default)
        if value is None:
            raise SchedulerError(
                f"The profile of {folder} reads the environment variable {name}, which is not set."
            )
        return value

    try:
        return str(jinja2.Environment(autoescape=False).from_string(text).render(env_var=env_var))  # noqa: S701 - YAML, no HTML
    except jinja2.TemplateError as error:
        raise SchedulerError(f"The profile of {folder} has a bad template: {text}") from error
