"""The ladder of P thresholds, and the proof that one clump serves every rung."""

from __future__ import annotations

import numpy as np
import pytest

from scripts.method.clump import clump
from scripts.method.instruments import Rung, choose_rung, select_instruments


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([7, 9], 0), ([4, 9], 0), ([3, 4], 1), ([3, 3], 1), ([0, 0], 1), ([1, 5, 9], 1), ([0], 0)],
)
def test_first_rung_with_enough_else_the_loosest(counts: list[int], expected: int) -> None:
    assert choose_rung(counts, min_count=4) == expected


def random_trait(seed: int, variants: int = 150) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """-log10 P with ties, chromosomes, positions, genotypes."""
    rng = np.random.default_rng(seed)
    liability = np.cumsum(rng.normal(size=(2, 100, variants)), axis=2) / np.sqrt(np.arange(1, variants + 1))
    genotypes = (liability > rng.uniform(-1, 1, variants)).sum(axis=0).astype(np.int8)
    neglog10_p = np.round(rng.exponential(5, variants), 1)
    return neglog10_p, np.sort(rng.integers(1, 4, variants)), rng.integers(1, 2_000_000, variants), genotypes


@pytest.mark.parametrize("seed", range(20))
def test_clumping_at_the_loosest_threshold_serves_the_stricter_one(seed: int) -> None:
    """Greedy order: whether a variant becomes an index depends only on variants with smaller P."""
    neglog10_p, chromosome, position, genotypes = random_trait(seed)

    def index_variants(rows: np.ndarray) -> set[int]:
        claimed_by = clump(
            neglog10_p[rows],
            chromosome[rows],
            position[rows],
            lambda members: genotypes[:, rows[members]],
            r2_max=0.05,
            window_kb=500,
        )
        return set(rows[np.unique(claimed_by)])

    loose = index_variants(np.flatnonzero(neglog10_p > 3))
    for limit in (4.0, 6.0, 8.0):
        strict = index_variants(np.flatnonzero(neglog10_p > limit))
        assert strict == {i for i in loose if neglog10_p[i] > limit}


def everyone_alone(rows: np.ndarray) -> np.ndarray:
    return np.arange(len(rows))


def test_counts_at_each_rung_and_the_instruments_of_the_chosen_one() -> None:
    neglog10_p = np.array([10.0, 9.0, 6.5, 6.4, 8.0, 2.0, np.nan, 6.2])
    in_panel = np.array([True, True, True, True, False, True, True, True])

    def pair_up(rows: np.ndarray) -> np.ndarray:
        assert list(rows) == [0, 1, 2, 3, 7]
        return np.array([0, 0, 2, 3, 3])

    selection = select_instruments(neglog10_p, in_panel, pair_up, [5e-8, 1e-6], min_count=3)
    assert selection.rungs == (Rung(5e-8, 3, 2, 0, 1), Rung(1e-6, 6, 5, 0, 3))
    assert selection.relaxed_threshold
    assert selection.rung.p_threshold == 1e-6
    assert list(selection.instruments) == [0, 2, 3]
    assert list(selection.claimed_by) == [0, 0, 2, 3, -1, -1, -1, 3]

    strict = select_instruments(neglog10_p, in_panel, pair_up, [5e-8, 1e-6], min_count=1)
    assert not strict.relaxed_threshold
    assert list(strict.instruments) == [0]


def test_a_barred_index_variant_takes_its_clump_with_it_and_the_ladder_goes_on() -> None:
    neglog10_p = np.array([10.0, 9.0, 6.5, 6.4, 8.0])

    def pair_up(rows: np.ndarray) -> np.ndarray:
        assert list(rows) == [0, 1, 2, 3, 4]
        return np.array([0, 0, 2, 2, 4])

    barred = np.array([True, False, False, True, False])
    everywhere = np.ones(5, dtype=bool)
    selection = select_instruments(neglog10_p, everywhere, pair_up, [5e-8, 1e-6], 2, barred)
    assert selection.rungs == (Rung(5e-8, 3, 3, 1, 1), Rung(1e-6, 5, 5, 1, 2))
    assert list(selection.instruments) == [2, 4]
    assert list(selection.barred) == [0]
    assert list(selection.claimed_by) == [0, 0, 2, 2, 4]


def test_threshold_itself_is_not_significant() -> None:
    neglog10_p = -np.log10(np.array([5e-8, 4.999e-8]))
    selection = select_instruments(neglog10_p, np.ones(2, dtype=bool), everyone_alone, [5e-8], min_count=1)
    assert list(selection.instruments) == [1]


def test_nothing_significant_or_nothing_in_the_panel_is_an_answer() -> None:
    def never(rows: np.ndarray) -> np.ndarray:
        raise AssertionError("nothing to clump")

    neglog10_p = np.array([1.0, 20.0])
    selection = select_instruments(neglog10_p, np.array([True, False]), never, [5e-8, 1e-6], min_count=4)
    assert selection.rungs == (Rung(5e-8, 1, 0, 0, 0), Rung(1e-6, 1, 0, 0, 0))
    assert len(selection.instruments) == 0


@pytest.mark.parametrize("thresholds", [[], [1e-6, 5e-8], [5e-8, 5e-8]])
def test_thresholds_must_run_from_strict_to_loose(thresholds: list[float]) -> None:
    with pytest.raises(ValueError, match="strict to loose"):
        select_instruments(np.array([9.0]), np.array([True]), everyone_alone, thresholds, min_count=4)
