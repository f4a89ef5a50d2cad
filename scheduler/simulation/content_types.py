"""Plain category labels of the made-up agency: what a page may hold, how a bank spells it."""

from typing import Final

VAULT_COLUMNS: Final[tuple[str, ...]] = (
    "Solo", "BG", "GG", "BGG", "BJ", "Anal", "Squirt", "Lingerie", "Shower", "Cosplay",
    "Feet", "JOI", "ASMR", "Workout", "Roleplay", "Toys", "Outdoor", "Bath", "Oil", "Massage",
    "Striptease", "Dance", "GFE", "Latex", "Leather", "Heels", "Stockings", "Bikini", "Uniform",
    "Cuddle", "Couples", "Trio", "Voyeur", "Domination", "Submission", "Costume", "Pool",
    "Kitchen", "Mirror", "Car", "Office", "Vintage", "Closeup", "Topless", "Implied", "Selfie",
    "Vlog", "Bundle", "Custom",
)  # fmt: skip
"""The 49 boolean columns of the vault."""

EXPLICIT: Final[frozenset[str]] = frozenset({
    "Solo", "BG", "GG", "BGG", "BJ", "Anal", "Squirt", "JOI", "Roleplay", "Toys", "Oil",
    "Couples", "Trio", "Voyeur", "Domination", "Submission", "Bundle", "Custom",
})  # fmt: skip
"""Content types that buyers pay for as explicit; the others are teasing."""

CONTENTS: Final[tuple[str, ...]] = (*VAULT_COLUMNS, "General", "Tease", "Unlisted")
"""What a caption can be about. The last three need nothing from the vault."""

CONTENT_INDEX: Final[dict[str, int]] = {name: index for index, name in enumerate(CONTENTS)}

MAIN_SHARE: Final[dict[str, float]] = {
    "General": 0.495, "Solo": 0.090, "BG": 0.080, "Tease": 0.050, "BJ": 0.042, "Lingerie": 0.036,
    "GG": 0.032, "Shower": 0.026, "Toys": 0.026, "Anal": 0.020, "JOI": 0.018, "Squirt": 0.016,
    "Feet": 0.014, "GFE": 0.014, "BGG": 0.010, "Unlisted": 0.008,
}  # fmt: skip
"""Share of the bank of the categories that dominate it; the other contents share the rest."""

SPELLINGS: Final[dict[str, tuple[tuple[str | None, float], ...]]] = {
    "BG": (("B/G", 0.86), ("BG", 0.07), ("Boy/Girl", 0.05), ("b/g", 0.02)),
    "GG": (("G/G", 0.88), ("GG", 0.07), ("Girl/Girl", 0.05)),
    "BGG": (("BGG", 0.70), ("B/G/G", 0.20), ("Threesome", 0.10)),
    "BJ": (("BJ", 0.88), ("bj ", 0.05), ("Blowjob", 0.07)),
    "GFE": (("GFE", 0.80), ("Girlfriend Experience", 0.20)),
    "General": (("General", 0.96), ("general", 0.03), (" General", 0.01)),
    "Tease": (("Tease", 0.80), ("Teasing", 0.20)),
    "Unlisted": (("Misc Promo", 0.45), ("TBD", 0.25), ("Holiday Drop", 0.20), (None, 0.10)),
}
"""How the bank writes a content, with shares; a content not listed is written as its name."""

VAULT_SHARE: Final[dict[str, float]] = {
    "Solo": 1.0, "Lingerie": 0.95, "BG": 0.70, "BJ": 0.80, "GG": 0.50, "Shower": 0.85,
    "Toys": 0.85, "Anal": 0.45, "JOI": 0.70, "Squirt": 0.45, "Feet": 0.60, "GFE": 0.65,
    "BGG": 0.30,
}  # fmt: skip
"""Share of pages that hold a content type; 0.40 for a type not listed."""

PRICE_TIERS: Final[tuple[str, ...]] = (
    "bump", "budget", "low", "mid", "premium", "high", "luxury",
)  # fmt: skip
TIER_SHARE: Final[tuple[float, ...]] = (0.22, 0.14, 0.18, 0.20, 0.14, 0.08, 0.04)
TIER_PRICE: Final[tuple[float, ...]] = (5.0, 7.0, 10.0, 15.0, 22.0, 32.0, 50.0)
TIER_PRICED_SHARE: Final[tuple[float, ...]] = (0.10, 0.45, 0.52, 0.58, 0.65, 0.72, 0.80)

PRICE_POINTS: Final[tuple[float, ...]] = (
    3, 4, 5, 6, 7, 8, 9, 9.99, 10, 11, 12, 13, 14, 14.99, 15, 16, 18, 19.99, 20, 22, 25, 28, 30,
    33, 35, 39.99, 40, 45, 50, 55, 60, 75, 90, 100,
)  # fmt: skip
"""Prices in dollars that people type."""
