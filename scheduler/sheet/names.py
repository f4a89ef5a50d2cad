"""Names of months and weekdays in the languages that spreadsheets are set to, from the CLDR."""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from babel import Locale
from babel.dates import get_day_names, get_month_names

LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs", "ro", "hu", "tr",
)  # fmt: skip


def folded(word: str) -> str:
    """A name without accents, points and case: `Mié.` and `mie` are one."""
    bare = unicodedata.normalize("NFKD", word.casefold())
    return "".join(mark for mark in bare if mark.isalnum())


@cache
def months() -> Mapping[str, frozenset[int]]:
    """Folded name -> months it may mean, 1 to 12."""
    return _collected(get_month_names, 0) | {"sept": frozenset({9})}


@cache
def weekdays() -> Mapping[str, frozenset[int]]:
    """Folded name -> weekdays it may mean, 1 Monday to 7 Sunday: `so` is Sunday or Saturday."""
    english = {"tues": {2}, "weds": {3}, "thur": {4}, "thurs": {4}}
    return _collected(get_day_names, 1) | {name: frozenset(days) for name, days in english.items()}


def _collected(names_of: object, offset: int) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for language in LANGUAGES:
        locale = Locale.parse(language)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                names = names_of(width, context, locale)  # type: ignore[operator]
                for number, name in names.items():
                    found[folded(name)].add(number + offset)
    return {name: frozenset(numbers) for name, numbers in found.items() if name}
