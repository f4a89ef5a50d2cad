"""Somebody's word that a week may go out: for what it sends exactly, and void once that changes."""

from collections.abc import Iterable, Sequence
from datetime import date

from scheduler.editing.prepared_week import standing_version
from scheduler.errors import SchedulerError
from scheduler.marts.approvals import Approval, content_hash, valid_approvals, write_approvals
from scheduler.marts.content_ids import content_id
from scheduler.marts.edit_tables import Hand
from scheduler.marts.schedules import read_schedule_rows, read_violations
from scheduler.marts.vault import renew_vault
from scheduler.sheet import Edits, Understood, compare
from scheduler.warehouse import Warehouse


def approve(
    warehouse: Warehouse, pages: Sequence[str], hand: Hand, week: date | None = None
) -> list[Approval]:
    """Approve the published weeks of pages, all of them or none; repeated, it changes nothing.

    Args:
        warehouse: with marts.
        pages: whose weeks.
        hand: who approves, and when.
        week: Monday; None is each page's latest published week.

    Returns:
        The approval that counts of each page, in the order given.

    Raises:
        SchedulerError: nothing is published for a page, or the rulebook refuses its week by now.
    """
    renew_vault(warehouse)
    found, new = [], []
    for page in dict.fromkeys(pages):
        schedule, monday = standing_version(warehouse, page, week)
        broken = [row for row in read_violations(warehouse, [schedule]) if row.tier == 1]
        if broken:
            raise SchedulerError(
                f"{page} can't be approved: {broken[0].rule}: {broken[0].detail}."
                " Change the week or plan it anew."
            )
        digest = content_hash(read_schedule_rows(warehouse, [schedule]))
        given = valid_approvals(warehouse, monday).get(page)
        if given is None or (given.schedule_id, given.content_hash) != (schedule, digest):
            name = content_id([schedule, digest, hand.made_by, hand.made_at])
            given = Approval(name, schedule, page, monday, digest, hand.made_by, hand.made_at)
            new.append(given)
        found.append(given)
    write_approvals(warehouse, new)
    return found


def differing_from_approved(
    warehouse: Warehouse, understood: Understood
) -> list[tuple[Approval, str]]:
    """Approved weeks of which a sheet says something else, and what.

    Args:
        warehouse: with marts.
        understood: the sheet.
    """
    weeks = {
        (row.page_name, row.week_start)
        for row in (message.placed.row for message in understood.messages)
    }
    found = []
    for page, monday in sorted(weeks):
        approval = valid_approvals(warehouse, monday).get(page)
        if approval is None:
            continue
        approved = [m for m in understood.published if m.schedule_id == approval.schedule_id]
        own = [
            message
            for message in understood.messages
            if (message.placed.row.page_name, message.placed.row.week_start) == (page, monday)
        ]
        told = "it is of another version" if not approved else _told(compare(own, approved))
        if told:
            found.append((approval, told))
    return found


def _told(edits: Edits) -> str:
    counts = {
        "moved": edits.moved, "repriced": edits.repriced, "with another caption": edits.swapped,
        "left out": edits.deleted, "added": edits.added,
    }  # fmt: skip
    return _joined(f"{len(rows)} {word}" for word, rows in counts.items() if rows)


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(parts)
