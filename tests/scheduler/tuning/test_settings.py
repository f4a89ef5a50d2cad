"""A setting that is no setting, or is not what it may be, stops before anything is built."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scheduler.errors import SchedulerError
from scheduler.tuning.ranges import read_ranges
from scheduler.tuning.setting_checks import check_settings
from scheduler.warehouse import DbtProject

PROJECT = DbtProject.find()
RANGES = read_ranges(PROJECT.root)
NUMBERS = sorted(name for name, bounds in RANGES.items() if bounds.value_type == "number")
INTEGERS = sorted(name for name, bounds in RANGES.items() if bounds.value_type == "integer")


def checked(overrides: dict[str, Any]) -> dict[str, Any]:
    return check_settings(PROJECT.root, PROJECT.default_vars(), overrides)


@pytest.mark.parametrize(
    "given_",
    [
        "{}",
        "{messages_per_week_max: 77, min_spacing_hours: 2}",
        "{validation_levels: []}",
        "{usage_statuses: [available, it's fine]}",
        "{as_of: 2026-03-18T12:00:00Z}",
        "{as_of: 2026-03-18}",
        "{price_min: 11, price_max: 14}",
        "{eros_rps_weight: 0.3, eros_conversion_weight: 0.4}",
        "{lookback_days: 60}",
        "{default_timezone: Europe/London, exploration_share: 0}",
    ],
)
def test_what_a_setting_may_be_is_taken(given_: str) -> None:
    overrides = yaml.safe_load(given_)
    assert checked(overrides).items() >= overrides.items()


@pytest.mark.parametrize(
    ("given_", "told"),
    [
        (
            "{messages_per_week_max: -5}",
            "messages_per_week_max is -5; .* whole number from 1 to 77",
        ),
        ("{min_spacing_hours: 0.5}", "min_spacing_hours is 0.5; it must be a number from 1 to 48"),
        ("{max_workers: 2.5}", "max_workers is 2.5; it must be a whole number"),
        ("{validation_levels: high}", "validation_levels is 'high'; it must be a list of words"),
        ("{validation_levels: [1]}", r"validation_levels is \[1\]; it must be a list of words"),
        ("{default_timezone: Mars/Phobos}", "default_timezone is 'Mars/Phobos'; .* IANA"),
        ("{default_timezone: Europe/Lodon}", "Did you mean Europe/London?"),
        ("{price_max: fifty}", "price_max is 'fifty'; it must be a number"),
        ("{price_max: 1e3}", "price_max is '1e3'; it must be a number"),
        ("{price_max: .nan}", "price_max is nan"),
        ("{price_max: true}", "price_max is true"),
        ("{price_max: null}", "price_max is null"),
        ('{enable_caching: "yes"}', "enable_caching is 'yes'; it must be true or false"),
        ("{vault_matrix_enforcement: false}", "vault_matrix_enforcement is false; it must be true"),
        ("{raw_schema: 'x; drop'}", "raw_schema is 'x; drop'; it must be a name"),
        ("{eros_windows: []}", r"eros_windows is \[\]"),
        ("{eros_conversion_points: [[0.2, 1], [0, 0]]}", "ascending pairs"),
        ("{as_of: soon}", "as_of is 'soon'; it must be a UTC time"),
        ("{price_maximum: 3}", "Unknown setting price_maximum. Did you mean price_max?"),
        ("{1: 2}", "Unknown setting 1"),
        ("{price_min: 60, price_max: 50}", "price_max is 50 and price_min is 60"),
        ("{health_base_days: 30}", "health_base_days must be above health_recent_days"),
        ("{eros_rps_weight: 0.5}", "sum to 1.1; they must sum to 1"),
        ("{eros_main_window: 20}", "eros_main_window is 20; it must be one of eros_windows"),
        (
            "{messages_per_week_min: 40, messages_per_week_max: 50, min_spacing_hours: 5}",
            "so many messages do not fit into a week",
        ),
    ],
)
def test_what_it_may_not_be_is_one_line_with_name_value_and_range(given_: str, told: str) -> None:
    with pytest.raises(SchedulerError, match=told) as caught:
        checked(yaml.safe_load(given_))
    assert "\n" not in str(caught.value)


def test_every_wrong_setting_is_told_at_once_and_where_it_is() -> None:
    with pytest.raises(SchedulerError, match=r"decay_days is 1;.* price_max is 0;.*Correct --vars"):
        checked({"price_max": 0, "decay_days": 1})
    wrong = PROJECT.default_vars() | {"price_max": 0}
    with pytest.raises(SchedulerError, match=r"Correct the vars in dbt_project\.yml"):
        check_settings(PROJECT.root, wrong, {"decay_days": 30})


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=5,
)


@given(name=st.sampled_from(sorted(RANGES)), value=anything)
def test_no_value_of_any_setting_is_a_traceback(name: str, value: Any) -> None:
    try:
        taken = checked({name: value})
    except SchedulerError:
        return
    assert taken[name] is value


@given(name=st.sampled_from(NUMBERS + INTEGERS), value=st.floats() | st.integers())
def test_a_number_outside_its_range_is_never_taken(name: str, value: float) -> None:
    bounds = RANGES[name]
    if bounds.takes(value):
        return
    with pytest.raises(SchedulerError, match=f"The setting {name} is "):
        checked({name: value})
