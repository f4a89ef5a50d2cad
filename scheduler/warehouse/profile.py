"""The one configuration of the warehouse: the dbt profile `eros` and the target it names."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import yaml

from scheduler.errors import SchedulerError

if TYPE_CHECKING:
    from dbt.adapters.bigquery.credentials import BigQueryCredentials

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
    return PROFILE_NAME in _read(folder)


def read_target(folder: Path) -> Target:
    """The output that `DBT_TARGET` names, else the profile's own `target`.

    Only these two values are rendered here, so that a command on DuckDB need not wait for dbt.

    Raises:
        SchedulerError: there is no such output, an environment variable is not set, or the output
            is of an engine that the scheduler does not speak.
    """
    profile = _read(folder)[PROFILE_NAME]
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


def bigquery_credentials(target: Target) -> "BigQueryCredentials":
    """Everything the profile says of BigQuery, read and checked by dbt's own classes.

    Raises:
        SchedulerError: the adapter is not installed, or a value is missing or wrong.
    """
    try:
        from dbt.adapters.bigquery.credentials import BigQueryCredentials  # noqa: PLC0415
        from dbt.config.profile import Profile  # noqa: PLC0415
        from dbt.config.renderer import ProfileRenderer  # noqa: PLC0415
        from dbt_common.context import set_invocation_context  # noqa: PLC0415
        from dbt_common.dataclass_schema import ValidationError  # noqa: PLC0415
        from dbt_common.exceptions import DbtBaseException  # noqa: PLC0415
    except ImportError as error:
        raise SchedulerError(
            f"The target {target.name!r} needs the BigQuery packages, which are not installed. "
            f"Run: {INSTALL}"
        ) from error
    set_invocation_context(os.environ)
    try:
        _, values = Profile.render_profile(
            _read(target.folder)[PROFILE_NAME], PROFILE_NAME, target.name, ProfileRenderer({})
        )
        values.pop("type")
        values.pop("threads", None)
        data = BigQueryCredentials.translate_aliases(values)
        BigQueryCredentials.validate(data)
        credentials = BigQueryCredentials.from_dict(data)
    except (DbtBaseException, ValidationError) as error:
        raise SchedulerError(_wrong(target, error)) from None
    if not credentials.database:
        raise SchedulerError(f"The target {target.name!r} of {target.folder} names no project.")
    return credentials


def _wrong(target: Target, error: Exception) -> str:
    """Says which value is wrong, never what it is: it may be a key."""
    path = ".".join(str(part) for part in getattr(error, "path", None) or ())
    if path:
        return f"The value {path} of the target {target.name!r} in {target.folder} is of no use."
    missing = getattr(error, "message", None) or str(error)
    if "Env var" in missing or "is a required property" in missing:
        return f"The target {target.name!r} of {target.folder}: {' '.join(missing.split())[:200]}."
    return (
        f"The target {target.name!r} of {target.folder} is no BigQuery output. "
        "Compare it with profiles.example.yml."
    )


def _read(folder: Path) -> dict[str, Any]:
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
