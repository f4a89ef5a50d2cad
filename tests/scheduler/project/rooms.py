"""Who imports whom in `scheduler/`, and what docs/architecture.md says of it."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_ROW = re.compile(r"^\| `([a-z_]+)` \| (.+?) \|(.*)\|$", re.MULTILINE)
_TYPES_ONLY = "TYPE_CHECKING"


@dataclass(frozen=True)
class Arrow:
    """One import of one room by another."""

    reader: str
    read: str
    place: str


def declared(page: str) -> dict[str, list[str]]:
    """Room -> the rooms it reads, in the order of the page's table."""
    return {name: re.findall(r"`([a-z_]+)`", reads) for name, _, reads in _ROW.findall(page)}


def room(path: str) -> str:
    """First name under `scheduler/`: a folder or a module."""
    return path.split("/")[1].removesuffix(".py")


def arrows(sources: Mapping[str, str]) -> list[Arrow]:
    """Every import between rooms, those of names in text included; the package itself is none."""
    found = []
    for path, source in sources.items():
        if path == "scheduler/__init__.py":
            continue
        reader = room(path)
        for module, line in imported(source):
            parts = module.split(".")
            if parts[0] == "scheduler" and len(parts) > 1 and parts[1] != reader:
                found.append(Arrow(reader, parts[1], f"{path}:{line}"))
    return found


def imported(source: str) -> Iterator[tuple[str, int]]:
    """Modules that a source imports, with their lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "scheduler":
            yield from ((f"scheduler.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "import_module":
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield str(first.value), node.lineno


def inner_imports(source: str) -> list[int]:
    """Lines of imports inside a function."""
    return [
        inner.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
