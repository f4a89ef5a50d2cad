"""What active schedules have promised already: a new week must leave it alone."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from scheduler.marts.inputs import by_page


@dataclass(frozen=True)
class Promised:
    """What active schedules bind for one page.

    Attributes:
        own: messages of the page's other weeks.
        taken: caption keys other pages have been promised in the planned week.
        present: caption keys of the page's own active version of that week, if it has one.
    """

    own: pa.Table
    taken: frozenset[str]
    present: frozenset[str]


def promises_to(
    pages: Iterable[str], live: pa.Table, week: date, solved_here: frozenset[str]
) -> dict[str, Promised]:
    """What binds each page, from the active schedules.

    Args:
        pages: the pages.
        live: messages of active schedules, in order of page.
        week: the planned week, whose own active version is about to be replaced.
        solved_here: pages that this run plans anew: their active version is to be replaced and
            binds nobody. A page that is refused keeps its active week, and the captions with it.
    """
    other_week = pc.not_equal(live.column("week_start"), pa.scalar(week))
    own = by_page(live.filter(other_week))
    this_week = {
        page: frozenset(rows.column("caption_key").to_pylist())
        for page, rows in by_page(live.filter(pc.invert(other_week))).items()
    }
    kept = Counter(
        key for page, keys in this_week.items() if page not in solved_here for key in keys
    )
    all_kept, nothing = frozenset(kept), live.slice(0, 0)
    found = {}
    for page in pages:
        present = this_week.get(page, frozenset())
        alone = () if page in solved_here else [key for key in present if kept[key] == 1]
        found[page] = Promised(own.get(page, nothing), all_kept.difference(alone), present)
    return found
