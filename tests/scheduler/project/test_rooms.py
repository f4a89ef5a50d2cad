"""Imports between the rooms of the scheduler go one way, as docs/architecture.md declares."""

from collections import Counter
from collections.abc import Iterable, Mapping

from tests.scheduler.project.files import ROOT, texts
from tests.scheduler.project.rooms import Arrow, arrows, declared, inner_imports, room

LOADED_LATE = {
    # BigQuery's packages are an extra.
    "scheduler/loading/engines.py",
    # The store builds the class that saves itself by it.
    "scheduler/response/model.py",
}
"""Modules that may import inside a function."""
SHARED_NAMES = {
    # The response, the solver and the simulation each have captions of their own kind.
    "captions.py", "problem.py",
}  # fmt: skip
"""File names that more than one room may use."""


def sources() -> dict[str, str]:
    return texts(".py", "scheduler")


def table() -> dict[str, list[str]]:
    return declared((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))


def undeclared(found: Iterable[Arrow], rooms: Mapping[str, list[str]]) -> list[str]:
    """Imports that the table does not know."""
    return [
        f"{arrow.place}: {arrow.reader} imports {arrow.read}, not in docs/architecture.md"
        for arrow in found
        if arrow.read not in rooms.get(arrow.reader, ())
    ]


def backward(rooms: Mapping[str, list[str]]) -> list[str]:
    """Arrows of the table that point downwards: with them rooms could go in circles."""
    order = list(rooms)
    return [
        f"{reader} reads {read}, which is not above it"
        for reader, reads in rooms.items()
        for read in reads
        if read not in order[: order.index(reader)]
    ]


def test_every_room_is_declared() -> None:
    assert {room(path) for path in sources()} - {"__init__"} == set(table())


def test_rooms_import_what_is_declared() -> None:
    assert undeclared(arrows(sources()), table()) == []


def test_the_declared_arrows_go_one_way() -> None:
    assert backward(table()) == []


def test_every_declared_arrow_is_in_use() -> None:
    used = {(arrow.reader, arrow.read) for arrow in arrows(sources())}
    assert {(name, read) for name, reads in table().items() for read in reads} == used


def test_nothing_is_imported_inside_a_function() -> None:
    late = {path: inner_imports(source) for path, source in sources().items()}
    assert {path for path, lines in late.items() if lines} <= LOADED_LATE


def test_a_file_name_is_used_once() -> None:
    names = Counter(path.rsplit("/", 1)[1] for path in sources())
    twice = {name for name, count in names.items() if count > 1 and name != "__init__.py"}
    assert twice <= SHARED_NAMES


def test_the_checks_catch_a_circle_a_late_import_and_an_import_that_is_not_declared() -> None:
    rooms = declared("| `low` | below | |\n| `high` | above | `low` |\n")
    assert rooms == {"low": [], "high": ["low"]}
    bad = {
        "scheduler/high/a.py": "from scheduler.low import b\nfrom scheduler.high import c\n",
        "scheduler/low/b.py": "import os\n\ndef f():\n    from scheduler import high\n",
        "scheduler/low/d.py": "import_module('scheduler.high.e')\n",
    }
    assert undeclared(arrows(bad), rooms) == [
        "scheduler/low/b.py:4: low imports high, not in docs/architecture.md",
        "scheduler/low/d.py:1: low imports high, not in docs/architecture.md",
    ]
    assert backward({"low": ["high"], "high": ["low"]}) == ["low reads high, which is not above it"]
    assert inner_imports(bad["scheduler/low/b.py"]) == [4]
