"""The type and range of every setting, from the seed `setting_ranges`, and values held to them."""

import csv
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from scheduler.errors import SchedulerError

SEED = "setting_ranges"


@dataclass(frozen=True)
class Range:
    """What a setting may be.

    Attributes:
        value_type: a key of `CHECKS`.
        minimum: least value, of a list of each of its values; None for no bound, as `maximum`.
        choices: the words that are taken; none for any.
        is_optional: whether it may be null or an empty text, too.
        is_per_page: whether the seed `creator_overrides` may set it for a page.
        above: a setting that this one exceeds; empty for none.
        at_least: a setting that this one is not below; empty for none.
    """

    setting: str
    value_type: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    is_optional: bool
    is_per_page: bool
    above: str
    at_least: str

    @property
    def words(self) -> str:
        """What it must be, for a person."""
        bounds = "" if self.minimum is None else f" from {self.minimum:g} to {self.maximum:g}"
        if self.choices:
            return " or ".join(self.choices)
        words = _WORDS[self.value_type].format(bounds=bounds)
        return f"{words}, or empty" if self.is_optional else words

    def takes(self, number: float) -> bool:
        """Whether a number lies inside."""
        low = -math.inf if self.minimum is None else self.minimum
        high = math.inf if self.maximum is None else self.maximum
        return low <= number <= high


@cache
def read_ranges(root: Path) -> Mapping[str, Range]:
    """Setting -> its range, of the project in that folder.

    Raises:
        SchedulerError: the seed is not there, or is not as it must be.
    """
    path = root / "seeds" / f"{SEED}.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            return {row["setting"]: _range(row) for row in csv.DictReader(handle, strict=True)}
    except (OSError, UnicodeError, csv.Error, KeyError, TypeError, ValueError) as error:
        raise SchedulerError(
            f"{path} does not say what the settings may be ({error}). Restore the file."
        ) from error


def _range(row: Mapping[str, str]) -> Range:
    if row["value_type"] not in CHECKS:
        raise ValueError(f"{row['setting']} has the unknown type {row['value_type']}")
    return Range(
        setting=row["setting"],
        value_type=row["value_type"],
        minimum=float(row["minimum"]) if row["minimum"] else None,
        maximum=float(row["maximum"]) if row["maximum"] else None,
        choices=tuple(filter(None, row["choices"].split("|"))),
        is_optional=row["is_optional"] == "true",
        is_per_page=row["is_per_page"] == "true",
        above=row["above"],
        at_least=row["at_least"],
    )


def is_right(value: Any, bounds: Range, zones: frozenset[str]) -> bool:
    """Whether a value is of the setting's type and inside its range."""
    if bounds.is_optional and (value is None or value == ""):
        return True
    if bounds.value_type == "zone":
        return isinstance(value, str) and value in zones
    return CHECKS[bounds.value_type](value, bounds)


def near(name: str, known: Mapping[str, Any] | frozenset[str]) -> str:
    """A hint at the name that was meant, or nothing."""
    found = get_close_matches(name, list(known), 1, 0.7)
    return f" Did you mean {found[0]}?" if found else ""


def _is_number(value: Any, bounds: Range) -> bool:
    is_plain = isinstance(value, int | float) and not isinstance(value, bool)
    return is_plain and math.isfinite(value) and bounds.takes(value)


def _is_integer(value: Any, bounds: Range) -> bool:
    return isinstance(value, int) and _is_number(value, bounds)


def _is_boolean(value: Any, bounds: Range) -> bool:
    return isinstance(value, bool) and (not bounds.choices or str(value).lower() in bounds.choices)


def _is_word(value: Any, bounds: Range) -> bool:
    return isinstance(value, str) and (not bounds.choices or value in bounds.choices)


def _are_words(value: Any, _: Range) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) and v.strip() for v in value)


def _are_integers(value: Any, bounds: Range) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(_is_integer(v, bounds) for v in value)
        and len(set(value)) == len(value)
    )


def _are_points(value: Any, bounds: Range) -> bool:
    """Pairs of numbers, ascending in both."""
    if not isinstance(value, list) or len(value) < 2:
        return False
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2:
            return False
        if not all(_is_number(number, bounds) for number in pair):
            return False
    return all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(value))


def _is_moment(value: Any, _: Range) -> bool:
    try:
        datetime.fromisoformat(str(value).strip().removesuffix(" UTC"))
    except ValueError:
        return False
    return not isinstance(value, int | float)


def _is_name(value: Any, _: Range) -> bool:
    return (
        isinstance(value, str) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,254}", value) is not None
    )


def _is_hash(value: Any, _: Range) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9A-Za-z_-]{1,128}", value) is not None


CHECKS: Mapping[str, Callable[[Any, Range], bool]] = {
    "integer": _is_integer,
    "number": _is_number,
    "boolean": _is_boolean,
    "word": _is_word,
    "words": _are_words,
    "integers": _are_integers,
    "points": _are_points,
    "zone": _is_word,
    "moment": _is_moment,
    "name": _is_name,
    "hash": _is_hash,
}
_WORDS = {
    "integer": "a whole number{bounds}",
    "number": "a number{bounds}",
    "boolean": "true or false",
    "word": "a word",
    "words": "a list of words, such as [medium, high]",
    "integers": "a list of different whole numbers{bounds}, such as [7, 30, 90]",
    "points": "a list of ascending pairs of numbers{bounds}, such as [[0, 0], [0.2, 1]]",
    "zone": "an IANA time zone, such as Europe/London",
    "moment": "a UTC time, such as 2026-11-22T18:00:00Z",
    "name": "a name of letters, digits and underscores",
    "hash": "a hash of letters and digits",
}
