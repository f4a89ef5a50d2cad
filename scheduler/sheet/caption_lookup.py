"""Which caption a row of a sheet means: by its id, its Message_ID and its text, held together.

The text is what is sent and the id is what it was planned with. A spreadsheet rounds the id; a
person changes the text. Where the two name different captions, both are told.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from scheduler.sheet.cell_values import shown
from scheduler.sheet.row_moments import Placed
from scheduler.sheet.sheet_rows import Problem

# UTF-8 that was read as Windows-1252 or Latin-1: each letter became two or three of these.
_GARBLED_LEAD = "\u00c2\u00c3\u00c5\u00e2\u00f0\ufffd"


@dataclass(frozen=True)
class BankCaption:
    """A caption of the bank that a row names.

    Attributes:
        is_of_id: the row's id is its id.
        is_of_text: the row's text is its text, up to white space and case.
    """

    caption_id: int
    caption_text: str
    is_of_id: bool
    is_of_text: bool


@dataclass(frozen=True)
class Captioned:
    """A row with its caption.

    Attributes:
        placed: the row and its moment.
        caption_id: the caption it means; None for none.
        notes: what its text and its id say differently.
        of_text: captions of the bank that have its text, the one meant first.
    """

    placed: Placed
    caption_id: int | None
    notes: tuple[str, ...] = ()
    of_text: tuple[int, ...] = ()


def probable_id(placed: Placed) -> int | None:
    """The id to ask the bank for: the cell's own, else the published one that the cell may be."""
    cell, published = placed.row.caption_id, placed.published
    was = published.caption_id if published is not None else None
    if was is not None and cell.may_be(was):
        return was
    return cell.value if cell.is_whole else None


def identify(
    rows: Sequence[Placed],
    named: Sequence[Iterable[BankCaption]],
    planned: Mapping[tuple[str, date], Container[int]],
) -> tuple[list[Captioned], list[Problem]]:
    """The caption of each row.

    Args:
        rows: with their moments.
        named: for each row, the bank's captions that its probable id or its text names.
        planned: (page, Monday) -> captions of the published week. Of captions that share a text,
            the planned one is meant.

    Returns:
        The rows with captions, and those whose id a spreadsheet rounded beyond finding.
    """
    done: list[Captioned] = []
    problems: list[Problem] = []
    for placed, of_row in zip(rows, named, strict=True):
        mine = planned.get((placed.row.page_name, placed.row.week_start), ())
        captions = sorted(of_row, key=lambda c: c.caption_id not in mine)
        found = _identified(placed, captions)
        if isinstance(found, Captioned):
            by_text = tuple(c.caption_id for c in captions if c.is_of_text)
            done.append(replace(found, of_text=by_text))
        else:
            problems.append(found)
    return done, problems


def _identified(placed: Placed, captions: list[BankCaption]) -> Captioned | Problem:
    row = placed.row
    by_id = next((caption for caption in captions if caption.is_of_id), None)
    by_text = [caption.caption_id for caption in captions if caption.is_of_text]
    if row.caption_text is None:
        return Captioned(placed, by_id.caption_id if by_id else None, ("Caption is empty",))
    if by_id is not None and by_id.is_of_text:
        return Captioned(placed, by_id.caption_id)
    fitting = [id_ for id_ in by_text if row.caption_id.may_be(id_)]
    if fitting:
        return Captioned(placed, fitting[0])
    if by_id is not None:
        return Captioned(placed, by_id.caption_id, (_differs(row.caption_text, by_id, by_text),))
    if row.caption_id.is_whole or row.caption_id.value is None:
        return Captioned(placed, row.caption_id.value, tuple(_unknown(row.caption_text, by_text)))
    told = f"is caption {by_text[0]}" if by_text else "is of no caption in the bank"
    return Problem(
        row.where,
        ("Caption_ID", "Caption"),
        f"a spreadsheet rounded the id to {row.caption_id.text.strip()}, and the text {told}:"
        " paste the caption's id or its text anew",
    )


def _differs(text: str, caption: BankCaption, by_text: Sequence[int]) -> str:
    """The note on a text that is not that of the row's caption id."""
    start = f"the text is not that of caption {caption.caption_id}"
    if by_text:
        return f"{start}, which Caption_ID says, but of caption {by_text[0]}"
    if _is_garbled(text):
        return f"{start}: it was saved in another encoding ({shown(text)})"
    return f"{start}, nor of any in the bank ({shown(text)})"


def _unknown(text: str, by_text: Sequence[int]) -> Iterable[str]:
    if not by_text:
        yield f"no caption of the bank has the text ({shown(text)})"


def _is_garbled(text: str) -> bool:
    """Whether letters of the text look like bytes of UTF-8 read one by one."""
    if "\ufffd" in text:
        return True
    pairs = pairwise(text)
    return any(lead in _GARBLED_LEAD and ord(next_) > 0x7F for lead, next_ in pairs)


def by_row(keys: Iterable[str], rows: Iterable[Mapping[str, object]]) -> list[list[BankCaption]]:
    """Rows of the mart `schedule_captions`, gathered in the order of these message ids."""
    gathered: dict[str, list[BankCaption]] = {key: [] for key in keys}
    for row in rows:
        gathered[str(row["message_id"])].append(
            BankCaption(
                caption_id=int(str(row["bank_caption_id"])),
                caption_text=str(row["bank_caption_text"]),
                is_of_id=bool(row["is_of_id"]),
                is_of_text=bool(row["is_of_text"]),
            )
        )
    return list(gathered.values())
