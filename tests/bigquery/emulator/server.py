"""The emulator with what the project's clients need beyond it.

The emulator is `crucible-emulator`, which runs on DuckDB and refuses what it does not know. What is
added here follows BigQuery's documentation, not Google's service.
"""

import argparse
import socket
from pathlib import Path
from typing import Any

import uvicorn
from crucible.engine import Engine, ExecContext
from crucible.server import app as crucible_app
from crucible.server.bigquery import app
from crucible.server.bigquery.jobs import Job, new_job_id
from emulator import jobs, sql
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Json = dict[str, Any]
NOTES = ("description", "expirationTime", "labels")


class Server(app.BigQueryServer):
    """BigQuery's REST interface."""

    log: Path

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.runner = jobs.Jobs(engine, self.store, self.log)
        self._notes: dict[tuple[str, str], Json] = {}

    def job_resource(self, job: Job, base: str) -> Json:
        """A job, with its session."""
        resource = super().job_resource(job, base)
        session = self.runner.session_of(job.configuration)
        if session is not None:
            resource["statistics"]["sessionInfo"] = {"sessionId": session}
        return resource

    async def jobs_insert(self, request: Request) -> Response:
        """jobs.insert; of a dry run the columns are told, and nothing is read."""
        body = await request.json()
        configuration = body["configuration"]
        if not configuration.get("dryRun"):
            return await super().jobs_insert(request)
        query = dict(configuration["query"])
        query["query"] = f"select * from ({query['query']}) limit 0"  # noqa: S608 - no values
        job = Job(
            project=request.path_params["project"],
            job_id=new_job_id(),
            location=app.DEFAULT_LOCATION,
            job_type="QUERY",
            configuration={"query": query},
        )
        self.store.add(job)
        job = await run_in_threadpool(self.runner.run_query, job)
        if job.error is not None:
            return app.job_error_response(job.error, job.error_kind)
        rows = self._rows_response(
            job, max_results=None, page_token=None, start_index=None, int64_timestamp=True
        )
        resource = self.job_resource(job, self._base(request))
        resource["configuration"]["dryRun"] = True
        resource["statistics"]["query"]["schema"] = rows["schema"]
        return JSONResponse(resource)

    def _new_load_job(self, project: str, metadata: Json) -> Job:
        metadata["configuration"].pop("jobTimeoutMs", None)
        return super()._new_load_job(project, metadata)

    async def tables_insert(self, request: Request) -> Response:
        """tables.insert; what is said of a table beside its columns is kept."""
        return await super().tables_insert(await self._without_notes(request))

    async def tables_patch(self, request: Request) -> Response:
        """tables.patch, likewise."""
        return await super().tables_patch(await self._without_notes(request))

    async def _without_notes(self, request: Request) -> Request:
        body = await request.json()
        path = request.path_params
        table = path.get("table") or body["tableReference"]["tableId"]
        found = {name: body.pop(name) for name in NOTES if name in body}
        if found:
            self._notes.setdefault((path["dataset"], table), {}).update(found)
        request._json = body
        return request

    def _describe(self, ctx: ExecContext, info: Any, base: str) -> Json:
        notes = self._notes.get((info.schema, info.name), {})
        return super()._describe(ctx, info, base) | notes


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", type=Path, required=True, help="gets a JSON line per statement")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    sql.add()
    jobs.add()
    Server.log = options.log
    crucible_app.BigQueryServer = Server
    listening = socket.create_server(("127.0.0.1", options.port))
    print(f"listening on {listening.getsockname()[1]}", flush=True)  # noqa: T201
    config = uvicorn.Config(
        crucible_app.create_app("bigquery", Engine()), access_log=False, log_level="warning"
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
