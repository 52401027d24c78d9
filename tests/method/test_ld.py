"""Linkage disequilibrium against PLINK 1.9 and slow twins."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bed_reader import open_bed

from scripts.method.ld import (
    LD_R2,
    allele_count_r,
    allele_count_r2_of,
    genotype_tables,
    haplotype_em_r2,
    haplotype_em_r2_of,
    pack,
)

MISSING = -127


@pytest.fixture(scope="module")
def panel(reference: Path) -> tuple[np.ndarray, pd.Index]:
    """Genotypes of the reference panel and its variants' names."""
    names = pd.read_csv(reference / "clump" / "panel.bim", sep="\t", header=None)[1]
    with open_bed(reference / "clump" / "panel.bed", iid_count=503, sid_count=len(names)) as bed:
        return bed.read(dtype="int8"), pd.Index(names)


def random_genotypes(seed: int, people: int, variants: int, missing: float = 0.0) -> np.ndarray:
    """Two chromosomes a person, neighbouring variants correlated, some rare."""
    rng = np.random.default_rng(seed)
    liability = np.cumsum(rng.normal(size=(2, people, variants)), axis=2) / np.sqrt(
        np.arange(1, variants + 1)
    )
    genotypes = (liability > rng.uniform(-1, 2, variants)).sum(axis=0).astype(np.int8)
    genotypes[rng.random(genotypes.shape) < missing] = MISSING
    return genotypes


def slow_em_r2(first: np.ndarray, second: np.ndarray) -> float:
    """Expectation-maximisation from several starts; the likeliest end wins."""
    pairs = Counter((int(a), int(b)) for a, b in zip(first, second, strict=True) if min(a, b) != MISSING)
    haplotypes = 2 * pairs.total()
    p, q = (sum(pair[side] * count for pair, count in pairs.items()) / haplotypes for side in (0, 1))
    best, best_r2 = -math.inf, math.nan
    for start in (-0.999, 0.0, 0.999):
        limit = min(p * (1 - q), q * (1 - p)) if start > 0 else min(p * q, (1 - p) * (1 - q))
        f11 = p * q + start * limit
        for _ in range(2000):
            f12, f21, f22 = p - f11, q - f11, 1 - p - q + f11
            cis, trans = f11 * f22, f12 * f21
            share = cis / (cis + trans) if cis + trans > 0 else 0.5
            copies = {(1, 1): share, (1, 2): 1, (2, 1): 1, (2, 2): 2}
            f11 = sum(copies.get(pair, 0) * count for pair, count in pairs.items()) / haplotypes
        f12, f21, f22 = p - f11, q - f11, 1 - p - q + f11
        frequencies = (f11, f12, f21, f22)
        likelihood = sum(count * _log_probability(*pair, frequencies) for pair, count in pairs.items())
        if likelihood > best + 1e-9:
            best, best_r2 = likelihood, (f11 * f22 - f12 * f21) ** 2 / (p * (1 - p) * q * (1 - q))
    return best_r2


def _log_probability(a: int, b: int, frequencies: tuple[float, float, float, float]) -> float:
    """Of a pair of genotypes: sum over the ordered pairs of haplotypes that give it."""
    haplotypes = list(zip(((1, 1), (1, 0), (0, 1), (0, 0)), frequencies, strict=True))
    total = sum(
        max(f, 0) * max(g, 0)
        for (one, f) in haplotypes
        for (two, g) in haplotypes
        if one[0] + two[0] == a and one[1] + two[1] == b
    )
    return math.log(max(total, 1e-300))


def pairwise(genotypes: np.ndarray, first: np.ndarray, second: np.ndarray, kind: str) -> np.ndarray:
    packed = pack(genotypes)
    r2 = np.empty(len(first))
    for index in np.unique(first):
        rows = np.flatnonzero(first == index)
        r2[rows] = LD_R2[kind](genotype_tables(packed, index, second[rows]))
    return r2


@pytest.mark.parametrize(("kind", "column"), [("haplotype_em", "R2_em"), ("allele_count", "R2_allelecount")])
def test_every_pair_agrees_with_plink(reference: Path, panel: tuple, kind: str, column: str) -> None:
    genotypes, names = panel
    pairs = pd.read_csv(reference / "clump" / "pair_r2.tsv.gz", sep="\t")
    assert len(pairs) == 15_120
    first, second = (names.get_indexer(pairs[side]) for side in ("SNP_A", "SNP_B"))
    # PLINK prints six significant digits: half a unit of the sixth is at most 5e-6.
    np.testing.assert_allclose(pairwise(genotypes, first, second, kind), pairs[column], rtol=5.01e-6)


@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("people", [15, 60])
def test_haplotype_r2_agrees_with_plain_expectation_maximisation(people: int, missing: float) -> None:
    genotypes = random_genotypes(people, people, 13, missing)
    fast = haplotype_em_r2(genotypes[:, 0], genotypes[:, 1:])
    compared = 0
    for r2, column in zip(fast, genotypes[:, 1:].T, strict=True):
        if not np.isnan(r2):
            # EM creeps: 2,000 rounds leave about 1e-6 where the likelihood is flat.
            assert r2 == pytest.approx(slow_em_r2(genotypes[:, 0], column), abs=1e-5)
            compared += 1
    assert compared >= 6


def test_maximum_likelihood_on_every_small_table() -> None:
    """No x on a fine grid is likelier than the chosen one, whatever the table of counts (zeros included)."""
    rng = np.random.default_rng(3)
    tables = rng.poisson(rng.choice([0.2, 1, 5, 50], (9, 3000))).reshape(3, 3, 3000).astype(float)
    r2 = haplotype_em_r2_of(tables)
    defined = ~np.isnan(r2)
    assert defined.sum() > 2000
    assert ((r2[defined] >= 0) & (r2[defined] <= 1 + 1e-12)).all()
    for table, value in zip(np.moveaxis(tables, 2, 0)[defined][:400], r2[defined], strict=False):
        assert _likelihood_gap(table, value) < 1e-9


def _likelihood_gap(table: np.ndarray, r2: float) -> float:
    """How much likelier the best grid point is than the likelier of the two disequilibria with this r2."""
    total = 2 * table.sum()
    p, q = (table.sum(axis=1) @ [0, 1, 2]) / total, (table.sum(axis=0) @ [0, 1, 2]) / total
    low, high = max(0, p + q - 1), min(p, q)
    reach = math.sqrt(r2 * p * (1 - p) * q * (1 - q))
    chosen = np.clip([p * q - reach, p * q + reach], low, high)
    return _profile(table, p, q, np.linspace(low, high, 501)).max() - _profile(table, p, q, chosen).max()


def _profile(table: np.ndarray, p: float, q: float, f11: np.ndarray) -> np.ndarray:
    f = {(1, 1): f11, (1, 0): p - f11, (0, 1): q - f11, (0, 0): 1 - p - q + f11}
    likelihood = np.zeros_like(f11)
    for a in range(3):
        for b in range(3):
            chance = sum(
                np.maximum(f[i, j], 0) * np.maximum(f[a - i, b - j], 0)
                for i in (0, 1)
                for j in (0, 1)
                if (a - i, b - j) in f
            )
            if table[a, b]:
                likelihood += table[a, b] * np.log(np.maximum(chance, 1e-300))
    return likelihood


def test_missing_genotypes_use_the_people_present_at_both() -> None:
    genotypes = random_genotypes(5, 200, 8, missing=0.15)
    r = allele_count_r(genotypes)
    for i in range(1, 8):
        both = (genotypes[:, 0] != MISSING) & (genotypes[:, i] != MISSING)
        pair = genotypes[both][:, [0, i]]
        assert r[0, i] == pytest.approx(np.corrcoef(pair.T.astype(float))[0, 1], abs=1e-13)
        expected = haplotype_em_r2(pair[:, 0], pair[:, 1:])[0]
        assert haplotype_em_r2(genotypes[:, 0], genotypes[:, [i]])[0] == pytest.approx(expected, rel=1e-12)


def test_allele_count_correlation_is_symmetric_with_unit_diagonal() -> None:
    genotypes = random_genotypes(6, 150, 12)
    r = allele_count_r(genotypes)
    np.testing.assert_allclose(r, np.corrcoef(genotypes.T.astype(float)), atol=1e-13)
    np.testing.assert_array_equal(r, r.T)
    tables = genotype_tables(pack(genotypes), 0, np.arange(12))
    np.testing.assert_allclose(allele_count_r2_of(tables), r[0] ** 2, atol=1e-13)


def test_counting_the_other_allele_changes_only_the_sign_of_r() -> None:
    genotypes = random_genotypes(7, 120, 6)
    turned = genotypes.copy()
    turned[:, 0] = 2 - turned[:, 0]
    np.testing.assert_allclose(allele_count_r(turned)[0, 1:], -allele_count_r(genotypes)[0, 1:], rtol=1e-13)
    before, after = (haplotype_em_r2(g[:, 0], g[:, 1:]) for g in (genotypes, turned))
    np.testing.assert_allclose(after, before, rtol=1e-9, atol=1e-15)


def test_haplotype_r2_is_symmetric() -> None:
    genotypes = random_genotypes(8, 90, 10)
    forward = haplotype_em_r2(genotypes[:, 0], genotypes[:, 1:])
    backward = [haplotype_em_r2(column, genotypes[:, [0]])[0] for column in genotypes[:, 1:].T]
    np.testing.assert_allclose(forward, backward, rtol=1e-9, atol=1e-15)


def test_a_variant_with_itself_is_one_and_a_constant_variant_has_none() -> None:
    genotypes = np.array(
        [[0, 0, 2, MISSING], [1, 1, 2, MISSING], [2, 2, 2, 1], [1, 1, 2, MISSING]], dtype=np.int8
    )
    r2 = haplotype_em_r2(genotypes[:, 0], genotypes[:, 1:])
    assert r2[0] == pytest.approx(1.0, abs=1e-12)
    assert np.isnan(r2[1:]).all()
    r = allele_count_r(genotypes)
    assert r[0, 1] == pytest.approx(1.0, abs=1e-12)
    assert np.isnan(r[2]).all()
    assert np.isnan(r[3, 3])
