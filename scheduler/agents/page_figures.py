"""A page's figures as facts, from the marts, each with the number of messages it stands on."""

from collections.abc import Mapping
from statistics import median
from typing import Any

from scheduler.agents.prose_numbers import COUNT, DOLLARS, SHARE, TIMES
from scheduler.agents.sent_facts import Fact
from scheduler.warehouse.base import MARTS, Warehouse

_DAYS = "days"


def read_standing(warehouse: Warehouse, values: Mapping[str, Any]) -> dict[str, tuple[Fact, ...]]:
    """Page -> its facts, for every page of the mart `creators`.

    Args:
        warehouse: with marts.
        values: the settings of the build.
    """
    creators = _rows(warehouse, f"select * from {MARTS}.creators")  # noqa: S608
    trends = _rows(warehouse, f"select * from {MARTS}.creator_trends")  # noqa: S608
    scores = _rows(
        warehouse,
        f"select * from {MARTS}.eros_scores where window_days = $days"  # noqa: S608
        " qualify row_number() over (partition by page_name order by score_date desc) = 1",
        {"days": int(values["eros_main_window"])},
    )
    prices = _rows(
        warehouse,
        "select p.page_name, p.price as best_price, p.revenue_index as price_gain,"  # noqa: S608
        " exp(sum(t.weight * ln(t.price)) / sum(t.weight)) as usual_price"
        f" from {MARTS}.price_response as p"
        f" inner join {MARTS}.training_messages as t on t.page_name = p.page_name"
        " where p.is_best group by p.page_name, p.price, p.revenue_index",
    )
    hours = _rows(
        warehouse,
        "select c.page_name, cast(c.x_value as int64) as local_hour, c.estimate,"  # noqa: S608
        f" sum(h.message_count) as messages from {MARTS}.creator_curves as c"
        f" left join {MARTS}.hour_performance as h on h.page_name = c.page_name"
        " and h.local_hour = cast(c.x_value as int64)"
        " where c.curve = 'hour' and c.rank = 1 group by c.page_name, c.x_value, c.estimate",
    )
    contents = _rows(
        warehouse,
        f"select page_name, content_category_key, revenue_per_send, priced_message_count"  # noqa: S608
        f" from {MARTS}.content_performance where revenue_per_send is not null"
        f" and priced_message_count >= $few"
        " qualify row_number() over (partition by page_name order by revenue_per_send desc,"
        " content_category_key) = 1",
        {"few": int(values["finding_min_messages"])},
    )
    rates = [row["conversion_rate"] for row in scores.values()]
    known = [rate for rate in rates if rate is not None]
    middle = median(known) if known else None
    nothing: dict[str, Any] = {}
    return {
        page: tuple(
            fact
            for fact in (
                *_of_creator(creator, values),
                *_of_trend(trends.get(page, nothing), values),
                *_of_score(scores.get(page, nothing), values, middle),
                *_of_price(prices.get(page, nothing), creator),
                *_of_best(hours.get(page, nothing), contents.get(page, nothing), scores.get(page)),
            )
            if fact.value is not None
        )
        for page, creator in sorted(creators.items())
    }


def _rows(
    warehouse: Warehouse, sql: str, params: Mapping[str, Any] | None = None
) -> dict[str, dict[str, Any]]:
    return {row["page_name"]: row for row in warehouse.query(sql, params).to_pylist()}


def _of_creator(row: Mapping[str, Any], values: Mapping[str, Any]) -> list[Fact]:
    recent, base = int(values["health_recent_days"]), int(values["health_base_days"])
    usable, lately = row["usable_message_count"], row["message_count_28d"]
    best, present = row["optimal_weekly_volume"], row["present_weekly_volume"]
    ratio = None if not best or present is None else present / best
    label = f"revenue a day, last {recent} days over last {base}"
    return [
        Fact("data_quality", "data quality score, 0-100", row["data_quality_score"]),
        Fact("daily_revenue", "revenue a day, recent days count more", row["avg_daily_revenue"],
             DOLLARS, usable),
        Fact("health_ratio", label, row["health_ratio"], TIMES, usable),
        Fact("present_volume", "messages a week now", present, COUNT, lately),
        Fact("best_volume", "messages a week that would earn most", best, COUNT, usable),
        Fact("volume_ratio", "messages a week over the best number", ratio, TIMES, usable),
    ]  # fmt: skip


def _of_trend(row: Mapping[str, Any], values: Mapping[str, Any]) -> list[Fact]:
    days, get = int(values["trend_span_days"]), row.get
    recent, earlier = get("recent_messages"), get("earlier_messages")
    spans = f"the last {days} days over the {days} before"
    both = None if recent is None or earlier is None else min(recent, earlier)
    return [
        Fact("recent_revenue", f"revenue of the last {days} days", get("recent_revenue"),
             DOLLARS, recent),
        Fact("earlier_revenue", f"revenue of the {days} days before", get("earlier_revenue"),
             DOLLARS, earlier),
        Fact("recent_median", f"typical message of the last {days} days", get("recent_median"),
             DOLLARS, recent),
        Fact("earlier_median", f"typical message of the {days} days before",
             get("earlier_median"), DOLLARS, earlier),
        Fact("median_ratio", f"typical message, {spans}", get("median_ratio"), TIMES, both),
        Fact("top_message_share", f"largest message's share of the last {days} days",
             get("largest_share"), SHARE, recent),
    ]  # fmt: skip


def _of_score(
    row: Mapping[str, Any], values: Mapping[str, Any], middle: float | None
) -> list[Fact]:
    days, get = int(values["eros_main_window"]), row.get
    rate = get("conversion_rate")
    ratio = rate / middle if rate is not None and middle else None
    return [
        Fact("eros_score", f"EROS score of {days} days, 0-100", get("eros_score")),
        Fact("conversion_rate", "views that buy", rate, SHARE),
        Fact("conversion_ratio", "views that buy, over the agency's median page", ratio, TIMES),
        Fact("revenue_per_send", "revenue per recipient", get("revenue_per_send"), DOLLARS),
        Fact("execution_rate", "planned messages that were sent", get("execution_rate"), SHARE),
    ]


def _of_price(row: Mapping[str, Any], creator: Mapping[str, Any]) -> list[Fact]:
    get, usable = row.get, creator["usable_message_count"]
    return [
        Fact("best_price", "price that earns most by the page's curve", get("best_price"),
             DOLLARS, usable),
        Fact("usual_price", "usual price", get("usual_price"), DOLLARS, usable),
        Fact("price_gain", "a message at the best price over one at the usual price",
             get("price_gain"), TIMES, usable),
    ]  # fmt: skip


def _of_best(
    hour: Mapping[str, Any], content: Mapping[str, Any], score: Mapping[str, Any] | None
) -> list[Fact]:
    found = []
    if hour:
        label = f"{hour['local_hour']:02d}:00 over the page's mean hour"
        sends = int(hour["messages"] or 0)
        found.append(Fact("best_hour_index", label, hour["estimate"], TIMES, sends))
    mean = (score or {}).get("revenue_per_send")
    if content and mean:
        name = content["content_category_key"]
        ratio = content["revenue_per_send"] / mean
        label = f"{name} over the page's mean, per recipient"
        sample = content["priced_message_count"]
        found.append(Fact("best_content_ratio", label, ratio, TIMES, sample))
    return found
