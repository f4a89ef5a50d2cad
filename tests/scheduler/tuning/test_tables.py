"""A table that a person edited wrong is refused with its file and line, not passed over."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.errors import SchedulerError
from scheduler.marts.known_pages import known_pages
from scheduler.tuning.seed_tables import TABLES, check_tables
from scheduler.warehouse import DbtProject, connect

PROJECT = DbtProject.find()
PAGES = frozenset({"lunavale", "amber"})
HEADERS = {name: ",".join(columns) for name, (columns, _) in TABLES.items()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with the seeds as they are shipped."""
    shutil.copytree(PROJECT.root / "seeds", tmp_path / "seeds")
    return tmp_path


def check(root: Path, name: str, *lines: str, pages: frozenset[str] = PAGES) -> None:
    """Check the project once a seed has these rows."""
    text = "\n".join([HEADERS[name], *lines, ""])
    (root / "seeds" / f"{name}.csv").write_text(text, encoding="utf-8")
    check_tables(root, PROJECT.default_vars(), pages)


def test_the_shipped_tables_are_right(root: Path) -> None:
    check_tables(root, PROJECT.default_vars(), PAGES)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("creator_overrides", " LunaVale ,price_max,60,,"),
        ("creator_overrides", "amber,messages_per_week_max,10.0,,"),
        ("creator_overrides", "amber,price_max,60,2026-12-07,2026-12-07"),
        ("creator_overrides", "amber,price_max,60,,2026-12-01"),
        ("page_restrictions", "amber,Pattern,(today|tonight),,"),
        ("page_restrictions", "amber,caption,1042,2026-12-01,2026-12-01"),
        ("page_restrictions", "amber,caption,-7799710415470923339,,2026-12-01"),
        ("page_restrictions", '"amber","category","B/G","",""'),
        ("page_calendar", "amber,blackout,2026-12-24,18,2026-12-26,,,,family"),
        ("page_calendar", "amber,launch,2026-12-24,18,2026-12-24,18,1042,24.99,video"),
        ("banned_terms", "two words"),
        ("price_points", "12.5"),
    ],
)
def test_a_row_that_can_be_meant_is_taken(root: Path, name: str, line: str) -> None:
    check(root, name, line, "")


@pytest.mark.parametrize(
    ("name", "line", "told"),
    [
        ("creator_overrides", "lunavail,price_max,60,,", "'lunavail' is no page.* mean lunavale"),
        ("creator_overrides", ",price_max,60,,", "page_name is empty"),
        ("creator_overrides", "amber,price_maximum,60,,", "is no setting that .* mean price_max"),
        ("creator_overrides", "amber,lookback_days,60,,", "is no setting that a page can override"),
        ("creator_overrides", "amber,price_max,900,,", "price_max is '900'; .* from 1 to 200"),
        ("creator_overrides", "amber,messages_per_week_max,2.5,,", "must be a whole number"),
        ("creator_overrides", "amber,price_max,,,", "price_max is ''"),
        ("creator_overrides", "amber,price_max,nan,,", "price_max is 'nan'"),
        ("creator_overrides", "amber,price_max,3,,", "amber: .*price_max is 3 and price_min is 5"),
        ("creator_overrides", "amber,price_max", "2 values instead of 5"),
        ("creator_overrides", "amber,price_max,60,,2026-13-01", "valid_until is '2026-13-01', no"),
        ("creator_overrides", "amber,price_max,60,2026-12-02,2026-12-01", "ends before it begins"),
        ("creator_overrides", "amber,price_max,60,2026-12-01,2026-12-06", "no Monday lies from"),
        ("creator_overrides", "amber,price_max,3,2026-12-07,", "amber: .*price_max is 3"),
        ("creator_overrides", "amber,min_freshness_days,20,,2026-12-07", "takes no days"),
        (
            "page_calendar",
            "amber,blakout,2026-12-24,,2026-12-26,,,,",
            "it must be blackout or launch",
        ),
        ("page_calendar", "amber,blackout,24.12.2026,,2026-12-26,,,,", "'24.12.2026' is no date"),
        ("page_calendar", "amber,blackout,2026-12-24,24,2026-12-26,,,,", "must be from 0 to 23"),
        ("page_calendar", "amber,blackout,2026-12-24,9,2026-12-24,8,,,", "ends before it begins"),
        ("page_calendar", "lunavail,blackout,2026-12-24,,2026-12-26,,,,", "'lunavail' is no page"),
        (
            "page_calendar",
            "amber,blackout,2026-12-24,,2026-12-26,,7,,",
            "neither caption nor price",
        ),
        ("page_calendar", "amber,launch,2026-12-24,,2026-12-24,,7,25,", "needs its hour"),
        ("page_calendar", "amber,launch,2026-12-24,18,2026-12-24,19,7,25,", "write the same twice"),
        ("page_calendar", "amber,launch,2026-12-24,18,2026-12-24,18,x,25,", "caption_id is 'x'"),
        ("page_calendar", "amber,launch,2026-12-24,18,2026-12-24,18,7,0,", "price is '0'"),
        ("page_restrictions", "lunavail,category,BG,,", "'lunavail' is no page"),
        (
            "page_restrictions",
            "amber,categry,BG,,",
            "restriction_type is 'categry'.* mean category",
        ),
        ("page_restrictions", "amber,pattern,(,,", "is no regular expression"),
        ("page_restrictions", "amber,pattern,(?=x),,", "is no regular expression"),
        ("page_restrictions", "amber,category,,,", "value is empty"),
        ("page_restrictions", "amber,caption,12a,,", "'12a' is no caption id"),
        ("page_restrictions", "amber,caption,007,,", "'007' is no caption id"),
        ("page_restrictions", "amber,caption,--7,,", "'--7' is no caption id"),
        ("page_restrictions", "amber,caption,7,20261201,", "valid_from is '20261201', no date"),
        ("page_restrictions", "amber,caption,7,,soon", "valid_until is 'soon', no date"),
        ("page_restrictions", "amber,caption,7,2026-12-02,2026-12-01", "ends before it begins"),
        ("banned_terms", "!!", "has no letter or digit"),
        ("holidays", "25.12.2026,Christmas,0.8", "is no date; write it as 2026-12-25"),
        ("holidays", "2026-12-25,Christmas,0", "factor is '0'"),
        ("price_points", "free", "price is 'free'"),
        ("price_points", "150", "no price lies from price_min to price_max"),
        ("day_multipliers", "8,Someday,1", "iso_weekday is '8'"),
    ],
)
def test_a_row_that_would_never_apply_is_refused_with_file_and_line(
    root: Path, name: str, line: str, told: str
) -> None:
    with pytest.raises(SchedulerError, match=rf"seeds/{name}\.csv line 2: .*{told}") as caught:
        check(root, name, line)
    assert "\n" not in str(caught.value)


def test_two_rows_that_say_the_same_are_refused(root: Path) -> None:
    with pytest.raises(SchedulerError, match=r"line 3: price_max of amber is set twice"):
        check(root, "creator_overrides", "amber,price_max,60,,", "Amber,price_max,70,,")
    with pytest.raises(
        SchedulerError, match=r"line 3: price_max .* twice from 2026-12-07: see line 2"
    ):
        check(
            root, "creator_overrides",
            "amber,price_max,60,,2026-12-07", "amber,price_max,70,2026-12-07,",
        )  # fmt: skip
    launch = "amber,launch,2026-12-24,{0},2026-12-24,{0},7,25,"
    with pytest.raises(SchedulerError, match=r"line 3: that hour .* has a launch already: see li"):
        check(root, "page_calendar", launch.format("9"), launch.format("09"))
    with pytest.raises(SchedulerError, match=r"every weekday from 1 to 7 needs a row"):
        check(root, "day_multipliers", "1,Monday,1")


def test_settings_may_contradict_each_other_in_no_week(root: Path) -> None:
    apart = ("amber,price_min,50,,2026-12-13", "amber,price_max,40,2026-12-14,")
    check(root, "creator_overrides", "amber,price_max,70,,", *apart)
    together = "amber,price_max,40,2026-12-07,2026-12-13"
    with pytest.raises(
        SchedulerError, match=r"line 3: amber: .*price_max is 40 and price_min is 50"
    ):
        check(root, "creator_overrides", "amber,price_min,50,,2026-12-13", together)


def test_before_any_data_no_page_is_mistyped(root: Path) -> None:
    check(root, "creator_overrides", "anyone,price_max,60,,", pages=frozenset())


def test_a_table_with_semicolons_or_in_another_encoding_says_how_to_save_it(root: Path) -> None:
    path = root / "seeds" / "banned_terms.csv"
    path.write_bytes(b"page_name;term\n")
    with pytest.raises(SchedulerError, match="its first line must be term"):
        check_tables(root, PROJECT.default_vars(), PAGES)
    path.write_bytes("term\ncaf\u00e9\n".encode("cp1252"))
    with pytest.raises(SchedulerError, match=r"banned_terms\.csv is not UTF-8"):
        check_tables(root, PROJECT.default_vars(), PAGES)


def test_pages_of_every_load_are_known(built: Path) -> None:
    with connect(built / "agency.duckdb") as warehouse:
        assert len(known_pages(warehouse)) == 4


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    name=st.sampled_from(sorted(HEADERS)),
    lines=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
        | st.sampled_from(['"', "amber,pattern,[", "1,x,inf", "amber,price_max,1e999", "\0,\0,\0"]),
        max_size=4,
    ),
)
def test_no_table_is_a_traceback(root: Path, name: str, lines: list[str]) -> None:
    try:
        check(root, name, *lines)
    except SchedulerError as error:
        message = str(error)
        assert message.startswith("seeds/"), message
    finally:
        shutil.copyfile(PROJECT.root / "seeds" / f"{name}.csv", root / "seeds" / f"{name}.csv")
