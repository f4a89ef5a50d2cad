import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scheduler.simulation import Agency, make_demo, simulate_agency, write_tables
from scheduler.simulation.captions import caption_key, respell
from scheduler.simulation.content_types import VAULT_COLUMNS

AS_OF = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
SIZES = {"pages": 11, "messages": 3000, "captions": 1500}


def messages(agency: Agency) -> pd.DataFrame:
    """Raw messages with the page spelled as one page and the age in days."""
    frame = agency.tables["mass_messages"].to_pandas()
    frame["page"] = frame["page_name"].str.strip().str.lower()
    frame["age"] = (AS_OF - pd.to_datetime(frame["sending_time"])).dt.total_seconds() / 86_400
    return frame


def usable(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of the last 90 days that every check lets pass."""
    return frame[
        frame["age"].between(0, 90)
        & (frame["sent_count"] >= 50)
        & (frame["viewed_count"] <= frame["sent_count"])
        & (frame["purchased_count"] <= frame["viewed_count"])
        & (frame["earnings"] >= 0)
        & ~(frame["price"] > 200)
        & ~frame["row_id"].duplicated()
    ]


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("one", 3), ("two", 3), ("other", 4)):
        make_demo(tmp_path / name, seed=seed, as_of=AS_OF, **SIZES)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == [
        "active_creators.csv", "caption_bank.csv", "mass_messages.csv", "vault_matrix.csv",
    ]  # fmt: skip
    for name in files:
        first = (tmp_path / "one" / name).read_bytes()
        assert first == (tmp_path / "two" / name).read_bytes()
        assert first != (tmp_path / "other" / name).read_bytes()


def test_the_tables_have_the_shape_of_the_real_ones(agency: Agency) -> None:
    vault, creators = agency.tables["vault_matrix"], agency.tables["active_creators"].to_pandas()
    assert (vault.num_rows, vault.num_columns) == (40, 50)
    assert tuple(vault.column_names[1:]) == VAULT_COLUMNS
    assert len(creators) == 40
    assert creators["is_active"].fillna(True).sum() == 38
    bank = agency.tables["caption_bank"].to_pandas().drop_duplicates("caption_id")
    keys = {caption_key(text) for text in bank["caption_text"].dropna()}
    assert len(bank) == 36_000
    assert 29_000 < len(keys) < 31_000
    assert (bank["caption_id"] < 0).mean() == pytest.approx(0.5, abs=0.02)
    general = bank["content_category"].str.strip().str.lower().eq("general").mean()
    assert general == pytest.approx(0.5, abs=0.02)
    assert {"B/G", "BG", "Boy/Girl", "Misc Promo"} <= set(bank["content_category"].dropna())
    assert bank["price_tier"].str.lower().nunique() == 7
    clean = len(agency.truth.history)
    assert clean == 52_000
    extra = agency.dirt["duplicated_row"] + agency.dirt["repeated_row_id"]
    assert agency.tables["mass_messages"].num_rows == clean + extra


def test_the_aggregates_are_those_of_the_published_audit(agency: Agency) -> None:
    bank = agency.tables["caption_bank"].to_pandas()
    sent = bank[bank["total_sends"] > 0]
    assert (sent["lifetime_revenue"] == 0).mean() == pytest.approx(0.627, abs=0.03)
    assert bank["lifetime_revenue"].median() == 0
    assert bank["lifetime_revenue"].std() > 2.5 * bank["lifetime_revenue"].mean()
    assert bank["avg_conversion_rate"].isna().mean() == pytest.approx(0.629, abs=0.03)
    rows = usable(messages(agency))
    assert rows["earnings"].sum() / rows["sent_count"].sum() == pytest.approx(0.0133, rel=0.25)
    assert rows["earnings"].sum() / rows["purchased_count"].sum() == pytest.approx(16, rel=0.15)
    assert (rows["earnings"] == 0).mean() > 0.6
    by_page = rows.groupby("page").agg(
        sent=("sent_count", "median"), views=("viewed_count", "sum"), all=("sent_count", "sum")
    )
    free = by_page["sent"] > 40_000
    view_rate = by_page["views"] / by_page["all"]
    assert 1 <= free.sum() <= 6
    assert view_rate[free].between(0.002, 0.055).all()
    assert view_rate[~free].between(0.22, 0.50).all()


def test_every_revenue_tier_has_pages(agency: Agency) -> None:
    rows = usable(messages(agency))
    weight = np.exp(-np.floor(rows["age"]) / 30)
    daily = (weight * rows["earnings"]).groupby(rows["page"]).sum() / np.exp(
        -np.arange(90) / 30
    ).sum()
    tiers = pd.cut(daily, [-1, 30, 75, 150, np.inf]).value_counts()
    assert (tiers >= 1).all()
    assert daily.max() > 10 * 150


def test_two_pages_are_blocked_by_nature_and_the_others_have_what_a_plan_needs(
    agency: Agency,
) -> None:
    vault = agency.tables["vault_matrix"]["page_name"].to_pylist()
    creators = agency.tables["active_creators"].to_pandas()
    active = set(creators.loc[creators["is_active"].fillna(True), "page_name"])
    vaultless = active - {name.strip().lower() for name in vault}
    rows = usable(messages(agency))
    count = rows.groupby("page").size()
    short = {page for page in active if count.get(page, 0) < 50}
    assert len(vaultless) == len(short) == 1
    assert set(agency.blocked_by_nature) == vaultless | short
    assert rows.groupby("page")["age"].min()[sorted(active)].max() < 6
    assert messages(agency)["age"].pipe(lambda age: age[age > 0]).min() < 1


def test_a_small_agency_can_be_planned_in_full(small_agency: Agency) -> None:
    assert small_agency.blocked_by_nature == ()
    rows = usable(messages(small_agency))
    priced = rows[rows["price"] > 0].groupby("page").size()
    assert len(priced) == 3
    assert priced.min() >= 50
    assert small_agency.tables["vault_matrix"].num_rows == 3


def test_every_kind_of_dirt_is_there_and_is_counted(agency: Agency, small_agency: Agency) -> None:
    for one in (agency, small_agency):
        assert {kind: count for kind, count in one.dirt.items() if count < 1} == {}
        raw = messages(one)
        first = raw[~raw["row_id"].duplicated()]
        seen = {
            "null_price": raw["price"].isna().sum(),
            "zero_price": (first["price"] == 0).sum(),
            "purchases_above_views": (first["purchased_count"] > first["viewed_count"]).sum(),
            "views_above_sent": ((first["viewed_count"] > first["sent_count"])
                                 & (first["sent_count"] > 0)).sum(),
            "negative_earnings": (first["earnings"] < 0).sum(),
            "negative_sent": (first["sent_count"] < 0).sum(),
            "null_sent": first["sent_count"].isna().sum(),
            "null_message": first["message"].isna().sum(),
            "missing_time": first["sending_time"].isna().sum(),
            "future_time": (first["age"] < 0).sum(),
            "page_name_case": (first["page_name"].str.strip() != first["page"]).sum(),
            "page_name_space": (first["page_name"].str.strip() != first["page_name"]).sum(),
        }  # fmt: skip
        expected = {kind: one.dirt[kind] for kind in seen}
        # A page of few messages can add purchases where nobody viewed; counts stay within those.
        assert {kind: int(count) for kind, count in seen.items()} == expected
        repeats = raw["row_id"].duplicated().sum()
        assert repeats == one.dirt["duplicated_row"] + one.dirt["repeated_row_id"]


def test_broken_texts_are_broken_bytes_in_the_file_and_whole_in_the_table(
    agency: Agency, tmp_path: Path
) -> None:
    bank = {"caption_bank": agency.tables["caption_bank"]}
    [path] = write_tables(bank, tmp_path)
    content = path.read_bytes()
    with pytest.raises(UnicodeDecodeError):
        content.decode()
    read = list(csv.DictReader(io.StringIO(content.decode(errors="replace"), newline="")))
    table = bank["caption_bank"]
    assert [row["caption_text"] for row in read] == [
        text or "" for text in table["caption_text"].to_pylist()
    ]
    assert [int(row["caption_id"]) for row in read] == table["caption_id"].to_pylist()
    [parquet] = write_tables(bank, tmp_path, "parquet")
    assert pd.read_parquet(parquet)["caption_id"].tolist() == table["caption_id"].to_pylist()


def test_captions_are_mild_and_a_respelled_one_keeps_its_key(agency: Agency) -> None:
    captions = agency.truth.captions
    terms = Path(__file__).parents[3] / "seeds" / "banned_terms.csv"
    banned = [row["term"] for row in csv.DictReader(terms.open(encoding="utf-8"))]
    whole = "\n".join(captions.text).lower()
    assert [term for term in [*banned, "only today", "last chance"] if term in whole] == []
    assert len(set(captions.key)) == len(captions.text)
    for text, key in zip(captions.text[:300], captions.key, strict=False):
        assert {caption_key(respell(text, style)) for style in range(4)} == {key}


@pytest.mark.parametrize(
    "sizes",
    [
        {"pages": 0},
        {"pages": 2, "messages": 59},
        {"captions": 49},
        {"pages": 1, "messages": 5000, "captions": 400},
    ],
)
def test_a_size_that_makes_no_agency_is_refused(sizes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="messages"):
        simulate_agency(**sizes, seed=1, as_of=AS_OF)
