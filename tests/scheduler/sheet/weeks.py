"""A written week, and the ways in which spreadsheets spell it anew."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from scheduler.export.schedule_csv import schedule_csv
from tests.scheduler.export.test_schedule_csv import message

ZONE = "Europe/London"
MONDAY = date(2026, 3, 23)
TEXTS = (
    "Good evening, don\u2019t be late: 10,000 kisses",
    "=a text that looks like a formula; with “quotes”",
    "two lines\nof text, café and 💕",
    "  blanks at both ends  ",
    "-12,50 is no number here",
)

Cells = dict[str, str]


def messages(count: int = 5) -> list[dict[str, Any]]:
    """Messages of one page's week, an hour later each day."""
    found = []
    for i in range(count):
        local = datetime.combine(MONDAY + timedelta(days=i), time(8 + 3 * (i % 5)))
        found.append(
            message(
                local_at=local,
                send_at=local.replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC).replace(tzinfo=None),
                caption_text=TEXTS[i % len(TEXTS)],
                price=(7.0, 12.5, 19.99, 30.0, 100.0)[i % 5],
                timezone=ZONE,
                caption_id=8_177_792_327_683_734_941 - 7_919_000_000_003 * i,
                schedule_id="fa891c90327aade8",
                message_id=f"a83d2e82eb9ded2{i}",
                is_locked=i == 2,
            )
        )
    return found


def cells(rows: Sequence[Mapping[str, Any]] | None = None) -> list[Cells]:
    """The rows of the CSV that the project writes of them."""
    text = schedule_csv(messages() if rows is None else rows)
    return list(csv.DictReader(io.StringIO(text, newline="")))


def save(path: Path, rows: Iterable[Mapping[str, str]], **form: Any) -> Path:
    """Write rows as UTF-8 CSV with commas, or as `form` says."""
    rows = list(rows)
    buffer = io.StringIO()
    end = form.get("end", "\n")
    is_bare = end == "\r" or any("\r" in cell for row in rows for cell in row.values())
    quoting = csv.QUOTE_ALL if is_bare else csv.QUOTE_MINIMAL
    separator = form.get("separator", ",")
    writer = csv.writer(buffer, delimiter=separator, lineterminator=end, quoting=quoting)
    header = list(rows[0])
    writer.writerow([form.get("title", str)(name) for name in header])
    writer.writerows([row[name] for name in header] for row in rows)
    text = form.get("before", "") + buffer.getvalue() + form.get("after", "")
    path.write_bytes(text.encode(form.get("encoding", "utf-8")))
    return path


def edited(index: int = 0, **values: str) -> list[Cells]:
    """The week with other cells in one row."""
    rows = cells()
    rows[index] |= values
    return rows


@dataclass(frozen=True)
class Locale:
    """How one spreadsheet in one country spells a week."""

    separator: str
    encoding: str
    end: str
    date: Callable[[date], str]
    time: Callable[[time], str]
    money: Callable[[float], str]
    id: Callable[[int], str]
    flag: Callable[[bool], str]
    before: str = ""
    after: str = ""

    def respelled(self, row: Cells) -> Cells:
        """The same row as this spreadsheet would save it."""
        day = date.fromisoformat(row["Date"])
        return row | {
            "Date": self.date(day),
            "Time": self.time(time.fromisoformat(row["Time"])),
            "Price": self.money(float(row["Price"])),
            "Caption_ID": self.id(int(row["Caption_ID"])),
            "Locked": self.flag(row["Locked"] == "TRUE"),
        }


def _fraction(moment: time) -> str:
    return f"{(moment.hour * 60 + moment.minute) / 1440:.9f}".rstrip("0")


def _half_days(moment: time) -> str:
    return f"{(moment.hour - 1) % 12 + 1}:{moment:%M} {'AM' if moment.hour < 12 else 'PM'}"


DATES: tuple[Callable[[date], str], ...] = (
    date.isoformat,
    lambda d: f"{d.month}/{d.day}/{d.year}",
    lambda d: f"{d.month}/{d.day}/{d.year % 100}",
    lambda d: f"{d:%d/%m/%Y}",
    lambda d: f"{d:%d.%m.%Y}",
    lambda d: f"{d:%d-%m-%Y}",
    lambda d: f"{d:%A, %B} {d.day}, {d.year}",
    lambda d: f"{d.day} {d:%b %Y}",
    lambda d: f"{d:%a} {d.day} {d:%b %Y}",
    lambda d: f"{d.day}. März {d.year}",
    lambda d: f"{d.day} de marzo de {d.year}",
    lambda d: str((d - date(1899, 12, 30)).days),
    lambda d: f"{d} 00:00:00",
)
TIMES: tuple[Callable[[time], str], ...] = (
    lambda t: f"{t:%H:%M}",
    lambda t: f"{t:%H:%M:%S}",
    lambda t: f"{t.hour}:{t:%M}",
    _half_days,
    lambda t: _half_days(t).replace(":00", "").lower(),
    lambda t: f"{t.hour}h{t:%M}",
    lambda t: f"{t.hour}.{t:%M}",
    lambda t: f"1899-12-30 {t:%H:%M:%S}",
    _fraction,
    lambda t: _fraction(t).replace(".", ","),
    lambda _: "",
)
MONEY: tuple[Callable[[float], str], ...] = (
    lambda m: f"{m:.2f}",
    lambda m: f"${m:.2f}",
    lambda m: f"{m:.2f}".replace(".", ","),
    lambda m: f"{m:g}",
    lambda m: f"{m:.2f} USD",
    lambda m: f"$\u00a0{m:.2f}".replace(".", ","),
    lambda m: repr(m + 1e-13),
)
IDS: tuple[Callable[[int], str], ...] = (
    str,
    lambda i: f"'{i}",
    lambda i: f'="{i}"',
    lambda i: f"{i:,}",
    lambda i: f"{i:,}".replace(",", "."),
    lambda i: f"{i:,}".replace(",", "\u202f"),
)
WHOLE_FLAGS: tuple[Callable[[bool], str], ...] = (
    lambda flag: "TRUE" if flag else "FALSE",
    lambda flag: "WAHR" if flag else "FALSCH",
    lambda flag: "VRAI" if flag else "FAUX",
    lambda flag: "1" if flag else "0",
    lambda flag: "x" if flag else "",
)

locales: st.SearchStrategy[Locale] = st.builds(
    Locale,
    separator=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    date=st.sampled_from(DATES),
    time=st.sampled_from(TIMES),
    money=st.sampled_from(MONEY),
    id=st.sampled_from(IDS),
    flag=st.sampled_from(WHOLE_FLAGS),
)
