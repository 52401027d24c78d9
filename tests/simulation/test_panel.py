"""The LD panel: islands, allele frequencies, decay of LD, alleles, and the PLINK files."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from bed_reader import open_bed

from scripts.simulation.genome import CHROMOSOME_LENGTHS, MIN_GAP_BP, Size, place_islands
from scripts.simulation.panel import Panel
from scripts.simulation.study import Simulation
from tests.simulation.small_study import SIZE, Written


@pytest.fixture(scope="session")
def panel(simulation: Simulation) -> Panel:
    return simulation.panel


@pytest.mark.parametrize("spacing", [11.0, 17.0, 30.0])
def test_islands_never_share_a_clumping_window_of_10_mb(spacing: float) -> None:
    islands = place_islands(Size(**{**SIZE, "island_spacing_mb": spacing, "chromosomes": 22}), 3)
    assert {island.chromosome for island in islands} == set(range(1, 23))
    for first, second in pairwise(islands):
        if first.chromosome == second.chromosome:
            assert second.start - first.end >= MIN_GAP_BP > 10_000_000
    assert all(i.start > 0 and i.end <= CHROMOSOME_LENGTHS[i.chromosome - 1] for i in islands)


def test_variants_are_common_sorted_and_inside_their_island(panel: Panel) -> None:
    assert panel.maf.min() >= 0.01
    assert set(np.unique(panel.genotypes)) == {0, 1, 2}
    order = np.lexsort((panel.position, panel.chromosome))
    assert (order == np.arange(order.size)).all()
    for island, place in enumerate(place_islands(Size(**SIZE), 11)):
        inside = panel.position[panel.island == island]
        assert 10 < inside.size <= SIZE["variants_per_island"]
        assert place.start <= inside.min() and inside.max() <= place.end


def test_ld_decays_with_distance(panel: Panel) -> None:
    near, far = [], []
    for island in range(panel.island.max() + 1):
        at = np.flatnonzero(panel.island == island)
        common = at[panel.maf[at] >= 0.05]
        r2 = np.corrcoef(panel.genotypes[:, common].T) ** 2
        gap = np.abs(np.subtract.outer(panel.position[common], panel.position[common]))
        near.append(r2[(gap > 0) & (gap < 5_000)])
        far.append(r2[gap > 100_000])
    # Europeans: mean r2 about 0.3 to 0.5 within 5 kb, below 0.1 beyond 100 kb (Reich et al. 2001).
    assert 0.2 < np.concatenate(near).mean() < 0.7
    assert np.concatenate(far).mean() < 0.1


def test_genotypes_are_in_hardy_weinberg_proportions(panel: Panel) -> None:
    expected = 2 * panel.frequency * (1 - panel.frequency)
    observed = (panel.genotypes == 1).mean(axis=0)
    # The mean over thousands of variants of one random-mating population; 2N/(2N-1) is 1.002.
    assert (observed / expected).mean() == pytest.approx(1.0, abs=0.02)


def test_alleles_have_palindromes_indels_and_multi_allelic_positions(panel: Panel) -> None:
    pairs = ["".join(sorted(pair)) for pair in zip(panel.allele_1, panel.allele_2, strict=True)]
    assert np.mean([pair in ("AT", "CG") for pair in pairs]) == pytest.approx(0.15, abs=0.03)
    assert 0.01 < np.mean([len(pair) > 2 for pair in pairs]) < 0.03
    places = list(zip(panel.chromosome, panel.position, strict=True))
    assert len(places) - len(set(places)) >= 3
    variants = list(zip(panel.chromosome, panel.position, panel.allele_1, panel.allele_2, strict=True))
    assert len(variants) == len(set(variants))
    assert (panel.allele_1 != panel.allele_2).all()


def test_plink_files_hold_the_panel_with_some_genotypes_missing(panel: Panel, written: Written) -> None:
    with open_bed(written.panel) as bed:
        read = bed.read(dtype="int8")
        assert bed.allele_1.tolist() == panel.allele_1.tolist()
        assert bed.allele_2.tolist() == panel.allele_2.tolist()
        assert bed.bp_position.tolist() == panel.position.tolist()
        assert bed.chromosome.tolist() == panel.chromosome.astype(str).tolist()
        assert set(bed.fid) == {"SIMULATED"}
        assert all(name.startswith("SIMULATED") for name in [*bed.sid, *bed.iid])
    missing = read == -127
    assert (read == panel.genotypes)[~missing].all()
    # A third of about 4,500 variants, then 1% of 300 genotypes (5% of the chosen ones lose none).
    assert missing.any(axis=0).mean() == pytest.approx(0.317, abs=0.03)
    assert missing[:, missing.any(axis=0)].mean() == pytest.approx(0.0105, abs=0.001)
