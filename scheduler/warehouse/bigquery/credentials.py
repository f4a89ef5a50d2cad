"""What the dbt profile says of BigQuery."""

import os

from dbt.adapters.bigquery.credentials import BigQueryCredentials
from dbt.config.profile import Profile
from dbt.config.renderer import ProfileRenderer
from dbt_common.context import set_invocation_context
from dbt_common.dataclass_schema import ValidationError
from dbt_common.exceptions import DbtBaseException

from scheduler.errors import SchedulerError
from scheduler.warehouse.profile import PROFILE_NAME, Target, read_profiles


def bigquery_credentials(target: Target) -> BigQueryCredentials:
    """Everything the profile says of BigQuery, read and checked by dbt's own classes.

    Raises:
        SchedulerError: a value is missing or wrong.
    """
    set_invocation_context(os.environ)
    try:
        profiles = read_profiles(target.folder)
        _, values = Profile.render_profile(
            profiles[PROFILE_NAME],
            PROFILE_NAME,
            target.name,
            ProfileRenderer({}),
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
