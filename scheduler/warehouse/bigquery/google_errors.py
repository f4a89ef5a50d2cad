"""What BigQuery says, in one line that ends with what to do."""

import concurrent.futures
from collections.abc import Mapping
from typing import Any

from google.api_core import exceptions as api
from google.auth import exceptions as auth
from google.cloud.bigquery.retry import DEFAULT_JOB_RETRY
from requests import exceptions as http

from scheduler.errors import SchedulerError

# Everything that a call to BigQuery may raise and that is the world's fault, not ours.
FAILURES = (
    api.GoogleAPIError, auth.GoogleAuthError, http.RequestException, OSError,
    concurrent.futures.TimeoutError,
)  # fmt: skip
_LONGEST = 240
_BY_REASON = {
    "accessDenied": "Grant the roles that docs/deployment.md lists to the account of the profile.",
    "bytesBilledLimitExceeded": "`scheduler cost` says what a run reads; then raise"
    " maximum_bytes_billed in the profile.",
    "billingTierLimitExceeded": "Raise the project's limit, or run at another time.",
    "billingNotEnabled": "Enable billing for the project of the profile.",
    "quotaExceeded": "Wait for the quota to renew, or raise it in the Cloud console.",
    "rateLimitExceeded": "Lower `threads` in the profile, or raise the setting retry_attempts.",
    "responseTooLarge": "Install google-cloud-bigquery-storage, which reads results of any size.",
    "stopped": "The job was stopped: run the command again.",
}  # fmt: skip


def is_retryable(error: BaseException) -> bool:
    """Whether Google calls it passing: its own predicate for jobs, of its own client.

    Source: cloud.google.com/bigquery/docs/error-messages.
    """
    return isinstance(error, Exception) and bool(DEFAULT_JOB_RETRY._predicate(error))


def explained(error: BaseException, place: Mapping[str, str], seconds: float) -> SchedulerError:
    """The error as one line.

    Args:
        error: one of `FAILURES`.
        place: `project` and `location` of the profile.
        seconds: the time-out a job has.
    """
    reason = _reason(error)
    if isinstance(error, concurrent.futures.TimeoutError) or "timed out after" in str(error):
        return SchedulerError(
            f"A BigQuery job took more than {seconds:g} s and was cancelled. "
            "Raise job_execution_timeout_seconds in the profile."
        )
    if isinstance(error, auth.DefaultCredentialsError | auth.RefreshError):
        return SchedulerError(
            "No valid Google credentials. Run `gcloud auth application-default login`, "
            "or set a service account in the profile."
        )
    if isinstance(error, auth.GoogleAuthError):
        return SchedulerError(
            "Google refused the credentials of the profile. Check its method and its account."
        )
    if not isinstance(error, api.GoogleAPIError):
        return SchedulerError(
            "BigQuery cannot be reached. Check the network and api_endpoint in the profile."
        )
    return SchedulerError(f"BigQuery: {_said(error)} {_advice(error, reason, place)}")


def _advice(error: BaseException, reason: str, place: Mapping[str, str]) -> str:
    if isinstance(error, api.NotFound):
        where = f"project {place['project']}, location {place['location']}"
        if "dataset" in str(error).lower():
            return f"Create it (docs/deployment.md), or mend the profile: it says {where}."
        return f"Run `scheduler build`, or mend the profile: it says {where}."
    if isinstance(error, api.Forbidden) and reason not in _BY_REASON:
        return _BY_REASON["accessDenied"]
    if reason in _BY_REASON:
        return _BY_REASON[reason]
    if "concurrent update" in str(error):
        return "Another command wrote to the same table: run this one again."
    return "Run `scheduler doctor`; the job's page in the Cloud console has the details."


def _reason(error: BaseException) -> str:
    errors: Any = getattr(error, "errors", None)
    first = errors[0] if errors else None
    return str(first.get("reason", "")) if isinstance(first, Mapping) else ""


def _said(error: api.GoogleAPIError) -> str:
    """Google's own words: the first sentence, without the request's address."""
    text = str(getattr(error, "message", None) or error).split("; reason:")[0]
    text = text.splitlines()[0] if text else type(error).__name__
    text = text.split("prettyPrint=false: ")[-1].strip().rstrip(".")
    return f"{text[:_LONGEST]}."
