"""An alert that somebody has seen stays open, and says who has seen it."""

import re

import pytest

from tests.scheduler.web.conftest import LogIn, post

pytestmark = pytest.mark.usefixtures("own_agency")

SEEN = re.compile(r'action="(/alerts/\w+/acknowledge)"')


def test_an_operator_says_that_an_alert_is_seen_and_it_comes_last(log_in: LogIn) -> None:
    assert not SEEN.findall(log_in("viewer").get("/alerts").text)
    operator = log_in("operator")
    before = SEEN.findall(operator.get("/alerts").text)
    assert before
    assert post(operator, before[0]).status_code == 303
    told = operator.get("/alerts").text
    assert SEEN.findall(told) == before[1:]
    assert told.count("Seen by operator.") == 1
    assert "Seen. It stays open" in told
    post(operator, before[0])
    assert operator.get("/alerts").text.count("Seen by operator.") == 1
