"""Reports open anywhere: one file, no script, no network, and every text is only text."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scheduler.marts.advice import WeekAdvice
from scheduler.marts.run_result import BLOCKED, PageResult, RunResult
from scheduler.reports.agency_report import agency_view, last_lines
from scheduler.reports.facts import Facts
from scheduler.reports.page_report import page_view
from scheduler.reports.render import environment, render
from tests.scheduler.conftest import RanWeek
from tests.scheduler.reports.conftest import HOSTILE, Html, with_messages

Settings = dict[str, Any]
# What an SVG calls itself is a name, not a place.
NAMES = {"xmlns", "xmlns:xlink"}
LARGEST = 1_500_000


def page_html(page: PageResult, facts: Facts, settings: Settings) -> str:
    return render("page.html.j2", page=page_view(page, facts, settings, ("to be approved",)))


def agency_html(result: RunResult, facts: Facts, settings: Settings) -> str:
    links = {name: f"{number}.html" for number, name in enumerate(result.pages)}
    view = agency_view(result, facts, settings, (10.0, 20.0), links)
    return render("agency.html.j2", agency=view)


def without_past(facts: Facts) -> Facts:
    """Of an agency that has planned a week and knows nothing else."""
    return Facts({name: {} for name in facts.rows})


def reports(ran: RanWeek) -> list[Path]:
    found = sorted(ran.output.rglob("*.html"))
    assert len(found) == 2 * (len(ran.result.pages) + 1), "each of them, and its dated copy"
    return found


def test_a_report_needs_no_network_and_runs_no_script(ran: RanWeek) -> None:
    for path in reports(ran):
        content = path.read_text(encoding="utf-8")
        assert len(content.encode()) < LARGEST
        html = Html(content)
        assert html.open == [], "every element is closed"
        assert not html.tags & {"script", "link", "iframe", "object", "embed", "img", "image"}
        for tag, attributes in html.elements:
            for name, value in attributes.items():
                assert not name.startswith("on"), (path.name, tag, name)
                outside = "//" in (value or "") or "javascript:" in (value or "")
                assert name in NAMES or not outside, (path.name, tag, name, value)
        style = content.split("<style>")[1].split("</style>")[0]
        assert "url(" not in style
        assert "@import" not in style


def test_links_of_the_agency_lead_to_the_reports_beside_it(ran: RanWeek) -> None:
    for folder in (ran.output, ran.output / "weeks" / str(ran.result.week)):
        html = Html((folder / "agency_report.html").read_text(encoding="utf-8"))
        links = [values["href"] for tag, values in html.elements if tag == "a"]
        beside = [link for link in links if link and not link.startswith("#")]
        assert len(beside) == len(ran.result.with_status("active"))
        assert all((folder / link).is_file() for link in beside)


def test_what_the_agents_said_of_a_week_is_in_both_reports(
    ran: RanWeek, page: PageResult, facts: Facts, settings: Settings
) -> None:
    said = WeekAdvice("A steady week.", ("One finding.",), ("See <i>this</i>.",), ("One swap.",))
    told = replace(page, said=said)
    text = Html(page_html(told, facts, settings)).text
    for part in ("A steady week.", "One finding.", "See <i>this</i>.", "One swap."):
        assert part in text
    result = replace(ran.result, pages={**ran.result.pages, page.page_name: told})
    text = Html(agency_html(result, facts, settings)).text
    for part in ("A steady week.", "See <i>this</i>.", "1 change made"):
        assert part in text


def test_a_page_has_its_four_charts_each_named_for_those_who_do_not_see_it(
    page: PageResult, facts: Facts, settings: Settings
) -> None:
    html = Html(page_html(page, facts, settings))
    drawn = [values for tag, values in html.elements if tag == "svg"]
    labels = [values["aria-label"] or "" for values in drawn]
    assert len(drawn) == 4
    for part in ("earns most", "Most revenue at about", "EROS score", "complete weeks"):
        assert sum(part in label for label in labels) == 1, part
    assert all(values["role"] == "img" for values in drawn)
    paths = [values for tag, values in html.elements if tag == "path"]
    assert len(paths) > 8
    # colours are those of the style sheet, in the dark too
    assert not any((values.get("stroke") or "").startswith("#0") for values in paths)


def test_every_text_of_the_agency_is_shown_as_text(
    page: PageResult, ran: RanWeek, facts: Facts, settings: Settings
) -> None:
    texts = ("caption_text", "strategy_note", "content_category", "content_type", "timezone")
    hostile = replace(
        with_messages(page, **dict.fromkeys(texts, HOSTILE), week_binding=HOSTILE),
        creator={**page.creator, "change_summary": HOSTILE},
    )
    told = {"title": HOSTILE, "action": HOSTILE, "page_name": page.page_name}
    alert = {"severity": "high", "detail": HOSTILE, "dollars_at_stake": 5.0} | told
    alert |= {"acknowledged_by": HOSTILE}
    step = {"kind": "add_content", "subject": HOSTILE, "evidence_count": 3, "ratio": 1.2}
    shown = Facts(
        {
            **facts.rows,
            "alerts": {page.page_name: [alert | {"opened_at": settings["as_of"]}]},
            "next_steps": {
                page.page_name: [step | {"page_name": page.page_name, "weekly_dollars": 9.0}]
            },
        }
    )
    blocked = PageResult(HOSTILE, BLOCKED, reason=HOSTILE)
    result = replace(ran.result, pages={page.page_name: hostile, HOSTILE: blocked},
                     notices=(HOSTILE,))  # fmt: skip
    for content, least in (
        (page_html(hostile, shown, settings), 4 * len(page.messages)),
        (agency_html(result, shown, settings), 5),
    ):
        html = Html(content)
        assert "script" not in html.tags
        assert not any("onload" in values for _, values in html.elements)
        assert html.text.count(HOSTILE) >= least


def test_templates_escape_by_themselves_and_miss_no_value_silently() -> None:
    assert environment().from_string("{{ value }}").render(value="<b>") == "&lt;b&gt;"
    with pytest.raises(Exception, match="is undefined"):
        environment().from_string("{{ nobody }}").render()


def test_a_page_and_an_agency_without_a_past_have_reports_that_say_so(
    page: PageResult, ran: RanWeek, facts: Facts, settings: Settings
) -> None:
    nothing = without_past(facts)
    text = " ".join(Html(page_html(page, nothing, settings)).text.split())
    for told in ("No complete week yet.", "Unknown before the first training.", "Weeks before"):
        assert told in text
    assert "Why this week differs" not in text
    text = " ".join(Html(agency_html(ran.result, nothing, settings)).text.split())
    assert "No complete week yet." in text
    assert "Nothing stands out." in text
    assert last_lines(agency_view(ran.result, nothing, settings, (1.0, 2.0), {})) == []


def test_an_agency_of_which_no_page_has_a_week_has_a_report_with_the_reasons(
    facts: Facts, ran: RanWeek, settings: Settings
) -> None:
    blocked = {
        name: PageResult(name, BLOCKED, reason=f"No caption of {name} is left.")
        for name in ran.result.pages
    }
    result = replace(ran.result, pages=blocked)
    text = Html(agency_html(result, facts, settings)).text
    assert all(f"No caption of {name} is left." in text for name in blocked)
    assert f"0 of {len(blocked)} pages" in text


def test_the_same_week_is_the_same_report(
    page: PageResult, facts: Facts, settings: Settings
) -> None:
    assert page_html(page, facts, settings) == page_html(page, facts, settings)
