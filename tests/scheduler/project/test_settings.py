"""Every var is explained, shown in the mart `settings`, and read by something."""

import re

import yaml

from scheduler.tuning.ranges import read_ranges
from scheduler.tuning.setting_checks import check_settings
from tests.scheduler.project.files import ROOT, texts

PROJECT = (ROOT / "dbt_project.yml").read_text(encoding="utf-8")
LIST_OF_ALL = "macros/setting_names.sql"
"""Shows every setting, and so is no proof that one is read."""


def declared(project: str) -> list[str]:
    """Names of the vars in their order."""
    return list(yaml.safe_load(project)["vars"])


def uncommented(project: str) -> list[str]:
    """Vars with no comment beside them or above their group."""
    lines = project.split("vars:\n", 1)[1].splitlines()
    bare = []
    for above, line in zip(["", *lines], lines, strict=False):
        is_var = re.match(r"  \w+:", line) is not None
        if is_var and "#" not in line and "#" not in above and not re.match(r"  \w+:", above):
            bare.append(line.split(":")[0].strip())
    return bare


def unread(names: list[str], sql: str, python: str) -> list[str]:
    """Vars that no model, macro or module looks at.

    SQL reads `var('name')` or a page's own setting; Python reads `.name`, `["name"]` or
    `.get("name")`. A list that has the name in it proves nothing.
    """
    return [
        name
        for name in names
        if not re.search(rf"var\(\s*'{name}'|settings\.{name}\b|page_setting\([^)]*'{name}'", sql)
        and not re.search(rf"\.{name}\b|(?:\[|get\()\"{name}\"", python)
    ]


def listed(macro: str) -> list[str]:
    """Names in a macro that returns a list, one on a line."""
    return re.findall(r"^\s+'(\w+)',$", macro, flags=re.MULTILINE)


def test_the_settings_mart_lists_every_var_but_the_clock() -> None:
    macro = (ROOT / LIST_OF_ALL).read_text(encoding="utf-8")
    assert listed(macro) == [name for name in declared(PROJECT) if name != "as_of"]


def test_every_var_is_commented_where_it_is_set() -> None:
    assert uncommented(PROJECT) == []


def test_every_var_is_read() -> None:
    sql = texts(".sql", "models", "macros")
    sql.pop(LIST_OF_ALL)
    python = texts(".py", "scheduler")
    assert unread(declared(PROJECT), "\n".join(sql.values()), "\n".join(python.values())) == []


def test_the_settings_mart_is_built_after_every_other_mart() -> None:
    before = set(listed((ROOT / "macros" / "marts_before_settings.sql").read_text("utf-8")))
    marts = {path.stem for path in (ROOT / "models" / "marts").glob("*.sql")} - {"settings"}
    in_rules = {
        "schedules", "schedule_captions", "schedule_violations", "blocking_violations",
        "schedule_weeks",
    }  # fmt: skip
    assert before == marts | in_rules


def test_the_checks_catch_a_var_that_nobody_explains_or_reads() -> None:
    bad = "name: x\nvars:\n  # days\n  shown: 1\n\n  bare: 2\n  used: 3 # dollars\n"
    assert declared(bad) == ["shown", "bare", "used"]
    assert uncommented(bad) == ["bare"]
    assert unread(declared(bad), "{{ var('shown') }}", "settings.used + bare") == ["bare"]


def documented(project: str) -> dict[str, tuple[float, float]]:
    """The range at the end of a var's comment, where it has one."""
    found = re.findall(
        r"^  (\w+):.*# .*?([\d.]+)-([\d.]+)(?:, the tier part by tier)?$", project, flags=re.M
    )
    return {name: (float(low), float(high)) for name, low, high in found}


def test_every_var_has_a_range_and_its_comment_says_the_same() -> None:
    ranges = read_ranges(ROOT)
    assert list(ranges) == declared(PROJECT)
    said = documented(PROJECT)
    assert len(said) > 50
    assert said == {name: (ranges[name].minimum, ranges[name].maximum) for name in said}


def test_what_a_page_may_override_is_said_once_for_sql_and_python() -> None:
    macro = (ROOT / "macros" / "overridable_settings.sql").read_text(encoding="utf-8")
    names = listed(macro.split("{% macro setting_type", 1)[0])
    assert names == [name for name, bounds in read_ranges(ROOT).items() if bounds.is_per_page]


def test_the_vars_of_the_project_are_right() -> None:
    check_settings(ROOT, yaml.safe_load(PROJECT)["vars"], {})
