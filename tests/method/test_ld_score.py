"""LD scores against ldsc's, and against the obvious loop over pairs."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bed_reader import open_bed

from scripts.method.ld_score import ld_scores, varying, windows

PEOPLE = 503


def slow_ld_scores(genotypes: np.ndarray, at: np.ndarray, width: float, counted: np.ndarray) -> np.ndarray:
    """Pair by pair, with missing genotypes set to the mean."""
    people, m = genotypes.shape
    filled = np.where(genotypes >= 0, genotypes, np.nan)
    filled = np.where(np.isnan(filled), np.nanmean(filled, axis=0), filled)
    scores = np.zeros(m)
    for j in range(m):
        for k in range(m):
            if abs(at[j] - at[k]) <= width and counted[k]:
                r2 = np.corrcoef(filled[:, j], filled[:, k])[0, 1] ** 2
                scores[j] += r2 - (1.0 - r2) / (people - 2)
    return scores


def test_scores_are_ldscs(reference: Path) -> None:
    columns = ["chromosome", "rsid", "cm", "position", "allele_1", "allele_2"]
    bim = pd.read_csv(reference / "clump" / "panel.bim", sep=r"\s+", names=columns)
    expected = pd.read_csv(reference / "ldscore" / "expected.tsv", sep="\t")
    rows = np.flatnonzero(bim["chromosome"] == 1)
    assert bim["rsid"].iloc[rows].tolist() == expected["SNP"].tolist()
    with open_bed(reference / "clump" / "panel.bed", iid_count=PEOPLE, sid_count=len(bim)) as bed:
        genotypes = bed.read(index=np.s_[:, rows], dtype="int8")
    found = ld_scores(
        genotypes, *windows(expected["BP"].to_numpy(float), 1e6), rows, np.ones(len(rows), dtype=bool)
    )
    assert found == pytest.approx(expected["L2"].to_numpy(), rel=1e-10)


@pytest.mark.parametrize("m", [40, 600])
def test_scores_are_those_of_a_loop_over_pairs(m: int) -> None:
    rng = np.random.default_rng(7)
    haplotype = rng.random((2, 60, m)).cumsum(axis=2) % 2.0 < 0.8
    genotypes = haplotype.sum(axis=0).astype(np.int8)
    genotypes[rng.random(genotypes.shape) < 0.02] = -127
    at, counted = np.sort(rng.uniform(0.0, m, m)), rng.random(m) < 0.5
    of = np.flatnonzero(rng.random(m) < 0.5)
    found = ld_scores(genotypes, *windows(at, 5.0), of, counted)
    assert found == pytest.approx(slow_ld_scores(genotypes, at, 5.0, counted)[of], rel=1e-9, abs=1e-12)


def test_windows_hold_neighbours_at_exactly_the_width() -> None:
    first, end = windows(np.array([0.0, 1.0, 2.0, 4.0]), 1.0)
    assert first.tolist() == [0, 0, 1, 3]
    assert end.tolist() == [2, 3, 3, 4]


def test_a_variant_that_does_not_vary_is_an_error() -> None:
    genotypes = np.array([[1, 0], [1, 1], [1, -127], [-127, 1]], dtype=np.int8)
    assert varying(genotypes).tolist() == [False, True]
    with pytest.raises(ValueError, match="does not vary"):
        ld_scores(genotypes, np.array([0, 0]), np.array([2, 2]), np.arange(2), np.ones(2, dtype=bool))
