"""Proxies: the best correlated neighbour, with the sign of its correlation, and nothing else."""

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.alignment import align
from scripts.analysis.panel import index_panel
from scripts.analysis.proxies import COLUMNS, proxy_rows
from scripts.analysis.selection import PanelFile, open_panel
from scripts.table.frames import write_parquet
from tests.analysis.tables import standard, swapped, write_panel

PEOPLE = 400
# The instrument is at 1:1,000,000 A/G. Correlation with it (sign and closeness) and place of the others.
OTHERS = {
    "close": (1_100_000, "C", "T", 0.94),
    "closest_but_far": (1_600_000, "C", "T", 0.995),
    "opposite": (900_000, "A", "C", -0.985),
    "palindrome": (1_010_000, "A", "T", 0.999),
    "loose": (1_020_000, "G", "A", 0.6),
}


@pytest.fixture(scope="module")
def genotypes() -> np.ndarray:
    rng = np.random.default_rng(2)
    instrument = rng.binomial(2, 0.4, PEOPLE)
    columns = [instrument]
    for _, _, _, share in OTHERS.values():
        same = instrument if share > 0 else 2 - instrument
        columns.append(np.where(rng.random(PEOPLE) < abs(share), same, rng.binomial(2, 0.4, PEOPLE)))
    return np.column_stack([*columns, np.zeros(PEOPLE)])


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory, genotypes: np.ndarray) -> PanelFile:
    folder = tmp_path_factory.mktemp("panel")
    variants = [("1", 1_000_000, "A", "G"), *(("1", at, one, two) for at, one, two, _ in OTHERS.values())]
    files = write_panel(folder, genotypes, [*variants, ("1", 1_000_100, "A", "G")])
    write_parquet(index_panel(*files), folder / "index.parquet")
    return open_panel(folder / "index.parquet", files[0], files[2])


INSTRUMENT = standard([(1, 1_000_000, "A", "G", 0.4, 0.2, 0.01)])


def outcome(*names: str) -> pd.DataFrame:
    rows = [(1, *OTHERS[name][:3], 0.41, 0.05, 0.02) for name in names]
    return standard(sorted(rows, key=lambda row: row[1]))


def r_of(genotypes: np.ndarray, name: str) -> float:
    return float(np.corrcoef(genotypes[:, 0], genotypes[:, 1 + list(OTHERS).index(name)])[0, 1])


def test_the_best_correlated_within_reach_stands_in(panel: PanelFile, genotypes: np.ndarray) -> None:
    found = proxy_rows(INSTRUMENT, outcome(*OTHERS), panel)
    assert list(found.columns) == COLUMNS
    row = found.iloc[0]
    # Counts of the opposite one fall as the instrument's rise: beta and frequency are the other allele's.
    assert (row["proxy_position"], row["proxy_rsid"]) == (900_000, "rs900000")
    assert row["proxy_r"] == pytest.approx(r_of(genotypes, "opposite"), rel=1e-12)
    assert row["proxy_r"] < 0 and (row["beta"], row["se"]) == (-0.05, 0.02)
    assert row["eaf"] == pytest.approx(0.59)
    assert row[["position", "effect_allele", "other_allele", "rsid"]].tolist() == [
        1_000_000,
        "A",
        "G",
        "rs1000000",
    ]


def test_reach_and_r2_are_options(panel: PanelFile, genotypes: np.ndarray) -> None:
    farther = proxy_rows(INSTRUMENT, outcome(*OTHERS), panel, window_kb=600).iloc[0]
    assert (farther["proxy_position"], farther["beta"]) == (1_600_000, 0.05)
    assert proxy_rows(INSTRUMENT, outcome("loose"), panel).empty
    assert len(proxy_rows(INSTRUMENT, outcome("loose"), panel, r2_min=0.1)) == 1
    limit = r_of(genotypes, "close") ** 2
    assert len(proxy_rows(INSTRUMENT, outcome("close"), panel, r2_min=limit * (1 - 1e-9))) == 1
    assert proxy_rows(INSTRUMENT, outcome("close"), panel, r2_min=limit * (1 + 1e-9)).empty
    at_the_edge = proxy_rows(INSTRUMENT, outcome("close"), panel, window_kb=100)
    assert len(at_the_edge) == 1 and proxy_rows(INSTRUMENT, outcome("close"), panel, window_kb=99.999).empty


def test_palindromes_and_variants_without_ld_are_no_proxies(panel: PanelFile) -> None:
    assert proxy_rows(INSTRUMENT, outcome("palindrome"), panel).empty
    constant = standard([(1, 1_000_100, "A", "G", 0.4, 0.05, 0.02)])
    absent = standard([(1, 1_000_200, "A", "G", 0.4, 0.05, 0.02)])
    elsewhere = standard([(2, 1_000_000, "A", "G", 0.4, 0.05, 0.02)])
    for table in (constant, absent, elsewhere, outcome()):
        assert proxy_rows(INSTRUMENT, table, panel).empty
    unknown = INSTRUMENT.assign(position=np.int32(1_000_050))
    assert proxy_rows(unknown, outcome(*OTHERS), panel).empty


def test_how_alleles_are_told_does_not_matter(panel: PanelFile) -> None:
    both = outcome("close", "opposite")
    expected = proxy_rows(INSTRUMENT, both, panel).iloc[0]
    for rows in ([True, False], [True, True], [False, True]):
        again = proxy_rows(INSTRUMENT, swapped(both, np.array(rows)), panel).iloc[0]
        assert abs(again["beta"]) == 0.05 and again["beta"] == expected["beta"]
        assert abs(again["proxy_r"]) == abs(expected["proxy_r"])
        assert again["eaf"] == pytest.approx(expected["eaf"])
    turned = proxy_rows(swapped(INSTRUMENT, np.array([True])), both, panel).iloc[0]
    assert (turned["effect_allele"], turned["beta"]) == ("G", -expected["beta"])


def test_alignment_takes_the_rows_as_the_outcomes_own(panel: PanelFile) -> None:
    other = standard([(3, 5, "A", "G", 0.4, 0.2, 0.01)])
    missing = pd.concat([INSTRUMENT, other], ignore_index=True)
    table = outcome("close")
    rows = pd.concat([table, proxy_rows(missing, table, panel)], ignore_index=True)
    aligned = align(missing, rows, palindromic="infer", palindromic_maf_max=0.42)
    assert aligned["status"].tolist() == ["kept", "not_in_outcome"]
    assert aligned.loc[0, "beta_outcome"] == 0.05
