"""Models are SQL that DuckDB and BigQuery read alike; what differs lives in macros.

DuckDB takes much that BigQuery refuses, so what models may call is a list, and short.
"""

import re

import pytest

from tests.scheduler.project.files import texts

PORTABLE = {
    "abs", "avg", "cast", "ceil", "coalesce", "concat", "count", "dense_rank", "exp", "extract",
    "first_value", "floor", "greatest", "lag", "last_value", "lead", "least", "length", "ln",
    "left", "lower", "max", "min", "nullif", "power", "rank", "replace", "round", "row_number",
    "sign", "sqrt", "string_agg", "sum", "trim", "upper",
}  # fmt: skip
"""Functions with one meaning on both engines."""
WORDS = {
    "all", "and", "as", "between", "by", "case", "distinct", "else", "except", "exists", "from",
    "having", "in", "intersect", "join", "like", "not", "on", "or", "over", "qualify", "select",
    "then", "union", "using", "values", "when", "where",
}  # fmt: skip
"""Words of the language that a bracket may follow."""
OPERATORS = {
    r"::": "`::` (use cast)",
    r"\^": "`^` (a power here, a bitwise xor there)",
    r"//": "`//` (use floor)",
    r"%": "`%` (no operator of BigQuery)",
    r"->": "`->`",
    r"\bilike\b": "`ilike`",
    r"\bat\s+time\s+zone\b": "`at time zone` (use to_local, to_utc)",
    r"\bgroup\s+by\s+all\b": "`group by all`",
    r"\bexclude\b": "`exclude`",
    r"\b(?:isodow|dayofweek|dow|epoch)\b": "a part of a date that one engine lacks",
    r"\bcurrent_(?:date|time|timestamp|datetime)\b": "the wall clock (use as_of)",
}
JINJA = {r"\b(?:target|adapter)\s*\.\s*(?:type|dispatch)\b": "the engine (dispatch in a macro)"}


def problems(sql: str) -> list[str]:
    """What one engine would refuse or read otherwise in the SQL of a model or a test."""
    jinja = " ".join(re.findall(r"\{[{%].*?[%}]\}", sql, flags=re.DOTALL))
    plain = re.sub(r"\{#.*?#\}|\{%.*?%\}", " ", sql, flags=re.DOTALL)
    plain = re.sub(r"\{\{.*?\}\}", " jinja ", plain, flags=re.DOTALL)
    plain = re.sub(r"--[^\n]*|/\*.*?\*/", " ", plain, flags=re.DOTALL)
    plain = re.sub(r"'(?:[^'\\]|\\.|'')*'", "''", plain).lower()
    called = set(re.findall(r"\b([a-z_]\w*)\s*\(", plain))
    return [
        *sorted(f"the function {name}" for name in called - PORTABLE - WORDS),
        *(said for pattern, said in OPERATORS.items() if re.search(pattern, plain)),
        *(said for pattern, said in JINJA.items() if re.search(pattern, jinja)),
    ]


def branchless(macro: str) -> list[str]:
    """Branches that dispatched macros lack; a default that only raises is no branch."""
    bodies = dict(re.findall(r"\{%-?\s*macro\s+(\w+)(.*?)endmacro", macro, flags=re.DOTALL))
    able = {name for name, body in bodies.items() if "raise_compiler_error" not in body}
    return [
        f"{engine}__{name}"
        for name in re.findall(r"dispatch\(\s*'(\w+)'", macro)
        for engine in ("duckdb", "bigquery")
        if f"{engine}__{name}" not in bodies and f"default__{name}" not in able
    ]


def test_models_and_singular_tests_keep_to_what_both_engines_read() -> None:
    singular = {
        path: text
        for path, text in texts(".sql", "tests").items()
        if not path.startswith("tests/generic/")
    }
    found = {path: problems(text) for path, text in (texts(".sql", "models") | singular).items()}
    assert {path: listed for path, listed in found.items() if listed} == {}


def test_every_dispatched_macro_has_both_engines() -> None:
    assert branchless("\n".join(texts(".sql", "macros").values())) == []


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        ("select a::int", "`::`"),
        ("select a ^ 2", "`^`"),
        ("select a % 2", "`%`"),
        ("select strftime(a, 'x')", "the function strftime"),
        ("select date_part('hour', a)", "the function date_part"),
        ("select * from generate_series(1, 2)", "the function generate_series"),
        ("select list_sum(a)", "the function list_sum"),
        ("select epoch(a)", "the function epoch"),
        ("select random()", "the function random"),
        ("select * from unnest(a)", "the function unnest"),
        ("select extract(isodow from a)", "a part of a date"),
        ("select current_timestamp", "the wall clock"),
        ("select {{ 'x' if target.type == 'duckdb' else 'y' }}", "the engine"),
    ],
)
def test_the_check_catches(bad: str, expected: str) -> None:
    assert any(said.startswith(expected) for said in problems(bad))


def test_the_check_reads_past_macros_texts_and_comments() -> None:
    good = "select {{ epoch(a) }}, '50 % ^ off(1)', coalesce(a, 0) -- like x::int\nfrom t where (a)"
    assert problems(good) == []


def test_the_check_catches_a_macro_of_one_engine() -> None:
    one = "{% macro hour_of(x) %}{{ adapter.dispatch('hour_of', 'eros')(x) }}{% endmacro %}"
    one += "{% macro duckdb__hour_of(x) %}hour(x){% endmacro %}"
    one += "{% macro default__hour_of(x) %}{{ raise_compiler_error('no') }}{% endmacro %}"
    assert branchless(one) == ["bigquery__hour_of"]
    assert branchless(one.replace("{{ raise_compiler_error('no') }}", "hour(x)")) == []
