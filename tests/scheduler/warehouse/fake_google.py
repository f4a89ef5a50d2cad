"""BigQuery's REST interface without a network: Google's own client talks to it and cannot tell."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from scheduler.warehouse.bigquery.dialect import Names
from scheduler.warehouse.bigquery.job_limits import Limits
from scheduler.warehouse.bigquery.jobs import Jobs
from scheduler.warehouse.bigquery.warehouse import BigQueryWarehouse

NAMES = Names("demo", "eros", "eros_raw")
Answer = Callable[[], tuple[int, Mapping[str, Any]]]


def failure(status: int, reason: str, message: str = "No.") -> tuple[int, dict[str, Any]]:
    """An error as BigQuery sends it."""
    errors = [{"reason": reason, "message": message}]
    return status, {"error": {"code": status, "message": message, "errors": errors}}


@dataclass
class FakeGoogle:
    """Holds jobs and tables; every job succeeds unless a test says otherwise.

    Attributes:
        tables: `dataset.table` -> resource.
        jobs: id -> resource, of every job that was accepted.
        rows: what every query gives.
        job_errors: errors with which the next jobs end.
        lost_answers: that many requests are carried out, but the connection breaks.
        refused: answers to the next requests in place of the right ones.
    """

    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    datasets: dict[str, str] = field(default_factory=lambda: {"eros_raw": "US"})
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: list[list[Any]] = field(default_factory=list)
    columns: list[tuple[str, str]] = field(default_factory=lambda: [("n", "INTEGER")])
    job_errors: list[dict[str, str]] = field(default_factory=list)
    lost_answers: int = 0
    refused: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    loaded: list[bytes] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    is_mtls: bool = False

    def client(self) -> bigquery.Client:
        """Google's client on this transport."""
        return bigquery.Client("demo", AnonymousCredentials(), _http=self, location="US")

    def warehouse(self, limits: Limits | None = None) -> BigQueryWarehouse:
        """Our warehouse on that client; it notes how long it would have slept."""
        jobs = Jobs(self.client(), limits or Limits(), {"eros_pages": "all"}, self.slept.append)
        return BigQueryWarehouse(jobs, NAMES, storage_api=False)

    @property
    def statements(self) -> list[str]:
        """The SQL of every accepted query, in order."""
        configs = [job["configuration"] for job in self.jobs.values()]
        return [config["query"]["query"] for config in configs if "query" in config]

    def request(
        self, method: str, url: str, data: Any = None, headers: Any = None, **_: object
    ) -> requests.Response:
        """What a `requests` session would do."""
        path = re.sub(r"^(/upload)?/bigquery/v2/projects/[^/]+/", "", unquote(urlsplit(url).path))
        self.asked.append(f"{method} {path}")
        if self.refused:
            status, body = self.refused.pop(0)
        else:
            status, body = self._answer(method, path, data)
        if self.lost_answers:
            self.lost_answers -= 1
            raise requests.exceptions.ConnectionError("reset by peer")
        response = requests.Response()
        response.status_code = status
        response.request = requests.Request(method, url).prepare()
        response.headers["content-type"] = "application/json"
        response._content = b"" if status == 204 else json.dumps(body).encode()
        return response

    def close(self) -> None:
        """Nothing to close."""

    @property
    def _auth_request(self) -> "FakeGoogle":
        return self

    @property
    def session(self) -> "FakeGoogle":
        """What the client closes."""
        return self

    def _answer(self, method: str, path: str, data: Any) -> tuple[int, Mapping[str, Any]]:
        kind, *rest = path.split("/")
        if kind == "jobs" and method == "POST":
            return self._insert_job(data)
        if kind in ("jobs", "queries"):
            return self._job(rest[0], results=kind == "queries")
        return self._table(method, rest, data)

    def _insert_job(self, data: Any) -> tuple[int, Mapping[str, Any]]:
        if isinstance(data, bytes):
            parts = data.split(b"\r\n\r\n")
            job = json.loads(parts[1].split(b"\r\n--")[0])
            self.loaded.append(parts[2].rsplit(b"\r\n--", 1)[0])
        else:
            job = json.loads(data)
        name = job["jobReference"]["jobId"]
        if name in self.jobs:
            return failure(409, "duplicate", f"Already Exists: Job demo:US.{name}")
        job["status"] = {"state": "DONE"}
        job["statistics"] = {"query": {"totalBytesProcessed": "4096"}}
        job["statistics"]["totalBytesProcessed"] = "4096"
        if job["configuration"].get("query", {}).get("createSession"):
            job["statistics"]["sessionInfo"] = {"sessionId": "session-1"}
        if self.job_errors:
            error = self.job_errors.pop(0)
            job["status"] |= {"errorResult": error, "errors": [error]}
        if not job["configuration"].get("dryRun"):
            self.jobs[name] = job
        return 200, job

    def _job(self, name: str, *, results: bool) -> tuple[int, Mapping[str, Any]]:
        if name not in self.jobs:
            return failure(404, "notFound", f"Not found: Job demo:US.{name}")
        job = self.jobs[name]
        if not results:
            return 200, job
        if "errorResult" in job["status"]:
            error = job["status"]["errorResult"]
            return failure(400, error["reason"], error["message"])
        return 200, {
            "jobComplete": True,
            "jobReference": job["jobReference"],
            "totalRows": str(len(self.rows)),
            "schema": {"fields": [{"name": n, "type": t} for n, t in self.columns]},
            "rows": [{"f": [{"v": value} for value in row]} for row in self.rows],
        }

    def _table(self, method: str, rest: list[str], data: Any) -> tuple[int, Mapping[str, Any]]:
        body = json.loads(data) if data else {}
        if len(rest) < 2:
            return self._dataset(rest, body)
        key = f"{rest[0]}.{body['tableReference']['tableId'] if method == 'POST' else rest[2]}"
        if method == "POST" and key in self.tables:
            return failure(409, "duplicate", f"Already Exists: Table demo:{key}")
        if method == "POST":
            self.tables[key] = body
        if key not in self.tables:
            return failure(404, "notFound", f"Not found: Table demo:{key}")
        if method == "DELETE":
            return 204, self.tables.pop(key)
        return 200, self.tables[key]

    def _dataset(self, rest: list[str], body: Any) -> tuple[int, Mapping[str, Any]]:
        if not rest:
            self.datasets[body["datasetReference"]["datasetId"]] = body.get("location", "US")
            return 200, body
        if rest[0] not in self.datasets:
            return failure(404, "notFound", f"Not found: Dataset demo:{rest[0]}")
        reference = {"projectId": "demo", "datasetId": rest[0]}
        return 200, {"datasetReference": reference, "location": self.datasets[rest[0]]}


def table(name: str, **columns: str) -> dict[str, Any]:
    """A table's resource: `eros_operations.x`, column -> type."""
    dataset, table_id = name.split(".")
    return {
        "tableReference": {"projectId": "demo", "datasetId": dataset, "tableId": table_id},
        "schema": {"fields": [{"name": n, "type": t} for n, t in columns.items()]},
    }
