"""The standard table: what it accepts, how it is sorted, and how places are looked up."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.table import frames, sumstats


def table(n_rows: int, seed: int = 1, alleles: int = 3) -> pd.DataFrame:
    """Random standard rows at places that repeat now and then, sorted."""
    rng = np.random.default_rng(seed)
    df = pd.DataFrame(
        {
            "chromosome": rng.integers(1, 24, n_rows),
            "position": rng.integers(1, 10 * n_rows, n_rows),
            "rsid": [f"rs{i}" for i in range(n_rows)],
            "effect_allele": rng.choice(["A", "AT", "C"][:alleles], n_rows),
            "other_allele": "G",
            "eaf": rng.uniform(size=n_rows),
            "beta": rng.normal(size=n_rows),
            "se": rng.uniform(0.1, 1, n_rows),
            "neglog10_p": rng.uniform(0, 9, n_rows),
            "n": 1000.0,
        }
    ).astype(sumstats.COLUMNS)
    df = df.drop_duplicates(list(sumstats.SORT_KEY))
    return df.sort_values(list(sumstats.SORT_KEY)).reset_index(drop=True)


def test_round_trip(tmp_path: Path):
    df = table(1000)
    df.loc[::7, "rsid"] = None
    sumstats.write(df, tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(sumstats.read(tmp_path / "t.parquet"), df)
    columns = ["rsid", "position"]
    pd.testing.assert_frame_equal(sumstats.read(tmp_path / "t.parquet", columns), df[columns])


def test_empty_table_is_standard(tmp_path: Path):
    sumstats.write(sumstats.empty(), tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(sumstats.read(tmp_path / "t.parquet"), sumstats.empty())
    assert len(sumstats.lookup(tmp_path / "t.parquet", [1], [1])) == 0


def test_all_missing_rsid_stays_text(tmp_path: Path):
    df = table(5).assign(rsid=pd.Series([None] * 5, dtype="str"))
    sumstats.write(df, tmp_path / "t.parquet")
    assert sumstats.read(tmp_path / "t.parquet")["rsid"].dtype == "str"


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("chromosome", 26, "chromosome is not 1-25"),
        ("position", 0, "position is below 1"),
        ("effect_allele", "a", "effect_allele is not upper-case ACGT"),
        ("other_allele", "-", "other_allele is not upper-case ACGT"),
        ("eaf", 1.01, "eaf is outside"),
        ("beta", np.nan, "beta is not finite"),
        ("se", 0.0, "se is not positive"),
        ("neglog10_p", -1.0, "neglog10_p is negative"),
        ("n", np.nan, "n is not positive"),
    ],
)
def test_check_names_the_fault(column: str, value: object, message: str):
    df = table(1).copy()
    df[column] = pd.Series([value], dtype=sumstats.COLUMNS[column])
    with pytest.raises(ValueError, match=message):
        sumstats.check(df)


def test_check_refuses_disorder_repetition_and_types():
    df = table(50)
    with pytest.raises(ValueError, match="not sorted"):
        sumstats.check(df.iloc[::-1].reset_index(drop=True))
    swapped = df.iloc[[0]].assign(effect_allele=df["other_allele"][0], other_allele=df["effect_allele"][0])
    both = sumstats.sort_rows(pd.concat([df.iloc[[0]], swapped], ignore_index=True))
    with pytest.raises(ValueError, match="occurs twice"):
        sumstats.check(both.reset_index(drop=True))
    with pytest.raises(ValueError, match="column n is int64"):
        sumstats.check(df.assign(n=1))
    with pytest.raises(ValueError, match="expected"):
        sumstats.check(df.drop(columns="n"))


def test_sort_rows_equals_the_plain_sort():
    rng = np.random.default_rng(3)
    df = table(3000).assign(position=lambda d: d["position"] % 50 + 1)
    for order in (rng.permutation(len(df)), np.arange(len(df))):
        shuffled = df.iloc[order]
        expected = shuffled.sort_values(list(sumstats.SORT_KEY), kind="stable")
        pd.testing.assert_frame_equal(sumstats.sort_rows(shuffled), expected)


def test_sort_rows_is_stable_for_equal_rows():
    df = pd.concat([table(20)] * 3, ignore_index=True).iloc[::-1]
    expected = df.sort_values(list(sumstats.SORT_KEY), kind="stable")
    pd.testing.assert_frame_equal(sumstats.sort_rows(df), expected)


@pytest.mark.parametrize("row_group", [7, 100, 32_768])
def test_lookup_equals_reading_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row_group: int):
    monkeypatch.setattr(frames, "ROW_GROUP_SIZE", row_group)
    df = table(2000)
    sumstats.write(df, tmp_path / "t.parquet")
    rng = np.random.default_rng(4)
    rows = rng.choice(len(df), 40)
    chromosome = np.append(df["chromosome"].to_numpy()[rows], [1, 25])
    position = np.append(df["position"].to_numpy()[rows], [1, 999_999])
    found = sumstats.lookup(tmp_path / "t.parquet", chromosome, position)
    wanted = set(zip(chromosome.tolist(), position.tolist(), strict=True))
    here = [place in wanted for place in zip(df["chromosome"], df["position"], strict=True)]
    pd.testing.assert_frame_equal(found.reset_index(drop=True), df[here].reset_index(drop=True))


@pytest.mark.parametrize("reach", [0, 1, 40, 5_000])
def test_rows_near_places_are_those_of_a_plain_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reach: int
):
    monkeypatch.setattr(frames, "ROW_GROUP_SIZE", 64)
    df = table(3_000)
    sumstats.write(df, tmp_path / "t.parquet")
    rng = np.random.default_rng(4)
    chromosome, position = rng.integers(1, 26, 12), rng.integers(1, 30_000, 12)
    near = [
        bool(np.any((chromosome == one) & (np.abs(position - int(at)) <= reach)))
        for one, at in zip(df["chromosome"], df["position"], strict=True)
    ]
    found = sumstats.lookup_near(tmp_path / "t.parquet", chromosome, position, reach)
    pd.testing.assert_frame_equal(found, df[near].reset_index(drop=True))
