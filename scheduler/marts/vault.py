"""The vault as the rulebook reads it, renewed before every audit."""

from scheduler import log
from scheduler.warehouse.base import INTERMEDIATE, STAGING, Warehouse

VAULT = f"{INTERMEDIATE}.int_vault"
_COLUMNS = "page_name, vault_column, vault_key, is_available"
_NOW = f"select {_COLUMNS} from {STAGING}.stg_vault_matrix"  # noqa: S608 - names are literals
_BUILT = f"select {_COLUMNS} from {VAULT}"  # noqa: S608 - names are literals


def renew_vault(warehouse: Warehouse) -> bool:
    """Put what the raw vault says now where the rules read it: a build may be hours old.

    Returns:
        Whether it had changed since.

    Raises:
        SchedulerError: the raw table lost a column since the build, so that nothing can be audited.
    """
    warehouse.scan(_NOW)
    changed = warehouse.query(
        f"select count(*) as n from (({_NOW} except distinct {_BUILT})"  # noqa: S608
        f" union all ({_BUILT} except distinct {_NOW})) as changed"
    )
    cells = sum(changed.column("n").to_pylist())
    if not cells:
        return False
    with warehouse.transaction():
        warehouse.execute(f"delete from {VAULT} where true")  # noqa: S608
        warehouse.execute(f"insert into {VAULT} ({_COLUMNS}) {_NOW}")
    log.event("vault_renewed", cells=cells)
    return True
