"""What people change between builds and the rulebook must know at once, renewed before an audit."""

from datetime import date

import pyarrow as pa

from scheduler import log
from scheduler.marts.vault import renew_vault
from scheduler.tuning.page_tables import DAYS, as_day
from scheduler.tuning.seed_tables import read_bans
from scheduler.warehouse import DbtProject
from scheduler.warehouse.base import STAGING, Warehouse


def renew_rulebook_inputs(warehouse: Warehouse) -> None:
    """Put the vault, the banned terms and the pages' restrictions of now where the rules read them.

    Raises:
        SchedulerError: the raw vault lost a column, or a table in `seeds/` can't be read.
    """
    renew_vault(warehouse)
    _add_bans(warehouse)


def _add_bans(warehouse: Warehouse) -> None:
    """Add what `seeds/` bans and the tables of the last build do not.

    Nothing is taken out: a ban that somebody wrote into the warehouse, or that is gone from the
    file, stands until the next build.
    """
    for name, bans in read_bans(DbtProject.find().root).items():
        if not bans:
            continue
        columns, relation = list(bans[0]), f"{STAGING}.{name}"
        found = warehouse.query(f"select distinct {', '.join(columns)} from {relation}")  # noqa: S608
        known = {tuple(row.values()) for row in found.to_pylist()}
        typed = [{column: _cell(column, text) for column, text in ban.items()} for ban in bans]
        new = [ban for ban in typed if tuple(ban.values()) not in known]
        if new:
            schema = pa.schema(
                [(name, pa.date32() if name in DAYS else pa.string()) for name in columns]
            )
            warehouse.append(relation, pa.Table.from_pylist(new, schema=schema), columns)
            log.event("bans_renewed", table=name, rows=len(new))


def _cell(column: str, text: str) -> str | date | None:
    """A cell as the table of the build holds it; a day that is none does not bind."""
    return as_day(text) if column in DAYS else text
