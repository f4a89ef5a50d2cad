"""Time zones as people word them. The words are the seeds'; their models read them the same way."""

import csv
import re
from functools import cache
from pathlib import Path

from scheduler.warehouse import DbtProject

_SEEDS = ("time_zones", "time_zone_words")


def zone_key(word: str) -> str:
    """What makes two words the same zone; macro time_zone_key has the same in SQL."""
    return re.sub(r"[^A-Za-z0-9+-]", "", word.replace("\u2212", "-")).lower()


def known_zone(word: str) -> str | None:
    """The IANA name of the zone that a word means; None when it is not known."""
    return _zones(DbtProject.find().root).get(zone_key(word))


def default_zone() -> str:
    """The zone of pages that give none, or none that is known."""
    return str(DbtProject.find().default_vars()["default_timezone"])


@cache
def _zones(root: Path) -> dict[str, str]:
    """By key; an everyday word wins over an IANA name of the same letters."""
    found: dict[str, str] = {}
    for seed in _SEEDS:
        with (root / "seeds" / f"{seed}.csv").open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                found[zone_key(row.get("word") or row["timezone"])] = row["timezone"]
    return found
