"""A page's standing, read from the marts once for all pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scheduler.errors import SchedulerError
from scheduler.marts.build_settings import read_settings
from scheduler.marts.inputs import read_creators
from scheduler.response import POOL
from scheduler.warehouse.base import MARTS, Warehouse

# A price whose expected revenue is within this share of the best is as good as the best: the
# curve's own uncertainty is wider.
_GOOD_PRICE_SHARE = 0.95
_TOP_CONTENT = 5


@dataclass(frozen=True)
class PageAnalysis:
    """What an operator should know of a page before reading its week.

    Attributes:
        creator: its row of the mart `creators`.
        eros: window in days -> its latest row of `eros_scores`.
        quality: its row of `data_quality`.
        skill: out-of-time metrics of the response model: of the page where measured, else agency.
        agency_skill: the same for the whole agency.
        optimal_price_range: dollars; the prices whose expected revenue is near the best.
        best_price: dollars; None before the first training.
        hours: (hour, index) of the prime hours, best first.
        content: rows of `content_performance`, highest revenue per recipient first.
        usable_messages: usable messages in the window.
        is_pooled: too few messages of its own, so its figures lean on the agency's pool.
        main_window: days of the window whose EROS score is the page's score.
        interval_coverage: share that the intervals are meant to hold.
    """

    page_name: str
    creator: Mapping[str, Any]
    eros: Mapping[int, Mapping[str, Any]]
    quality: Mapping[str, Any]
    skill: Mapping[str, float]
    agency_skill: Mapping[str, float]
    optimal_price_range: tuple[float, float] | None
    best_price: float | None
    hours: tuple[tuple[int, float], ...]
    content: tuple[Mapping[str, Any], ...]
    usable_messages: int
    is_pooled: bool
    main_window: int
    interval_coverage: float


def best_volume(creator: Mapping[str, Any]) -> str:
    """The messages a week with the highest expected revenue, of a trained page's `creators` row.

    Where that is the largest volume that was looked at, more might earn more still.
    """
    best, largest = creator["optimal_weekly_volume"], creator["largest_weekly_volume"]
    return f"{best:.0f} or more" if best >= largest else f"{best:.0f}"


def best_volume_interval(creator: Mapping[str, Any]) -> str:
    """Where that volume lies, as `best_volume`: "from 8 to 12" or "from 8 up"."""
    low, high = creator["optimal_weekly_volume_low"], creator["optimal_weekly_volume_high"]
    end = "up" if high >= creator["largest_weekly_volume"] else f"to {high:.0f}"
    return f"from {low:.0f} {end}"


def read_analyses(warehouse: Warehouse) -> dict[str, PageAnalysis]:
    """Page -> analysis, for every page of the mart `creators`.

    Raises:
        SchedulerError: the marts are not built.
    """
    settings = read_settings(warehouse)
    if settings is None:
        raise SchedulerError("The marts are not built. Run `scheduler build`.")
    creators = read_creators(warehouse)
    eros = _group(
        warehouse,
        f"select * from {MARTS}.eros_scores"  # noqa: S608
        " qualify row_number() over (partition by page_name, window_days order by score_date desc)"
        " = 1 order by page_name, window_days",
    )
    quality = _group(warehouse, f"select * from {MARTS}.data_quality")  # noqa: S608
    content = _group(
        warehouse,
        f"select * from {MARTS}.content_performance where revenue_per_send is not null"  # noqa: S608
        " order by page_name, revenue_per_send desc, content_category_key",
    )
    curves = _group(
        warehouse,
        f"select * from {MARTS}.creator_curves order by page_name, curve, rank, x_value",  # noqa: S608
    )
    agency, pages = _read_skill(warehouse)
    analyses = {}
    for page, creator in creators.items():
        own = curves.get(page) or curves.get(POOL, [])
        low, high, best = _price_range([row for row in own if row["curve"] == "price"])
        usable = int(creator["usable_message_count"] or 0)
        analyses[page] = PageAnalysis(
            page_name=page,
            creator=creator,
            eros={row["window_days"]: row for row in eros.get(page, [])},
            quality=next(iter(quality.get(page, [])), {}),
            skill=pages.get(page, agency),
            agency_skill=agency,
            optimal_price_range=None if low is None or high is None else (low, high),
            best_price=best,
            hours=tuple(
                (int(row["x_value"]), float(row["estimate"])) for row in own if row["is_prime"]
            ),
            content=tuple(content.get(page, [])[:_TOP_CONTENT]),
            usable_messages=usable,
            is_pooled=usable < settings.min_usable_messages,
            main_window=settings.eros_main_window,
            interval_coverage=settings.interval_coverage,
        )
    return analyses


def _group(warehouse: Warehouse, sql: str) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in warehouse.query(sql).to_pylist():
        grouped.setdefault(row["page_name"], []).append(row)
    return grouped


def _price_range(
    points: Iterable[Mapping[str, Any]],
) -> tuple[float | None, float | None, float | None]:
    """Lowest and highest near-best price, and the best, from the points of a price curve."""
    rows = list(points)
    if not rows:
        return None, None, None
    best = max(rows, key=lambda row: (row["estimate"], -row["x_value"]))
    good = [
        row["x_value"] for row in rows if row["estimate"] >= _GOOD_PRICE_SHARE * best["estimate"]
    ]
    return min(good), max(good), best["x_value"]


def _read_skill(
    warehouse: Warehouse,
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """Metrics of the latest training: of the agency, and by page."""
    rows = warehouse.query(
        f"select scope, scope_value, metric, value from {MARTS}.model_skill"  # noqa: S608
        " order by scope, scope_value, metric"
    ).to_pylist()
    agency: dict[str, float] = {}
    pages: dict[str, dict[str, float]] = {}
    for row in rows:
        if row["scope"] == "agency":
            agency[row["metric"]] = row["value"]
        elif row["scope"] == "page":
            pages.setdefault(row["scope_value"], {})[row["metric"]] = row["value"]
    return agency, pages


def page_analysis(warehouse: Warehouse, page: str) -> PageAnalysis:
    """One page's analysis.

    Raises:
        SchedulerError: the page is unknown.
    """
    analyses = read_analyses(warehouse)
    if page not in analyses:
        raise SchedulerError(f"Unknown page {page!r}. `scheduler score` lists the pages.")
    return analyses[page]
