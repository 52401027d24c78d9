import numpy as np
import pytest

from scripts.analysis.alignment import align
from tests.analysis.tables import on_other_strand, random_table, standard, swapped

SETTINGS = {"palindromic": "infer", "palindromic_maf_max": 0.42}


def test_statuses_and_signs():
    instruments = standard(
        [
            (1, 10, "A", "G", 0.3, 0.1, 0.01),
            (1, 20, "A", "G", 0.3, 0.1, 0.01),
            (1, 30, "A", "T", 0.3, 0.1, 0.01),
            (1, 40, "A", "T", 0.3, 0.1, 0.01),
            (1, 50, "C", "T", 0.3, 0.1, 0.01),
            (1, 60, "C", "T", 0.3, 0.1, 0.01),
        ]
    )
    outcome = standard(
        [
            (1, 10, "G", "A", 0.7, 0.05, 0.02),
            (1, 20, "T", "C", 0.3, 0.05, 0.02),
            (1, 30, "A", "T", 0.7, 0.05, 0.02),
            (1, 40, "A", "T", 0.45, 0.05, 0.02),
            (1, 50, "C", "A", 0.3, 0.05, 0.02),
        ]
    )
    aligned = align(instruments, outcome, **SETTINGS)
    expected = ["kept", "kept", "kept", "palindromic_ambiguous", "allele_mismatch", "not_in_outcome"]
    assert aligned["status"].tolist() == expected
    assert aligned["beta_outcome"][:3].tolist() == [-0.05, 0.05, -0.05]
    assert aligned["eaf_outcome"][:3].tolist() == pytest.approx([0.3, 0.3, 0.3])
    assert aligned["beta_outcome"][4:].isna().all()


def test_multi_allelic_position_takes_the_row_with_the_instruments_alleles():
    instruments = standard([(2, 5, "A", "G", 0.2, 0.1, 0.01)])
    outcome = standard(
        [(2, 5, "A", "C", 0.2, 1.0, 0.1), (2, 5, "C", "T", 0.2, 2.0, 0.1), (2, 5, "G", "A", 0.8, 3.0, 0.1)]
    )
    aligned = align(instruments, outcome, **SETTINGS)
    assert aligned["beta_outcome"].tolist() == [-3.0]
    assert aligned["status"].tolist() == ["kept"]


def test_telling_the_outcome_for_other_alleles_or_strand_changes_nothing():
    instruments = random_table(2_000, seed=1)
    rows = np.random.default_rng(2).random(2_000) < 0.5
    told = align(instruments, instruments, **SETTINGS)
    retold = align(instruments, swapped(on_other_strand(instruments, rows), ~rows), **SETTINGS)
    assert (told["status"] == "kept").all()
    assert np.allclose(told["beta_outcome"], retold["beta_outcome"], rtol=0, atol=0)
    assert np.allclose(told["eaf_outcome"], retold["eaf_outcome"], rtol=0, atol=1e-12)  # 1 - (1 - f)
