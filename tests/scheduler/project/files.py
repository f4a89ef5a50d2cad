"""The project's own files, as text."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDERS = (
    ".ci", "benchmarks", "macros", "models", "python_models", "scheduler", "seeds", "snapshots",
    "tests",
)  # fmt: skip
TEXT = {".py", ".sql", ".yml", ".md", ".csv", ".toml", ".mk", ".lock", ".txt", ""}
DOTTED = (".gitignore", ".sqlfluff", ".sqlfluffignore", ".yamllint", ".pre-commit-config.yaml")


def texts(suffix: str, *folders: str) -> dict[str, str]:
    """Text by path from the root, of the files in the folders that end so."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted((ROOT / folder).rglob(f"*{suffix}"))
    }


def every_text() -> Iterator[tuple[str, str]]:
    """Path and text of what a person wrote for everybody: not their profile, no data, no output."""
    top = [
        path
        for path in ROOT.iterdir()
        if path.suffix not in (".csv", ".txt") and path.name[0] != "." and path.stem != "profiles"
    ]
    inside = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    for path in sorted([*top, *inside, *(ROOT / name for name in DOTTED)]):
        if path.is_file() and (path.suffix in TEXT or path.name in DOTTED):
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8", errors="replace")
