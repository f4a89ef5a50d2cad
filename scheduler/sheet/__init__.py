"""The sheet that comes back: a schedule as a spreadsheet saved it, read, understood and judged.

`read_sheet` gives typed rows and every cell that can't be read; `understand` holds them against the
warehouse; `judge` asks the rulebook, and `compare` says what a person changed.
"""

from scheduler.sheet.caption_lookup import Captioned
from scheduler.sheet.compare import Edits, compare
from scheduler.sheet.judge import Finding, Understood, judge, understand
from scheduler.sheet.published import Message, read_weeks
from scheduler.sheet.read_sheet import read_sheet
from scheduler.sheet.sheet_rows import Problem, SheetRow, SheetWeek
from scheduler.sheet.sheet_table import Table, read_table, table_of_values

__all__ = [
    "Captioned", "Edits", "Finding", "Message", "Problem", "SheetRow", "SheetWeek", "Table",
    "Understood", "compare", "judge", "read_sheet", "read_table", "read_weeks", "table_of_values",
    "understand",
]  # fmt: skip
