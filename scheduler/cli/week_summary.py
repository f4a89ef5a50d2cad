"""A run's result on the terminal: what is planned, what is doubted, what to do."""

from collections import Counter
from collections.abc import Iterator

from scheduler import log
from scheduler.marts.run_result import BLOCKED, NOT_APPROVED, PageResult, RunResult

_NAMED = 3


def summary_lines(result: RunResult) -> Iterator[str]:
    """The lines, each of a page or of the whole agency."""
    width = max((len(name) for name in result.pages), default=4)
    yield f"Week of {result.week}, as of {result.as_of:%Y-%m-%d %H:%M} UTC"
    planned = [page for page in result.pages.values() if page.status != BLOCKED]
    for page in planned:
        yield (
            f"  {page.page_name:<{width}}  {len(page.messages):>3} messages"
            f"  ${page.of_week('expected_revenue'):>10,.2f}"
            f"  (${page.of_week('revenue_low'):,.0f} - ${page.of_week('revenue_high'):,.0f})"
        )
    yield from _totals(result, planned)
    yield from _doubts(planned)
    for page in result.pages.values():
        if page.reason:
            yield f"Blocked {page.page_name}: {page.reason}"
    if result.any_failed:
        yield f"What failed: {log.pointer()}"
    waiting = [page.page_name for page in planned if page.approval == NOT_APPROVED]
    if waiting:
        more = " ..." if len(waiting) > _NAMED else ""
        yield (
            f"{len(waiting)} weeks wait for approval: `scheduler approve"
            f" {' '.join(waiting[:_NAMED])}{more}`."
        )
    yield from result.told
    yield from result.remarks
    for notice in result.notices:
        yield f"Alert: {notice}"
    yield from _alerts(result)
    if result.summary_path is not None:
        yield (
            f"Written to {result.summary_path.parent}/: open agency_report.html; summary.csv lists"
            " every page."
        )


def _totals(result: RunResult, planned: list[PageResult]) -> Iterator[str]:
    word = "published" if not planned or planned[0].status == "active" else planned[0].status
    total = sum(page.of_week("expected_revenue") for page in planned)
    yield (f"{len(planned)} of {len(result.pages)} pages {word}, projected revenue ${total:,.2f}.")
    if result.agency is not None:
        yield (
            f"The agency's total lies between ${result.agency.low:,.0f} and"
            f" ${result.agency.high:,.0f}: pages share part of their luck."
        )
    if result.unproven:
        yield (
            f"{len(result.unproven)} pages have no week of their plans behind them: history alone"
            " foretells them, less surely than it seems."
        )
    yield from result.outlook
    if result.given_up is not None:
        changed = sum(page.explored_count for page in planned)
        cost = f"for ${abs(result.given_up):,.2f} {'less' if result.given_up > 0 else 'more'}"
        yield f"{changed} messages try something new to learn from, {cost} expected."
    if result.gap is not None:
        yield (
            f"No weeks within the rules can be expected to earn over {100 * result.gap:.2f} % more;"
            f" that no two pages send one caption costs about ${result.conflict_cost:,.0f}."
        )


def _doubts(planned: list[PageResult]) -> Iterator[str]:
    """Rows of the evidence rules: by page, or counted where many pages share a rule."""
    found = [
        (violation.rule, page.page_name, violation.detail)
        for page in planned
        for violation in page.doubts
    ]
    pages = {rule: sorted({p for r, p, _ in found if r == rule}) for rule, _, _ in found}
    told: Counter[tuple[str, str]] = Counter()
    for rule, page, detail in found:
        told[rule, page] += 1
        if told[rule, page] == 1 and pages[rule].index(page) < _NAMED:
            yield f"Doubt {page}: {detail}"
    for rule, names in pages.items():
        if len(names) > _NAMED:
            yield f"Doubt ({rule}): {len(names) - _NAMED} more pages; see their reports."


def _alerts(result: RunResult) -> Iterator[str]:
    """Open alerts by kind, with what to do; those that somebody has seen are only counted."""
    kinds: dict[str, list[str]] = {}
    words: dict[str, str] = {}
    unseen = [row for row in result.alerts if row["acknowledged_at"] is None]
    for row in unseen:
        kinds.setdefault(row["alert_type"], []).append(row["page_name"] or "the agency")
        words[row["alert_type"]] = f"{row['title']}. {row['action']}"
    for kind, names in kinds.items():
        pages = sorted(set(names))
        shown = ", ".join(pages[:_NAMED]) + (
            f" and {len(pages) - _NAMED} more" if len(pages) > _NAMED else ""
        )
        yield f"Open alert {kind} ({shown}): {words[kind]}"
    if seen := len(result.alerts) - len(unseen):
        yield f"Acknowledged and still open: {seen}. `scheduler alerts` lists them."
