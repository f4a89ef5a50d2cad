"""EROS scores as the mart has them."""

from typing import Any

from scheduler.errors import SchedulerError
from scheduler.warehouse.base import MARTS, Warehouse


def latest_scores(warehouse: Warehouse, window_days: int) -> list[dict[str, Any]]:
    """The latest row of `eros_scores` per page for one window, best score first.

    Raises:
        SchedulerError: the mart has no such window.
    """
    rows: list[dict[str, Any]] = warehouse.query(
        f"select * from {MARTS}.eros_scores where window_days = $window"  # noqa: S608
        " qualify row_number() over (partition by page_name order by score_date desc) = 1"
        " order by eros_score desc, page_name",
        {"window": window_days},
    ).to_pylist()
    if not rows:
        windows = warehouse.query(
            f"select distinct window_days from {MARTS}.eros_scores order by window_days"  # noqa: S608
        )
        known = ", ".join(str(days) for days in windows.column("window_days").to_pylist())
        raise SchedulerError(
            f"No EROS score over {window_days} days. Use one of: {known or 'none, load data'};"
            " or add the window to the setting eros_windows."
        )
    return rows


def page_score(warehouse: Warehouse, page: str, window_days: int) -> dict[str, Any]:
    """One page's latest row of `eros_scores`.

    Raises:
        SchedulerError: unknown window, or the page has no score.
    """
    for row in latest_scores(warehouse, window_days):
        if row["page_name"] == page:
            return row
    raise SchedulerError(f"Unknown page {page!r}. `scheduler score` lists the pages.")
