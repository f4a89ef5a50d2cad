"""Jobs: one way to start one, to wait for it, to try again and to say why it failed."""

import hashlib
import io
import itertools
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import pyarrow as pa
from google.api_core import exceptions as api
from google.api_core.retry import Retry, if_exception_type
from google.cloud import bigquery

from scheduler.errors import SchedulerError
from scheduler.warehouse.base import Scan
from scheduler.warehouse.bigquery.google_errors import FAILURES, explained, is_retryable
from scheduler.warehouse.bigquery.job_limits import Limits
from scheduler.warehouse.labels import job_labels

AnyJob = TypeVar("AnyJob", bound="bigquery.QueryJob | bigquery.LoadJob")
Answer = TypeVar("Answer")
_GRACE_SECONDS = 30.0
REQUEST_SECONDS = 60.0
# Requests are repeated here, so the client must not do it as well (for ten minutes, by default).
ONCE = Retry(predicate=if_exception_type())
_STORAGE_API_REFUSED = (api.Forbidden, api.MethodNotImplemented, api.Unauthorized)
# Ids are this process's own: a later one may send the same statement about other rows.
_PROCESS = secrets.token_hex(6)
_SEQUENCE = itertools.count(1)


class Jobs:
    """Runs jobs of one client under one set of limits.

    A job's id follows from the process, the statement, its values and its place in the sequence.
    A request whose answer was lost is sent again under the same id, so nothing is written twice;
    only a job that ended in a passing error gets a new one.
    """

    def __init__(
        self,
        client: bigquery.Client,
        limits: Limits,
        labels: Mapping[str, object] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.client = client
        self.limits = limits
        self.labels = job_labels(labels or {})
        self._sleep = sleep

    def query(
        self,
        sql: str,
        parameters: Sequence[Any] = (),
        *,
        session: str | None = None,
        new_session: bool = False,
    ) -> bigquery.QueryJob:
        """Run a statement to its end.

        Args:
            sql: in BigQuery's spelling.
            parameters: bound values.
            session: of the transaction it belongs to.
            new_session: open a session with it.

        Raises:
            SchedulerError: it failed for good.
        """
        config = self._query_config(parameters)
        if new_session:
            config.create_session = True
        if session is not None:
            config.connection_properties = [bigquery.ConnectionProperty("session_id", session)]
        values = [parameter.to_api_repr() for parameter in parameters]
        return self._finish(
            lambda job_id: self.client.query(
                sql, job_config=config, job_id=job_id, retry=ONCE, job_retry=None,
                timeout=REQUEST_SECONDS,
            ),
            lambda job: job.result(timeout=self._patience, retry=ONCE, job_retry=None),
            f"{sql}{values}{session}".encode(),
        )  # fmt: skip

    def rows(self, job: bigquery.QueryJob, *, storage_api: bool) -> pa.Table:
        """The rows of a query that has ended.

        Args:
            job: the query.
            storage_api: read a large result by the Storage Read API; where that is refused, as to
                an account without its role, REST gives the same rows.
        """
        try:
            return self.call(
                lambda: job.result(retry=ONCE, job_retry=None).to_arrow(
                    create_bqstorage_client=storage_api
                )
            )
        except SchedulerError as error:
            if not storage_api or not isinstance(error.__cause__, _STORAGE_API_REFUSED):
                raise
            return self.rows(job, storage_api=False)

    def load(
        self, content: bytes, table: str, schema: Sequence[bigquery.SchemaField]
    ) -> bigquery.LoadJob:
        """Make `table` hold exactly these rows, given as newline-delimited JSON.

        Raises:
            SchedulerError: it failed for good.
        """
        config = bigquery.LoadJobConfig(
            source_format=bigquery.SourceFormat.NEWLINE_DELIMITED_JSON,
            write_disposition=bigquery.WriteDisposition.WRITE_TRUNCATE,
            schema=list(schema),
            labels=self.labels,
            job_timeout_ms=int(1000 * self.limits.seconds),
        )
        return self._finish(
            lambda job_id: self.client.load_table_from_file(
                io.BytesIO(content), table, size=len(content), job_config=config, job_id=job_id,
                num_retries=0, timeout=REQUEST_SECONDS,
            ),
            lambda job: job.result(timeout=self._patience, retry=ONCE),
            table.encode() + content,
        )  # fmt: skip

    def scan(self, sql: str, parameters: Sequence[Any] = ()) -> Scan:
        """What a statement would read, from a dry run, which costs nothing.

        Raises:
            SchedulerError: BigQuery refuses the statement.
        """
        config = self._query_config(parameters)
        config.dry_run = True
        config.use_query_cache = False
        try:
            job = self.call(lambda: self.client.query(sql, job_config=config, retry=ONCE))
        except api.NotFound as error:
            raise self._explained(error) from error
        columns = tuple(field.name for field in job.schema or ())
        return Scan(int(job.total_bytes_processed or 0), len(job.referenced_tables), columns)

    def table(self, name: str) -> bigquery.Table:
        """Metadata of a table: no job, no cost.

        Raises:
            SchedulerError: there is no such table.
        """
        try:
            return self.call(lambda: self.client.get_table(name, retry=ONCE))
        except api.NotFound as error:
            raise self._explained(error) from error

    def has_table(self, name: str) -> bool:
        """Whether a table or view is there."""
        try:
            self.call(lambda: self.client.get_table(name, retry=ONCE))
        except api.NotFound:
            return False
        return True

    def drop_table(self, name: str) -> None:
        """Take a table away, if it is there."""
        self.call(lambda: self.client.delete_table(name, not_found_ok=True, retry=ONCE))

    def call(self, request: Callable[[], Answer]) -> Answer:
        """Send a request that may be repeated, such as a look-up.

        Raises:
            NotFound: as Google says it; the caller knows what that means.
            SchedulerError: it failed for good.
        """
        for attempt in itertools.count(1):
            try:
                return request()
            except (api.NotFound, api.Conflict):
                raise
            except FAILURES as error:
                self._wait_or_raise(error, attempt)
        raise AssertionError

    def _query_config(self, parameters: Sequence[Any]) -> bigquery.QueryJobConfig:
        config = bigquery.QueryJobConfig(
            query_parameters=list(parameters),
            labels=self.labels,
            priority=self.limits.priority.upper(),
            job_timeout_ms=int(1000 * self.limits.seconds),
        )
        if self.limits.maximum_bytes_billed is not None:
            config.maximum_bytes_billed = self.limits.maximum_bytes_billed
        return config

    @property
    def _patience(self) -> float:
        """Seconds to wait for a job: BigQuery should have ended it before."""
        return self.limits.seconds + _GRACE_SECONDS

    def _finish(
        self, begin: Callable[[str], AnyJob], wait: Callable[[AnyJob], object], content: bytes
    ) -> AnyJob:
        digest = hashlib.sha256(content).hexdigest()[:20]
        name = f"eros-{_PROCESS}-{next(_SEQUENCE)}-{digest}"
        failed = 0
        for attempt in itertools.count(1):
            job: AnyJob | None = None
            try:
                job = self._begun(begin, f"{name}-{failed}")
                wait(job)
            except FAILURES as error:
                if isinstance(error, TimeoutError) and job is not None:
                    self._cancel(job)
                failed += job is not None and bool(job.error_result)
                self._wait_or_raise(error, attempt)
            else:
                return job
        raise AssertionError

    def _begun(self, begin: Callable[[str], AnyJob], job_id: str) -> AnyJob:
        """The job, begun now or by an earlier request whose answer was lost."""
        try:
            return begin(job_id)
        except api.Conflict as error:
            if "job" not in str(error).lower():
                raise
            return cast("AnyJob", self.client.get_job(job_id, retry=ONCE))

    def _cancel(self, job: Any) -> None:
        try:
            job.cancel(retry=ONCE)
        except FAILURES:
            # It is over anyway: BigQuery has the same time-out.
            return

    def _wait_or_raise(self, error: BaseException, attempt: int) -> None:
        if not is_retryable(error) or attempt >= self.limits.attempts:
            raise self._explained(error) from error
        self._sleep(self.limits.backoff_base**attempt)

    def _explained(self, error: BaseException) -> SchedulerError:
        place = {
            "project": str(self.client.project),
            "location": str(self.client.location or "not set"),
        }
        return explained(error, place, self.limits.seconds)
