"""What a load of messages did to those that were there, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from scheduler.loading.problems import Problem, problem, shown

# New messages that are most likely known ones at another time: from here on the load is refused.
_DOUBLED_REFUSED = 3
_WITHOUT_IDS = "load it with --ignore-row-ids"


@dataclass(frozen=True, slots=True)
class Moved:
    """Messages that a file has under their id, but with another page, time or text.

    Attributes:
        field: `page`, `time` or `text`.
        count: messages.
        unsure: those of which nothing but the id, which looks like a row number, says that they are
            the same.
        example: page, id, old and new value of one of them, an unsure one first.
    """

    field: str
    count: int
    unsure: int
    example: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageChanges:
    """What a load of messages does.

    Attributes:
        same_ids: rows of messages that were there, under the same id.
        other_ids: rows of messages that were there, under another id.
        moved: messages that a corrected page, time or text replaces.
        doubled: new messages with the page and text of one that the file should have and has not,
            at nearly the same time: most likely the same one.
        added: new messages, doubled ones included.
        renumbered: new messages under an id that names another one.
        doubled_example: page, nothing, time of the one that is there, time in the file.
        confused: messages to several lists of which the file would add one too many.
    """

    same_ids: int
    other_ids: int
    moved: tuple[Moved, ...]
    doubled: int
    added: int
    renumbered: int
    doubled_example: tuple[str, ...] | None
    confused: int

    def problems(self, file: str) -> Iterator[Problem]:
        """What would lose messages or count them twice; the load is refused then."""
        for moved in self.moved:
            if moved.unsure:
                page, row_id, old, new = moved.example
                change = f" at {old} and now at {new}" if moved.field == "time" else ""
                change = f" was of page {shown(old)}" if moved.field == "page" else change
                text = (
                    f"{file}, column row_id: {_count(moved.unsure, 'known message')} would be lost,"
                    f" since an id came back with another {moved.field} (page {shown(page)}, id"
                    f" {shown(row_id)}{change}). If ids are row numbers that start anew,"
                    f" {_WITHOUT_IDS}; if these are corrections, load the whole history"
                )
                yield problem(text, file, "row_id")
        if self.doubled >= _DOUBLED_REFUSED and 2 * self.doubled >= self.added:
            yield problem(
                f"{file}, column sending_time: {self._doubled_text()}", file, "sending_time"
            )
        if self.confused:
            text = (
                f"{file}: {_count(self.confused, 'message')} sent to several lists at once would be"
                " counted once more, since recipients or prices changed and no id says which is"
                " which: export the messages with their ids"
            )
            yield problem(text, file)

    def notes(self) -> Iterator[str]:
        """What was unusual and is fine, or should be looked at."""
        if self.other_ids:
            yield (
                f"{_count(self.other_ids, 'message')} came back under another id (rounded, or"
                " numbered anew): known by page, time and text, and counted once"
            )
        if self.renumbered:
            yield (
                f"{_count(self.renumbered, 'new message')} came under ids that name other messages"
                " (row numbers that start anew): each is counted, by page, time and text"
            )
        for moved in self.moved:
            page, row_id, old, new = moved.example
            change = f": {old} is now {new}" if old or new else ""
            yield (
                f"{_count(moved.count, 'message')} changed {moved.field} and replaced the earlier"
                f" version (page {shown(page)}, id {shown(row_id)}{change})"
            )
        if self.doubled:
            yield f"WARNING {self._doubled_text()}"

    def _doubled_text(self) -> str:
        page, _, old, new = self.doubled_example or ("", "", "", "")
        return (
            f"{_count(self.doubled, 'message')} may be there already at another time (page"
            f" {shown(page)}: {old}, in the file {new}), which would count twice: export the times"
            " to the second and in UTC, or name their zone with --map"
        )


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
