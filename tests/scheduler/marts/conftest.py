"""The built agency with weeks behind it that were planned, and how marts are built on it anew."""

import fcntl
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from scheduler.moments import format_time
from scheduler.warehouse import DbtProject
from tests.scheduler.conftest import AS_OF
from tests.scheduler.shared import shared_folder

# Weeks behind and before the load: two of three messages were sent as planned, the third never was.
PLANNED = f"""
    insert into eros_operations.schedule_templates by name
    select
        'plan ' || page_name || case when is_past then ' past' else ' to come' end as schedule_id,
        page_name, message_key as message_id, 'active' as status,
        date_trunc('week', local_date)::date as week_start, message as caption_text, price,
        10.0 as expected_revenue, 1.0 as revenue_low, 30.0 as revenue_high,
        sent_at + case when not is_past then interval 21 day
            when place % 3 = 0 then interval 5 hour else interval 20 minute end as send_at,
        timestamp '{AS_OF}' - interval 30 day as as_of
    from (
        select *, row_number() over (partition by page_name order by sent_at) as place
        from eros_intermediate.int_messages where is_valid and caption_key is not null
    ) cross join (values (true), (false)) as sides (is_past)
    where days_ago between 1 and 20
"""  # noqa: S608
RUN = f"""
    insert into eros_operations.batch_execution_log by name
    select
        'run' as run_id, page_name, date '{AS_OF:%Y-%m-%d}' + 5 as week_start,
        case when place = 1 then 'blocked' else 'active' end as status,
        case when place = 1 then 'No caption left.' end as reason,
        10 as message_count, 100.0 as expected_revenue, 1.5 as seconds,
        timestamp '{AS_OF}' as started_at, timestamp '{AS_OF}' + interval 60 second as finished_at,
        timestamp '{AS_OF}' as as_of
    from (
        select page_name, row_number() over (order by page_name) as place
        from eros_marts.creators
    )
"""  # noqa: S608
SHOWN = ("creators", "alerts", "agency_scores", "data_quality_reasons", "schedule_performance")


def rebuild(database: Path, as_of: datetime, models: Sequence[str] = SHOWN) -> None:
    """Build models and all they read, as of a moment."""
    names = [f"+{name}" for name in models]
    arguments = ["run", "--select", *names, "--exclude", "saturation", "price_response"]
    DbtProject.find().run(arguments, {"as_of": format_time(as_of)}, database, lambda _: None)


@pytest.fixture(scope="session")
def planned(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the built agency with a run and plans carried out in part; not to change."""
    folder = shared_folder(tmp_path_factory, "planned_agency")
    database = folder / "agency.duckdb"
    with (folder / "lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            shutil.copyfile(built / "agency.duckdb", database)
            shutil.copytree(built / ".agency_dbt", folder / ".agency_dbt")
            with duckdb.connect(str(database)) as connection:
                connection.execute(PLANNED)
                connection.execute(RUN)
            rebuild(database, AS_OF)
            (folder / "done").touch()
    return database
