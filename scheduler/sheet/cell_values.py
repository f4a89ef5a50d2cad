"""What all cells of a returned sheet have in common: wrappings of spreadsheets, and refusals."""

import re
import unicodedata

_SHOWN = 40
_FORMULA_TEXT = re.compile(r'=\s*"(.*)"', re.DOTALL)
# Marks of writing direction and of byte order, which no one sees.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2066\u2069\ufeff"))
_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2019": "'", "\u2018": "'"})


class CellError(ValueError):
    """A cell that can't be read; the text says why, without the cell's name."""


def unwrapped(cell: str) -> str:
    """The value of a cell that is no free text, as a person reads it.

    Takes off what keeps a spreadsheet from changing it (`'123`, `="123"`), quotes and unseen marks;
    full-width signs and no-break spaces become the plain ones.
    """
    text = unicodedata.normalize("NFKC", cell).translate(_UNSEEN).translate(_SIGNS).strip()
    if match := _FORMULA_TEXT.fullmatch(text):
        text = match[1].strip()
    return text.removeprefix("'").strip().strip('"').strip()


def shown(cell: str) -> str:
    """A cell as a message quotes it: in one line, and short."""
    text = " ".join(cell.split())
    return repr(text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}...")
