"""What Google's client asks of jobs and the emulator lacks: bound values, sessions, rows as JSON.

Every statement that comes in is written down, with the types of its values, and every load.
"""

import json
import re
import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from crucible.dialects.bigquery.dialect import DIALECT
from crucible.engine import CrucibleError, Engine, ErrorKind, Session
from crucible.server.bigquery import load
from crucible.server.bigquery.jobs import Job, JobStore, Runner, check_query_config, now_ms, obj

Json = dict[str, Any]
ADDED = ("queryParameters", "parameterMode", "createSession", "connectionProperties")
JSON_LINES = "NEWLINE_DELIMITED_JSON"

_parse_csv = load.parse_csv


class JsonLines(bytes):
    """The content of a load job, a row's JSON a line."""


def add() -> None:
    """Teach the emulator of this process to load rows written as JSON."""
    load.parse_csv = _parse


def _parse(data: bytes, fields: list[Json], skip_leading_rows: int) -> list[tuple[Any, ...]]:
    if not isinstance(data, JsonLines):
        return _parse_csv(data, fields, skip_leading_rows)
    rows = [json.loads(line) for line in data.decode().split("\n") if line]
    return [tuple(_value(row.get(f["name"]), f["type"]) for f in fields) for row in rows]


def _value(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind in ("FLOAT", "FLOAT64"):
        return float(value)
    if kind == "DATE":
        return date.fromisoformat(value)
    if kind == "TIMESTAMP":
        return datetime.fromisoformat(value.removesuffix(" UTC")).replace(tzinfo=UTC)
    return value


class Jobs(Runner):
    """Runs jobs, in sessions too."""

    def __init__(self, engine: Engine, store: JobStore, log: Path) -> None:
        super().__init__(engine, store)
        self._sessions: dict[str, Session] = {}
        self._log = log
        self._writing = threading.Lock()

    def session_of(self, configuration: Json) -> str | None:
        """Id of the session that a query job opens or belongs to."""
        query = obj(configuration.get("query"))
        named = {p["key"]: p["value"] for p in query.get("connectionProperties") or []}
        return named.get("session_id")

    def run_query(self, job: Job) -> Job:
        """Run a query job to completion; failures become the job's error, as in BigQuery."""
        pending, job = job, replace(job)
        query = job.configuration["query"]
        self._write_down(query)
        try:
            config = {key: value for key, value in query.items() if key not in ADDED}
            check_query_config(config)
            sql = bound(config["query"], query.get("queryParameters") or [])
            session = self._session(job, query)
            self._record(job, session, self.pipeline.execute(session, sql))
        except CrucibleError as error:
            job.fail(error)
        except Exception as error:  # the job fails; the server goes on
            job.fail(CrucibleError(ErrorKind.INTERNAL, f"The emulator failed: {error!r}"))
        job.ended_ms = now_ms()
        self.store.finished(pending, job)
        return job

    def _session(self, job: Job, query: Json) -> Session:
        default = obj(query.get("defaultDataset"))
        named = self.session_of(job.configuration)
        if named is not None:
            if named not in self._sessions:
                raise CrucibleError(ErrorKind.NOT_FOUND, f"Not found: Session {named}")
            return self._sessions[named]
        session = DIALECT.new_session(
            default.get("projectId") or job.project, default.get("datasetId")
        )
        if query.get("createSession"):
            name = uuid.uuid4().hex
            self._sessions[name] = session
            query["connectionProperties"] = [{"key": "session_id", "value": name}]
        return session

    def _load(self, job: Job, config: Json, data: bytes) -> None:
        if config.get("sourceFormat") == JSON_LINES:
            config, data = config | {"sourceFormat": "CSV"}, JsonLines(data)
        to = config["destinationTable"]
        fields = config["schema"]["fields"]
        self._write({"dataset": to["datasetId"], "table": to["tableId"], "fields": fields})
        super()._load(job, config, data)

    def _write_down(self, query: Json) -> None:
        types = {p["name"]: p["parameterType"] for p in query.get("queryParameters") or []}
        self._write({"sql": query["query"], "parameters": types})

    def _write(self, entry: Json) -> None:
        with self._writing, self._log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(entry) + "\n")


def bound(sql: str, parameters: list[Json]) -> str:
    """A statement with its values written into it."""
    values = {p["name"]: literal(p["parameterType"], p["parameterValue"]) for p in parameters}
    return re.sub(r"@(\w+)", lambda found: values[found[1]], sql) if values else sql


def literal(kind: Json, value: Json) -> str:
    """A value as GoogleSQL writes it."""
    if kind["type"] == "ARRAY":
        element = kind["arrayType"]
        items = [literal(element, item) for item in value.get("arrayValues") or []]
        return f"[{', '.join(items)}]" if items else f"cast([] as array<{element['type']}>)"
    text = value.get("value")
    if text is None:
        return f"cast(null as {kind['type']})"
    return _LITERALS[kind["type"]](text)


def _timestamp(text: str) -> str:
    moment = datetime.fromisoformat(text).astimezone(UTC)
    return f"timestamp '{moment:%Y-%m-%d %H:%M:%S.%f}'"


def _float(text: str) -> str:
    return f"cast('{float(text)!r}' as float64)"


_LITERALS: dict[str, Callable[[str], str]] = {
    "STRING": lambda text: json.dumps(text, ensure_ascii=False),
    "INT64": str,
    "BOOL": str,
    "FLOAT64": _float,
    "DATE": lambda text: f"date '{text}'",
    "TIMESTAMP": _timestamp,
}
