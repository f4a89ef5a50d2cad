"""File names made of page names: short, safe on every system, and never two pages' at once."""

import hashlib
import re

_PLAIN = re.compile(r"[a-z0-9_][a-z0-9_-]{0,99}")
_LONGEST_PART = 40
"""Characters that are kept of a name which gets a hash."""
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])")
"""Devices of Windows, whatever stands behind a point."""


def safe_file_stem(page: str) -> str:
    """The page's name where it is a plain one, else what can be read of it and a short hash.

    Two names that differ by anything, also by case alone, give stems that differ without case.

    Args:
        page: the page name as the warehouse has it.
    """
    if _PLAIN.fullmatch(page) and not _RESERVED.fullmatch(page):
        return page
    part = re.sub(r"[^a-z0-9_-]", "_", page.lower())[:_LONGEST_PART].lstrip("-")
    digest = hashlib.sha256(page.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{part}_{digest}"
