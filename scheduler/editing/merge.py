"""A person's edits and a newer plan put together: three versions in, one out, or named conflicts.

The version a sheet was made from is what both sides changed. What one side changed is taken; what
both changed to different values is a conflict, and so is what can't be meant. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from scheduler.editing.merged_week import Conflict, FieldChange, Merged, NewMessage
from scheduler.sheet import Captioned, Edits, Message

_WORDS = {
    "send_at": "the time (UTC)", "price": "the price", "caption_id": "the caption",
    "is_locked": "Locked",
}  # fmt: skip
SENT = ("send_at", "price", "caption_id")
KINDS = {"send_at": "moved", "price": "repriced", "caption_id": "swapped"}


def merge(
    base: Sequence[Message], edits: Edits, current: Sequence[Message], as_of: datetime
) -> Merged:
    """Put the edits of one page's week upon the version that stands.

    Args:
        base: the version the sheet was made from.
        edits: what the sheet changed against it.
        current: the version that stands.
        as_of: messages up to here were sent: they can't be changed any more.
    """
    return _Merge(base, current, as_of).of(edits)


class _Merge:
    def __init__(
        self, base: Sequence[Message], current: Sequence[Message], as_of: datetime
    ) -> None:
        self.as_of = as_of
        self.present = {message.message_id: message for message in current}
        self.twin = twins(base, current)
        of_base = {message.message_id for message in self.twin.values()}
        self.newer = [message for message in current if message.message_id not in of_base]
        self.changes: list[FieldChange] = []
        self.conflicts: list[Conflict] = []
        self.wheres: dict[str, str] = {}

    def of(self, edits: Edits) -> Merged:
        for base, row in _by_message(edits).values():
            self._change(base, row)
        for message in edits.deleted:
            self._delete(message)
        added = [new for row in edits.added if (new := self._added(row)) is not None]
        return Merged(
            tuple(self.present.values()), tuple(added), tuple(self.changes),
            tuple(self.conflicts), self.wheres,
        )  # fmt: skip

    def _conflict(self, where: str, says: str) -> None:
        self.conflicts.append(Conflict(where, says))

    def _change(self, base: Message, row: Captioned) -> None:
        where = row.placed.row.where
        wanted = self._wanted(base, row)
        if wanted is None:
            return
        now = self.twin.get(base.message_id)
        differing = {name: value for name, value in wanted.items() if value != _of(base, name)}
        if now is None:
            if differing:
                self._conflict(
                    where, f"message {base.message_id}, which it changes, is not in the newer plan"
                )
            return
        self.wheres[now.message_id] = where
        for name, value in differing.items():
            self._set(now.message_id, name, (_of(base, name), value), where)

    def _wanted(self, base: Message, row: Captioned) -> dict[str, object] | None:
        """Field -> the sheet's value; None, with a conflict, where it can't be meant."""
        sheet = row.placed.row
        where = sheet.where
        if sheet.week_start != base.week_start:
            self._conflict(where, f"the message would leave the week of {base.week_start}")
            return None
        if sheet.price is None:
            self._conflict(where, "Price is empty: write one, or delete the row")
            return None
        caption: int | str | None = row.caption_id
        if row.caption_id != base.caption_id or row.notes:
            caption = _meant(row, base)
        if isinstance(caption, str):
            self._conflict(where, caption)
            return None
        wanted: dict[str, object] = {
            "send_at": row.placed.send_at, "price": sheet.price, "caption_id": caption,
        }  # fmt: skip
        return wanted if sheet.is_locked is None else wanted | {"is_locked": sheet.is_locked}

    def _set(self, message: str, name: str, change: tuple[object, object], where: str) -> None:
        """Take one field, unless the plan has changed it otherwise meanwhile."""
        before, after = change
        now = self.present[message]
        if (stands := _of(now, name)) == after:
            return
        if stands != before:
            self._conflict(
                where,
                f"{_WORDS[name]} is {_shown(after)} in the sheet, was {_shown(before)}, and is"
                f" {_shown(stands)} in the newer plan",
            )
        elif name in SENT and now.send_at <= self.as_of:
            self._conflict(where, f"message {message} was due before now: it can't be changed")
        elif isinstance(after, datetime) and after <= self.as_of:
            self._conflict(where, f"the new time, {_shown(after)} UTC, is over")
        else:
            kind = KINDS.get(name) or ("locked" if after else "unlocked")
            self.changes.append(FieldChange(message, kind, name, before, after))
            self.present[message] = replace(now, **{name: after})  # type: ignore[arg-type]

    def _delete(self, base: Message) -> None:
        now = self.twin.get(base.message_id)
        if now is None:
            return
        where = f"message {base.message_id}, which the sheet leaves out"
        differing = [name for name in SENT if _of(now, name) != _of(base, name)]
        if now.send_at <= self.as_of:
            self._conflict(where, "it was due before now: it can't be taken away")
        elif differing:
            told = ", ".join(f"{_WORDS[name]} to {_shown(_of(now, name))}" for name in differing)
            self._conflict(where, f"the newer plan changed {told}")
        else:
            self.present.pop(now.message_id)
            self.changes.append(
                FieldChange(now.message_id, "deleted", "message", now.caption_id, None)
            )

    def _added(self, row: Captioned) -> NewMessage | None:
        sheet, moment = row.placed.row, row.placed.send_at
        if row.notes or row.caption_id is None:
            says = "; ".join(row.notes) or "no caption of the bank is named"
            self._conflict(sheet.where, f"a new row needs one caption of the bank: {says}")
        elif sheet.price is None:
            self._conflict(sheet.where, "Price is empty: a new row needs one")
        elif (there := self._newer(row.caption_id)) is not None:
            # The same sheet may come twice: what it added then is no row of its base.
            if (there.send_at, there.price) != (moment, sheet.price):
                self._conflict(
                    sheet.where,
                    f"the newer plan has the caption of this new row already, at"
                    f" {_shown(there.send_at)} UTC for {_shown(there.price)}",
                )
        elif moment <= self.as_of:
            self._conflict(sheet.where, f"the time of the new row, {_shown(moment)} UTC, is over")
        else:
            self.changes.append(FieldChange(None, "added", "message", None, row.caption_id))
            return NewMessage(sheet.where, moment, sheet.price, row.caption_id)
        return None

    def _newer(self, caption: int) -> Message | None:
        """The message with a caption that the plan has and the base has not."""
        return next((m for m in self.newer if m.caption_id == caption), None)


def _of(message: Message, name: str) -> object:
    return getattr(message, name)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"${value:,.2f}"
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def _by_message(edits: Edits) -> dict[str, tuple[Message, Captioned]]:
    """Message id -> the message of the base and its row, of those that the sheet changes."""
    found: dict[str, tuple[Message, Captioned]] = {}
    for changes in (edits.moved, edits.repriced, edits.swapped, edits.relocked):
        found.update({c.message.message_id: (c.message, c.row) for c in changes})
    return found


def twins(base: Iterable[Message], current: Sequence[Message]) -> dict[str, Message]:
    """Id in the base -> the message it is now: of the same id, else of the same caption.

    A plan made anew gives its messages new ids, those locked aside.
    """
    by_id = {message.message_id: message for message in current}
    messages = list(base)
    found = {m.message_id: by_id[m.message_id] for m in messages if m.message_id in by_id}
    unclaimed: dict[int, list[Message]] = defaultdict(list)
    for message in current:
        if message.message_id not in found and message.caption_id is not None:
            unclaimed[message.caption_id].append(message)
    for message in messages:
        same = unclaimed.get(message.caption_id or 0, [])
        if message.message_id not in found and len(same) == 1:
            found[message.message_id] = same.pop()
    return found


def _meant(row: Captioned, base: Message) -> int | str:
    """The caption that an edited row means, or why it can't be told.

    A person pastes another text and leaves the id, or the other way round: what was changed counts.
    """
    text = row.placed.row.caption_text
    is_same_id = row.caption_id == base.caption_id
    is_same_text = _folded(text) == _folded(base.caption_text)
    if row.caption_id is not None and (not row.notes or is_same_text):
        # An untouched cell says what was published, though the bank may have another text by now.
        return row.caption_id
    if is_same_id and not is_same_text and text is not None and row.of_text:
        return row.of_text[0]
    if text is not None and not row.of_text:
        return (
            "the text is of no caption in the bank: load it with the bank first, or restore the"
            " text"
        )
    return "; ".join(row.notes) or "no caption of the bank is named"


def _folded(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()
