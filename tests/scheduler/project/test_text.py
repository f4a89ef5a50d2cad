"""No file leans on somebody's machine or puts work off."""

import re

import pytest

from tests.scheduler.project.files import every_text

# Written so that this file does not match itself.
HOME = re.compile(r"(?<![\w.])/(?:home|Users|root|work|tmp)/[\w.]+")
PUT_OFF = re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b")
SKIPPED = re.compile(r"\bmark\.(?:skip|skipif|xfail)\b|\bpytest\.(?:skip|xfail|importorskip)\(")


def findings(text: str) -> list[str]:
    """Paths of one machine, work put off, tests that do not run."""
    return [
        match.group() for pattern in (HOME, PUT_OFF, SKIPPED) for match in pattern.finditer(text)
    ]


def test_no_machine_paths_no_work_put_off_no_skipped_tests() -> None:
    found = {path: findings(text) for path, text in every_text()}
    assert len(found) > 100
    assert {path: listed for path, listed in found.items() if listed} == {}


@pytest.mark.parametrize(
    "bad",
    [
        "/" + "home/ann/eros.duckdb",
        "see /" + "Users/ann",
        "# TO" + "DO later",
        "@pytest.mark." + "skip",
        "pytest." + "skip('slow')",
    ],
)
def test_the_check_catches(bad: str) -> None:
    assert findings(bad)


def test_the_check_leaves_urls_and_words_alone() -> None:
    assert findings("https://example.com/work/page, `models/home/x`, a to-do list") == []
