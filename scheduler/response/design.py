"""The design matrix of any messages: shared columns, and columns of the page's own.

Coefficients of a page touch only its own messages, so they are kept apart, as one block a page: a
fit eliminates them block by block, in time linear in pages.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scheduler.response.rows import FloatArray, IntArray, Rows, rows_of
from scheduler.response.stats import PageStats
from scheduler.response.terms import TERMS, Group, Term
from scheduler.response.terms.term import DAYS, OWN


@dataclass(frozen=True)
class Place:
    """Where the columns of a term's group lie.

    Attributes:
        is_own: among the page's own columns, else among the shared ones.
        start: first column.
        count: groups, `group.width` columns each.
        kind: number of the first of its prior deviations.
    """

    term: Term
    group: Group
    is_own: bool
    start: int
    count: int
    kind: int

    @property
    def width(self) -> int:
        """Columns of all groups."""
        return self.count * self.group.width

    def columns(self, code: int = 0) -> slice:
        """Columns of one group."""
        first = self.start + code * self.group.width
        return slice(first, first + self.group.width)


@dataclass(frozen=True)
class Layout:
    """Which columns a fit has.

    Attributes:
        pages: of the fit; the code after the last one is a page it has not seen.
        contents: of the fit.
        without: names of terms that are left out.
    """

    pages: int
    contents: int
    without: tuple[str, ...] = ()

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """All groups of all terms."""
        counts = {"weekday": DAYS, "page_weekday": DAYS}
        # The last content is one the fit has not seen: its effect is 0, as uncertain as its prior.
        counts |= {"content": self.contents + 1, "page_content": self.contents + 1}
        found: list[Place] = []
        ends, kind = {False: 0, True: 0}, 0
        for term in TERMS:
            for group in term.groups if term.name not in self.without else ():
                is_own = group.by in OWN
                count = counts.get(group.by, 1)
                found.append(Place(term, group, is_own, ends[is_own], count, kind))
                ends[is_own] += count * group.width
                kind += int(group.kinds[-1]) + 1
        return tuple(found)

    def place(self, term: str, by: str) -> Place | None:
        """Where a term's group lies; None when the term is left out."""
        for place in self.places:
            if (place.term.name, place.group.by) == (term, by):
                return place
        return None

    def width(self, *, is_own: bool) -> int:
        """Columns of the page's own, or shared ones."""
        return sum(place.width for place in self.places if place.is_own == is_own)

    def kinds(self, *, is_own: bool) -> IntArray:
        """Number of each column's prior deviation, counted through all terms."""
        found = [
            place.kind + np.tile(place.group.kinds, place.count)
            for place in self.places
            if place.is_own == is_own
        ]
        return np.concatenate(found)

    @property
    def start_precision(self) -> FloatArray:
        """One over each prior variance, where a fit begins."""
        found = [
            np.full(int(place.group.kinds[-1]) + 1, place.group.deviation**-2.0)
            for place in self.places
        ]
        return np.concatenate(found)

    @property
    def is_estimated(self) -> np.ndarray:
        """Of each prior deviation, whether the data set it."""
        found = [
            np.full(int(place.group.kinds[-1]) + 1, place.group.is_estimated)
            for place in self.places
        ]
        return np.concatenate(found)


@dataclass(frozen=True)
class Coefficients:
    """Of the shared columns, (s,), and each page's own, (pages + 1, d), of the last page 0."""

    shared: FloatArray
    own: FloatArray

    def __add__(self, other: "Coefficients") -> "Coefficients":
        return Coefficients(self.shared + other.shared, self.own + other.own)

    def block(self, layout: Layout, term: str, by: str, page: int = -1) -> FloatArray:
        """Of a term's group as (groups, width); zeros where the term is left out.

        Args:
            layout: of the columns.
            term: its name.
            by: what its coefficients vary by.
            page: whose own, for a group of the page's own.
        """
        place = layout.place(term, by)
        if place is None:
            groups = [g for t in TERMS if t.name == term for g in t.groups if g.by == by]
            return np.zeros((1, groups[0].width))
        values = self.own[page] if place.is_own else self.shared
        return values[place.start : place.start + place.width].reshape(place.count, -1)


@dataclass(frozen=True)
class Design:
    """Of n messages: `shared` (n, s), `own` (n, d), and the page of each."""

    shared: FloatArray
    own: FloatArray
    page: IntArray

    def __len__(self) -> int:
        return len(self.page)

    @cached_property
    def of_page(self) -> dict[int, IntArray]:
        """Rows of each page that has some."""
        return rows_of(self.page)

    def take(self, index: IntArray) -> "Design":
        """Some of the messages."""
        return Design(self.shared[index], self.own[index], self.page[index])

    def __matmul__(self, coefficients: Coefficients) -> FloatArray:
        """Sum of effects of each message, (n,)."""
        total: FloatArray = self.shared @ coefficients.shared
        for page, rows in self.of_page.items():
            total[rows] += self.own[rows] @ coefficients.own[page]
        return total


def make_design(
    rows: Rows,
    stats: PageStats,
    layout: Layout,
    only: str | None = None,
) -> Design:
    """The design of messages, sent or not.

    A page or a content that the fit has not seen has columns whose coefficients are 0 and as
    uncertain as their prior.

    Args:
        rows: n messages.
        stats: of the pages.
        layout: of the columns.
        only: name of the one term that is wanted; the others' columns are 0.
    """
    count = len(rows)
    shared = np.zeros((count, layout.width(is_own=False)))
    own = np.zeros((count, layout.width(is_own=True)))
    content, every = np.minimum(rows.content, layout.contents), np.arange(count)
    zero = np.zeros(count, dtype=np.int64)
    codes = {"weekday": rows.weekday - 1, "page_weekday": rows.weekday - 1}
    codes |= {"content": content, "page_content": content}
    bases: dict[str, FloatArray] = {}
    for place in layout.places:
        if only is not None and place.term.name != only:
            continue
        if place.term.name not in bases:
            bases[place.term.name] = place.term.basis(rows, stats)
        code, width = codes.get(place.group.by, zero), place.group.width
        target = own if place.is_own else shared
        for column in range(width):
            target[every, place.start + code * width + column] = bases[place.term.name][:, column]
    return Design(shared, own, np.minimum(rows.page, layout.pages))


def selector(layout: Layout, term: str, page: int, width: int) -> Design:
    """The design that reads a term's coefficients on its basis, summed over its groups: (width,).

    Only of groups by pool and by page.

    Args:
        layout: of the columns.
        term: its name.
        page: code of the page.
        width: columns of the basis.
    """
    shared = np.zeros((width, layout.width(is_own=False)))
    own = np.zeros((width, layout.width(is_own=True)))
    for place in layout.places:
        if place.term.name == term and place.group.by in ("pool", "page"):
            target, least = own if place.is_own else shared, min(width, place.group.width)
            target[np.arange(least), place.start + np.arange(least)] = 1.0
    return Design(shared, own, np.full(width, page))
