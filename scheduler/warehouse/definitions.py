"""By what a build started by hand is known to be of this project: queries, seeds and macros."""

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

# Twins in SQL and Python, of which dbt knows one: they are built anew with every training.
_TWINS = ("saturation", "price_response")
_MACRO = re.compile(
    r"{%-?\s*(macro|test)\s+(\w+).*?%}.*?{%-?\s*end\1\s*-?%}", re.DOTALL | re.IGNORECASE
)
_COMMENT = re.compile(r"{#.*?#}", re.DOTALL)


@cache
def definitions(root: Path) -> str:
    """The same as the macro `project_fingerprint` of a build by hand, from the project's files."""
    lines = sorted(
        [
            *(f"model {path.stem} {_md5(text)}" for path, text in _texts(root, "models", ".sql")),
            *(f"seed {path.stem} {_sha256(text)}" for path, text in _texts(root, "seeds", ".csv")),
            *(
                f"macro {'test_' if kind == 'test' else ''}{name} {_md5(block)}"
                for folder in ("macros", "tests/generic")
                for _, text in _texts(root, folder, ".sql")
                for kind, name, block in _blocks(text)
            ),
        ]
    )
    return _md5("\n".join(lines))[:16]


def _texts(root: Path, folder: str, suffix: str) -> Iterator[tuple[Path, str]]:
    """Files as dbt reads them: line ends as they are, no white space around."""
    for path in sorted((root / folder).rglob(f"*{suffix}")):
        if path.stem not in _TWINS:
            yield path, path.read_bytes().decode().strip()


def _blocks(text: str) -> Iterator[tuple[str, str, str]]:
    """Kind, name and text of each macro outside comments."""
    comments = [match.span() for match in _COMMENT.finditer(text)]
    for match in _MACRO.finditer(text):
        if not any(start <= match.start() < end for start, end in comments):
            yield match[1], match[2], match[0]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
