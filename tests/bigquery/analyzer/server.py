"""BigQuery's REST interface over an empty warehouse: every statement sent to it is analyzed.

The dbt-bigquery adapter and Google's client talk to it as they talk to Google, so what is judged is
what they really send: tables with their options, merges, tests and unit tests with their fixtures.
A statement that GoogleSQL refuses is answered with BigQuery's error 400.
"""

import argparse
import json
import re
import threading
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from analyzer import kinds
from analyzer.googlesql import GoogleSql, RefusedStatement
from analyzer.warehouse import Answer, EmptyWarehouse, Table

Json = dict[str, Any]
PROJECT = "offline"
RESULTS = "_results"  # dataset of the tables that hold the answers of queries

# What the one row of a query without groups holds, by type, when there is nothing to count; and any
# query's row, once rows are asked for.
NOTHING = {"INTEGER": "0", "BOOLEAN": "false"}
SOMETHING = NOTHING | {"STRING": "2026-01-01 00:00:00", "TIMESTAMP": "0", "FLOAT": "0"}


class RestError(Exception):
    """An answer other than 200."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.body = {
            "error": {
                "code": code, "message": message, "status": reason,
                "errors": [{"message": message, "domain": "global", "reason": reason}],
            }
        }  # fmt: skip


class Rest:
    """What is behind the routes. One request at a time."""

    def __init__(self, warehouse: EmptyWarehouse, log: Path) -> None:
        self.warehouse = warehouse
        self.lock = threading.Lock()
        self._log = log
        self._jobs: dict[str, Json] = {}
        self._results: dict[str, Json] = {}
        self._answers: dict[str, Json] = {}
        self._uploads: dict[str, Json] = {}
        self._something = False

    # ---- datasets and tables

    def dataset(self, dataset: str) -> Json:
        """datasets.get."""
        if dataset not in self.warehouse.datasets:
            raise RestError(404, "notFound", f"Not found: Dataset {PROJECT}:{dataset}")
        reference = {"projectId": PROJECT, "datasetId": dataset}
        return {"datasetReference": reference, "location": "US", "access": []}

    def list_datasets(self) -> Json:
        """datasets.list."""
        return {"datasets": [self.dataset(name) for name in sorted(self.warehouse.datasets)]}

    def add_dataset(self, body: Json) -> Json:
        """datasets.insert."""
        name = body["datasetReference"]["datasetId"]
        self.warehouse.datasets.add(name)
        return self.dataset(name)

    def table(self, dataset: str, table: str) -> Json:
        """tables.get."""
        reference = {"projectId": PROJECT, "datasetId": dataset, "tableId": table}
        if dataset == RESULTS and table in self._answers:
            return self._answers[table] | {"tableReference": reference}
        found = self.warehouse.tables.get((dataset, table))
        if found is None:
            raise RestError(404, "notFound", f"Not found: Table {PROJECT}:{dataset}.{table}")
        fields = [kinds.rest_field(name, type_) for name, type_ in found.columns.items()]
        return found.more | {
            "tableReference": reference, "type": found.kind, "location": "US",
            "schema": {"fields": fields}, "numRows": "0", "numBytes": "0",
        }  # fmt: skip

    def list_tables(self, dataset: str) -> Json:
        """tables.list."""
        self.dataset(dataset)
        names = [table for parent, table in self.warehouse.tables if parent == dataset]
        return {"tables": [self.table(dataset, name) for name in names], "totalItems": len(names)}

    def add_table(self, dataset: str, body: Json) -> Json:
        """tables.insert."""
        self.dataset(dataset)
        fields = body["schema"]["fields"]
        columns = {field["name"]: kinds.of_field(field) for field in fields}
        table = body["tableReference"]["tableId"]
        self.warehouse.tables[dataset, table] = Table(columns)
        return self.table(dataset, table)

    def routine(self, dataset: str, routine: str) -> Json:
        """routines.get: there is none."""
        raise RestError(404, "notFound", f"Not found: Routine {PROJECT}:{dataset}.{routine}")

    def patch_table(self, dataset: str, table: str, body: Json) -> Json:
        """tables.patch: descriptions and labels are kept, a schema replaces the columns."""
        self.table(dataset, table)
        found = self.warehouse.tables[dataset, table]
        if "schema" in body:
            fields = body.pop("schema")["fields"]
            found.columns = {field["name"]: kinds.of_field(field) for field in fields}
        found.more |= body
        return self.table(dataset, table)

    def drop_table(self, dataset: str, table: str) -> Json:
        """tables.delete."""
        self.table(dataset, table)
        del self.warehouse.tables[dataset, table]
        return {}

    # ---- jobs

    def add_job(self, body: Json) -> Json:
        """jobs.insert of a query: analyzed before it is answered."""
        configuration = body["configuration"]
        reference = body.get("jobReference") or {}
        job_id = reference.get("jobId") or uuid.uuid4().hex
        query = configuration["query"]
        dry = bool(configuration.get("dryRun"))
        named = query.get("queryParameters") or []
        parameters = {p["name"]: kinds.of_parameter(p["parameterType"]) for p in named}
        entry = {"sql": query["query"], "node": _node(query["query"]), "refused": None}
        try:
            answer = self.warehouse.run(query["query"], parameters, dry=dry)
            entry["kind"] = answer.kind
        except RefusedStatement as error:
            entry["refused"] = str(error)
            raise RestError(400, "invalidQuery", str(error)) from error
        except Exception as error:
            # Unanswered, it would be asked again for minutes.
            entry["refused"] = f"The analyzer failed: {error!r}"
            raise RestError(400, "invalid", entry["refused"]) from error
        finally:
            with self._log.open("a", encoding="utf-8") as log:
                log.write(json.dumps(entry) + "\n")
        statistics: Json = {"statementType": answer.kind, "totalBytesProcessed": "0"}
        target = answer.target
        if answer.columns is not None:
            target = (RESULTS, uuid.uuid4().hex)
            self._results[job_id] = self._rows(job_id, answer)
            self._answers[target[1]] = {
                "schema": self._results[job_id]["schema"], "numRows": "0", "type": "TABLE",
            }  # fmt: skip
        if target is not None:
            query["destinationTable"] = {
                "projectId": PROJECT, "datasetId": target[0], "tableId": target[1],
            }  # fmt: skip
        return self._job(job_id, configuration, {"query": statistics})

    def _rows(self, job_id: str, answer: Answer) -> Json:
        fields = [kinds.rest_field(*column) for column in (answer.columns or {}).items()]
        values = SOMETHING if self._something else NOTHING
        row = {"f": [{"v": values.get(field["type"])} for field in fields]}
        count = int(answer.one_row or self._something)
        return {
            "jobReference": {"projectId": PROJECT, "jobId": job_id, "location": "US"},
            "jobComplete": True, "schema": {"fields": fields},
            "rows": [row] * count, "totalRows": str(count),
        }  # fmt: skip

    def _job(self, job_id: str, configuration: Json, statistics: Json) -> Json:
        self._jobs[job_id] = {
            "id": job_id, "jobReference": {"projectId": PROJECT, "jobId": job_id, "location": "US"},
            "configuration": configuration, "status": {"state": "DONE"},
            "statistics": {"startTime": "0", "endTime": "0", "totalBytesProcessed": "0"}
            | statistics,
        }  # fmt: skip
        return self._jobs[job_id]

    def job(self, job: str) -> Json:
        """jobs.get."""
        if job not in self._jobs:
            raise RestError(404, "notFound", f"Not found: Job {job}")
        return self._jobs[job]

    def results(self, job: str) -> Json:
        """jobs.getQueryResults."""
        self.job(job)
        reference = {"projectId": PROJECT, "jobId": job, "location": "US"}
        nothing = {"jobReference": reference, "jobComplete": True, "totalRows": "0"}
        return self._results.get(job, nothing)

    def query(self, body: Json) -> Json:
        """jobs.query."""
        settings = {key: body[key] for key in ("query", "queryParameters") if key in body}
        job = self.add_job({"configuration": {"query": settings, "dryRun": body.get("dryRun")}})
        return self.results(job["jobReference"]["jobId"])

    def answer_something(self, body: Json) -> Json:
        """Not of BigQuery: from now on every query has one row, as if tables were filled.

        What a macro asks to know whether it may add to a table is answered with yes.
        """
        self._something = True
        return body

    def begin_upload(self, body: Json) -> str:
        """A load job whose data follow in a second request."""
        upload = uuid.uuid4().hex
        self._uploads[upload] = body
        return upload

    def end_upload(self, upload: str) -> Json:
        """The data arrived: the table has the columns of the job's schema."""
        body = self._uploads.pop(upload)
        load = body["configuration"]["load"]
        to = load["destinationTable"]
        fields = load["schema"]["fields"]
        columns = {field["name"]: kinds.of_field(field) for field in fields}
        self.warehouse.tables[to["datasetId"], to["tableId"]] = Table(columns)
        job_id = (body.get("jobReference") or {}).get("jobId") or uuid.uuid4().hex
        return self._job(job_id, body["configuration"], {"load": {"outputRows": "0"}})


def _node(sql: str) -> str | None:
    """The dbt node that sent a statement, by the comment put before it (dbt_project.yml)."""
    found = re.match(r"\s*/\*\s*(\{.*?\})\s*\*/", sql, re.DOTALL)
    return json.loads(found[1]).get("node") if found else None


def routes(rest: Rest) -> list[tuple[str, str, Callable[..., Json]]]:
    """Method, path and handler; a handler takes the path's names and, if sent, the body."""
    tables = "/datasets/(?P<dataset>[^/]+)/tables"
    return [
        ("GET", "/datasets", rest.list_datasets),
        ("POST", "/datasets", rest.add_dataset),
        ("GET", "/datasets/(?P<dataset>[^/]+)", rest.dataset),
        ("GET", "/datasets/(?P<dataset>[^/]+)/routines", lambda dataset: {"routines": []}),
        ("GET", "/datasets/(?P<dataset>[^/]+)/routines/(?P<routine>[^/]+)", rest.routine),
        ("GET", tables, rest.list_tables),
        ("POST", tables, rest.add_table),
        ("GET", tables + "/(?P<table>[^/]+)", rest.table),
        ("PATCH", tables + "/(?P<table>[^/]+)", rest.patch_table),
        ("DELETE", tables + "/(?P<table>[^/]+)", rest.drop_table),
        ("POST", "/jobs", rest.add_job),
        ("GET", "/jobs/(?P<job>[^/]+)", rest.job),
        ("POST", "/queries", rest.query),
        ("POST", "/something", rest.answer_something),
        ("GET", "/queries/(?P<job>[^/]+)", rest.results),
    ]


def handler(rest: Rest) -> type[BaseHTTPRequestHandler]:
    """The HTTP side of the routes."""
    table = routes(rest)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            url = urlsplit(self.path)
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {}
            try:
                with rest.lock:
                    if url.path.startswith("/upload/"):
                        upload = parse_qs(url.query).get("upload_id")
                        if upload is None:
                            name = rest.begin_upload(json.loads(data))
                            here = f"http://{self.headers['Host']}{url.path}"
                            headers["Location"] = f"{here}?upload_id={name}"
                            code, body = 200, {}
                        else:
                            code, body = 200, rest.end_upload(upload[0])
                    else:
                        code, body = 200, self._route(url.path, data)
            except RestError as error:
                code, body = error.code, error.body
            self._reply(code, body, headers)

        def _route(self, path: str, data: bytes) -> Json:
            inside = re.sub(rf"^/bigquery/v2/projects/{PROJECT}", "", path)
            for method, pattern, handle in table:
                found = re.fullmatch(pattern, inside)
                if found and method == self.command:
                    body = {"body": json.loads(data)} if data else {}
                    return handle(**found.groupdict(), **body)
            raise RestError(501, "notImplemented", f"Not implemented: {self.command} {path}")

        def _reply(self, code: int, body: Json, headers: dict[str, str]) -> None:
            data = json.dumps(body).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the library's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Requests are not printed: the statements are in the log."""

    return Handler


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="keeps the compiled analyzer")
    parser.add_argument("--log", type=Path, required=True, help="gets a JSON line per statement")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    warehouse = EmptyWarehouse(GoogleSql(options.cache), PROJECT)
    server = ThreadingHTTPServer(("127.0.0.1", options.port), handler(Rest(warehouse, options.log)))
    print(f"listening on {server.server_port}", flush=True)  # noqa: T201
    server.serve_forever()


if __name__ == "__main__":
    main()
