"""The raw tables: their columns, types, what may be absent and which other names are taken."""

import re
from dataclasses import dataclass
from enum import Enum

import pyarrow as pa

RAW_SCHEMA = "eros_raw"
LOADED_AT = "_loaded_at"

# Written by a load itself, or by pandas: never part of a row, wherever they come from.
IGNORED_COLUMNS = frozenset({LOADED_AT, "__index_level_0__"})


class Kind(Enum):
    """What a column holds, and the words a user reads when a value is something else."""

    TEXT = "text"
    KEY = "an id in full, not one rounded like 1.2E+18"
    INTEGER = "a whole number of at most 64 bits, or nothing"
    NUMBER = "a finite number such as 12.5, or nothing"
    BOOLEAN = "true or false (also t/f, yes/no, 1/0), or nothing"
    TIMESTAMP = "a date and time such as 2025-10-31 18:05:00, in UTC or with its offset, or nothing"


ARROW_TYPES = {
    Kind.TEXT: pa.large_string(),
    Kind.KEY: pa.large_string(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.TIMESTAMP: pa.timestamp("us"),
}


# What no count of people and no amount of money exceeds; macro message_columns has the same limits.
_PEOPLE = 2**31 - 1
_DOLLARS = 1e9
_SENDS = 1e12


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a raw table.

    `aliases` are read only when `name` itself is absent. Beyond `limit`, either way, a number is
    none of this column: an id that slipped, most likely.
    """

    name: str
    kind: Kind
    is_required: bool = True
    aliases: tuple[str, ...] = ()
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class RawTable:
    """A raw table and how its loads add up.

    `is_snapshot`: a file replaces what was current; otherwise files accumulate. `other_kind` is
    what columns beyond `columns` hold: in the vault each is a content type, elsewhere they are
    kept as text.
    """

    name: str
    columns: tuple[Column, ...]
    is_snapshot: bool
    other_kind: Kind = Kind.TEXT

    @property
    def has_content_types(self) -> bool:
        """Whether the columns beyond the listed ones are content types."""
        return self.other_kind is Kind.BOOLEAN

    def kind_of(self, column: str) -> Kind:
        """What the column of that name holds, listed or not."""
        return next((c.kind for c in self.columns if c.name == column), self.other_kind)

    def column(self, name: str) -> Column:
        """The column of that name; one that is not listed is of the other kind."""
        return next((c for c in self.columns if c.name == name), Column(name, self.other_kind))

    def identity(self, column: str) -> str:
        """What makes two spellings the same column.

        Content types are the same by their letters and digits, since that is how captions are
        matched to them; other columns by their name in lower case, as both engines compare names.
        """
        name = plain_name(column)
        if self.has_content_types and not any(c.name == name for c in self.columns):
            return "".join(character for character in name if character.isalnum())
        return name


def plain_name(name: str) -> str:
    """A header's name in lower case, trimmed, with blanks as underscores."""
    return re.sub(r"\s+", "_", name.strip().lower())


MASS_MESSAGES = RawTable(
    name="mass_messages",
    columns=(
        Column("row_id", Kind.KEY, is_required=False),
        Column("page_name", Kind.TEXT),
        Column("message", Kind.TEXT),
        Column("sending_time", Kind.TIMESTAMP),
        Column("price", Kind.NUMBER, limit=_DOLLARS),
        Column("sent_count", Kind.INTEGER, limit=_PEOPLE),
        Column("viewed_count", Kind.INTEGER, limit=_PEOPLE),
        Column("purchased_count", Kind.NUMBER, limit=_PEOPLE),
        Column("earnings", Kind.NUMBER, limit=_DOLLARS),
        Column("message_type", Kind.TEXT),
    ),
    is_snapshot=False,
)

CAPTION_BANK = RawTable(
    name="caption_bank",
    columns=(
        Column("caption_id", Kind.INTEGER),
        Column("caption_text", Kind.TEXT),
        Column("content_category", Kind.TEXT),
        Column("price_tier", Kind.TEXT),
        Column("validation_level", Kind.TEXT),
        Column("usage_status", Kind.TEXT),
        Column("total_sends", Kind.INTEGER, limit=_SENDS),
        Column("lifetime_revenue", Kind.NUMBER, limit=_DOLLARS),
        Column("avg_conversion_rate", Kind.NUMBER, limit=_DOLLARS),
        Column("overall_performance_score", Kind.NUMBER, limit=_DOLLARS),
        Column("days_since_last_use", Kind.INTEGER, limit=_PEOPLE),
    ),
    is_snapshot=True,
)

VAULT_MATRIX = RawTable(
    name="vault_matrix",
    columns=(Column("page_name", Kind.TEXT),),
    is_snapshot=True,
    other_kind=Kind.BOOLEAN,
)

ACTIVE_CREATORS = RawTable(
    name="active_creators",
    columns=(
        Column("page_name", Kind.TEXT, aliases=("username",)),
        Column("timezone", Kind.TEXT, is_required=False),
        Column("platform", Kind.TEXT, is_required=False),
        Column("is_active", Kind.BOOLEAN, is_required=False),
    ),
    is_snapshot=True,
)

RAW_TABLES = (MASS_MESSAGES, CAPTION_BANK, VAULT_MATRIX, ACTIVE_CREATORS)

KNOWN_NAMES = frozenset(
    name for table in RAW_TABLES for c in table.columns for name in (c.name, *c.aliases)
)
