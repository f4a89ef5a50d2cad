"""A `Warehouse` over BigQuery: reads by query, writes by load job and MERGE."""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

import pyarrow as pa
from google.api_core import exceptions as api
from google.cloud import bigquery

from scheduler import log
from scheduler.errors import SchedulerError
from scheduler.warehouse.base import OPERATIONS, Billed, Params, Scan
from scheduler.warehouse.bigquery import dialect
from scheduler.warehouse.bigquery.jobs import ONCE, Jobs
from scheduler.warehouse.bigquery.table_lock import table_lock
from scheduler.warehouse.labels import INVOCATION

_DRY_RUNS_AT_ONCE = 8


class BigQueryWarehouse:
    """A `Warehouse` over one BigQuery project.

    Attributes:
        jobs: how statements are run.
        names: where the schemas are.
    """

    def __init__(self, jobs: Jobs, names: dialect.Names, *, storage_api: bool) -> None:
        self.jobs = jobs
        self.names = names
        self._storage_api = storage_api
        self._session: str | None = None
        # The writes of an open transaction that have not been sent yet; None outside of one.
        self._pending: list[tuple[str, Params]] | None = None
        self._staged: list[str] = []

    @property
    def description(self) -> str:
        """Project, datasets and location."""
        location = self.jobs.client.location or "the default location"
        return f"BigQuery {self.names.project}.{self.names.dataset}_*, {location}"

    def query(self, sql: str, params: Params | None = None) -> pa.Table:
        """Rows of a SELECT as Arrow, moments in UTC without a zone mark."""
        if self._pending:
            self._send_pending()
        with log.timed("query", sql=log.short_sql(sql)) as told:
            job = self._send(sql, params or {})
            rows = dialect.as_embedded(self.jobs.rows(job, storage_api=self._storage_api))
            told["rows"] = rows.num_rows
        return rows

    def execute(self, sql: str, params: Params | None = None) -> None:
        """Run one statement for its effect."""
        if self._pending is None:
            self._run(sql, params or {})
        else:
            self._pending.append((sql, params or {}))

    def append(self, table: str, rows: pa.Table, key: Sequence[str] = ()) -> None:
        """Add rows to a table by column name; columns that are not given stay NULL.

        The rows come in by a load job, into a table of their own that is named after them, and from
        there in one statement: they are all there, or none is.

        Args:
            table: `schema.name`.
            rows: what to add.
            key: columns that identify a row; rows the table has already are left out.
        """
        if rows.num_rows == 0:
            return
        types = {field.name: field for field in self.jobs.table(self.names.table(table)).schema}
        staging = self.stage(table, rows, [types[name] for name in rows.column_names])
        columns = ", ".join(rows.column_names)
        values = ", ".join(f"fresh.{name}" for name in rows.column_names)
        same = " and ".join(f"held.{name} = fresh.{name}" for name in key) or "false"
        self.execute(
            f"merge into {table} as held using {staging} as fresh on {same}"  # noqa: S608 - names are literals of this package
            f" when not matched then insert ({columns}) values ({values})"
        )
        if self._pending is None:
            self.drop_staged()

    def stage(self, table: str, rows: pa.Table, schema: Sequence[bigquery.SchemaField]) -> str:
        """Put rows, by a load job, into a table of their own beside another one.

        Args:
            table: `schema.name` that they are for.
            rows: what it will hold.
            schema: of `rows`.

        Returns:
            Its `schema.name`, which follows from the rows; `drop_staged` takes it away.
        """
        content = dialect.json_lines(rows)
        staging = f"{table}__load_{hashlib.sha256(content).hexdigest()[:16]}"
        self._staged.append(staging)
        self.jobs.load(content, self.names.table(staging), schema)
        return staging

    def define(self, sql: str) -> None:
        """Run a statement that makes or changes a table; it takes effect at once and stays."""
        self.jobs.query(dialect.statement(sql, self.names))

    def create_schema(self, name: str) -> None:
        """Make one of our schemas a dataset, unless it is one."""
        home = bigquery.Dataset(f"{self.names.project}.{self.names.schema(name)}")
        home.location = self.jobs.client.location
        self.jobs.call(lambda: self.jobs.client.create_dataset(home, exists_ok=True, retry=ONCE))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All statements inside take effect together, or none does.

        Writes wait until the end, or until a query must see them. One of them alone is a
        transaction by itself; more are sent in a session of BigQuery between BEGIN and COMMIT. A
        load job can't be part of one, so it has to come before: hence the waiting.
        """
        self._pending = []
        try:
            yield
            if self._session is None and len(self._pending) == 1:
                self._run(*self._pending[0])
            elif self._pending or self._session:
                self._send_pending()
                self._run("commit transaction", {})
        except BaseException:
            self._undo()
            raise
        finally:
            self._session = self._pending = None
            self.drop_staged()

    def exists(self, relation: str) -> bool:
        """Whether `schema.name` is a table or a view."""
        return self.jobs.has_table(self.names.table(relation))

    def scan(self, sql: str, params: Params | None = None) -> Scan:
        """What a statement would read, from a dry run."""
        return self.jobs.scan(dialect.statement(sql, self.names), dialect.parameters(params or {}))

    def scan_all(self, statements: Sequence[str]) -> list[Scan | None]:
        """The same for what dbt compiled, several at a time."""
        with ThreadPoolExecutor(_DRY_RUNS_AT_ONCE) as pool:
            return list(pool.map(self._scan_or_none, statements))

    def _scan_or_none(self, sql: str) -> Scan | None:
        try:
            return self.jobs.scan(sql)
        except SchedulerError as error:
            if isinstance(error.__cause__, api.NotFound):
                return None
            raise

    def billed(self, days: int) -> list[Billed]:
        """What the commands of the last days were billed for, from the project's jobs."""
        location = str(self.jobs.client.location or "us").lower()
        rows = self.query(
            "select label.value as command, min(creation_time) as started_at,"  # noqa: S608 - project and location are the profile's
            " count(*) as jobs, coalesce(sum(total_bytes_processed), 0) as bytes_read,"
            " coalesce(sum(total_bytes_billed), 0) as bytes_billed"
            f" from `{self.jobs.client.project}.region-{location}`"
            ".INFORMATION_SCHEMA.JOBS_BY_PROJECT, unnest(labels) as label"
            " where creation_time >= timestamp_sub(current_timestamp(), interval $days day)"
            # a script's bytes are those of its statements, which are listed as well
            " and label.key = $label and coalesce(statement_type, '') != 'SCRIPT'"
            " group by command order by started_at desc",
            {"days": days, "label": INVOCATION},
        )
        return [Billed(**row) for row in rows.to_pylist()]

    def exclusive(self) -> AbstractContextManager[None]:
        """Hold the warehouse for one writing command, on whatever machine.

        Raises:
            SchedulerError: another command holds it.
        """
        self.create_schema(OPERATIONS)
        return table_lock(self.jobs, f"{self.names.project}.{self.names.schema(OPERATIONS)}")

    def close(self) -> None:
        """Let go of the connections."""
        self.jobs.client.close()  # type: ignore[no-untyped-call]

    def __enter__(self) -> "BigQueryWarehouse":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, sql: str, params: Params) -> None:
        with log.timed("query", sql=log.short_sql(sql)):
            self._send(sql, params)

    def _send(self, sql: str, params: Params) -> bigquery.QueryJob:
        return self.jobs.query(
            dialect.statement(sql, self.names), dialect.parameters(params), session=self._session
        )

    def _send_pending(self) -> None:
        if self._session is None:
            opened = self.jobs.query("begin transaction", new_session=True)
            if opened.session_info is None:
                raise SchedulerError("BigQuery opened no session for a transaction. Try again.")
            self._session = opened.session_info.session_id
        pending, self._pending = self._pending or [], []
        for sql, params in pending:
            self._run(sql, params)

    def _undo(self) -> None:
        if self._session is None:
            return
        try:
            self._run("rollback transaction", {})
        except SchedulerError:
            # What failed before is what the user must hear; an open transaction ends unkept.
            return

    def drop_staged(self) -> None:
        """Take away what was staged."""
        while self._staged:
            try:
                self.jobs.drop_table(self.names.table(self._staged.pop()))
            except SchedulerError:
                # The rows are where they belong; the same rows would come by this name again.
                continue
