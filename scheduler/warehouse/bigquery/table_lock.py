"""One writing command at a time, on whatever machine it runs.

A BigQuery table can be made only once, so a table that lives for minutes is the lock. Its holder
keeps prolonging it; a killed one does not, and BigQuery removes the table by itself.
"""

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from google.api_core import exceptions as api
from google.cloud import bigquery

from scheduler.errors import WarehouseBusy
from scheduler.warehouse.bigquery.google_errors import FAILURES
from scheduler.warehouse.bigquery.jobs import ONCE, Jobs

LOCK = "scheduler_lock"
LIFE = timedelta(minutes=15)
_RENEWED_EVERY_SECONDS = 240.0


@contextmanager
def table_lock(jobs: Jobs, dataset: str) -> Iterator[None]:
    """Hold the lock of a dataset.

    Args:
        jobs: how to ask BigQuery.
        dataset: `project.dataset` of the tables that are written.

    Raises:
        WarehouseBusy: another command holds it.
    """
    table = bigquery.Table(f"{dataset}.{LOCK}", schema=[bigquery.SchemaField("holder", "STRING")])
    table.description = f"{socket.gethostname()}, process {os.getpid()}, {secrets.token_hex(4)}"
    table.expires = datetime.now(UTC) + LIFE
    try:
        jobs.call(lambda: jobs.client.create_table(table, retry=ONCE))
    except api.Conflict:
        _refuse_unless_ours(jobs, table)
    ended = threading.Event()
    keeper = threading.Thread(target=_prolong, args=(jobs, table, ended), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()
        jobs.call(lambda: jobs.client.delete_table(table, not_found_ok=True, retry=ONCE))


def _prolong(jobs: Jobs, table: bigquery.Table, ended: threading.Event) -> None:
    while not ended.wait(_RENEWED_EVERY_SECONDS):
        table.expires = datetime.now(UTC) + LIFE
        try:
            jobs.client.update_table(table, ["expires"], retry=ONCE)
        except FAILURES:
            # Tried again in time: three of these fit into one life.
            continue


def _refuse_unless_ours(jobs: Jobs, table: bigquery.Table) -> None:
    try:
        found = jobs.call(lambda: jobs.client.get_table(table, retry=ONCE))
    except api.NotFound:
        raise WarehouseBusy(
            "Another scheduler command has just ended. Run this one again."
        ) from None
    if found.description == table.description:
        # Our own request was repeated because its answer was lost.
        return
    until = f"{found.expires:%H:%M} UTC" if found.expires else "it is deleted"
    raise WarehouseBusy(
        f"Another scheduler command ({found.description or 'unknown'}) holds the table"
        f" {table.reference} until {until}. "
        "Wait for it to end; when it was killed, delete that table."
    )
