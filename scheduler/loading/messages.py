"""What a file of messages adds, and what it does to the messages that are there.

What a message is, and which row of it is current, is said by the macros that the staging models
use; the warehouse is asked with their SQL, so that a load and a build never disagree.
"""

# ruff: noqa: S608 - values are bound, names are quoted, the rest is the project's own SQL

from collections.abc import Iterator, Sequence
from datetime import datetime

from scheduler.loading.message_changes import MessageChanges, Moved
from scheduler.loading.raw_tables import Incoming, RawTables
from scheduler.warehouse import DbtProject
from scheduler.warehouse.macros import project_macros

# A month with fewer rows says nothing of a file.
_MONTH_ROWS = 10


class Messages:
    """The messages of the raw tables, next to those of a file that is staged."""

    def __init__(self, raw: RawTables, incoming: Incoming) -> None:
        self._raw = raw
        self._macros = project_macros(DbtProject.find().root, raw.engine)
        self._incoming = incoming

    def fresh_rows(self) -> str:
        """SELECT of the staged rows that the current version of their message does not equal.

        A row that differs in nothing but its id says nothing new, unless there was none. Of a
        message that goes to several lists all rows come, or none does.
        """
        columns = ", ".join(
            f"raw_{i} as {self._raw.quoted(c)}" for i, c in enumerate(self._incoming.columns)
        )
        return (
            f"with {self._held('held', self._raw.name(self._incoming.table))},"
            f" {self._held('given', self._as_stored())},"
            f" {self._current('current_rows', 'held')},"
            " known as (select message_identity, content,"
            " max(case when row_id is null then 0 else 1 end) as has_id from current_rows"
            " group by message_identity, content),"
            " met as (select given.*, coalesce(known.has_id >= case when given.row_id is null"
            " then 0 else 1 end, false) as is_known from given left join known"
            " on given.message_identity = known.message_identity"
            " and given.content = known.content),"
            " told as (select *, min(case when is_known then 1 else 0 end)"
            " over (partition by message_identity) as are_all_known,"
            " count(distinct variant) over (partition by message_identity) as list_count from met)"
            f" select {columns} from told where not is_known"
            " or (list_count > 1 and are_all_known = 0)"
        )

    def changes(self, loaded_at: datetime) -> MessageChanges:
        """What the rows added at `loaded_at` did, by the file that they came from."""
        rows = self._raw.rows(
            f"with {self._held('held', self._raw.name(self._incoming.table))},"
            f" {self._held('given', self._as_stored())},"
            f" earlier as (select * from held where loaded_at < {self._moment()}),"
            f" {self._current('before', 'earlier')}, {self._current('after', 'held')},"
            " answers as ("
            f"{self._macros.sql('message_changes', 'given', 'before', 'after', self._moment())})"
            " select * from answers",
            {"loaded_at": loaded_at},
        )
        found = {str(row[0]): row for row in rows}
        moved = tuple(
            Moved(field, int(row[1]), int(row[2]), _texts(row[3:7]))
            for field in ("page", "time", "text")
            if (row := found.get(field)) is not None
        )
        doubled = found.get("doubled")
        return MessageChanges(
            same_ids=_count(found.get("same id")),
            other_ids=_count(found.get("other id")),
            moved=moved,
            doubled=_count(doubled),
            added=_count(found.get("added")),
            renumbered=_count(found.get("renumbered")),
            doubled_example=_texts(doubled[3:7]) if doubled else None,
            confused=_count(found.get("confused")),
        )

    def rejected_months(self, now: datetime) -> Iterator[str]:
        """A line for each month of the file of which most rows will be rejected, and why.

        Args:
            now: UTC without zone; later times have not come.
        """
        limit = DbtProject.find().default_vars()["max_valid_price"]
        reason = self._macros.sql("rejection_reason", "cast($now as timestamp)", limit, "1")
        rows = self._raw.rows(
            f"with {self._held('given', self._as_stored())},"
            f" judged as (select substr(cast(sent_at as string), 1, 7) as month, {reason} as reason"
            " from given where sent_at is not null),"
            " counted as (select month, reason, count(*) as reason_count,"
            " sum(count(*)) over (partition by month) as row_count,"
            " sum(case when reason is null then 0 else count(*) end) over (partition by month)"
            " as rejected_count from judged group by month, reason),"
            " ranked as (select *, row_number() over (partition by month"
            " order by reason_count desc, reason) as place from counted where reason is not null)"
            " select month, reason, rejected_count, row_count from ranked where place = 1"
            f" and row_count >= {_MONTH_ROWS} and 2 * rejected_count > row_count order by month",
            {"now": now},
        )
        for month, why, rejected, count in rows:
            rows_of = f"{rejected:,} of {count:,} rows of {month}"
            yield f"WARNING {rows_of} will be rejected, most as {why}"

    def _as_stored(self) -> str:
        return f"({self._raw.rows_as_stored(self._incoming, with_load_time=True)}) as stored"

    def _moment(self) -> str:
        return "cast($loaded_at as timestamp)"

    def _held(self, name: str, relation: str) -> str:
        """CTE `name`: rows of `relation` as stg_message_facts has them, and the raw columns."""
        macros, columns = self._macros, self._incoming.columns
        raw = ", ".join(f"{self._raw.quoted(c)} as raw_{i}" for i, c in enumerate(columns))
        typed = macros.sql("message_columns", columns=self._incoming.types)
        # a column that the file has not says nothing of a row
        compared = self._incoming.sources
        said = [
            f"raw_{i}" for i, c in enumerate(columns) if c in compared and c.lower() != "row_id"
        ]
        key = macros.sql("content_hash", ["loaded_at", "row_id", "content", "copy_number"])
        return (
            f"{name}_typed as (select {raw}, {typed} from {relation}),"
            f" {name}_hashed as (select *, {macros.sql('message_identity')} as message_identity,"
            f" {macros.sql('content_hash', said)} as content,"
            " concat(coalesce(cast(sent_count as string), '-'), '/',"
            f" coalesce(cast(price as string), '-')) as variant from {name}_typed),"
            f" {name}_numbered as (select *, row_number() over (partition by loaded_at, row_id,"
            f" content order by content) as copy_number from {name}_hashed),"
            f" {name} as (select *, {key} as fact_key from {name}_numbered)"
        )

    def _current(self, name: str, facts: str) -> str:
        """CTE `name`: the current rows of `facts`."""
        current = self._macros.sql("current_messages", facts)
        return (
            f"{name} as (select {facts}.*, chosen.list_key from {facts} inner join ({current})"
            f" as chosen on {facts}.fact_key = chosen.fact_key)"
        )


def _count(row: tuple[object, ...] | None) -> int:
    return int(str(row[1])) if row else 0


def _texts(values: Sequence[object]) -> tuple[str, ...]:
    return tuple("" if value is None else str(value) for value in values)
