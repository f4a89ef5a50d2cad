"""The mart `settings` must show every var: its list of names has to be that of dbt_project.yml."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def test_the_settings_mart_lists_every_var_but_the_clock():
    declared = list(yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"])
    macro = (ROOT / "macros" / "setting_names.sql").read_text(encoding="utf-8")
    listed = re.findall(r"^\s+'(\w+)',$", macro, flags=re.MULTILINE)
    assert listed == [name for name in declared if name != "as_of"]


def test_every_var_is_commented_where_it_is_set():
    text = (ROOT / "dbt_project.yml").read_text(encoding="utf-8").split("\nvars:\n", 1)[1]
    lines = text.splitlines()
    bare = []
    for above, line in zip(["", *lines], lines, strict=False):
        is_var = re.match(r"  \w+:", line) is not None
        if is_var and "#" not in line and "#" not in above and not re.match(r"  \w+:", above):
            bare.append(line.strip())
    assert not bare


def test_the_settings_mart_is_built_after_every_other_mart():
    macro = (ROOT / "macros" / "marts_before_settings.sql").read_text(encoding="utf-8")
    before = set(re.findall(r"^\s+'(\w+)',$", macro, flags=re.MULTILINE))
    marts = {path.stem for path in (ROOT / "models" / "marts").glob("*.sql")} - {"settings"}
    assert before == marts | {"schedules", "schedule_violations"}
