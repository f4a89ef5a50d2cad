"""Which week a page gets that has a published one, and under which name."""

from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from scheduler.marts.content_ids import content_id
from scheduler.planning.identity import beside_version
from scheduler.planning.page_problem import PlannedPage
from scheduler.planning.published_week import Choice, chosen, told
from scheduler.solver import WeekPlan

WEEKS = st.lists(
    st.tuples(st.floats(0, 1000), st.integers(0, 15)), min_size=1, max_size=6, unique=True
)


def weeks(figures: list[tuple[float, int]]) -> list[Choice]:
    page, plan = cast(PlannedPage, None), cast(WeekPlan, None)
    return [Choice(page, plan, dollars, changed) for dollars, changed in figures]


@given(WEEKS, st.floats(0, 500))
def test_no_week_with_fewer_changes_is_as_good_but_for_the_threshold(
    figures: list[tuple[float, int]], worth_min: float
) -> None:
    most = max(dollars for dollars, _ in figures)
    found = chosen(weeks(figures), worth_min, None)
    assert most - found.dollars <= worth_min
    fewer = [dollars for dollars, changed in figures if changed < found.changed]
    assert all(most - dollars > worth_min for dollars in fewer)


@given(WEEKS, st.floats(0, 500))
def test_keep_weighs_each_changed_message(figures: list[tuple[float, int]], keep: float) -> None:
    found = chosen(weeks(figures), 50.0, keep)
    worth = [dollars - keep * changed for dollars, changed in figures]
    assert found.dollars - keep * found.changed == max(worth)


def test_a_version_is_not_planned_beside_itself() -> None:
    def known_as(name: str) -> tuple[str]:
        return (name,)

    first = beside_version("name", None, None, (), known_as)
    assert first == "name"
    second = beside_version("other", first, None, {first}, known_as)
    assert second == content_id(["other", first])
    assert beside_version("other", second, None, {first, second}, known_as) == second
    assert beside_version("name", second, None, {first, second}, known_as) == first
    assert beside_version("other", first, 4.0, {first}, known_as) != second


def test_the_difference_is_told_by_page() -> None:
    assert told({}) == []
    lines = told({"a": (15, 0, 0.0), "b": (15, 2, 70.4)})
    assert lines[0] == "Published weeks: 1 stay as they are, 1 change."
    assert lines[1].strip() == ("b: 2 of 15 messages differ, about $70 more than without a change.")
