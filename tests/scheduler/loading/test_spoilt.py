"""Random mixtures of what spoils real exports: never a traceback, a lost or a doubled message."""

import contextlib
import csv
import gzip
import io
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.loading import LoadError, load_directory
from scheduler.loading.embedded import DuckDBRawTables

from .samples import CREATOR, MESSAGE, VAULT, write_csv
from .test_messages import current

NOW = datetime(2026, 4, 1)
START = datetime(2026, 3, 1, 9)
TEXTS = ("good morning", "new set \u2764\ufe0f", "i'm home", 'say "hi", you', "caf\u00e9\nat nine")
SPOILINGS = ("", "", "nan", "1e30", "8811885339416701618", "-5", "$4,000", "\x00", "\u0663", "=1+1")

# No two of these minutes lie as far apart as two others: what several messages share is a zone.
MINUTES = tuple(2**power for power in range(12))
REFUSED_FROM = 3
NEAR = timedelta(hours=26)

messages = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(MINUTES), st.sampled_from(TEXTS)),
    min_size=1,
    max_size=12,
    unique_by=lambda m: m[:2],
)


def row_of(message, number):
    page, minutes, text = message
    return MESSAGE | {
        "row_id": str(8811885339416701618 + 997 * number * 10**4),
        "page_name": page,
        "message": text,
        "sending_time": str(START + timedelta(minutes=minutes)),
    }


def numbered_as(rows, how):
    for number, row in enumerate(rows, 1):
        changed = {
            "none": "",
            "rounded": row["row_id"][:15] + "0" * (len(row["row_id"]) - 15),
            "anew": str(number),
        }.get(how, row["row_id"])
        yield row | {"row_id": changed}


def spelled(text, how):
    return {
        "html": f"<p>{text}</p>".replace("\n", "<br>\n"),
        "curly": text.replace("'", "\u2019").replace('"', "\u201d"),
        "plain": text.replace("\ufe0f", ""),
    }.get(how, text)


def written(rows, separator, encoding, packed):
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    data = buffer.getvalue().encode(encoding, "replace")
    return gzip.compress(data) if packed else data


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    messages,
    st.lists(
        st.tuples(
            st.sampled_from(("same", "none", "rounded", "anew")),
            st.sampled_from(("same", "html", "curly", "plain")),
            st.sampled_from((",", ";", "\t")),
            st.sampled_from(("utf-8", "utf-8-sig", "utf-16")),
            st.booleans(),
            st.integers(0, 2**12 - 1),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_the_same_messages_in_any_export_are_each_there_once(sent, exports):
    """Each export has some of the messages, under ids, spellings and bytes of its own."""
    rows = [row_of(message, number) for number, message in enumerate(sent)]
    with (
        duckdb.connect(config={"threads": 1}) as connection,
        tempfile.TemporaryDirectory() as folder,
    ):
        raw = DuckDBRawTables(connection)
        known: dict[str, dict[str, str]] = {}
        named: set[tuple[str, str]] = set()
        for ids, spelling, separator, encoding, packed, which in exports:
            part = [row for i, row in enumerate(rows) if which >> i & 1]
            if not part:
                continue
            texts = [row | {"message": spelled(row["message"], spelling)} for row in part]
            numbered = list(numbered_as(texts, ids))
            Path(folder, "mass_messages.csv").write_bytes(
                written(numbered, separator, encoding, packed)
            )
            wanted = known | {key_of(row): row for row in part}
            loaded = load_or_refuse(raw, Path(folder), ids == "anew", part, known)
            messages_there = current(connection, "sent_at || ' ' || page_name")
            there = {key for (key,) in messages_there}
            assert len(messages_there) == len(there)
            if not loaded:
                assert there == set(known)
                continue
            # A row number is followed where others name what they named before, and told.
            lost = set(wanted) - there
            agreeing = {(row["row_id"], key_of(row)) for row in numbered} & named
            assert there <= set(wanted)
            assert len(agreeing) >= REFUSED_FROM * len(lost)
            assert ids == "anew" or not lost
            known = {key: row for key, row in wanted.items() if key in there}
            named |= {(row["row_id"], key_of(row)) for row in numbered}


def key_of(row):
    return f"{row['sending_time']} {row['page_name']}"


def load_or_refuse(raw, folder, is_numbered, part, known):
    """Whether the load was done; refused may be what nobody can tell, and nothing else."""
    says = refusal(raw, folder)
    if "--ignore-row-ids" in says:
        assert is_numbered, "the same text again under the same row number"
        says = refusal(raw, folder, ignore_row_ids=True)
    assert not says or (
        "may be there already at another time" in says and len(alike(part, known)) >= REFUSED_FROM
    )
    return not says


def refusal(raw, folder, **options):
    """Why a load is refused; empty when it was done."""
    try:
        load_directory(raw, folder, NOW, **options)
    except LoadError as error:
        return str(error)
    return ""


def alike(part, known):
    """New messages whose page and text a known one has that is not in the file, a day apart."""
    keys = {key_of(row) for row in part}
    return [
        row
        for row in part
        if key_of(row) not in known
        and any(
            key not in keys
            and (row["page_name"], row["message"]) == (other["page_name"], other["message"])
            and abs(moment_of(row) - moment_of(other)) <= NEAR
            for key, other in known.items()
        )
    ]


def moment_of(row):
    return datetime.fromisoformat(row["sending_time"])


def test_a_text_again_under_the_same_row_number_is_refused_rather_than_lost():
    """Nothing but the number says that the second is the first one, moved by a zone."""
    first, second = (row_of(("a", minutes, "good morning"), 1) for minutes in (0, 60))
    for moved in ({}, {"page_name": "b"}):
        with (
            duckdb.connect(config={"threads": 1}) as connection,
            tempfile.TemporaryDirectory() as folder,
        ):
            raw = DuckDBRawTables(connection)
            write_csv(Path(folder), "mass_messages", first | {"row_id": "1"})
            load_directory(raw, Path(folder), NOW)
            again = (first if moved else second) | moved | {"row_id": "1"}
            write_csv(Path(folder), "mass_messages", again)
            with pytest.raises(LoadError, match=r"1 known message would be lost.*--ignore-row-ids"):
                load_directory(raw, Path(folder), NOW)
            load_directory(raw, Path(folder), NOW, ignore_row_ids=True)
            assert len(current(connection)) == 2


def test_texts_of_every_day_under_row_numbers_are_not_yesterdays():
    """Several messages a whole day later are another day's, not those of another zone."""
    days = [
        [
            row_of(("a", 24 * 60 * day + 90 * n, text), n) | {"row_id": str(n + 1)}
            for n, text in enumerate(TEXTS)
        ]
        for day in (0, 1)
    ]
    with (
        duckdb.connect(config={"threads": 1}) as connection,
        tempfile.TemporaryDirectory() as folder,
    ):
        raw = DuckDBRawTables(connection)
        write_csv(Path(folder), "mass_messages", *days[0])
        load_directory(raw, Path(folder), NOW)
        write_csv(Path(folder), "mass_messages", *days[1])
        with pytest.raises(LoadError, match=r"5 known messages would be lost.*--ignore-row-ids"):
            load_directory(raw, Path(folder), NOW)
        load_directory(raw, Path(folder), NOW, ignore_row_ids=True)
        assert len(current(connection)) == 10


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(list(MESSAGE)), st.sampled_from(SPOILINGS)),
        max_size=4,
    ),
    st.lists(st.tuples(st.sampled_from(list(VAULT | CREATOR)), st.text(max_size=8)), max_size=2),
    st.binary(max_size=12),
    st.sampled_from((",", ";", "\t", "|")),
)
def test_whatever_stands_in_the_cells_is_loaded_or_refused_in_words(cells, others, tail, separator):
    rows = [row_of(("a", 60 * hour, TEXTS[hour % 5]), hour) for hour in range(6)]
    for at, column, cell in cells:
        rows[at] |= {column: cell}
    tables = {"vault_matrix": dict(VAULT), "active_creators": dict(CREATOR)}
    for column, cell in others:
        for row in tables.values():
            row.update({column: cell} if column in row else {})
    with (
        duckdb.connect(config={"threads": 1}) as connection,
        tempfile.TemporaryDirectory() as folder,
    ):
        data = written(rows, separator, "utf-8", packed=False) + tail
        Path(folder, "mass_messages.csv").write_bytes(data)
        for table, row in tables.items():
            write_csv(Path(folder), table, row)
        with contextlib.suppress(LoadError):
            report = load_directory(DuckDBRawTables(connection), Path(folder), NOW)
            assert report.tables[0].rows_added == report.tables[0].rows_read
            again = load_directory(DuckDBRawTables(connection), Path(folder), NOW)
            assert all(table.rows_added == 0 for table in again.tables)
