"""The mart `forecast_corrections` on a made-up agency's weeks: its own SQL, tables in memory."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import jinja2
import numpy as np
import pyarrow as pa

from scheduler.warehouse import DbtProject

_EPOCH = datetime(1970, 1, 1)
_SECONDS = "date_diff('second', {1}, {0})"


@dataclass
class SentWeeks:
    """What was promised of each message, and what it brought in: `schedule_performance_log`."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        week: date,
        pages: list[str],
        minute: np.ndarray,
        price: np.ndarray,
        expected: np.ndarray,
        realised: np.ndarray,
    ) -> None:
        """A week that was sent as planned."""
        for page, at, dollars, planned, earned in zip(
            pages, minute.tolist(), price.tolist(), expected.tolist(), realised.tolist(),
            strict=True,
        ):  # fmt: skip
            self.rows.append(
                {
                    "page_name": page,
                    "week_start": week,
                    "planned_price": dollars,
                    "expected_revenue": planned,
                    "realised_revenue": earned,
                    "outcome": "as_planned",
                    "sent_at": _EPOCH + timedelta(minutes=at),
                }
            )

    def corrections(
        self, now: datetime, tiers: dict[str, str], values: dict[str, Any]
    ) -> dict[str, dict[str, Any]]:
        """Page -> its row of the mart.

        Args:
            now: the moment.
            tiers: of every page.
            values: of the project's settings.
        """
        known = {
            "schedule_performance_log": _table(self.rows),
            "creator_performance": pa.table(
                {"page_name": list(tiers), "creator_tier": list(tiers.values())}
            ),
        }
        source = DbtProject.find().root / "models" / "marts" / "forecast_corrections.sql"
        query = jinja2.Template(source.read_text(encoding="utf-8")).render(
            ref=lambda name: name,
            var=lambda name: values[name],
            float_type=lambda: "double",
            as_of=lambda: f"cast('{now}' as timestamp)",
            timestamp_diff_seconds=_SECONDS.format,
        )
        with duckdb.connect() as connection:
            for name, table in known.items():
                connection.register(name, table)
            rows = connection.sql(query).to_arrow_table().to_pylist()
        return {row["page_name"]: row for row in rows}


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    kinds = {
        "page_name": pa.string(),
        "week_start": pa.date32(),
        "planned_price": pa.float64(),
        "expected_revenue": pa.float64(),
        "realised_revenue": pa.float64(),
        "outcome": pa.string(),
        "sent_at": pa.timestamp("us"),
    }
    return pa.Table.from_pylist(rows, schema=pa.schema(list(kinds.items())))
