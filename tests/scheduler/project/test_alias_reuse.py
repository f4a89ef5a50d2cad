"""A name given in a select list is not used further on in the same list: DuckDB allows it, BigQuery
does not."""

import re
from collections.abc import Iterator

import pytest

from tests.scheduler.project.files import texts

Item = list[str]
_TOKEN = re.compile(r"\w+(?:\.\w+)*|\S")
_TEXT_IN_JINJA = re.compile(r"'((?:[^'\\]|\\.)*)'|\"([^\"]*)\"")
_ENDS = ("from", "union", "except", "intersect", "order", "limit", ")")


def plain(sql: str) -> str:
    """SQL without comments and texts; of a macro call, the columns named in its arguments."""
    sql = re.sub(r"\{#.*?#\}|\{%.*?%\}", " ", sql, flags=re.DOTALL)
    sql = re.sub(r"\{\{.*?\}\}", _arguments, sql, flags=re.DOTALL)
    sql = re.sub(r"--[^\n]*|/\*.*?\*/", " ", sql, flags=re.DOTALL)
    return re.sub(r"'(?:[^'\\]|\\.|'')*'", "''", sql).lower()


def _arguments(call: re.Match[str]) -> str:
    return f"jinja({', '.join(a or b for a, b in _TEXT_IN_JINJA.findall(call.group()))})"


def select_lists(tokens: list[str]) -> Iterator[list[Item]]:
    """The expressions of each select, its inner selects left out (they are lists of their own)."""
    for start, first in enumerate(tokens):
        if first != "select":
            continue
        depth = inner = 0
        items: list[Item] = [[]]
        for at in range(start + 1, len(tokens)):
            word = tokens[at]
            if depth == 0 and word in _ENDS:
                break
            depth += (word in "([") - (word in ")]")
            if not inner and word == "(" and tokens[at + 1] == "select":
                inner = depth
            if inner:
                inner = inner if depth >= inner else 0
            elif word == "," and depth == 0:
                items.append([])
            else:
                items[-1].append(word)
        yield items


def reused(sql: str) -> list[str]:
    """Names that a select list gives and uses. `coalesce(x, 0) as x` is a column's own name."""
    found: list[str] = []
    for items in select_lists(_TOKEN.findall(plain(sql))):
        given: set[str] = set()
        for item in items:
            alias = item[-1] if item[-2:-1] == ["as"] else ""
            body = item[:-2] if alias else item
            words = {word for at, word in enumerate(body) if body[at + 1 : at + 2] != ["("]}
            found += sorted(given & words)
            if alias and alias not in {word.split(".")[-1] for word in words}:
                given.add(alias)
    return found


def test_no_select_uses_a_name_that_it_gives() -> None:
    written = texts(".sql", "models", "snapshots", "tests")
    found = {path: reused(sql) for path, sql in written.items()}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select a, b + 1 as c, c * 2 as d from t", ["c"]),
        ("select {{ ratio('x', 'z') }} as y, {{ days('y') }} as d from t", ["y"]),
        ("with q as (select 1 as a, a + 1 as b) select * from q", ["a"]),
        ("select sum(x) over (order by k) as s, max(s) over () as m from t", ["s"]),
        ("select coalesce(a, 0) as a, a + 1 as b from t", []),
        ("select b as a, t.a + 1 as c from t", []),
        ("select sum(x) as s, (select max(s) from q) as m from t", []),
        ("select a as b from t union all select b from u", []),
        ("select count(*) as count, count(x) as known, 'count' as said from t", []),
    ],
)
def test_the_check_tells_reuse_from_use(sql: str, expected: list[str]) -> None:
    assert reused(sql) == expected
