"""Text that a spreadsheet shows and never runs."""

import re

# A leading apostrophe makes a spreadsheet take the cell as text. Blanks before the sign do not
# disarm it, and the full-width forms count as the sign in some locales.
_RUNS = re.compile(r"'*[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r]")
_SAFE = re.compile(r"'+[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|'+[\t\r]")


def safe_text(text: str) -> str:
    """The text with an apostrophe in front when it could run as a formula.

    `plain_text` takes it off again: the pair is one to one.
    """
    return f"'{text}" if _RUNS.match(text) else text


def plain_text(cell: str) -> str:
    """The text that `safe_text` was given."""
    return cell[1:] if _SAFE.match(cell) else cell
