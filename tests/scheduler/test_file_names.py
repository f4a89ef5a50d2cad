"""Names of pages as names of files."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.file_names import safe_file_stem

odd = st.text(st.characters(exclude_categories=[]), max_size=400)
near = st.sampled_from(["lunavale", "LunaVale", "luna.vale", "luna vale", "luna/vale", "luna_vale"])


@pytest.mark.parametrize("page", ["lunavale", "luna_vale", "a-1", "e" * 100])
def test_a_plain_name_is_its_own_file_name(page: str) -> None:
    assert safe_file_stem(page) == page


@pytest.mark.parametrize("page", ["con", "nul", "com1", "e" * 300, "-rf", "", ".", "..", "a\nb"])
def test_a_name_that_some_system_refuses_gets_a_hash(page: str) -> None:
    stem = safe_file_stem(page)
    assert stem != page
    assert len(stem) < 60


@given(odd | near, odd | near)
def test_any_two_pages_have_files_that_are_safe_and_differ_without_case(a: str, b: str) -> None:
    one, other = safe_file_stem(a), safe_file_stem(b)
    assert Path(one).name == one
    assert len(one.encode()) <= 100
    assert one.isascii()
    assert not one.startswith((".", "-"))
    assert (one.lower() == other.lower()) == (a == b)
