"""Pages to look at."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, Response

from scheduler.marts.run_result import PageResult
from scheduler.reports.page_report import alert_view, weeks_chart
from scheduler.reports.summary import past_weeks
from scheduler.reports.words import dollars, price, weekday_time
from scheduler.web.page_shell import page
from scheduler.web.request_guard import Ask
from scheduler.web.shown import Shown

Row = Mapping[str, Any]

_PAST_WEEKS = 8
_OTHER_WINDOWS = (7, 90)


def healthy(ask: Ask) -> Response:
    """For a proxy that asks whether we are there."""
    return PlainTextResponse("ok")


def agency(ask: Ask) -> Response:
    """All pages' week."""
    shown = ask.desk.store.shown()
    wanted = wanted_week(ask)
    return page(
        ask, "agency_page.html.j2",
        agency=shown.agency_view(wanted), freshness=freshness(shown), **_of_weeks(shown, wanted),
    )  # fmt: skip


def week(ask: Ask) -> Response:
    """A page's week, to look at and to change."""
    shown = ask.desk.store.shown()
    wanted, name = wanted_week(ask), ask.of_path("page")
    found = shown.page(name, wanted)
    common = {
        "name": name,
        "has_week": bool(found.messages),
        "approval": approval(shown, found),
        **_of_weeks(shown, wanted),
    }
    if not found.messages:
        return page(ask, "no_week.html.j2", reason=found.reason, **common)
    return page(ask, "week.html.j2", page=shown.page_view(name, wanted), **common)


def events(ask: Ask) -> Response:
    """The messages of a page's week as the calendar reads them, on the page's own clock."""
    found = ask.desk.store.shown().page(ask.of_path("page"), wanted_week(ask))
    return JSONResponse([_event(message) for message in found.messages])


def message(ask: Ask) -> Response:
    """One message in full, with what may be done with it."""
    found = ask.desk.store.shown().page(ask.of_path("page"), wanted_week(ask))
    return message_page(ask, found)


def message_page(ask: Ask, found: PageResult, **values: Any) -> Response:
    """The message that the path names, as a part for a script or as a page of its own."""
    wanted = ask.of_path("message")
    row = next((one for one in found.messages if one["message_id"] == wanted), None)
    if row is None:
        raise HTTPException(404)
    template = "message.html.j2" if ask.wants_part else "message_page.html.j2"
    return page(
        ask, template, message=row, name=found.page_name, chosen=row["week_start"], **values
    )


def history(ask: Ask) -> Response:
    """Every version of a page's weeks, what people changed, and who approved."""
    shown, name = ask.desk.store.shown(), ask.of_path("page")
    shown.page(name, None)
    return page(
        ask, "history.html.j2", name=name, versions=_of(shown.versions, name),
        edits=_of(shown.edits, name), approvals=_of(shown.approvals, name), weeks=list(shown.weeks),
    )  # fmt: skip


def performance(ask: Ask) -> Response:
    """Planned against actual, of past weeks and of those that loads reach by and by."""
    shown = ask.desk.store.shown()
    names = sorted(shown.week(None).pages)
    planned = shown.facts.of_all("planned", names)
    mondays = sorted({row["week_start"] for row in planned}, reverse=True)[:_PAST_WEEKS]
    return page(
        ask, "performance.html.j2",
        chart=weeks_chart(past_weeks(shown.facts.of_all("weeks", names), planned)),
        weeks=[
            {"week": monday, "rows": [row for row in planned if row["week_start"] == monday]}
            for monday in mondays
        ],
    )  # fmt: skip


def scores(ask: Ask) -> Response:
    """EROS scores of every page, best first."""
    shown = ask.desk.store.shown()
    latest: dict[tuple[str, int], Row] = {}
    for row in shown.facts.of_all("scores"):
        latest[row["page_name"], row["window_days"]] = row
    main = shown.settings.eros_main_window
    known = {name: latest.get((name, main)) for name in shown.week(None).pages}

    def place(name: str) -> tuple[float, str]:
        row = known[name]
        return -(row["eros_score"] or 0.0) if row else 1.0, name

    rows = [
        {
            "page_name": name,
            "now": known[name],
            "windows": [latest.get((name, window)) for window in _OTHER_WINDOWS],
        }
        for name in sorted(known, key=place)
    ]
    target = shown.settings.values["eros_score_target"]
    return page(ask, "scores.html.j2", rows=rows, window=main, target=target)


def alerts(ask: Ask) -> Response:
    """Open alerts, those that nobody has seen first, of them the largest stake."""
    shown = ask.desk.store.shown()
    rows = [{**row, **alert_view(row)} for row in shown.facts.of_all("alerts")]
    rows.sort(
        key=lambda row: (
            row["seen_by"] is not None, -(row["dollars"] or 0), row["opened_at"], row["alert_id"],
        )
    )  # fmt: skip
    return page(ask, "alerts.html.j2", rows=rows)


def wanted_week(ask: Ask) -> date | None:
    """The Monday that the address or the form names; None is the latest."""
    text = ask.form.get("week") or ask.request.query_params.get("week")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise HTTPException(400, f"{text} is no date.") from error


def freshness(shown: Shown) -> dict[str, Any]:
    """How old what is shown is, and of which pages the data ends longest ago."""
    week = shown.week(None)
    last = {name: found.creator.get("last_valid_sent_at") for name, found in week.pages.items()}
    known = sorted((moment, name) for name, moment in last.items() if moment is not None)
    return {
        "as_of": shown.settings.as_of,
        "built_at": shown.settings.built_at,
        "read_at": shown.read_at,
        "oldest": [
            {"page_name": name, "moment": moment, "days": (shown.settings.as_of - moment).days}
            for moment, name in known[:5]
        ],
    }


def approval(shown: Shown, found: PageResult) -> Row | None:
    """The valid approval of the schedule that stands."""
    return next(
        (row for row in shown.approvals
         if row["schedule_id"] == found.schedule_id and row["is_valid"]), None,
    )  # fmt: skip


def _event(message: Row) -> dict[str, Any]:
    locked = bool(message["is_locked"])
    begin: datetime = message["local_at"]
    cost, revenue = price(message["price"]), dollars(message["expected_revenue"])
    return {
        "id": message["message_id"],
        "start": begin.isoformat(),
        # Read out; the calendar draws the parts below.
        "title": f"{weekday_time(begin)}, {cost}, about {revenue}{', locked' if locked else ''}",
        "classNames": ["locked"] if locked else [],
        "extendedProps": {
            "price": cost,
            "revenue": revenue,
            "locked": locked,
            "caption": message["caption_text"],
        },
    }


def _of_weeks(shown: Shown, wanted: date | None) -> dict[str, Any]:
    return {"weeks": list(shown.weeks), "chosen": shown.week(wanted).week}


def _of(rows: Sequence[Row], name: str) -> list[Row]:
    return [row for row in rows if row["page_name"] == name]
