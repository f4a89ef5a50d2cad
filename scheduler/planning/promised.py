"""What active schedules have promised already: a new week must leave it alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

Kept = Mapping[str, Any]
"""See `kept_messages.kept_message`."""


@dataclass(frozen=True)
class Promised:
    """What active schedules bind for one page.

    Attributes:
        own: messages of the page's other weeks.
        taken: caption keys other pages have been promised in the planned week.
        present: caption keys of the page's own active version of that week, if it has one.
        kept: messages of that version that stay as they are.
    """

    own: pa.Table
    taken: frozenset[str]
    present: frozenset[str]
    kept: tuple[Kept, ...] = ()


def promised_to(
    page: str,
    live: pa.Table,
    week: date,
    solved_here: frozenset[str],
    kept: Sequence[Kept] = (),
) -> Promised:
    """What binds `page`, from the active schedules.

    Args:
        page: the page.
        live: messages of active schedules.
        week: the planned week, whose own active version is about to be replaced.
        solved_here: pages that this run plans anew: their active version is to be replaced and
            binds nobody. A page that is refused keeps its active week, and the captions with it.
        kept: messages of the planned week, of any page, that stay as they are.
    """
    other_week = pc.not_equal(live.column("week_start"), pa.scalar(week))
    own_page = pc.equal(live.column("page_name"), page)
    own = live.filter(pc.and_(own_page, other_week))
    outside = pc.invert(
        pc.is_in(live.column("page_name"), pa.array(sorted(solved_here | {page}), pa.string()))
    )
    same_week = pc.equal(live.column("week_start"), pa.scalar(week))
    keys = live.filter(pc.and_(outside, same_week)).column("caption_key").to_pylist()
    present = live.filter(pc.and_(own_page, same_week)).column("caption_key").to_pylist()
    elsewhere = [row["caption_key"] for row in kept if row["page_name"] != page]
    return Promised(
        own=own,
        taken=frozenset([*keys, *elsewhere]),
        present=frozenset(present),
        kept=tuple(row for row in kept if row["page_name"] == page),
    )
