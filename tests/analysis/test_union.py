"""The union of instruments: every variant once with its best P, then one of each locus."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.panel import index_panel
from scripts.analysis.selection import PanelFile, open_panel
from scripts.analysis.union import best_of_each_variant, union_instruments
from scripts.table.frames import write_parquet
from tests.analysis.tables import on_other_strand, random_table, standard, swapped, write_panel

SETTINGS = {
    "p_thresholds": [5e-8],
    "min_count": 4,
    "clump_r2": 0.1,
    "clump_window_kb": 1000,
    "clump_ld": "allele_count",
}


def told(rows: list[tuple[int, int, float]]) -> pd.DataFrame:
    """Rows of (chromosome, position, -log10 P)."""
    chromosome, position, p = zip(*rows, strict=True)
    table = [(c, at, "A", "G", 0.3, 0.1, 0.01) for c, at in zip(chromosome, position, strict=True)]
    return standard(table).assign(neglog10_p=list(map(float, p)))


@pytest.fixture
def panel(tmp_path: Path) -> PanelFile:
    """Positions 10 and 20 of chromosome 1 nearly alike, position 30 and chromosome 2 unrelated."""
    rng = np.random.default_rng(1)
    genotypes = rng.binomial(2, 0.4, (300, 4))
    genotypes[:, 1] = np.where(rng.random(300) < 0.95, genotypes[:, 0], genotypes[:, 1])
    files = write_panel(
        tmp_path, genotypes, [("1", at, "A", "G") for at in (10, 20, 30)] + [("2", 10, "A", "G")]
    )
    write_parquet(index_panel(*files), tmp_path / "index.parquet")
    return open_panel(tmp_path / "index.parquet", files[0], files[2])


def test_the_strongest_of_a_locus_stays_whichever_exposure_it_belongs_to(panel: PanelFile) -> None:
    first, second = told([(1, 10, 9.0), (1, 30, 8.0)]), told([(1, 20, 12.0), (2, 10, 7.5)])
    for exposures in ([first, second], [second, first]):
        union = union_instruments(exposures, panel, SETTINGS).instruments
        assert union[["chromosome", "position"]].to_numpy().tolist() == [[1, 20], [1, 30], [2, 10]]
        assert union["neglog10_p"].tolist() == [12.0, 8.0, 7.5]
    # One exposure alone keeps its own.
    assert union_instruments([first], panel, SETTINGS).instruments["position"].tolist() == [10, 30]


def test_instruments_of_a_relaxed_threshold_stay(panel: PanelFile) -> None:
    union = union_instruments([told([(1, 10, 9.0)]), told([(2, 10, 6.2)])], panel, SETTINGS)
    assert union.instruments["neglog10_p"].tolist() == [9.0, 6.2]


def test_variants_that_the_panel_lacks_are_counted(panel: PanelFile) -> None:
    union = union_instruments([told([(1, 10, 9.0), (1, 11, 9.0)])], panel, SETTINGS)
    assert union.instruments["position"].tolist() == [10]
    assert (union.ladder[0]["n_significant"], union.ladder[0]["n_in_panel"]) == (2, 1)


def test_one_row_a_variant_however_its_alleles_are_told() -> None:
    table = random_table(200, seed=3)
    one_base = (table["effect_allele"].str.len() == 1) & (table["other_allele"].str.len() == 1)
    every = np.ones(200, dtype=bool)
    stronger = table.assign(neglog10_p=table["neglog10_p"] + 1.0)
    for again in (swapped(stronger, every), on_other_strand(stronger, one_base.to_numpy())):
        best = best_of_each_variant([table, again])
        pd.testing.assert_frame_equal(best, best_of_each_variant([again]))
        assert len(best) == 200


def test_other_alleles_at_a_position_are_another_variant() -> None:
    both = standard([(1, 10, "A", "G", 0.3, 0.1, 0.01), (1, 10, "A", "C", 0.3, 0.1, 0.01)])
    indels = standard([(1, 20, "AT", "A", 0.3, 0.1, 0.01), (1, 20, "TA", "T", 0.3, 0.1, 0.01)])
    assert len(best_of_each_variant([both, both[::-1], indels])) == 4


def test_a_tie_goes_to_the_first_exposure() -> None:
    first, second = told([(1, 10, 9.0)]), told([(1, 10, 9.0)]).assign(beta=-0.2)
    assert best_of_each_variant([first, second])["beta"].tolist() == [0.1]
    assert best_of_each_variant([second, first])["beta"].tolist() == [-0.2]
