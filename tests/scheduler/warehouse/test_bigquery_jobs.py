"""Jobs on BigQuery: what each carries, when one is tried again, and what is said when it fails."""

import re

import pytest

from scheduler.errors import SchedulerError
from scheduler.log import invocation
from scheduler.warehouse.bigquery.job_limits import Limits
from tests.scheduler.warehouse.fake_google import FakeGoogle, failure

PASSING = {"reason": "backendError", "message": "Try again."}


@pytest.fixture
def google() -> FakeGoogle:
    return FakeGoogle()


def test_every_job_carries_labels_a_time_out_and_a_limit_of_bytes(google: FakeGoogle) -> None:
    google.warehouse(Limits(seconds=90, maximum_bytes_billed=5_000)).execute("select 1")
    (job,) = google.jobs.values()
    config = job["configuration"]
    assert config["labels"] == {
        "app": "eros", "eros_invocation": invocation(), "eros_pages": "all",
    }  # fmt: skip
    assert config["jobTimeoutMs"] == "90000"
    assert config["query"]["maximumBytesBilled"] == "5000"
    assert config["query"]["priority"] == "INTERACTIVE"


def test_a_request_whose_answer_was_lost_is_sent_again_and_done_once(google: FakeGoogle) -> None:
    google.lost_answers = 1
    google.warehouse().execute("insert into eros_operations.x (n) values (1)")
    assert len(google.jobs) == 1
    assert google.asked.count("POST jobs") == 2
    assert google.slept == [2.0]


def test_a_job_that_ended_in_a_passing_error_begins_anew(google: FakeGoogle) -> None:
    google.job_errors = [PASSING, PASSING]
    google.warehouse(Limits(backoff_base=3.0)).execute("select 1")
    assert len(google.jobs) == 3
    assert google.slept == [3.0, 9.0]


def test_it_gives_up_after_the_tries_that_the_settings_allow(google: FakeGoogle) -> None:
    google.job_errors = [PASSING] * 5
    with pytest.raises(SchedulerError, match=r"^BigQuery: .*Try again"):
        google.warehouse(Limits(attempts=2)).execute("select 1")
    assert len(google.jobs) == 2


def test_equal_statements_are_jobs_of_their_own(google: FakeGoogle) -> None:
    warehouse = google.warehouse()
    for value in (1, 1, 2):
        warehouse.execute("insert into eros_operations.x (n) values ($n)", {"n": value})
    names = list(google.jobs)
    assert len(set(names)) == 3
    # the last two parts: a digest of statement and values, and how often it failed
    digests = [name.split("-")[-2] for name in names]
    assert digests[0] == digests[1] != digests[2]
    assert all(re.fullmatch(r"eros-[0-9a-f]+-\d+-[0-9a-f]+-0", name) for name in names)


@pytest.mark.parametrize(
    ("reason", "message", "advice"),
    [
        ("accessDenied", "Access Denied: Table demo:eros_marts.creators", "docs/deployment.md"),
        ("quotaExceeded", "Quota exceeded", "quota"),
        ("bytesBilledLimitExceeded", "Query exceeded limit", "maximum_bytes_billed"),
        ("notFound", "Not found: Dataset demo:eros_marts", "location US"),
        ("notFound", "Not found: Table demo:eros_marts.creators", "scheduler build"),
        ("stopped", "Job execution was cancelled: Job timed out after 600s", "job_execution_time"),
        ("invalidQuery", "Transaction is aborted due to concurrent update", "run this one again"),
        ("invalidQuery", "Unrecognized name: x at [1:8]", "scheduler doctor"),
    ],
)
def test_an_error_is_one_line_that_says_what_to_do(
    google: FakeGoogle, reason: str, message: str, advice: str
) -> None:
    google.job_errors = [{"reason": reason, "message": message}]
    with pytest.raises(SchedulerError) as caught:
        google.warehouse().execute("select 1")
    text = str(caught.value)
    assert advice in text
    assert "\n" not in text
    assert "http" not in text
    assert google.slept == []


def test_a_refused_request_says_why_without_its_address(google: FakeGoogle) -> None:
    google.refused = [failure(403, "accessDenied", "Access Denied: Project demo: no jobs.create")]
    with pytest.raises(SchedulerError) as caught:
        google.warehouse().execute("select 1")
    assert str(caught.value).startswith("BigQuery: Access Denied: Project demo: no jobs.create.")


def test_a_network_that_is_down_is_one_line_after_all_tries(google: FakeGoogle) -> None:
    google.lost_answers = 99
    with pytest.raises(SchedulerError, match="cannot be reached"):
        google.warehouse().execute("select 1")
    assert google.slept == [2.0, 4.0]
