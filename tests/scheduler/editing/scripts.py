"""Random hands in a planned week: what a plan and a person each do to it, and what comes of it.

The week that is meant is worked out here field by field, from the scripts alone: it knows nothing
of sheets, ids or how the merge goes about it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from scheduler.export.schedule_csv import schedule_csv
from scheduler.sheet import Message
from tests.scheduler.export.test_schedule_csv import message

PAGE, ZONE, MONDAY = "luna", "America/New_York", date(2026, 11, 23)
SLOTS = 7 * 24
PRICES = (5.0, 9.99, 15.0, 22.5, 40.0, 100.0)
# Ids of eighteen digits, as the agency's are: no spreadsheet's number holds them.
BANK = {
    880_000_000_000_000_000 + 7 * k: f"Caption {k}, \u201cas it is\u201d\n= {k}" for k in range(60)
}
CAPTIONS = tuple(BANK)
BASE, NEWER, OWN, SHARED = CAPTIONS[:10], CAPTIONS[10:30], CAPTIONS[30:50], CAPTIONS[50:]


@dataclass(frozen=True)
class Cell:
    """What is sent: an hour of the week, a price, a caption, and whether it is locked."""

    slot: int
    price: float
    caption: int
    is_locked: bool = False


@dataclass
class Side:
    """One side's week: place in the base -> what it made of the message, None for deleted.

    Attributes:
        renewed: messages that have new ids there, as another run gives them.
    """

    kept: list[Cell | None]
    added: list[Cell] = field(default_factory=list)
    renewed: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Script:
    """A week, what the newer plan and the sheet make of it, and the moment.

    Attributes:
        as_of: hours of the week that are over.
        cut: the sheet's rows from here on come first.
        nameless: messages whose Message_ID the spreadsheet lost.
    """

    base: list[Cell]
    plan: Side
    sheet: Side
    as_of: int
    cut: int
    nameless: frozenset[int]


@dataclass(frozen=True)
class Outcome:
    """What must come of a script: the week's cells in order, or who is named."""

    cells: list[Cell]
    conflicts: set[str]


def moment(slot: int) -> datetime:
    """UTC; -1 is before the week."""
    local = datetime.combine(MONDAY, datetime.min.time()) + timedelta(hours=slot)
    return local.replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC).replace(tzinfo=None)


@st.composite
def scripts(draw: Callable[[Any], Any]) -> Script:
    """Weeks of one to eight messages with up to six changes on each side."""
    count = draw(st.integers(1, 8))
    slots = draw(st.lists(st.integers(0, SLOTS - 1), min_size=count, max_size=count, unique=True))
    base = [Cell(slot, draw(st.sampled_from(PRICES)), BASE[k]) for k, slot in enumerate(slots)]
    plan = _changed(draw, base, (*NEWER, *SHARED), renews=True)
    sheet = _changed(draw, base, (*OWN, *SHARED), renews=False)
    as_of = draw(st.sampled_from([-1, -1, 40, 90]))
    lost = draw(st.sets(st.integers(0, count - 1), max_size=2))
    return Script(base, plan, sheet, as_of, draw(st.integers(0, 8)), frozenset(lost))


def _changed(
    draw: Callable[[Any], Any], base: list[Cell], captions: Sequence[int], *, renews: bool
) -> Side:
    side = Side([*base])
    fresh = iter(draw(st.permutations(captions)))
    kinds = ["move", "move", "reprice", "swap", "delete", "add"] + (
        ["renew"] if renews else ["lock"]
    )
    for _ in range(draw(st.integers(0, 6))):
        kind, at = draw(st.sampled_from(kinds)), draw(st.integers(0, len(base) - 1))
        slot, price = draw(st.integers(0, SLOTS - 1)), draw(st.sampled_from(PRICES))
        cell = side.kept[at]
        if kind == "add":
            side.added.append(Cell(slot, price, next(fresh)))
        elif kind == "renew":
            side.renewed.add(at)
        elif cell is not None:
            side.kept[at] = {
                "move": replace(cell, slot=slot),
                "reprice": replace(cell, price=price),
                "swap": replace(cell, caption=next(fresh)),
                "lock": replace(cell, is_locked=True),
                "delete": None,
            }[kind]
    return side


def outcome(script: Script) -> Outcome:
    """The week that is meant, or whose edits can't be taken."""
    meant: list[Cell] = []
    named: set[str] = set()
    newer, added = [*script.plan.added], [*script.sheet.added]
    for at, was in enumerate(script.base):
        plan, sheet = script.plan.kept[at], script.sheet.kept[at]
        if at in script.plan.renewed and plan is not None and plan.caption != was.caption:
            newer.append(plan)  # neither id nor caption are left: another message
            plan = None
        if at in script.nameless and sheet is not None and sheet.caption != was.caption:
            added.append(sheet)
            sheet = None
        merged = _merged(was, plan, sheet, script.as_of)
        if isinstance(merged, Cell):
            meant.append(merged)
        elif merged == "conflict":
            named.add(f"id{at}" if sheet is None else f"caption {sheet.caption}")
    meant += newer
    for cell in added:
        there = next((other for other in newer if other.caption == cell.caption), None)
        same = there is not None and (there.slot, there.price) == (cell.slot, cell.price)
        if same:
            continue
        if there is not None or cell.slot <= script.as_of:
            named.add(f"caption {cell.caption}")
        else:
            meant.append(replace(cell, is_locked=False))
    return Outcome(sorted(meant, key=_key), named)


def _merged(was: Cell, plan: Cell | None, sheet: Cell | None, as_of: int) -> Cell | str:
    """What becomes of a message: a cell, `gone`, or `conflict`."""
    sent = ("slot", "price", "caption")
    if plan is None:
        return "gone" if sheet in (None, was) else "conflict"
    if sheet is None:
        is_same = all(getattr(plan, name) == getattr(was, name) for name in sent)
        return "gone" if is_same and plan.slot > as_of else "conflict"
    result = plan
    for name in (*sent, "is_locked"):
        before, mine, theirs = (getattr(cell, name) for cell in (was, sheet, plan))
        if mine in (before, theirs):
            continue
        is_late = name in sent and (result.slot <= as_of or (name == "slot" and mine <= as_of))
        if theirs != before or is_late:
            return "conflict"
        result = replace(result, **{name: mine})
    return result


def sheet_text(script: Script) -> str:
    """The edited sheet, as the project's own writer writes it."""
    rows = [
        _row(cell, "" if at in script.nameless else f"base{at}", "before")
        for at, cell in enumerate(script.sheet.kept)
        if cell is not None
    ]
    rows += [_row(cell, "", "") for cell in script.sheet.added]
    return schedule_csv(rows[script.cut :] + rows[: script.cut])


def where_of(script: Script, wheres: Mapping[str, str]) -> Callable[[str], str]:
    """Where a conflict's subject stands: the row with its caption, or the message's id."""
    return lambda subject: wheres.get(subject, f"message base{subject.removeprefix('id')},")


def _row(cell: Cell, name: str, schedule: str) -> dict[str, Any]:
    local = datetime.combine(MONDAY, datetime.min.time()) + timedelta(hours=cell.slot)
    return message(
        page_name=PAGE, local_at=local, send_at=moment(cell.slot), timezone=ZONE,
        price=cell.price, caption_id=cell.caption, caption_text=BANK[cell.caption],
        schedule_id=schedule or None, message_id=name or None, is_locked=cell.is_locked,
    )  # fmt: skip


def messages_of(cells: Iterable[tuple[str, Cell]], schedule: str, status: str) -> list[Message]:
    """As `published` reads them."""
    found = [
        Message(
            schedule_id=schedule, page_name=PAGE, week_start=MONDAY, status=status, message_id=name,
            send_at=moment(cell.slot), local_at=datetime.combine(MONDAY, datetime.min.time())
            + timedelta(hours=cell.slot), timezone=ZONE, price=cell.price, caption_id=cell.caption,
            caption_text=BANK[cell.caption], is_locked=cell.is_locked, is_price_test=False,
        )
        for name, cell in cells
    ]  # fmt: skip
    return sorted(found, key=lambda row: (row.send_at, row.message_id))


def versions(script: Script) -> tuple[list[Message], list[Message]]:
    """The version that the sheet was made from, and the one that stands now."""
    base = [(f"base{at}", cell) for at, cell in enumerate(script.base)]
    now = [
        (f"renewed{at}" if at in script.plan.renewed else f"base{at}", cell)
        for at, cell in enumerate(script.plan.kept)
        if cell is not None
    ]
    now += [(f"newer{k}", cell) for k, cell in enumerate(script.plan.added)]
    return messages_of(base, "before", "superseded"), messages_of(now, "stands", "active")


def _key(cell: Cell) -> tuple[int, int, float]:
    return cell.slot, cell.caption, cell.price


def cells_of(found: Iterable[Message | Any]) -> list[Cell]:
    """What is sent, in order."""
    start = moment(0)
    cells = [
        Cell(
            int((row.send_at - start) / timedelta(hours=1)), row.price, row.caption_id,
            getattr(row, "is_locked", False),
        )
        for row in found
    ]  # fmt: skip
    return sorted(cells, key=_key)
