"""Every page that there is or was, and the captions, by which a mistyped one is told."""

from collections.abc import Sequence

from scheduler.warehouse.base import MARTS, RAW, Warehouse

_NAMED_IN = (f"{RAW}.active_creators", f"{RAW}.vault_matrix", f"{MARTS}.creators")
_NAMES = ("page_name", "username")


def known_pages(warehouse: Warehouse) -> frozenset[str]:
    """Pages of every load, trimmed lower case; none before any data are there."""
    found: set[str] = set()
    for relation in _NAMED_IN:
        if not warehouse.exists(relation):
            continue
        columns = warehouse.scan(f"select * from {relation}").columns  # noqa: S608
        for name in columns:
            if name.lower() in _NAMES:
                rows = warehouse.query(f"select distinct {name} as page_name from {relation}")  # noqa: S608
                found |= {str(page).strip().lower() for page in rows["page_name"].to_pylist()}
    return frozenset(found - {"", "none"})


def unknown_captions(warehouse: Warehouse, ids: Sequence[str]) -> list[str]:
    """Those of some ids that no caption of the last build has; none before there was one."""
    relation = f"{MARTS}.caption_history"
    if not ids or not warehouse.exists(relation):
        return []
    known = warehouse.query(
        f"select distinct cast(caption_id as string) as id from {relation}"  # noqa: S608
        " where valid_to is null and cast(caption_id as string) in (select unnest($ids))",
        {"ids": list(ids)},
    )
    return sorted(set(ids) - set(known["id"].to_pylist()))
