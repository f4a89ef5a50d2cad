"""Pages show what the warehouse holds, each role what it may do."""

from tests.scheduler.conftest import RanWeek
from tests.scheduler.web.conftest import LogIn


def test_the_agencys_page_has_its_total_its_pages_and_how_fresh_the_data_is(
    log_in: LogIn, agency: RanWeek
) -> None:
    text = log_in("viewer").get("/").text
    assert f"${agency.result.agency.expected:,.0f}" in text  # type: ignore[union-attr]
    assert "How fresh the data is" in text
    for name in agency.result.pages:
        assert f'href="/pages/{name}?week={agency.result.week}"' in text


def test_a_pages_week_is_what_was_published(log_in: LogIn, agency: RanWeek) -> None:
    client = log_in("viewer")
    page = next(iter(agency.result.pages.values()))
    found = client.get(f"/pages/{page.page_name}/events").json()
    assert {one["id"]: one["start"] for one in found} == {
        message["message_id"]: message["local_at"].isoformat() for message in page.messages
    }
    text = client.get(f"/pages/{page.page_name}?week={agency.result.week}").text
    for message in page.messages:
        assert f"/messages/{message['message_id']}" in text
    assert client.get("/pages/nobody").status_code == 404
    assert client.get(f"/pages/{page.page_name}?week=yesterday").status_code == 400
    assert client.get(f"/pages/{page.page_name}?week=2001-01-01").status_code == 409


def test_a_viewer_is_offered_nothing_that_is_refused_to_them(
    log_in: LogIn, agency: RanWeek
) -> None:
    page = next(iter(agency.result.pages.values()))
    path = f"/pages/{page.page_name}/messages/{page.messages[0]['message_id']}"
    seen = {role: log_in(role).get(path).text for role in ("viewer", "operator")}
    assert "/lock" not in seen["viewer"]
    assert "/lock" in seen["operator"]
