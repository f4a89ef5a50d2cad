"""The rulebook's verdict on a sheet: what it would be if it were published as it is."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from scheduler.marts.publish import drafted
from scheduler.marts.rulebook_inputs import renew_rulebook_inputs
from scheduler.marts.schedules import TEMPLATE_SCHEMA, Violation, read_violations
from scheduler.sheet.caption_lookup import Captioned, by_row, identify, probable_id
from scheduler.sheet.published import Message, read_published
from scheduler.sheet.row_moments import Placed, place
from scheduler.sheet.sheet_rows import Problem, SheetRow, SheetWeek
from scheduler.warehouse.base import MARTS, Warehouse


@dataclass(frozen=True)
class Understood:
    """A sheet whose rows are held against the warehouse.

    Attributes:
        messages: each row with its page's moment and its caption.
        problems: rows that have none of these, and why. With any, there is no verdict.
        published: the messages that the sheet was made from: of the schedules it names, else of
            the active ones of its weeks.
        remarks: what is to be known of the whole file.
    """

    messages: tuple[Captioned, ...]
    problems: tuple[Problem, ...]
    published: tuple[Message, ...]
    remarks: tuple[str, ...] = ()

    @property
    def notes(self) -> list[str]:
        """What a person should know of rows that can be judged."""
        return [
            *self.remarks,
            *(
                f"{message.placed.row.where}: {note}"
                for message in self.messages
                for note in (*filter(None, [message.placed.note]), *message.notes)
            ),
        ]


@dataclass(frozen=True)
class Finding:
    """A row of the rulebook that a sheet breaks.

    Attributes:
        where: the sheet's row; None for what concerns a whole week.
        message_id: as the sheet has it.
    """

    violation: Violation
    where: str | None
    message_id: str | None


def understand(warehouse: Warehouse, sheet: SheetWeek) -> Understood:
    """Hold a sheet's rows against pages, captions and what was published; nothing is written.

    Message ids that two rows have belong to the first that is at the published time, else to the
    first; the other row is a new message.
    """
    creators = _creators(warehouse)
    weeks = {(row.page_name, row.week_start) for row in sheet.rows}
    schedules = {row.schedule_id for row in sheet.rows if row.schedule_id}
    published = read_published(warehouse, schedules, weeks)
    owners = _owners(sheet.rows, {message.message_id: message for message in published})
    zones = {page: creator["timezone"] for page, creator in creators.items()}
    placed, problems = place(owners, zones, {m.message_id: m for m in published})
    templates = _templates([(row, probable_id(row)) for row in placed], creators)
    named = []
    with drafted(warehouse, templates):
        named = warehouse.query(
            "select message_id, bank_caption_id, bank_caption_text, is_of_id, is_of_text"  # noqa: S608
            f" from {MARTS}.schedule_captions where schedule_id in (select unnest($ids))"
            " order by message_id, bank_caption_id",
            {"ids": sorted({row["schedule_id"] for row in templates})},
        ).to_pylist()
    captions = by_row([row["message_id"] for row in templates], named)
    base, remarks = _base(sheet.rows, published)
    messages, lost = identify(placed, captions, _planned(base))
    every = (*sheet.problems, *problems, *lost)
    return Understood(tuple(messages), every, base, (*sheet.remarks, *remarks))


def judge(warehouse: Warehouse, understood: Understood) -> list[Finding]:
    """What the rulebook says of the sheet's weeks; nothing of it stays in the warehouse.

    Confidence and data quality are the warehouse's, whatever the file says.
    """
    renew_rulebook_inputs(warehouse)
    pairs = [(message.placed, message.caption_id) for message in understood.messages]
    tests = {m.message_id for m in understood.published if m.is_price_test}
    templates = _templates(pairs, _creators(warehouse), tests)
    rows = {
        row["message_id"]: placed.row for row, (placed, _) in zip(templates, pairs, strict=True)
    }
    found: list[Violation] = []
    with drafted(warehouse, templates):
        found = read_violations(warehouse, sorted({row["schedule_id"] for row in templates}))
    return [
        Finding(
            violation,
            row.where if (row := rows.get(violation.message_id or "")) else None,
            row.message_id if row else None,
        )
        for violation in found
    ]


def _creators(warehouse: Warehouse) -> dict[str, Mapping[str, Any]]:
    rows = warehouse.query(f"select page_name, timezone, confidence_score from {MARTS}.creators")  # noqa: S608
    return {row["page_name"]: row for row in rows.to_pylist()}


def _base(
    rows: Iterable[SheetRow], published: Sequence[Message]
) -> tuple[tuple[Message, ...], list[str]]:
    """The version of each week that the sheet was made from, and a remark on a replaced one."""
    named = {row.schedule_id for row in rows}
    covered = {(m.page_name, m.week_start) for m in published if m.schedule_id in named}
    base = tuple(
        message
        for message in published
        if message.schedule_id in named
        or (message.status == "active" and (message.page_name, message.week_start) not in covered)
    )
    stale = sorted({(m.page_name, m.schedule_id, m.status) for m in base if m.status != "active"})
    return base, [
        f"{page}: the sheet is of schedule {schedule}, which is {status}"
        for page, schedule, status in stale
    ]


def _planned(messages: Iterable[Message]) -> dict[tuple[str, date], set[int]]:
    """(page, Monday) -> captions planned there."""
    found: dict[tuple[str, date], set[int]] = {}
    for message in messages:
        if message.caption_id is not None:
            week = found.setdefault((message.page_name, message.week_start), set())
            week.add(message.caption_id)
    return found


def _owners(rows: Iterable[SheetRow], published: Mapping[str, Message]) -> list[SheetRow]:
    """The rows, each Message_ID in one of them alone."""
    every = list(rows)
    owner: dict[str, SheetRow] = {}
    for row in every:
        if row.message_id is None:
            continue
        message = published.get(row.message_id)
        in_place = message is not None and message.local_at == row.local_at
        if row.message_id not in owner or (
            in_place and not _in_place(owner[row.message_id], message)
        ):
            owner[row.message_id] = row
    return [
        row
        if row.message_id is None or owner[row.message_id] is row
        else replace(row, message_id=None)
        for row in every
    ]


def _in_place(row: SheetRow, message: Message | None) -> bool:
    return message is not None and message.local_at == row.local_at


def _templates(
    rows: Iterable[tuple[Placed, int | None]],
    creators: Mapping[str, Mapping[str, Any]],
    tests: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Draft rows under ids of their own: a sheet may hold an id twice, or one that is published.

    `tests` are the ids of published messages that belong to price tests.
    """
    empty: dict[str, Any] = dict.fromkeys(TEMPLATE_SCHEMA.names)
    return [
        empty
        | {
            "schedule_id": (schedule := _draft_id(placed.row.page_name, placed.row.week_start)),
            "page_name": placed.row.page_name,
            "week_start": placed.row.week_start,
            "status": "proposed",
            "message_id": f"{schedule}_{number:05d}",
            "send_at": placed.send_at,
            "price": placed.row.price,
            "caption_id": caption_id,
            "caption_text": placed.row.caption_text,
            "content_category": placed.row.cells.get("Content_Category") or None,
            "confidence": creators[placed.row.page_name]["confidence_score"],
            "is_locked": bool(placed.row.is_locked),
            "is_price_test": placed.row.message_id in tests,
            "run_id": schedule,
        }
        for number, (placed, caption_id) in enumerate(rows)
    ]


def _draft_id(page: str, week: date) -> str:
    return "draft_" + hashlib.sha256(f"{page}|{week}".encode()).hexdigest()[:10]
