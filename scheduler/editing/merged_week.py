"""What putting edits upon a plan comes to: the week as it is to be, its changes, its conflicts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scheduler.sheet import Message


@dataclass(frozen=True)
class Conflict:
    """An edit that is not taken, and why; with one, nothing of the sheet is.

    Attributes:
        where: the row of the sheet; for a deleted message its id.
    """

    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.where}: {self.says}"


@dataclass(frozen=True)
class FieldChange:
    """A field of a message that differs from the version that stands.

    Attributes:
        message_id: None for a message that is new.
        kind: as `schedule_edits` has it.
    """

    message_id: str | None
    kind: str
    field: str
    before: object
    after: object


@dataclass(frozen=True)
class NewMessage:
    """A message that is added; `where` is the row of the sheet."""

    where: str
    send_at: datetime
    price: float
    caption_id: int


@dataclass(frozen=True)
class Merged:
    """What a page's week becomes.

    Attributes:
        messages: of the version that stands, as they are now to be; those deleted are gone.
        added: new ones.
        changes: what differs from that version, those of added messages last and in their order.
        conflicts: with any, the rest is not to be used.
        wheres: message id -> row of the sheet.
    """

    messages: tuple[Message, ...]
    added: tuple[NewMessage, ...]
    changes: tuple[FieldChange, ...]
    conflicts: tuple[Conflict, ...]
    wheres: Mapping[str, str]
