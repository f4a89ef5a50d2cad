"""What a failed dbt command is told as: the thing that failed, by its name."""

import pytest

from scheduler.warehouse.dbt_process import first_error

PASSED = "10:00:01  3 of 9 PASS accepted_values_eros_scores_error_band ........ [PASS in 0.1s]"
SAID = {
    "a rule": (
        [
            PASSED,
            "10:00:02  4 of 9 FAIL 8 no_open_violations_rule_vault [FAIL 8]",
            "10:00:03  Completed with 1 error, 0 partial successes, and 2 warnings:",
            "10:00:03",
            "10:00:03  Failure in test no_open_violations_rule_vault (models/rules/x.yml)",
            "10:00:03    Got 8 results, configured to fail if != 0",
        ],
        "test no_open_violations_rule_vault: Got 8 results, configured to fail if != 0",
    ),
    "two things": (
        [
            "10:00:03  Database Error in model creators (models/marts/creators.sql)",
            "10:00:03    Binder Error: no such column",
            "10:00:03  Failure in test unique_creators_page_name (models/marts/creators.yml)",
            "10:00:03    Got 1 result, configured to fail if != 0",
        ],
        "model creators: Binder Error: no such column Also: test unique_creators_page_name.",
    ),
    "no list": (["10:00:03  Encountered an error:", "Runtime Error", "  Nobody there."],
                "Runtime Error Nobody there."),
    "nothing": ([], "no output."),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "said"), SAID.values(), ids=SAID)
def test_a_failure_is_told_by_name(lines: list[str], said: str) -> None:
    assert first_error(lines) == said
