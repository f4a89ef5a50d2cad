"""What active schedules have promised already: a new week must leave it alone."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from scheduler.marts.inputs import by_page

Kept = Mapping[str, Any]
"""See `kept_messages.kept_message`."""


@dataclass(frozen=True)
class Promised:
    """What active schedules bind for one page.

    Attributes:
        own: messages of the page's other weeks.
        taken: caption keys other pages have been promised in the planned week.
        present: caption keys of the page's own active version of that week, if it has one.
        elsewhere: those of other pages' active versions of it, whether these bind or not.
        kept: messages of that version that stay as they are: locked, or their time is over.
        standing: its other messages, which stay unless changing them is worth it.
        failed: ids of its messages that are known not to have gone out.
        version: id of that version; None without one.
    """

    own: pa.Table
    taken: frozenset[str]
    present: frozenset[str]
    elsewhere: frozenset[str] = frozenset()
    kept: tuple[Kept, ...] = ()
    standing: tuple[Kept, ...] = ()
    failed: tuple[str, ...] = ()
    version: str | None = None

    def beside(self, active: Sequence[Kept], page: str) -> "Promised":
        """With the page's own active version of the week.

        Args:
            active: its messages and those of other pages, see `kept_messages.kept_message`.
            page: the page.
        """
        own = [row for row in active if row["page_name"] == page]
        return replace(
            self,
            standing=tuple(row for row in own if not is_kept(row) and not is_failed(row)),
            failed=tuple(row["message_id"] for row in own if is_failed(row)),
            version=own[0]["schedule_id"] if own else None,
        )


def is_failed(row: Kept) -> bool:
    """Whether a message is known not to have gone out at its time."""
    return bool(row["is_due"]) and row["was_sent"] is False


def is_kept(row: Kept) -> bool:
    """Whether a message of the active version stays whatever the plan.

    What is due and not known to have failed counts as sent: loads come days later.
    """
    return bool(row["is_due"] or row["is_locked"]) and not is_failed(row)


def promises_to(
    pages: Collection[str],
    live: pa.Table,
    week: date,
    solved_here: frozenset[str],
    kept: Sequence[Kept] = (),
) -> dict[str, Promised]:
    """What binds each page, from the active schedules.

    Args:
        pages: the pages.
        live: messages of active schedules, in order of page.
        week: the planned week, whose own active version is about to be replaced.
        solved_here: pages that this run plans anew: their active version is to be replaced and
            binds nobody. A page that is refused keeps its active week, and the captions with it.
        kept: messages of the planned week, of any page, that stay as they are.
    """
    other_week = pc.not_equal(live.column("week_start"), pa.scalar(week))
    own = by_page(live.filter(other_week))
    this_week = {
        page: frozenset(rows.column("caption_key").to_pylist())
        for page, rows in by_page(live.filter(pc.invert(other_week))).items()
    }
    staying = {
        page: tuple(row for row in kept if row["page_name"] == page)
        for page in {row["page_name"] for row in kept}
    }
    held = {page: keys for page, keys in this_week.items() if page not in solved_here}
    for page, rows in staying.items():
        held[page] = held.get(page, frozenset()) | {row["caption_key"] for row in rows}
    taken, elsewhere = _by_others(pages, held), _by_others(pages, this_week)
    nothing = live.slice(0, 0)
    return {
        page: Promised(
            own=own.get(page, nothing),
            taken=taken[page],
            present=this_week.get(page, frozenset()),
            elsewhere=elsewhere[page],
            kept=staying.get(page, ()),
        )
        for page in pages
    }


def _by_others(
    pages: Collection[str], held: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """Page -> the keys that any other page holds; counted once for all of them."""
    holders = Counter(key for keys in held.values() for key in keys)
    every = frozenset(holders)
    return {
        page: every.difference(key for key in held.get(page, ()) if holders[key] == 1)
        for page in pages
    }
