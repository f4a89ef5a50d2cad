"""From a profile's output to an open warehouse."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from dbt.adapters.bigquery.credentials import BigQueryCredentials, create_google_credentials
from dbt_common.exceptions import DbtBaseException
from google.api_core import exceptions as api
from google.api_core.client_info import ClientInfo
from google.api_core.client_options import ClientOptions
from google.auth import exceptions as auth
from google.cloud import bigquery

from scheduler.errors import SchedulerError
from scheduler.warehouse.bigquery.credentials import bigquery_credentials
from scheduler.warehouse.bigquery.dialect import Names
from scheduler.warehouse.bigquery.google_errors import explained
from scheduler.warehouse.bigquery.job_limits import Limits
from scheduler.warehouse.bigquery.jobs import ONCE, Jobs
from scheduler.warehouse.bigquery.warehouse import BigQueryWarehouse
from scheduler.warehouse.profile import Target


def open_bigquery(
    target: Target,
    settings: Mapping[str, Any],
    labels: Mapping[str, object],
    *,
    must_exist: bool = True,
) -> BigQueryWarehouse:
    """Connect as dbt would with this output of the profile.

    Args:
        target: the output.
        settings: the project's vars: `raw_schema`, `retry_attempts`, `retry_backoff_base`.
        labels: put on every job, beside the name of the command.
        must_exist: refuse a project without the dataset of the raw tables.

    Raises:
        SchedulerError: a value of the profile or the credentials are of no use, or that dataset is
            missing or in another location.
    """
    profile = bigquery_credentials(target)
    limits = Limits(
        seconds=float(profile.job_execution_timeout_seconds or Limits.seconds),
        maximum_bytes_billed=profile.maximum_bytes_billed,
        priority=str(profile.priority.value if profile.priority else Limits.priority),
        attempts=int(settings["retry_attempts"]),
        backoff_base=float(settings["retry_backoff_base"]),
    )
    names = Names(str(profile.database), str(profile.schema), str(settings["raw_schema"]))
    jobs = Jobs(_client(target, profile), limits, labels)
    if must_exist:
        _check_raw(jobs, names)
    # An endpoint of one's own speaks REST alone; the Storage API is at an address of Google's.
    is_installed = find_spec("google.cloud.bigquery_storage") is not None
    return BigQueryWarehouse(jobs, names, storage_api=is_installed and profile.api_endpoint is None)


def _client(target: Target, profile: BigQueryCredentials) -> bigquery.Client:
    place = {"project": str(profile.database), "location": str(profile.location)}
    try:
        credentials = create_google_credentials(profile)
    except (OSError, ValueError, TypeError, AttributeError):
        raise SchedulerError(
            f"The key of the target {target.name!r} in {target.folder} cannot be read. "
            "Check keyfile or keyfile_json: it must be a service account's JSON key."
        ) from None
    except auth.GoogleAuthError as error:
        raise explained(error, place, 0.0) from error
    except DbtBaseException as error:
        raise explained(auth.DefaultCredentialsError(), place, 0.0) from error  # type: ignore[no-untyped-call]
    return bigquery.Client(
        project=profile.execution_project or profile.database,
        credentials=credentials,
        location=profile.location,
        client_info=ClientInfo(user_agent="eros-scheduler"),  # type: ignore[no-untyped-call]
        client_options=ClientOptions(
            api_endpoint=profile.api_endpoint, quota_project_id=profile.quota_project
        ),
    )


def _check_raw(jobs: Jobs, names: Names) -> None:
    name = f"{names.project}.{names.raw}"
    try:
        found = jobs.call(lambda: jobs.client.get_dataset(name, retry=ONCE))
    except api.NotFound:
        raise SchedulerError(
            f"The dataset {name} does not exist. Create and fill it as docs/deployment.md shows, or"
            " mend project and raw_schema."
        ) from None
    wanted = jobs.client.location
    if wanted and found.location and found.location.lower() != wanted.lower():
        raise SchedulerError(
            f"The dataset {name} is in {found.location}, the profile says {wanted}. "
            f"Set `location: {found.location}` in the profile."
        )
