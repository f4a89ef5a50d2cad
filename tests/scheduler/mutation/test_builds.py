"""What dbt makes of planted faults (it fails, warns, logs, charges the page), and of the whole."""

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scheduler.errors import SchedulerError
from scheduler.warehouse import DbtProject
from tests.scheduler.mutation.ground import Ground, append
from tests.scheduler.mutation.messages import (
    CORRUPT_MESSAGES,
    FLAWED_MESSAGES,
    MESSAGES,
    Findings,
    planted_messages,
)
from tests.scheduler.mutation.test_rules import FAULTS, change


@pytest.fixture(scope="module")
def folder(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One place for dbt to run in, so that it reads the project once."""
    made = tmp_path_factory.mktemp("builds")
    shutil.copytree(clean.parent / ".agency_dbt", made / ".agency_dbt")
    return made


@pytest.fixture
def database(clean: Path, folder: Path) -> Path:
    """A fresh copy of the clean one."""
    return Path(shutil.copyfile(clean, folder / "agency.duckdb"))


def test_a_tier_fails_warns_or_is_counted_in_the_log(
    database: Path, ground: Ground, project: DbtProject, variables: dict[str, str]
) -> None:
    """Each in its own way, and only for active weeks: a blocked one is the rulebook working."""
    second = ground.pages[1]

    def with_status(status: str) -> None:
        with duckdb.connect(str(database)) as connection:
            for number in range(5):
                change(connection, second, number, status=status, price=100.01)

    with duckdb.connect(str(database)) as connection:
        FAULTS["explicit_share"](connection, ground)
        FAULTS["holiday_factor"](connection, ground)
    rules = ("price_range", "explicit_share", "holiday_factor")
    test = ["test", "--select", *[f"rule_{rule},test_type:generic" for rule in rules]]
    with_status("blocked")
    lines: list[str] = []
    project.run(test, variables, database, lines.append)
    assert told(lines) == {("WARN", "explicit_share"), ("Tier 3", "holiday_factor")}
    with_status("active")
    with pytest.raises(SchedulerError):
        project.run(test, variables, database, lines.append)
    assert ("FAIL", "price_range") in told(lines)


def told(lines: list[str]) -> set[tuple[str, str]]:
    """How dbt's output speaks of rules."""
    return {
        (sign, rule)
        for line in lines
        for sign in ("FAIL", "WARN", "Tier 3")
        for rule in FAULTS
        if re.search(rf"\b{sign} (?:\d+ )?(?:\w+_)?{rule}\b", line)
    }


@pytest.fixture(scope="module")
def rebuilt(
    clean: Path, folder: Path, ground: Ground, project: DbtProject, variables: dict[str, str]
) -> tuple[Findings, Findings]:
    """What staging and the marts say of messages before and after a load with every flaw."""
    database = Path(shutil.copyfile(clean, folder / "agency.duckdb"))
    with duckdb.connect(str(database)) as connection:
        before = Findings.read(connection)
        append(connection, MESSAGES, planted_messages(connection, ground))
    steps = [f"stg_message_facts+,+{mart}" for mart in ("data_quality", "data_quality_reasons")]
    project.run(["run", "--select", *steps], variables, database, lambda _: None)
    with duckdb.connect(str(database)) as connection:
        return before, Findings.read(connection)


@pytest.mark.parametrize("reason", CORRUPT_MESSAGES)
def test_a_corrupt_message_is_rejected_for_its_reason_and_no_other(
    rebuilt: tuple[Findings, Findings], reason: str
) -> None:
    before, after = rebuilt
    new = after.rows - before.rows
    kept = {(f"planted {reason}", None): 1} if reason == "repeat" else {}
    said = Counter({key: count for key, count in new.items() if key[0] == f"planted {reason}"})
    assert said == Counter({(f"planted {reason}", reason): 1} | kept)


def test_no_other_message_is_rejected(rebuilt: tuple[Findings, Findings]) -> None:
    before, after = rebuilt
    new = after.rows - before.rows
    assert {row for row, why in new if why is not None} == {
        f"planted {n}" for n in CORRUPT_MESSAGES
    }
    assert {row for row, why in new if why is None} == {
        f"planted {name}" for name in ["sound", "repeat", *FLAWED_MESSAGES]
    }
    assert before.rows - after.rows == Counter()


def test_data_quality_counts_each_flaw_of_a_page_and_charges_it(
    rebuilt: tuple[Findings, Findings], ground: Ground
) -> None:
    """One row more of each reason, and a lower score of one page."""
    before, after = rebuilt
    page = ground.pages[0]
    planted = Counter({(page, flaw): 1 for flaw in [*CORRUPT_MESSAGES, *FLAWED_MESSAGES]})
    planted[(page, "missing_page")], planted[("(missing)", "missing_page")] = 0, 1
    # an unknown number of recipients is a small one
    planted[(page, "small_send")] = 2
    # the demo is loaded at its own now: nothing is later than its load and not in the future too
    planted[(page, "after_its_load")] = 0
    assert {flaw for _, flaw in before.flaws} == {flaw for _, flaw in planted}
    assert after.flaws - before.flaws == +planted
    assert before.flaws - after.flaws == Counter()
    assert after.scores[page] < before.scores[page]
    others = set(before.scores) - {page, "(missing)"}
    assert {name: after.scores[name] for name in others} == {
        name: before.scores[name] for name in others
    }


def test_the_docs_show_every_column_of_marts_and_rules_with_its_words(
    database: Path, folder: Path, project: DbtProject, variables: dict[str, str]
) -> None:
    """What the warehouse has is what is described; the site opens with the overview."""
    project.run(["docs", "generate", "--no-compile"], variables, database, lambda _: None)
    made = folder / ".agency_dbt" / "target"
    assert (made / "index.html").is_file()
    catalog = json.loads((made / "catalog.json").read_text(encoding="utf-8"))
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    assert "as_of" in manifest["docs"]["doc.eros.__overview__"]["block_contents"]
    nodes = {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed")
        and (node["fqn"][1] in ("marts", "rules") or node["schema"] == "eros_marts")
    }
    assert len(nodes) > 40
    assert {key: columns(catalog["nodes"][key]) for key in nodes} == {
        key: {name for name, column in node["columns"].items() if column["description"].strip()}
        for key, node in nodes.items()
    }


def columns(node: dict[str, Any]) -> set[str]:
    return {name.lower() for name in node["columns"]}


def test_every_reason_has_a_corruption(project: DbtProject) -> None:
    macro = (project.root / "macros" / "rejection_reasons.sql").read_text(encoding="utf-8")
    # A send later than its own load is planted by a unit test: here every load is as late as as_of.
    assert set(re.findall(r"'(\w+)',", macro)) == {*CORRUPT_MESSAGES, "after_its_load"}


def test_another_moment_is_the_clock_of_a_build_and_makes_dbt_parse_nothing_anew(
    database: Path, project: DbtProject, variables: dict[str, str]
) -> None:
    show = ["show", "--inline", "select {{ as_of() }} as clock"]
    for moment in ("2026-05-04 03:02:01", "2026-05-05 03:02:01"):
        lines: list[str] = []
        project.run(show, variables | {"as_of": moment}, database, lines.append)
        assert moment in "\n".join(lines)
    assert not [line for line in lines if "Unable to do partial parsing" in line]
