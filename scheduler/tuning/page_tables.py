"""The tables in `seeds/` that say what is a page's own: each row held against what can be meant."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from scheduler.tuning.ranges import Range, is_right, near
from scheduler.tuning.setting_checks import contradictions

DAYS = ("valid_from", "valid_until")
"""Columns of a row's validity."""
UNDATED = frozenset({"min_freshness_days"})
"""Settings of a page that hold in every week."""
RESTRICTIONS = frozenset({"pattern", "category", "price_tier", "caption"})


@dataclass(frozen=True)
class Known:
    """What the tables are held against.

    Attributes:
        pages: names, trimmed lower case; empty before any data are loaded.
        ranges: of the settings.
        settings: in effect.
    """

    pages: Collection[str]
    ranges: Mapping[str, Range]
    settings: Mapping[str, Any]


Row = tuple[int, Mapping[str, str]]
"""Line of the file where the row ends, and column -> cell."""


Problems = Iterator[tuple[int, str]]
"""Line and what is wrong there."""


def _unknown_page(name: str, known: Known) -> str | None:
    page = name.lower()
    if not page:
        return "page_name is empty"
    if not known.pages or page in known.pages:
        return None
    return f"{name!r} is no page of the agency.{near(page, frozenset(known.pages))}".rstrip(".")


def override_problems(rows: Sequence[Row], known: Known) -> Problems:
    """Line and problem of each row of `creator_overrides` that cannot be meant."""
    per_page = {name: bounds for name, bounds in known.ranges.items() if bounds.is_per_page}
    pages: dict[str, list[_Override]] = {}
    for line, row in rows:
        page, setting = row["page_name"].lower(), row["setting"]
        if says := _unknown_page(row["page_name"], known) or _wrong_days(row):
            yield line, says
        elif setting not in per_page:
            hint = near(setting, frozenset(per_page)).rstrip(".")
            yield line, f"{setting!r} is no setting that a page can override.{hint}".rstrip(".")
        elif (value := _number(row["value"], per_page[setting])) is None:
            yield line, f"{setting} is {row['value']!r}; it must be {per_page[setting].words}"
        else:
            one = _Override(line, setting, value, *(as_day(row[name]) for name in DAYS))
            others = pages.setdefault(page, [])
            if says := _never_applies(one) or _twice(one, others, page):
                yield line, says
            else:
                others.append(one)
    for page, overrides in pages.items():
        yield from _contradicting(page, overrides, known)


@dataclass(frozen=True)
class _Override:
    line: int
    setting: str
    value: float
    first: date | None
    last: date | None

    @property
    def is_dated(self) -> bool:
        return self.first is not None or self.last is not None

    def holds(self, day: date) -> bool:
        return (self.first or date.min) <= day <= (self.last or date.max)


def _never_applies(one: _Override) -> str | None:
    """Why an override with days binds no week, if so: a week has the settings of its Monday."""
    if one.is_dated and one.setting in UNDATED:
        return f"{one.setting} takes no days: captions are chosen for all weeks that are prepared"
    if one.first is None or one.last is None:
        return None
    monday = one.first + timedelta(days=-one.first.weekday() % 7)
    if monday <= one.last:
        return None
    return f"no Monday lies from {one.first} to {one.last}, and a week has the settings of its own"


def _twice(one: _Override, others: Sequence[_Override], page: str) -> str | None:
    """What says the same setting for the same days, if anything."""
    for other in others:
        if other.setting != one.setting or other.is_dated != one.is_dated:
            continue
        if not one.is_dated:
            return f"{one.setting} of {page} is set twice"
        first = max(one.first or date.min, other.first or date.min)
        if one.holds(first) and other.holds(first):
            return f"{one.setting} of {page} is set twice from {first}: see line {other.line}"
    return None


def _contradicting(page: str, overrides: Sequence[_Override], known: Known) -> Problems:
    """What a page's settings say against each other in some week, once each."""
    days = {date.min}
    days |= {one.first for one in overrides if one.first}
    days |= {one.last + timedelta(days=1) for one in overrides if one.last and one.last < date.max}
    told: set[str] = set()
    for day in sorted(days):
        held = [one for one in overrides if one.holds(day)]
        values = {one.setting: one.value for one in sorted(held, key=lambda one: one.is_dated)}
        for says in contradictions({**known.settings, **values}, known.ranges):
            if says not in told and any(name in says for name in values):
                told.add(says)
                yield max(one.line for one in held), f"{page}: {says.rstrip('.')}"


def restriction_problems(rows: Sequence[Row], known: Known) -> Problems:
    """Line and problem of each row of `page_restrictions` that would never apply."""
    for line, row in rows:
        kind, value = row["restriction_type"].lower(), row["value"]
        if (says := _unknown_page(row["page_name"], known)) or (says := _wrong_days(row)):
            yield line, says
        elif kind not in RESTRICTIONS:
            hint = near(kind, RESTRICTIONS).rstrip(".")
            choices = ", ".join(sorted(RESTRICTIONS))
            yield line, f"restriction_type is {kind!r}; it must be one of {choices}.{hint}"
        elif not value:
            yield line, "value is empty: the restriction would never apply"
        elif kind == "pattern" and not _is_pattern(value):
            yield line, f"{value!r} is no regular expression (RE2)"
        elif kind == "caption" and not _is_id(value):
            yield line, f"{value!r} is no caption id; write the number of the caption bank"


def _is_pattern(pattern: str) -> bool:
    try:
        pc.match_substring_regex(pa.array([""]), f"(?is){pattern}")
    except pa.ArrowInvalid:
        return False
    return True


def calendar_problems(rows: Sequence[Row], known: Known) -> Problems:
    """Line and problem of each row of `page_calendar` that cannot be meant."""
    launched: dict[tuple[str, str, int], int] = {}
    for line, row in rows:
        says = _unknown_page(row["page_name"], known) or _wrong_span(row)
        if says:
            yield line, says
        elif row["kind"] == "launch":
            hour = row["page_name"].lower(), row["from_date"], int(row["from_hour"] or 0)
            if says := _wrong_launch(row, known):
                yield line, says
            elif hour in launched:
                yield line, f"that hour of the page has a launch already: see line {launched[hour]}"
            launched.setdefault(hour, line)
        elif row["kind"] != "blackout":
            yield line, f"kind is {row['kind']!r}; it must be blackout or launch"
        elif row["caption_id"] or row["price"]:
            yield line, "a blackout has neither caption nor price"


def _wrong_span(row: Mapping[str, str]) -> str | None:
    """What is wrong with the hours of a row of the calendar."""
    hours = [row["from_hour"] or "0", row["to_hour"] or "23"]
    days = [as_day(row["from_date"]), as_day(row["to_date"])]
    if None in days:
        wrong = row["from_date"] if days[0] is None else row["to_date"]
        return f"{wrong!r} is no date; write it as 2026-12-25"
    if not all(hour.isascii() and hour.isdecimal() and int(hour) < 24 for hour in hours):
        return f"hours are {' and '.join(hours)}; they must be from 0 to 23"
    begins, ends = zip(days, map(int, hours), strict=True)
    return "it ends before it begins" if begins > ends else None


def _wrong_launch(row: Mapping[str, str], known: Known) -> str | None:
    if (row["from_date"], row["from_hour"]) != (row["to_date"], row["to_hour"]):
        return "a launch ends in the hour that it begins in: write the same twice"
    if not row["from_hour"]:
        return "a launch needs its hour, from 0 to 23"
    if not _is_id(row["caption_id"]):
        return f"caption_id is {row['caption_id']!r}; it must be the number of the caption bank"
    dearest = float(known.settings["max_valid_price"])
    if not is_above_zero(row["price"], dearest):
        return f"price is {row['price']!r}; it must be dollars above 0, {dearest:g} at most"
    return None


def _is_id(text: str) -> bool:
    """Whether a cell is a whole number as the bank writes it; a hash may be negative."""
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and str(int(text)) == text


def _wrong_days(row: Mapping[str, str]) -> str | None:
    """What is wrong with a row's days of validity."""
    for name in DAYS:
        if row[name] and as_day(row[name]) is None:
            return f"{name} is {row[name]!r}, no date; write it as 2026-12-25, or nothing"
    first, last = (as_day(row[name]) for name in DAYS)
    return "it ends before it begins" if first and last and first > last else None


def as_day(text: str) -> date | None:
    """The date that a cell says, as both engines read it; None where it says none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def _number(text: str, bounds: Range) -> float | None:
    """The number a cell says when the setting takes it."""
    try:
        value = float(text)
    except ValueError:
        return None
    whole = int(value) if math.isfinite(value) and value.is_integer() else value
    return whole if is_right(whole, bounds, frozenset()) else None


def is_above_zero(text: str, most: float) -> bool:
    """Whether a cell says a number above 0 that is at most this one."""
    try:
        return 0 < float(text) <= most
    except ValueError:
        return False
